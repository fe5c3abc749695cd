using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge;

public class ChargeDifferenceTests
{
    private static readonly GridDimensions Grid = new(30, 32, 48);
    private static readonly Vector3D AtA = new(0.1, 0.2, 0.3), AtB = new(0.6, 0.5, 0.62);
    private static readonly (string, Vector3D)[] OfA = [("Sc", AtA)], OfB = [("O", AtB)];

    private static VolumetricData<double> Part(Lattice lattice, (string, Vector3D)[] atoms, params (Vector3D Place, double Electrons, double WidthA)[] clouds) =>
        Grids.Density(lattice, Grid, atoms, Grids.Values(Grid, f => clouds.Sum(cloud => Grids.Gaussian(lattice, cloud.Place, cloud.Electrons, cloud.WidthA)(f))));

    public static TheoryData<string> Cells => ["cubic", "skewed", "left-handed"];

    private static Lattice Cell(string name) => name switch { "cubic" => Grids.Cubic, "skewed" => Grids.Skewed, _ => Grids.LeftHanded };

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_charge_that_moved_is_found_where_it_left_and_where_it_went(string cell)
    {
        var lattice = Cell(cell);
        // 0.4 electrons leave A for B.
        var difference = new ChargeDifference(Part(lattice, [.. OfA, .. OfB], (AtA, 2.6, 0.6), (AtB, 6.4, 0.6)));
        difference.Subtract(Part(lattice, OfA, (AtA, 3, 0.6)), "A", TestContext.Current.CancellationToken);
        difference.Subtract(Part(lattice, OfB, (AtB, 6, 0.6)), "B", TestContext.Current.CancellationToken);
        var result = difference.Finish();
        Assert.Equal(0, result.IntegralElectrons, 1e-9);
        Assert.Equal(0.4, result.MovedElectrons, 0.01);
        Assert.Empty(result.Warnings);

        var average = new PlanarAverage(lattice, Grid, result.Data.Blocks[0], 2);
        var height = Math.Abs(lattice[2].Dot(lattice[0].Cross(lattice[1]))) / lattice[0].Cross(lattice[1]).Length;
        Assert.Equal(height, average.PeriodA, 1e-12);
        // The planar average of a Gaussian is one in one dimension, whatever the cell.
        foreach (var (z, delta) in average.HeightsA.Zip(average.PerA))
            Assert.Equal(Delta(z), delta, 1e-6);
        Assert.Equal(0, average.Integral, 1e-9);
        // What went across a plane is the integral from where nothing did.
        var across = average.IntegralFrom(0);
        foreach (var plane in (int[])[8, 22, 47])
        {
            var exact = Enumerable.Range(0, 1000).Select(i => (i + 0.5) / 1000 * plane * average.StepA).Sum(z => Delta(z) * plane * average.StepA / 1000);
            Assert.Equal(exact, across[plane], 1e-3);
        }
        Assert.True(across[22] < -0.3);

        double Delta(double z) => 0.4 * (OneDimension(z, AtB.Z) - OneDimension(z, AtA.Z));

        double OneDimension(double z, double at) => Enumerable.Range(-2, 5).Sum(image => Math.Exp(-Math.Pow(z - (at + image) * height, 2) / (2 * 0.36))) / Math.Sqrt(2 * Math.PI * 0.36);
    }

    [Fact]
    public void Electrons_that_the_parts_lack_are_the_integral()
    {
        var difference = new ChargeDifference(Part(Grids.Skewed, [.. OfA, .. OfB], (AtA, 3, 0.6), (AtB, 7, 0.6)));
        difference.Subtract(Part(Grids.Skewed, OfB, (AtB, 6, 0.6)), "B", TestContext.Current.CancellationToken);
        difference.Subtract(Part(Grids.Skewed, OfA, (AtA, 3, 0.6)), "A", TestContext.Current.CancellationToken);
        var result = difference.Finish();
        Assert.Equal(1, result.IntegralElectrons, 1e-8);
        foreach (var axis in (int[])[0, 1, 2]) Assert.Equal(1, new PlanarAverage(Grids.Skewed, Grid, result.Data.Blocks[0], axis).Integral, 1e-8);
        Assert.Equal(new Composition([new(Grids.El("Sc"), 1), new(Grids.El("O"), 1)]), result.Data.Structure!.Composition);
    }

    [Fact]
    public void Moments_are_taken_away_as_well_and_a_part_without_counts_as_zero()
    {
        var flat = Grids.Values(Grid, _ => 8.0);
        var difference = new ChargeDifference(Grids.Density(Grids.Cubic, Grid, [.. OfA, .. OfB], flat.ToArray(), Grids.Values(Grid, _ => 3)));
        difference.Subtract(Grids.Density(Grids.Cubic, Grid, OfA, [.. flat.Select(value => value / 2)], Grids.Values(Grid, _ => 1)), "A", TestContext.Current.CancellationToken);
        difference.Subtract(Grids.Density(Grids.Cubic, Grid, OfB, [.. flat.Select(value => value / 2)]), "B", TestContext.Current.CancellationToken);
        var result = difference.Finish();
        Assert.Equal((0, 2), (result.Data.Blocks[0].Mean, result.Data.Blocks[1].Mean));
        Assert.Equal(GridMeaning.Magnetization, result.Data.Blocks[1].Meaning);
        Assert.Contains("B has no magnetisation", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void All_electron_densities_of_the_corpus_are_the_sum_of_their_parts()
    {
        // chgsum.pl wrote the sum with fewer digits.
        var difference = new ChargeDifference(Read("CHGCAR_sum.gz"), ignoreAtoms: true);
        difference.Subtract(Read("AECCAR0.gz"), "AECCAR0", TestContext.Current.CancellationToken);
        difference.Subtract(Read("AECCAR2.gz"), "AECCAR2", TestContext.Current.CancellationToken);
        var result = difference.Finish();
        Assert.Equal(0, result.IntegralElectrons, 1e-6);
        Assert.Equal(0, result.MovedElectrons, 1e-6);

        static VolumetricData<double> Read(string file) => VolumetricFile.Read<double>(VaspCorpus.Open("bader-acf-lif", file), new() { Kind = GridKind.Density });
    }

    [Fact]
    public void Another_grid_is_told_with_the_tags_to_set()
    {
        var other = new GridDimensions(30, 32, 50);
        var error = Refused(Grids.Density(Grids.Cubic, other, OfA, Grids.Values(other, _ => 1)));
        Assert.Equal("DF3240", error.Code);
        Assert.Contains("30 x 32 x 50", error.Message, StringComparison.Ordinal);
        Assert.Contains("NGXF = 30, NGYF = 32, NGZF = 48", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_lattice_is_told_by_its_vector_but_rounding_is_none()
    {
        var error = Refused(Part(new Lattice(Grids.Cubic.A, Grids.Cubic.B, new(0, 0, 6.01)), OfA));
        Assert.Equal("DF3240", error.Code);
        Assert.Contains("vector c is (0 0 6.01) Å, that of the first file (0 0 6) Å; they differ by 0.01 Å", error.Message, StringComparison.Ordinal);
        Whole(false).Subtract(Part(new Lattice(Grids.Cubic.A, Grids.Cubic.B, new(0, 0, 6.0004)), OfA), "A", TestContext.Current.CancellationToken);
    }

    [Fact]
    public void An_atom_that_moved_is_named()
    {
        var error = Refused(Part(Grids.Cubic, [("Sc", AtA + new Vector3D(0, 0, 0.005))]));
        Assert.Equal("DF3241", error.Code);
        Assert.Contains("Sc 1 of A is 0.030 Å from the nearest atom of its kind in the first file (Sc 1)", error.Message, StringComparison.Ordinal);
        // Across the border, and no farther than is allowed.
        var difference = Whole(false);
        difference.Subtract(Part(Grids.Cubic, [("Sc", AtA + new Vector3D(-1, 2, 0.001))]), "A", TestContext.Current.CancellationToken);
        Assert.Equal(0.006, difference.LargestDisplacementA, 1e-9);
    }

    [Fact]
    public void Atoms_that_no_part_or_two_parts_hold_are_named()
    {
        var difference = Whole(false);
        difference.Subtract(Part(Grids.Cubic, OfA), "A", TestContext.Current.CancellationToken);
        Assert.Contains("O 2 of the first file is in none of the parts", Assert.Throws<DftFlowException>(difference.Finish).Message, StringComparison.Ordinal);
        var twice = Assert.Throws<DftFlowException>(() => difference.Subtract(Part(Grids.Cubic, OfA), "B", TestContext.Current.CancellationToken));
        Assert.Contains("Sc 1 of B lies where Sc 1 of the first file does, which A holds already", twice.Message, StringComparison.Ordinal);
        Assert.Contains("is an element that the first file does not hold", Refused(Part(Grids.Cubic, [("Mn", AtA)])).Message, StringComparison.Ordinal);
        var regardless = Whole(true);
        regardless.Subtract(Part(Grids.Cubic, [("Mn", AtB)]), "A", TestContext.Current.CancellationToken);
        regardless.Finish();
    }

    private static ChargeDifference Whole(bool ignoreAtoms) => new(Part(Grids.Cubic, [.. OfA, .. OfB]), ignoreAtoms);

    private static DftFlowException Refused(VolumetricData<double> part) => Assert.Throws<DftFlowException>(() => Whole(false).Subtract(part, "A", TestContext.Current.CancellationToken));
}
