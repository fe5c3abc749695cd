using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals.Surfaces;

public class SlabPropertyTests
{
    private static readonly Gen<(Structure Crystal, MillerPlane Plane)> Cases = Gen.Select(
        Gen.Int[0, SurfaceCrystals.All.Length - 1], Gen.Int[-2, 2].Array[3].Where(n => n.Any(i => i != 0)),
        (index, n) => (SurfaceCrystals.All[index].Crystal, new MillerPlane(n[0], n[1], n[2])));

    [Fact]
    public void The_inside_is_the_crystal_density_layers_and_neighbours() =>
        Cases.Sample((crystal, plane) =>
        {
            const double neighboursA = 4;
            var surface = CrystalSurface.Of(crystal, plane);
            foreach (var termination in surface.Terminations)
            {
                var slab = new Slab(plane) { ThicknessA = 2 * neighboursA + 1 + surface.Cell.SpacingA, Termination = termination.Id, Stoichiometric = false }.Build(crystal);
                // No atom is lost or doubled: the layers are those of the crystal, as many as their number says.
                Assert.Equal(surface.Sum(termination.TopLayer - slab.Layers + 1, termination.TopLayer), slab.Structure.Composition);
                // Those that a whole repeat takes up are as dense as the crystal.
                var repeat = new Slab(plane) { Layers = surface.LayersPerRepeat, Termination = termination.Id }.Build(crystal);
                Assert.Equal(crystal.Sites.Length / crystal.Lattice.Volume, repeat.Structure.Sites.Length / (repeat.AreaA2 * surface.Cell.SpacingA), 1e-9);
                // Atoms deep inside have the neighbours that they have in the crystal, each one of those of some atom there.
                var layers = AtomicLayers.Of(slab.Structure);
                var inCrystal = Neighbours(crystal, neighboursA);
                var inSlab = Neighbours(slab.Structure, neighboursA);
                var middle = layers.MiddleWithin(slab.ThicknessA - 2 * neighboursA);
                Assert.NotEmpty(middle);
                foreach (var site in middle) Assert.Contains(inSlab[site - 1], inCrystal);
            }
        }, iter: Effort.Iterations(15));

    [Fact]
    public void Another_cell_of_the_same_crystal_gives_the_same_slabs() =>
        Gen.Select(Cases, Gen.Int[-1, 2].Array[9]).Sample((pair, n) =>
        {
            var (crystal, plane) = pair;
            if (Described(crystal, plane, n) is not var (other, indices)) return;
            var (one, two) = (CrystalSurface.Of(crystal, plane), CrystalSurface.Of(other, indices));
            Assert.Equal(one.Cell.AreaA2, two.Cell.AreaA2, 1e-6);
            Assert.Equal((one.LayersPerRepeat, one.LayersPerPeriod, one.DistinctSlabs), (two.LayersPerRepeat, two.LayersPerPeriod, two.DistinctSlabs));
            Assert.Equal(one.Terminations.Select(Told), two.Terminations.Select(Told));
            var layers = 2 * one.LayersPerRepeat;
            foreach (var termination in one.Terminations)
            {
                var build = new Slab(plane) { Layers = layers, Termination = termination.Id };
                var (first, second) = (build.Build(crystal), (build with { Plane = indices }).Build(other));
                Assert.Equal(first.ThicknessA, second.ThicknessA, 1e-6);
                Assert.Equal(Neighbours(first.Structure, 5).Order(StringComparer.Ordinal), Neighbours(second.Structure, 5).Order(StringComparer.Ordinal));
            }

            static (string, int, int?) Told(Termination termination) => (termination.Id, termination.BrokenBonds, termination.SymmetricLayers);
        }, iter: Effort.Iterations(25));

    [Fact]
    public void Symmetric_slabs_have_an_operation_that_turns_them_over() =>
        Cases.Sample((crystal, plane) =>
        {
            var surface = CrystalSurface.Of(crystal, plane);
            foreach (var termination in surface.Terminations)
            {
                if (termination.SymmetricLayers is not { } least) continue;
                // With more layers than repeat, none is symmetric by accident.
                var layers = least + surface.LayersPerPeriod * (1 + 2 * surface.LayersPerRepeat / surface.LayersPerPeriod);
                foreach (var n in Enumerable.Range(layers, surface.LayersPerPeriod))
                {
                    var slab = new Slab(plane) { Layers = n, Termination = termination.Id, Stoichiometric = false }.Build(crystal);
                    Assert.Equal(n == layers, slab.IsSymmetric);
                    Assert.Equal(n == layers, SpaceGroup.Of(slab.Structure).PointOperations.Any(operation => operation.Rotation.M33 < 0));
                }
            }
        }, iter: Effort.Iterations(15));

    [Fact]
    public void Any_crystal_gives_a_slab_or_an_error_that_says_why() =>
        Gen.Select(SampleStructures.Random, Gen.Int[-9, 9].Array[3], Gen.Double[0, 3], Gen.Double[0.1, 30], Gen.Bool, Gen.Bool).Sample((crystal, n, tolerance, thickness, symmetric, stoichiometric) =>
        {
            try
            {
                var slab = new Slab(new(n[0], n[1], n[2])) { ThicknessA = thickness, LayerToleranceA = tolerance, Symmetric = symmetric, Stoichiometric = stoichiometric }.Build(crystal);
                Assert.True(slab.ThicknessA >= thickness - 1e-6 && (slab.IsSymmetric || !symmetric) && (slab.IsStoichiometric || !stoichiometric));
                Assert.Equal(slab.VacuumA, Vacuum.AlongAxes(slab.Structure).Z, 1e-6);
            }
            catch (DftFlowException error)
            {
                Assert.Contains(error.Code, new[] { "DF1220", "DF1280", "DF1611", "DF1613" });
                Assert.NotEmpty(error.Message);
            }
        }, iter: Effort.Iterations(100));

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        foreach (var (name, crystal) in SurfaceCrystals.All)
            foreach (var plane in SurfaceCrystals.PlanesOf(name))
            {
                var slab = new Slab(plane) { ThicknessA = 6, InPlane = (2, 1, 0, 1) };
                Assert.Equal(slab.Build(crystal).Structure, slab.Build(crystal).Structure);
                Assert.All(slab.Build(crystal).Structure.Sites, site => Assert.True(new[] { site.Fractional.X, site.Fractional.Y, site.Fractional.Z }.All(f => f is >= 0 and < 1)));
            }
    }

    /// <summary>The crystal in the cell whose vectors have the given whole numbers, moved, and the plane's indices there; null where it is no use.</summary>
    private static (Structure, MillerPlane)? Described(Structure crystal, MillerPlane plane, int[] n)
    {
        int[][] rows = [n[..3], n[3..6], n[6..]];
        var determinant = rows[0][0] * (rows[1][1] * rows[2][2] - rows[1][2] * rows[2][1]) - rows[0][1] * (rows[1][0] * rows[2][2] - rows[1][2] * rows[2][0]) + rows[0][2] * (rows[1][0] * rows[2][1] - rows[1][1] * rows[2][0]);
        if (Math.Abs(determinant) is 0 or > 4) return null;
        var vectors = rows.Select(row => crystal.Lattice.ToCartesian(new(row[0], row[1], row[2]))).ToArray();
        var lattice = new Lattice(vectors[0], vectors[1], vectors[2]);
        var sites = new List<Site>();
        for (var i = -9; i <= 9; i++)
            for (var j = -9; j <= 9; j++)
                for (var k = -9; k <= 9; k++)
                    foreach (var site in crystal.Sites)
                    {
                        var f = lattice.ToFractional(crystal.Lattice.ToCartesian(site.Fractional + new Vector3D(i, j, k)));
                        if (f is { X: > -1e-6 and < 1 - 1e-6, Y: > -1e-6 and < 1 - 1e-6, Z: > -1e-6 and < 1 - 1e-6 }) sites.Add(site with { Fractional = f + new Vector3D(0.1, 0.23, 0.37) });
                    }
        Assert.Equal(crystal.Sites.Length * Math.Abs(determinant), sites.Count);
        // A plane's index along an axis is that of the old axes times the whole numbers of the new.
        int[] indices = [.. rows.Select(row => plane.H * row[0] + plane.K * row[1] + plane.L * row[2])];
        return (new(lattice, [.. sites]), new(indices[0], indices[1], indices[2]));
    }

    /// <summary>What each site has about it within the radius: element and distance of each neighbour.</summary>
    private static string[] Neighbours(Structure structure, double radiusA)
    {
        // Off the round numbers on which rounding would decide.
        const double offset = 0.00031416;
        var shells = structure.Sites.Select(site => (Own: site.Element.Symbol, Around: new List<string>())).ToArray();
        foreach (var (i, j, distance) in NeighbourPairs.Within(structure, radiusA))
        {
            shells[i].Around.Add(FormattableString.Invariant($"{structure.Sites[j].Element} {distance + offset:0.000}"));
            shells[j].Around.Add(FormattableString.Invariant($"{structure.Sites[i].Element} {distance + offset:0.000}"));
        }
        return [.. shells.Select(shell => $"{shell.Own}: {string.Join(", ", shell.Around.Order(StringComparer.Ordinal))}")];
    }
}
