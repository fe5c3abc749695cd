namespace DftFlow.Crystals.Ordering;

/// <summary>The electrostatic energies of all arrangements on the same sites, each from one table of interactions.</summary>
internal sealed class ArrangementEnergy
{
    /// <summary>Energies that differ by less (eV) are equal: the arrangement that is listed first goes before.</summary>
    public const double EqualEv = 1e-6;

    private readonly ArrangementSpace space;
    private readonly int count;

    // Between places; and what the species that is most frequent on each sublattice would feel if it had all places.
    private readonly double[] interactions, fieldV;
    private readonly double[] chargeOf, usualCharge;
    private readonly double usualEnergyEv;

    /// <param name="chargeOf">Of each species of the space; an empty site has none.</param>
    /// <param name="charges">Of each site of the structure; what is told for the places does not matter.</param>
    public ArrangementEnergy(ArrangementSpace space, IReadOnlyList<double> chargeOf, IEnumerable<double> charges, CancellationToken cancellation = default)
    {
        (this.space, this.chargeOf, count) = (space, [.. chargeOf], space.Sites.Length);
        var matrix = EwaldMatrix.Of(space.Structure, cancellation);
        usualCharge = [.. Enumerable.Range(0, count).Select(place => space.Counts[space.SublatticeOf(place)]).Select(counts => this.chargeOf[Array.IndexOf(counts, counts.Max())])];
        double[] usual = [.. charges];
        for (var place = 0; place < count; place++) usual[space.Sites[place]] = usualCharge[place];
        var potentials = matrix.PotentialsV(usual);
        fieldV = [.. space.Sites.Select(site => potentials[site])];
        usualEnergyEv = matrix.EnergyEv(usual);
        interactions = new double[count * count];
        for (var i = 0; i < count; i++)
            for (var j = 0; j < count; j++) interactions[i * count + j] = matrix[space.Sites[i], space.Sites[j]];
    }

    /// <summary>Whether arrangements differ in energy at all: whether a sublattice holds species of different charges.</summary>
    public static bool Differ(ArrangementSpace space, IReadOnlyList<double> chargeOf) =>
        space.Counts.Any(counts => counts.Index().Where(pair => pair.Item > 0).Select(pair => chargeOf[pair.Index]).Distinct().Count() > 1);

    /// <summary>The energy of the cell, in eV; the effort goes with the square of the number of places off the usual.</summary>
    public double EnergyEv(ReadOnlySpan<byte> arrangement)
    {
        Span<int> places = count <= 1024 ? stackalloc int[count] : new int[count];
        Span<double> steps = count <= 1024 ? stackalloc double[count] : new double[count];
        var off = 0;
        for (var place = 0; place < count; place++)
            if (chargeOf[arrangement[place]] - usualCharge[place] is not 0.0 and var step) (places[off], steps[off++]) = (place, step);
        var energy = usualEnergyEv;
        for (var i = 0; i < off; i++)
        {
            var row = interactions.AsSpan(places[i] * count, count);
            var potential = fieldV[places[i]] + 0.5 * steps[i] * row[places[i]];
            for (var j = 0; j < i; j++) potential += steps[j] * row[places[j]];
            energy += steps[i] * potential;
        }
        return energy;
    }

    public double[] EnergiesEv(IReadOnlyList<Arrangement> arrangements, CancellationToken cancellation = default)
    {
        var energies = new double[arrangements.Count];
        Parallel.For(0, energies.Length, new ParallelOptions { CancellationToken = cancellation }, i => energies[i] = EnergyEv(arrangements[i].Species));
        return energies;
    }

    public SwapObjective From(byte[] arrangement) => new Energy(this, arrangement);

    private sealed class Energy : SwapObjective
    {
        private readonly ArrangementEnergy all;
        private readonly double[] charges, potentialsV;

        public Energy(ArrangementEnergy all, byte[] arrangement) : base(arrangement)
        {
            this.all = all;
            Begin(all.EnergyEv(arrangement));
            charges = [.. arrangement.Select(species => all.chargeOf[species])];
            potentialsV = [.. all.fieldV];
            for (var i = 0; i < charges.Length; i++)
                for (var j = 0; j < charges.Length; j++) potentialsV[i] += all.interactions[i * all.count + j] * (charges[j] - all.usualCharge[j]);
        }

        public override double Resolution => 1e-9;

        public override double Change(int i, int j)
        {
            var step = charges[j] - charges[i];
            var self = all.interactions[i * all.count + i] + all.interactions[j * all.count + j] - 2 * all.interactions[i * all.count + j];
            return step * (potentialsV[i] - potentialsV[j] + 0.5 * step * self);
        }

        protected override void Update(int i, int j)
        {
            var step = charges[j] - charges[i];
            if (step == 0) return;
            ReadOnlySpan<double> rowI = all.interactions.AsSpan(i * all.count, all.count), rowJ = all.interactions.AsSpan(j * all.count, all.count);
            for (var k = 0; k < potentialsV.Length; k++) potentialsV[k] += step * (rowI[k] - rowJ[k]);
            (charges[i], charges[j]) = (charges[j], charges[i]);
        }
    }
}
