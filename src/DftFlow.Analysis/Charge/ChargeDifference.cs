using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge;

/// <summary>
/// The change of the density when parts come together: Δρ = ρ(AB) − ρ(A) − ρ(B) − …, each calculated in the same cell, on the same grid
/// and with its atoms where they are in AB. Parts are taken away one by one, so that only two grids are in memory.
/// </summary>
public sealed class ChargeDifference
{
    /// <summary>How far lattice vectors may differ: files have six decimals, and inputs often fewer.</summary>
    public const double LatticeToleranceA = 1e-3;

    /// <summary>How far an atom of a part may be from where it is in the whole.</summary>
    public const double PlaceToleranceA = 0.01;

    private readonly VolumetricData<double> whole;
    private readonly bool ignoreAtoms;
    private readonly Element?[] elements;
    private readonly string?[] takenBy;
    private readonly List<string> warnings = [];
    private readonly List<string> parts = [];

    /// <param name="whole">The density of AB. Its values are taken over, and changed.</param>
    /// <param name="ignoreAtoms">Do not ask whether the parts' atoms are those of the whole.</param>
    public ChargeDifference(VolumetricData<double> whole, bool ignoreAtoms = false)
    {
        (this.whole, this.ignoreAtoms) = (whole, ignoreAtoms);
        elements = Elements(whole);
        takenBy = new string?[elements.Length];
    }

    /// <summary>The largest distance in Å of an atom of a part from where it is in the whole.</summary>
    public double LargestDisplacementA { get; private set; }

    /// <summary>Takes a part's density away.</summary>
    /// <param name="name">What the part is called in messages.</param>
    /// <exception cref="DftFlowException">DF3240: its lattice, grid or blocks are others. DF3241: its atoms are not those of the whole.</exception>
    public void Subtract(VolumetricData<double> part, string name, CancellationToken cancellation = default)
    {
        CheckCell(part, name);
        if (!ignoreAtoms) CheckAtoms(part, name);
        parts.Add(name);
        if (part.Blocks.Length != whole.Blocks.Length)
        {
            if (part.Blocks.Length > 1 && whole.Blocks.Length > 1) throw Mismatch($"{name} has {part.Blocks.Length} blocks of values, the first file {whole.Blocks.Length}: one is collinear, the other not.", "Calculate all with the same ISPIN and LNONCOLLINEAR.");
            warnings.Add(part.Blocks.Length == 1 ? $"{name} has no magnetisation: it counts as zero." : $"The first file has no magnetisation: that of {name} is left out.");
        }
        for (var block = 0; block < Math.Min(part.Blocks.Length, whole.Blocks.Length); block++)
        {
            double[] from = whole.Blocks[block].Values, values = part.Blocks[block].Values;
            Parallel.For(0, whole.Dimensions.Z, new ParallelOptions { CancellationToken = cancellation }, k =>
            {
                var plane = whole.Dimensions.X * whole.Dimensions.Y;
                Span<double> mine = from.AsSpan(k * plane, plane), theirs = values.AsSpan(k * plane, plane);
                for (var i = 0; i < mine.Length; i++) mine[i] -= theirs[i];
            });
        }
    }

    /// <summary>The difference, when all parts have been taken away.</summary>
    /// <exception cref="DftFlowException">DF3241: an atom of the whole is in no part.</exception>
    public ChargeDifferenceResult Finish()
    {
        if (!ignoreAtoms && takenBy.Index().FirstOrDefault(atom => atom.Item is null, (-1, null)) is (>= 0 and var missing, _))
        {
            var count = takenBy.Count(part => part is null);
            throw Atoms($"{Named(missing)} of the first file is in none of the parts{(count > 1 ? FormattableString.Invariant($", and so {(count == 2 ? "is 1 more" : $"are {count - 1} more")}") : "")}.", "The parts together must have all its atoms. Was a part forgotten?");
        }
        var blocks = whole.Blocks.Select(block => new GridBlock<double>(block.Meaning, block.Values)).ToImmutableArray();
        var names = string.Join(" - ", parts.Prepend("whole"));
        var difference = whole with { Comment = $"charge-density difference: {names}", Blocks = blocks, Warnings = [] };
        var volume = whole.Lattice.Volume;
        var moved = Enumerable.Range(0, whole.Dimensions.Z).AsParallel().AsOrdered().Select(k =>
        {
            var plane = whole.Dimensions.X * whole.Dimensions.Y;
            var sum = 0.0;
            foreach (var value in blocks[0].Values.AsSpan(k * plane, plane)) sum += Math.Abs(value);
            return sum;
        }).Sum() / whole.Dimensions.Count / 2;
        return new(difference, blocks[0].Mean, moved, blocks[0].Min / volume, blocks[0].Max / volume, LargestDisplacementA, [.. warnings]);
    }

    private void CheckCell(VolumetricData<double> part, string name)
    {
        for (var axis = 0; axis < 3; axis++)
            if ((part.Lattice[axis] - whole.Lattice[axis]).Length is var apart && apart > LatticeToleranceA)
                throw Mismatch(
                    FormattableString.Invariant($"The lattice of {name} is another: its vector {"abc"[axis]} is ({Text(part.Lattice[axis])}) Å, that of the first file ({Text(whole.Lattice[axis])}) Å; they differ by {apart:G4} Å, and may by {LatticeToleranceA} Å."),
                    "Calculate all parts in the cell of the whole, without relaxing it (ISIF = 2, or NSW = 0).");
        var (n, w) = (part.Dimensions, whole.Dimensions);
        if (n != w)
            throw Mismatch(
                FormattableString.Invariant($"The grid of {name} has {n.X} x {n.Y} x {n.Z} points, that of the first file {w.X} x {w.Y} x {w.Z}."),
                FormattableString.Invariant($"Calculate the part with NGXF = {w.X}, NGYF = {w.Y}, NGZF = {w.Z} in INCAR, and with the ENCUT and PREC of the whole."));
    }

    private void CheckAtoms(VolumetricData<double> part, string name)
    {
        var theirs = Elements(part);
        for (var atom = 0; atom < theirs.Length; atom++)
        {
            var (nearest, distance) = Find(theirs[atom], part.Positions[atom]);
            var label = $"{theirs[atom]?.Symbol ?? "Atom"} {atom + 1} of {name}";
            if (nearest < 0) throw Atoms($"{label} is an element that the first file does not hold.", "A and B are to be the atoms of AB, parted.");
            if (distance > PlaceToleranceA)
                throw Atoms(FormattableString.Invariant($"{label} is {distance:F3} Å from the nearest atom of its kind in the first file ({Named(nearest)}); {PlaceToleranceA} Å is allowed."),
                    "Take the parts' positions from the whole's CONTCAR and do not relax them (NSW = 0); with --ignore-atoms the difference is made regardless.");
            if (takenBy[nearest] is { } other)
                throw Atoms($"{label} lies where {Named(nearest)} of the first file does, which {other} holds already.", "Each atom belongs to one part; with --ignore-atoms the difference is made regardless.");
            takenBy[nearest] = name;
            LargestDisplacementA = Math.Max(LargestDisplacementA, distance);
        }
    }

    private (int Atom, double DistanceA) Find(Element? element, Vector3D place)
    {
        // Near enough to count, an atom is the nearest image by fractions as well.
        for (var atom = 0; atom < elements.Length; atom++)
            if (Same(element, elements[atom]) && whole.Lattice.ToCartesian(Rounded(place - whole.Positions[atom])).Length is var near && near <= PlaceToleranceA) return (atom, near);
        return Enumerable.Range(0, elements.Length).Where(atom => Same(element, elements[atom]))
            .Select(atom => (atom, whole.Lattice.ShortestDistance(place - whole.Positions[atom]))).DefaultIfEmpty((-1, 0)).MinBy(near => near.Item2);

        // A file of VASP 4 does not name its elements.
        static bool Same(Element? a, Element? b) => a is null || b is null || a == b;

        static Vector3D Rounded(Vector3D f) => new(f.X - Math.Round(f.X), f.Y - Math.Round(f.Y), f.Z - Math.Round(f.Z));
    }

    private string Named(int atom) => FormattableString.Invariant($"{elements[atom]?.Symbol ?? "Atom"} {atom + 1}");

    private static Element?[] Elements(VolumetricData<double> data) => [.. data.Species.SelectMany(species => Enumerable.Repeat(species.Element, species.Count))];

    private static string Text(Vector3D v) => FormattableString.Invariant($"{v.X:0.######} {v.Y:0.######} {v.Z:0.######}");

    private static DftFlowException Mismatch(string message, string hint) => new("DF3240", message, hint);

    private static DftFlowException Atoms(string message, string hint) => new("DF3241", message, hint);
}

/// <summary>What came of a difference.</summary>
/// <param name="Data">Δρ times the volume on the grid, with the atoms of the whole: ready to be written as CHGCAR.</param>
/// <param name="IntegralElectrons">∫Δρ: zero where the parts have the electrons of the whole.</param>
/// <param name="MovedElectrons">½∫|Δρ|: how many electrons are elsewhere than in the parts, where the integral is zero.</param>
/// <param name="MinPerA3">e/Å³.</param>
/// <param name="MaxPerA3">e/Å³.</param>
public sealed record ChargeDifferenceResult(
    VolumetricData<double> Data, double IntegralElectrons, double MovedElectrons, double MinPerA3, double MaxPerA3, double LargestDisplacementA, ImmutableArray<string> Warnings);
