using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>Parts the electrons of a density among the atoms.</summary>
public static class BaderAnalysis
{
    // Of the weight method, for charges within about 0.001 e of the limit of a fine grid (Yu and Trinkle 2011); near-grid needs more.
    private const double WeightPointsPerA3 = 8_300, NearGridPointsPerA3 = 63_000, OnGridPointsPerA3 = 150_000;

    // Largest difference between electrons on the grid and those of the calculation, relative to the latter.
    private const double ElectronTolerance = 1e-4;

    /// <param name="vacuumPerA3">Where the reference is at most this, in e/Å³, is vacuum and no atom's; null: there is none.</param>
    /// <exception cref="DftFlowException">DF3222: all is vacuum.</exception>
    public static BaderCharges Compute(BaderDensities densities, BaderMethod method = BaderMethod.Weight, double? vacuumPerA3 = null, IProgress<AnalysisStep>? progress = null, CancellationToken cancellation = default)
    {
        var charge = densities.Charge;
        var (grid, cell) = (charge.Dimensions, charge.Lattice);
        var partition = Part(densities, method, vacuumPerA3, progress, cancellation);
        if (partition.Maxima.IsEmpty)
            throw new DftFlowException("DF3222", FormattableString.Invariant($"The reference density is nowhere above {vacuumPerA3} e/Å³: all would be vacuum."), "Give a smaller --vacuum, in e/Å³: 0.001 is usual.");
        progress?.Report(new("integrating", 0.9));
        // Points, which make volumes, behind the blocks.
        var sums = partition.Sum([.. charge.Blocks.Select(block => block.Values), []], cancellation);
        double points = grid.Count, pointA3 = cell.Volume / points;
        var atoms = NearestAtoms(partition, cell, charge.Positions, cancellation);
        var perAtom = sums.Select(sum => Gather(sum, atoms, charge.Positions.Length)).ToArray();
        var elements = charge.Species.SelectMany(kind => Enumerable.Repeat(kind.Element, kind.Count)).ToArray();
        var distances = SurfaceDistance.Of(partition, cell, charge.Positions, [.. atoms.Select(atom => atom.Atom)]);
        var electrons = sums[0].Sum() / points;
        var hubs = NonNuclear(partition, densities, sums, atoms, cell);
        var density = points / cell.Volume;
        var wanted = method switch { BaderMethod.Weight => WeightPointsPerA3, BaderMethod.NearGrid => NearGridPointsPerA3, _ => OnGridPointsPerA3 };
        var expected = densities.ElectronCount ?? densities.ValenceElectrons?.Sum();
        double? coreExpected = densities.ValenceElectrons is { } valence && elements.All(element => element is not null) ? elements.Sum(element => element!.AtomicNumber) - valence.Sum() : null;
        var charges = new BaderCharges
        {
            Method = method,
            Reference = densities.ReferenceName,
            Atoms = [.. Enumerable.Range(0, charge.Positions.Length).Select(atom => new BaderAtom(
                atom + 1,
                elements[atom],
                charge.Positions[atom],
                perAtom[0][atom] / points,
                charge.Blocks.Length == 2 ? perAtom[1][atom] / points : null,
                charge.Blocks.Length == 4 ? new Vector3D(perAtom[1][atom], perAtom[2][atom], perAtom[3][atom]) * (1 / points) : null,
                densities.ValenceElectrons?[atom] - perAtom[0][atom] / points,
                perAtom[^1][atom] * pointA3,
                distances[atom]))],
            VacuumElectrons = sums[0][^1] / points,
            VacuumVolumeA3 = sums[^1][^1] * pointA3,
            ElectronsTotal = electrons,
            ElectronsExpected = expected,
            MaximumCount = partition.Maxima.Length,
            NonNuclearMaxima = hubs,
            CoreElectrons = densities.CoreElectrons,
            CoreElectronsExpected = densities.CoreElectrons is null ? null : coreExpected,
            GridPointsPerA3 = density,
            RecommendedGrid = density >= wanted ? null : Finer(grid, Math.Cbrt(wanted / density)),
            Definition = Describe(method, densities, vacuumPerA3),
            Warnings = [],
        };
        return charges with { Warnings = [.. densities.Warnings, .. Doubts(charges, densities, elements)] };
    }

    private static BasinPartition Part(BaderDensities densities, BaderMethod method, double? vacuumPerA3, IProgress<AnalysisStep>? progress, CancellationToken cancellation)
    {
        var (grid, cell) = (densities.Charge.Dimensions, densities.Charge.Lattice);
        // The values are densities times the volume.
        var vacuumBelow = vacuumPerA3 * cell.Volume ?? double.NegativeInfinity;
        var parting = new Progress("finding basins", 0.4, 0.9, progress);
        if (method == BaderMethod.OnGrid) return new OnGridPartition(grid, cell, densities.Reference, vacuumBelow, parting, cancellation);
        var weights = new WeightPartition(grid, cell, densities.Reference, vacuumBelow, parting, cancellation);
        return method == BaderMethod.Weight ? weights : new NearGridPartition(grid, cell, densities.Reference, weights, new Progress("following gradients", 0.6, 0.9, progress), cancellation);
    }

    private sealed class Progress(string doing, double from, double to, IProgress<AnalysisStep>? whole) : IProgress<double>
    {
        public void Report(double value) => whole?.Report(new(doing, from + (to - from) * value));
    }

    private readonly record struct Nearest(int Atom, double DistanceA);

    // Each basin is the atom's that is nearest to its maximum; the first of several as near.
    private static Nearest[] NearestAtoms(BasinPartition partition, Lattice cell, ImmutableArray<Vector3D> positions, CancellationToken cancellation)
    {
        var spacing = new Vector3D(Spacing(0), Spacing(1), Spacing(2));
        var nearest = new Nearest[partition.Maxima.Length];
        Parallel.For(0, nearest.Length, new ParallelOptions { CancellationToken = cancellation }, basin =>
        {
            var place = Place(partition.Grid, partition.Maxima[basin]);
            nearest[basin] = new(-1, double.PositiveInfinity);
            for (var atom = 0; atom < positions.Length; atom++)
            {
                // Noise in a vacuum has maxima by the thousand. No image is nearer than its planes are.
                var difference = positions[atom] - place;
                var least = Math.Max(Rest(difference.X) * spacing.X, Math.Max(Rest(difference.Y) * spacing.Y, Rest(difference.Z) * spacing.Z));
                if (least < nearest[basin].DistanceA && cell.ShortestDistance(difference) is var distance && distance < nearest[basin].DistanceA - 1e-9) nearest[basin] = new(atom, distance);
            }
        });
        return nearest;

        double Spacing(int axis) => 2 * Math.PI / cell.Reciprocal(axis).Length;

        static double Rest(double fraction) => Math.Abs(fraction - Math.Round(fraction));
    }

    private static Vector3D Place(GridDimensions grid, int point)
    {
        var row = point / grid.X;
        return new((double)(point - row * grid.X) / grid.X, (double)(row % grid.Y) / grid.Y, (double)(row / grid.Y) / grid.Z);
    }

    private static double[] Gather(double[] basins, Nearest[] atoms, int count)
    {
        var sums = new double[count];
        for (var basin = 0; basin < atoms.Length; basin++)
            if (atoms[basin].Atom >= 0) sums[atoms[basin].Atom] += basins[basin];
        return sums;
    }

    private static ImmutableArray<NonNuclearMaximum> NonNuclear(BasinPartition partition, BaderDensities densities, double[][] sums, Nearest[] atoms, Lattice cell)
    {
        var grid = partition.Grid;
        // A nucleus may lie anywhere between the points around it.
        var diagonal = new[] { new Vector3D(1, 1, 1), new(1, 1, -1), new(1, -1, 1), new(-1, 1, 1) }.Max(v => cell.ToCartesian(new(v.X / grid.X, v.Y / grid.Y, v.Z / grid.Z)).Length);
        double points = grid.Count;
        return [.. Enumerable.Range(0, atoms.Length)
            .Where(basin => atoms[basin].DistanceA > diagonal)
            .Select(basin => new NonNuclearMaximum(Place(grid, partition.Maxima[basin]), densities.Reference[partition.Maxima[basin]] / cell.Volume, atoms[basin].Atom + 1, atoms[basin].DistanceA, sums[0][basin] / points, sums[^1][basin] * cell.Volume / points))
            .OrderByDescending(maximum => maximum.Electrons)];
    }

    private static ImmutableArray<int> Finer(GridDimensions grid, double factor) => [FourierGrid.AtLeast(grid.X * factor), FourierGrid.AtLeast(grid.Y * factor), FourierGrid.AtLeast(grid.Z * factor)];

    private static string Describe(BaderMethod method, BaderDensities densities, double? vacuumPerA3) => string.Create(CultureInfo.InvariantCulture,
        $"Electrons of the valence density within the basins of the maxima of {densities.ReferenceName}, parted by {method switch
        {
            BaderMethod.Weight => "the weight method (Yu and Trinkle, J. Chem. Phys. 134, 064111 (2011))",
            BaderMethod.NearGrid => "the near-grid method (Tang, Sanville, Henkelman, J. Phys.: Condens. Matter 21, 084204 (2009)), each point that could end in several basins along its own path",
            _ => "the on-grid method (Henkelman, Arnaldsson, Jónsson, Comput. Mater. Sci. 36, 354 (2006))",
        }}; a basin counts to the atom nearest to its maximum; {(vacuumPerA3 is { } vacuum ? $"where the reference is at most {vacuum} e/Å³ is vacuum" : "no vacuum is set apart")}. charge_e: the potential's valence electrons minus electrons.");

    private static IEnumerable<string> Doubts(BaderCharges charges, BaderDensities densities, Element?[] elements)
    {
        var all = elements.Sum(element => element?.AtomicNumber ?? double.NaN);
        if (charges.ElectronsExpected is { } expected && Math.Abs(charges.ElectronsTotal - expected) > ElectronTolerance * expected)
            yield return string.Create(CultureInfo.InvariantCulture, $"The density holds {charges.ElectronsTotal:0.####} electrons and the calculation has {expected:0.####}: is it this run's, and whole?");
        if (densities.CoreElectrons is null && !(densities.ReferenceElectrons > 0.99 * all))
            yield return $"{densities.ReferenceName} lacks the core electrons: its maxima need not lie at the nuclei, and basins of atoms that have given theirs away may be missing. Set LAECHG = .TRUE. and take AECCAR0 + AECCAR2.";
        if (charges.CoreElectrons is { } core && charges.CoreElectronsExpected is { } coreExpected && Math.Abs(core - coreExpected) > Math.Max(0.5, 0.1 * coreExpected))
            yield return string.Create(CultureInfo.InvariantCulture, $"AECCAR0 holds {core:0.##} electrons on this grid and the cores have {coreExpected:0.##}: their cusps are not resolved, which moves the basins' surfaces little; much more or less would mean that the potentials are others.");
        if (charges.RecommendedGrid is { } grid)
            yield return string.Create(CultureInfo.InvariantCulture, $"The grid has {charges.GridPointsPerA3:0} points/Å³; charges within 0.001 e want NGXF = {grid[0]}, NGYF = {grid[1]}, NGZF = {grid[2]}.");
        var empty = charges.Atoms.Where(atom => atom.VolumeA3 == 0).Select(atom => $"{atom.Element?.Symbol}{atom.Index}").ToArray();
        if (empty.Length > 0)
            yield return $"No basin belongs to {string.Join(", ", empty.Take(10))}{(empty.Length > 10 ? $" and {empty.Length - 10} more" : "")}: the reference has no maximum there.";
        if (!charges.NonNuclearMaxima.IsEmpty)
        {
            var largest = charges.NonNuclearMaxima[0];
            yield return string.Create(CultureInfo.InvariantCulture, $"{charges.NonNuclearMaxima.Length} of {charges.MaximumCount} maxima lie away from the nuclei and count to the nearest atom; the largest holds {largest.Electrons:0.####} e, {largest.DistanceA:0.##} Å from atom {largest.Atom}.");
        }
    }
}
