using System.Globalization;
using DftFlow.Analysis.Charge;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.Analysis.Charge;

public sealed class GridInputTests : IDisposable
{
    private static readonly GridDimensions Grid = new(4, 4, 4);
    private readonly string folder = Directory.CreateTempSubdirectory("dftflow grids ").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Write(string name, Func<double, double> value, params GridMeaning[] more)
    {
        var path = Path.Combine(folder, name);
        var blocks = more.Prepend(GridMeaning.Total).Select(meaning => new GridBlock<double>(meaning, Grids.Values(Grid, f => value(f.X))));
        using var stream = File.Create(path);
        VolumetricFile.Write(stream, Grids.Density(Grids.Cubic, Grid, [("O", new(0, 0, 0))]) with { Blocks = [.. blocks] });
        return path;
    }

    private static async Task<DftFlowException> RefusedAsync(string path, GridKind? wanted = null) =>
        await Assert.ThrowsAsync<DftFlowException>(() => GridInput.ReadAsync(path, wanted, cancellation: TestContext.Current.CancellationToken));

    [Fact]
    public async Task An_ELF_is_no_density_and_a_density_no_ELF_whatever_the_name_says()
    {
        var byName = await RefusedAsync(Write("CHGCAR", x => 5 * x), GridKind.Elf);
        Assert.Equal(("DF3231", "This is not an ELF: its name is that of a density."), (byName.Code, byName.Message));
        Assert.Contains("as those of an ELF do", (await RefusedAsync(Write("CHGCAR", x => x), GridKind.Density)).Message, StringComparison.Ordinal);
        Assert.Contains("go from 0 to 3.75, an ELF lies between 0 and 1", (await RefusedAsync(Write("ELFCAR", x => 5 * x), GridKind.Elf)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_breaks_off_is_told_by_the_byte()
    {
        var path = Write("CHGCAR", x => 5 * x, GridMeaning.Magnetization);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(path, bytes[..^200], TestContext.Current.CancellationToken);
        var error = await RefusedAsync(path, GridKind.Density);
        Assert.Equal(("DF3230", path), (error.Code, error.File));
        Assert.Matches("breaks off at byte [0-9]+ of its text: block 2 has [0-9]+ of its 64 values", error.Message);
        // Who needs the first block alone does not ask for the second.
        var first = await GridInput.ReadAsync(path, GridKind.Density, firstBlockOnly: true, cancellation: TestContext.Current.CancellationToken);
        Assert.Single(first.Content.Blocks);
    }

    [Fact]
    public async Task Values_that_are_none_and_zeros_alone_are_refused()
    {
        var nan = await RefusedAsync(Write("CHGCAR", x => x > 0.6 ? double.NaN : 5));
        Assert.Equal("DF3230", nan.Code);
        Assert.Matches("16 values are no finite numbers .* byte [0-9]+", nan.Message);
        Assert.Equal("All values are zero.", (await RefusedAsync(Write("CHGCAR", _ => 0))).Message);
    }

    [Fact]
    public void Quantities_are_in_the_units_that_people_use()
    {
        var data = Grids.Density(Grids.Cubic, Grid, [("O", new(0, 0, 0))], Grids.Values(Grid, _ => 432), Grids.Values(Grid, _ => 216));
        Assert.Equal(("Density", "e/Å³", 2), First(null, null));
        Assert.Equal(("Magnetisation", "µB/Å³", 1), First("magnetization", null));
        Assert.Equal(("Density of spin up", "e/Å³", 1.5), First(null, GridSpin.Up));
        Assert.Equal(("Density of spin down", "e/Å³", 0.5), First(null, GridSpin.Down));
        Assert.Equal("DF3234", Assert.Throws<DftFlowException>(() => First("mz", null)).Code);
        Assert.Equal("DF3234", Assert.Throws<DftFlowException>(() => First("elf", null)).Code);

        (string, string, double) First(string? block, GridSpin? spin)
        {
            var copy = data with { Blocks = [.. data.Blocks.Select(one => new GridBlock<double>(one.Meaning, [.. one.Values]))] };
            var quantity = GridQuantity.Of(copy, block, spin);
            return (quantity.Name, quantity.Unit, Math.Round(quantity.Values[7], 12));
        }
    }

    [Fact]
    public void The_ELF_of_both_spins_is_their_mean()
    {
        Assert.Equal([0.2, 0.6, 0.4], ((GridSpin[])[GridSpin.Up, GridSpin.Down, GridSpin.Both]).Select(spin => Math.Round(GridQuantity.Of(Elf(), null, spin).Values[3], 12)));
        Assert.Equal(SliceQuantity.Elf, GridQuantity.Of(Elf(), null, null).Quantity);

        static VolumetricData<double> Elf() => new()
        {
            Lattice = Grids.Cubic, Kind = GridKind.Elf, Dimensions = Grid, Blocks = [new(GridMeaning.ElfUp, Grids.Values(Grid, _ => 0.2)), new(GridMeaning.ElfDown, Grids.Values(Grid, _ => 0.6))],
        };
    }

    [Fact]
    public void A_difference_is_known_by_its_signs_and_a_density_with_ripples_is_none()
    {
        Assert.Equal(SliceQuantity.DensityDifference, Quantity(x => Math.Sin(2 * Math.PI * x + 0.3)));
        Assert.Equal(SliceQuantity.Density, Quantity(x => x < 0.2 ? -0.05 : 40));

        static SliceQuantity Quantity(Func<double, double> value) => GridQuantity.Of(Grids.Density(Grids.Cubic, Grid, [], Grids.Values(Grid, f => value(f.X))), null, null).Quantity;
    }

    [Fact]
    public async Task A_cube_file_has_bohr_and_z_fastest()
    {
        var data = Grids.Density(Grids.Cubic, new(2, 3, 7), [("O", new(0.5, 0, 0.25))], Grids.Values(new(2, 3, 7), f => 100 * Math.Round(f.X * 2) + 10 * Math.Round(f.Y * 3) + Math.Round(f.Z * 7)));
        var stream = new MemoryStream();
        CubeFile.Write(stream, data, data.Blocks[0], "a test", TestContext.Current.CancellationToken);
        stream.Position = 0;
        var lines = (await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken)).Split('\n');
        Assert.Equal("a test", lines[0]);
        double[] Row(int line) => [.. lines[line].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        Assert.Equal([1, 0, 0, 0], Row(2));
        Assert.Equal([3, 0, 6 / 3.0 / CubeFile.BohrA, 0], Row(4), new Tolerance(1e-9));
        Assert.Equal([8, 8, 3 / CubeFile.BohrA, 0, 1.5 / CubeFile.BohrA], Row(6), new Tolerance(1e-6));
        var bohr3 = Math.Pow(CubeFile.BohrA, 3) / Grids.Cubic.Volume;
        // Rows of z, each on lines of its own: x and y from 0.
        Assert.Equal([0, 1, 2, 3, 4, 5], Row(7).Select(value => value / bohr3), new Tolerance(1e-7));
        Assert.Equal([6], Row(8).Select(value => value / bohr3), new Tolerance(1e-7));
        Assert.Equal([10, 11, 12, 13, 14, 15], Row(9).Select(value => value / bohr3), new Tolerance(1e-7));
        Assert.Equal([100, 101, 102, 103, 104, 105], Row(13).Select(value => value / bohr3), new Tolerance(1e-7));
    }

    private sealed class Tolerance(double size) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= size;

        public int GetHashCode(double obj) => 0;
    }
}
