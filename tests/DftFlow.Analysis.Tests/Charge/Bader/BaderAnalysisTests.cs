using CsCheck;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge.Bader;

public sealed class BaderAnalysisTests
{
    private static readonly Lattice Cubic = Lattice.FromParameters(4, 4, 4, 90, 90, 90);
    private static readonly Lattice Hexagonal = Lattice.FromParameters(4, 4, 5, 90, 90, 120);
    private static readonly Lattice Skewed = new(new(4, 0, 0), new(2.9, 3.1, 0), new(-1.7, 1.5, 4.2));

    public static TheoryData<string> Cells { get; } = ["cubic", "hexagonal", "skewed"];

    private static Lattice Cell(string name) => name switch { "cubic" => Cubic, "hexagonal" => Hexagonal, _ => Skewed };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Cells))]
    public void Two_equal_atoms_that_an_inversion_exchanges_have_half_each(string cell)
    {
        // A centre of inversion lies half way between them, on a point of the grid.
        var charges = BaderAnalysis.Compute(Gaussians(Cell(cell), 32, (new(0.25, 0.125, 0.25), 6, 0.5), (new(0.75, 0.875, 0.75), 6, 0.5)), cancellation: Cancellation);
        Assert.Equal(2, charges.MaximumCount);
        Assert.All(charges.Atoms, atom => Assert.Equal(6, atom.Electrons, 1e-7));
        Assert.All(charges.Atoms, atom => Assert.Equal(Cell(cell).Volume / 2, atom.VolumeA3, 1e-7));
        // A point on the surface counts wholly to one of them, so that one distance may be a step longer.
        Assert.Equal(charges.Atoms[0].MinDistanceA!.Value, charges.Atoms[1].MinDistanceA!.Value, Cell(cell).LengthsA.X / 32);
    }

    [Fact]
    public void A_surface_between_atoms_on_a_line_is_where_the_density_is_least()
    {
        // Along a narrow cell the density depends on x alone: its basins end at its minima, which one finds by dense sampling.
        var cell = Lattice.FromParameters(8, 1, 1, 90, 90, 90);
        double Along(double x) => 3 + 2 * Math.Cos(2 * Math.PI * x) + 1.5 * Math.Cos(4 * Math.PI * x + 0.7);
        const int Points = 2000;
        var fine = Enumerable.Range(0, 1_000_000).Select(i => Along(i / 1e6)).ToArray();
        var minima = Enumerable.Range(0, fine.Length).Where(i => fine[i] < fine[(i + 1) % fine.Length] && fine[i] < fine[(i + fine.Length - 1) % fine.Length]).ToArray();
        var maxima = Enumerable.Range(0, fine.Length).Where(i => fine[i] > fine[(i + 1) % fine.Length] && fine[i] > fine[(i + fine.Length - 1) % fine.Length]).ToArray();
        Assert.Equal((2, 2), (minima.Length, maxima.Length));
        var between = fine.Skip(minima[0]).Take(minima[1] - minima[0]).Sum() / 1e6;
        var inside = Array.FindIndex(maxima, maximum => maximum > minima[0] && maximum < minima[1]);
        var densities = Densities(cell, new(Points, 1, 1), place => Along(place.X), [new(maxima[0] / 1e6, 0, 0), new(maxima[1] / 1e6, 0, 0)]);
        foreach (var method in Enum.GetValues<BaderMethod>())
            Assert.Equal(between, BaderAnalysis.Compute(densities, method, cancellation: Cancellation).Atoms[inside].Electrons, 5e-3);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void To_move_everything_by_points_of_the_grid_changes_nothing(string cell)
    {
        var densities = Gaussians(Cell(cell), 24, (new(0.1, 0.2, 0.3), 3, 0.5), (new(0.6, 0.55, 0.7), 7, 0.7), (new(0.4, 0.9, 0.1), 1, 0.4));
        var moved = Moved(densities, 5, 11, 17);
        var (before, after) = (BaderAnalysis.Compute(densities, cancellation: Cancellation), BaderAnalysis.Compute(moved, cancellation: Cancellation));
        foreach (var (one, other) in before.Atoms.Zip(after.Atoms))
        {
            Assert.Equal(one.Electrons, other.Electrons, 1e-10);
            Assert.Equal(one.VolumeA3, other.VolumeA3, 1e-10);
            Assert.Equal(one.MinDistanceA!.Value, other.MinDistanceA!.Value, 1e-9);
        }
    }

    [Fact]
    public void To_turn_a_molecule_in_its_box_changes_its_charges_by_less_than_0_005_electrons()
    {
        // 8,400 points/Å³, near the density that the method is said to need.
        var box = Lattice.FromParameters(6, 6, 6, 90, 90, 90);
        var electrons = new List<double>();
        foreach (var direction in new Vector3D[] { new(1, 0, 0), new(1, 1, 0), new(1, 1, 1), new(0.3, 0.8, 0.52) })
        {
            var half = direction * (1.2 / 2 / direction.Length / 6);
            var centre = new Vector3D(0.5013, 0.4987, 0.5021);
            electrons.Add(BaderAnalysis.Compute(Gaussians(box, 122, (centre + half, 8, 0.35), (centre - half, 4, 0.35)), cancellation: Cancellation).Atoms[0].Electrons);
        }
        Assert.InRange(electrons.Max() - electrons.Min(), 0, 0.005);
    }

    [Fact]
    public void The_sum_over_atoms_and_vacuum_is_that_of_the_density() =>
        (from seed in Gen.Int[0, 1000] from places in Gen.Double[0, 1].Array[3].Array[1, 5] from vacuum in Gen.Double[0, 0.2] select (places, vacuum)).Sample(it =>
        {
            var densities = Gaussians(Skewed, 18, [.. it.places.Select((place, i) => (new Vector3D(place[0], place[1], place[2]), 1.0 + i, 0.4 + 0.1 * i))]);
            foreach (var method in Enum.GetValues<BaderMethod>())
            {
                var charges = BaderAnalysis.Compute(densities, method, it.vacuum, cancellation: CancellationToken.None);
                var total = densities.Charge.Blocks[0].Mean;
                Assert.Equal(total, charges.Atoms.Sum(atom => atom.Electrons) + charges.VacuumElectrons, 1e-8 * total);
                Assert.Equal(Skewed.Volume, charges.Atoms.Sum(atom => atom.VolumeA3) + charges.VacuumVolumeA3, 1e-8);
            }
        }, iter: Effort.Iterations(15));

    [Fact]
    public void A_maximum_far_from_all_nuclei_is_told()
    {
        var densities = Gaussians(Cubic, 24, (new(0.25, 0.25, 0.25), 5, 0.4), (new(0.75, 0.75, 0.75), 1, 0.4));
        var charges = BaderAnalysis.Compute(densities with { Charge = densities.Charge with { Species = [new(Element.Parse("F"), 1)], Positions = [new(0.25, 0.25, 0.25)] } }, cancellation: Cancellation);
        var found = Assert.Single(charges.NonNuclearMaxima);
        Assert.Equal((1, 1.0), (found.Atom, Math.Round(found.Electrons, 2)));
        Assert.Contains(charges.Warnings, warning => warning.Contains("away from the nuclei", StringComparison.Ordinal));
    }

    [Fact]
    public void Charges_are_valence_electrons_less_electrons_and_moments_those_of_the_second_block()
    {
        var densities = Gaussians(Cubic, 24, (new(0.25, 0.25, 0.25), 8, 0.5), (new(0.75, 0.75, 0.75), 2, 0.4));
        var moment = densities.Charge.Blocks[0].Values.Select(value => value / 4).ToArray();
        var charges = BaderAnalysis.Compute(
            densities with { Charge = densities.Charge with { Blocks = [densities.Charge.Blocks[0], new(GridMeaning.Magnetization, moment)] }, ValenceElectrons = [7, 3] }, cancellation: Cancellation);
        foreach (var (atom, zval) in charges.Atoms.Zip([7, 3]))
        {
            Assert.Equal(zval - atom.Electrons, atom.ChargeE!.Value, 1e-12);
            Assert.Equal(atom.Electrons / 4, atom.SpinMomentMub!.Value, 1e-12);
        }
        Assert.Equal(10, charges.ElectronsExpected);
    }

    [Fact]
    public void A_coarse_grid_gets_a_finer_one_recommended()
    {
        var charges = BaderAnalysis.Compute(Gaussians(Cubic, 24, (new(0.5, 0.5, 0.5), 8, 0.5)), cancellation: Cancellation);
        // 216 points/Å³ of 8300: 3.37 times as many along each vector, 81; the next even number of factors 2, 3, 5, 7 is 84.
        Assert.Equal([84, 84, 84], charges.RecommendedGrid!.Value);
    }

    [Fact]
    public void A_vacuum_that_takes_everything_is_refused()
    {
        var error = Assert.Throws<DftFlowException>(() => BaderAnalysis.Compute(Gaussians(Cubic, 8, (new(0.5, 0.5, 0.5), 8, 0.5)), vacuumPerA3: 1e6, cancellation: Cancellation));
        Assert.Equal("DF3222", error.Code);
    }

    [Fact]
    public void One_processor_and_many_give_the_same_digits()
    {
        var densities = Gaussians(Skewed, 40, (new(0.1, 0.2, 0.3), 3, 0.5), (new(0.6, 0.55, 0.7), 7, 0.7), (new(0.4, 0.9, 0.1), 1, 0.4));
        var first = BaderAnalysis.Compute(densities, cancellation: Cancellation).Atoms.Select(atom => (atom.Electrons, atom.VolumeA3)).ToArray();
        for (var i = 0; i < 5; i++)
            Assert.Equal(first, BaderAnalysis.Compute(densities, cancellation: Cancellation).Atoms.Select(atom => (atom.Electrons, atom.VolumeA3)));
    }

    private static BaderDensities Gaussians(Lattice cell, int points, params (Vector3D Place, double Electrons, double WidthA)[] atoms) =>
        Densities(cell, new(points, points, points), place =>
        {
            var sum = 0.0;
            foreach (var atom in atoms)
                for (var i = -2; i <= 2; i++)
                    for (var j = -2; j <= 2; j++)
                        for (var k = -2; k <= 2; k++)
                        {
                            var difference = place - atom.Place;
                            var d = cell.ToCartesian(new(difference.X - Math.Round(difference.X) + i, difference.Y - Math.Round(difference.Y) + j, difference.Z - Math.Round(difference.Z) + k));
                            var exponent = d.Dot(d) / (2 * atom.WidthA * atom.WidthA);
                            if (exponent < 40) sum += atom.Electrons * Math.Exp(-exponent) / Math.Pow(2 * Math.PI * atom.WidthA * atom.WidthA, 1.5) * cell.Volume;
                        }
            return sum;
        }, [.. atoms.Select(atom => atom.Place)]);

    private static BaderDensities Densities(Lattice cell, GridDimensions grid, Func<Vector3D, double> value, Vector3D[] atoms)
    {
        var values = new double[grid.Count];
        Parallel.For(0, grid.Z, z =>
        {
            for (var y = 0; y < grid.Y; y++)
                for (var x = 0; x < grid.X; x++) values[grid.Index(x, y, z)] = value(new((double)x / grid.X, (double)y / grid.Y, (double)z / grid.Z));
        });
        var charge = new VolumetricData<double>
        {
            Lattice = cell, Kind = GridKind.Density, Dimensions = grid, Species = [new(Element.Parse("F"), atoms.Length)], Positions = [.. atoms], Blocks = [new(GridMeaning.Total, values)],
        };
        return new(charge, values, "CHGCAR", charge.Blocks[0].Mean, null, null, null);
    }

    private static BaderDensities Moved(BaderDensities densities, int byX, int byY, int byZ)
    {
        var grid = densities.Charge.Dimensions;
        var values = new double[grid.Count];
        for (var z = 0; z < grid.Z; z++)
            for (var y = 0; y < grid.Y; y++)
                for (var x = 0; x < grid.X; x++)
                    values[grid.Index((x + byX) % grid.X, (y + byY) % grid.Y, (z + byZ) % grid.Z)] = densities.Reference[grid.Index(x, y, z)];
        var shift = new Vector3D((double)byX / grid.X, (double)byY / grid.Y, (double)byZ / grid.Z);
        return densities with { Reference = values, Charge = densities.Charge with { Positions = [.. densities.Charge.Positions.Select(place => place + shift)], Blocks = [new(GridMeaning.Total, values)] } };
    }
}
