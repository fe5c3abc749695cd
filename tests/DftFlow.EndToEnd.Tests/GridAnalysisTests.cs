using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Tests.EndToEnd;

/// <summary><c>dftflow analyze elf</c>, <c>slice</c> and <c>charge-difference</c>, as their users and other programs see them.</summary>
public sealed class GridAnalysisTests : IDisposable
{
    private static readonly GridDimensions Grid = new(12, 10, 14);
    private static readonly Lattice Cell = new(new(4.2, 0, 0), new(-1.1, 4.3, 0), new(0.6, -0.4, 8));
    private static readonly (string Element, Vector3D Place)[] Atoms = [("Sc", new(0.1, 0.2, 0.3)), ("O", new(0.5, 0.3, 0.4)), ("O", new(0.2, 0.65, 0.35))];

    private readonly Sandbox sandbox = new();

    public GridAnalysisTests()
    {
        sandbox.Environment["NO_COLOR"] = "1";
        Write("ELFCAR", GridKind.Elf, Atoms, f => 0.5 + 0.4 * Math.Sin(2 * Math.PI * f.X), f => 0.5 + 0.4 * Math.Cos(2 * Math.PI * f.Z));
        Write("CHGCAR_AB", GridKind.Density, Atoms, f => 20 + 5 * Math.Cos(2 * Math.PI * f.Z), _ => 2);
        Write("CHGCAR_A", GridKind.Density, Atoms[..1], _ => 8, _ => 1);
        Write("CHGCAR_B", GridKind.Density, Atoms[1..], _ => 12, _ => 1);
    }

    public void Dispose() => sandbox.Dispose();

    private string InFolder(string name) => Path.Combine(sandbox.Folder, name);

    private void Write(string name, GridKind kind, (string Element, Vector3D Place)[] atoms, params Func<Vector3D, double>[] blocks) => Write(name, kind, atoms, Cell, Grid, blocks);

    private void Write(string name, GridKind kind, (string Element, Vector3D Place)[] atoms, Lattice cell, GridDimensions grid, params Func<Vector3D, double>[] blocks)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InFolder(name))!);
        using var stream = File.Create(InFolder(name));
        VolumetricFile.Write(stream, new VolumetricData<double>
        {
            Comment = "made",
            Lattice = cell,
            Kind = kind,
            Dimensions = grid,
            Species = [.. atoms.GroupBy(atom => atom.Element).Select(group => new GridSpecies(Element.Parse(group.Key), group.Count()))],
            Positions = [.. atoms.Select(atom => atom.Place)],
            Blocks = [.. blocks.Select(block => new GridBlock<double>(GridMeaning.Total, Values(grid, block)))],
        });
    }

    private static double[] Values(GridDimensions grid, Func<Vector3D, double> of) =>
        [.. from k in Enumerable.Range(0, grid.Z) from j in Enumerable.Range(0, grid.Y) from i in Enumerable.Range(0, grid.X) select of(new((double)i / grid.X, (double)j / grid.Y, (double)k / grid.Z))];

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    [Fact]
    public async Task The_ELF_is_told_bond_by_bond_and_by_pairs()
    {
        var result = await sandbox.DftflowAsync("analyze", "elf", ".", "--pairs", "O-Sc", "--max-distance", "2.6", "--profiles", "out/profiles.csv", "--cube", "out/elf.cube", "--json");
        Assert.True(result.Status == 0, result.Errors);
        var bonds = result.Json.GetProperty("bonds").EnumerateArray().ToArray();
        Assert.All(bonds, bond =>
        {
            Assert.Equal(("O-Sc", 1), (bond.GetProperty("pair").GetString(), bond.GetProperty("j").GetInt32()));
            Assert.InRange(Number(bond, "distance_a"), 1, 2.6);
            Assert.True(Number(bond, "elf_min") <= Number(bond, "elf_mid") && Number(bond, "elf_mid") <= Number(bond, "elf_max"));
        });
        var pair = result.Json.GetProperty("by_pair").GetProperty("O-Sc");
        Assert.Equal(bonds.Length, pair.GetProperty("n").GetInt32());
        Assert.Equal(bonds.Average(bond => Number(bond, "elf_mid")), Number(pair, "mean_elf_mid"), 1e-12);
        Assert.Equal(0.85, Number(result.Json.GetProperty("core_radii_a"), "Sc"), 1e-12);
        Assert.Equal("both", result.Json.GetProperty("spin").GetString());
        Assert.Matches("^[0-9a-f]{64}$", result.Json.GetProperty("inputs")[0].GetProperty("sha256").GetString());

        var profiles = File.ReadLines(InFolder("out/profiles.csv")).ToArray();
        Assert.Equal("pair,i,j,image,distance_a,at_a,elf,in_core", profiles[0]);
        Assert.True(profiles.Length > 1 + 200 * bonds.Length);
        Assert.Equal([3, 12, 10, 14], File.ReadLines(InFolder("out/elf.cube")).Skip(2).Take(4).Select(line => int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture)));

        var up = (await sandbox.DftflowAsync("analyze", "elf", "ELFCAR", "--spin", "up", "--json")).Json;
        var down = (await sandbox.DftflowAsync("analyze", "elf", "ELFCAR", "--spin", "down", "--json")).Json;
        var both = (await sandbox.DftflowAsync("analyze", "elf", "ELFCAR", "--json")).Json;
        Assert.Equal(Number(both.GetProperty("bonds")[0], "elf_mid"), (Number(up.GetProperty("bonds")[0], "elf_mid") + Number(down.GetProperty("bonds")[0], "elf_mid")) / 2, 1e-9);
        var screen = await sandbox.DftflowAsync("analyze", "elf", "ELFCAR");
        Assert.Contains("Sc-O", screen.Output, StringComparison.Ordinal);
        Assert.All(screen.Output.Split('\n')[1..], line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public async Task A_slice_is_a_picture_and_a_table_with_the_scale_of_space()
    {
        var result = await sandbox.DftflowAsync("analyze", "slice", "ELFCAR", "--through", "1,2,3", "--out", "new/cut.svg", "--out", "cut.png", "--out", "cut.csv", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal(("elf", "[0,1]"), (result.Json.GetProperty("quantity").GetString(), JsonSerializer.Serialize(result.Json.GetProperty("color_range"))));
        var atoms = result.Json.GetProperty("atoms").EnumerateArray().ToArray();
        Assert.Equal([1, 2, 3], atoms.Select(atom => atom.GetProperty("index").GetInt32()).Distinct().Order());
        Assert.All(atoms, atom => Assert.True(Number(atom, "x_a") >= 0 && Number(atom, "y_a") >= 0 && Math.Abs(Number(atom, "distance_a")) <= 0.3));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(InFolder("cut.png"), TestContext.Current.CancellationToken))[..4]);
        var words = XDocument.Load(InFolder("new/cut.svg")).Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value).ToArray();
        foreach (var word in (string[])["Plane through Sc1, O2 and O3", "x (Å)", "y (Å)", "ELF, mean of both spins", "Sc1", "O2", "O3", "0.2"]) Assert.Contains(word, words);
        var rows = File.ReadLines(InFolder("cut.csv")).ToArray();
        Assert.Equal("x_a,y_a,value", rows[0]);
        var points = result.Json.GetProperty("points");
        Assert.Equal(1 + points[0].GetInt32() * points[1].GetInt32(), rows.Length);
        var last = rows[^1].Split(',').Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Number(result.Json.GetProperty("plane"), "width_a"), last[0], 1e-6);
    }

    [Fact]
    public async Task Blocks_and_kinds_are_cut_in_their_units()
    {
        var moment = (await sandbox.DftflowAsync("analyze", "slice", "CHGCAR_AB", "--plane=0,0,-1", "--at", "2A", "--block", "magnetization", "--out", "m.csv", "--json")).Json;
        Assert.Equal(("magnetization", "µB/Å³"), (moment.GetProperty("quantity").GetString(), moment.GetProperty("unit").GetString()));
        Assert.Equal(2 / Cell.Volume, Number(moment, "max"), 1e-9);
        // A name that tells nothing.
        File.Copy(InFolder("CHGCAR_AB"), InFolder("mine.vasp"));
        var density = (await sandbox.DftflowAsync("analyze", "slice", "mine.vasp", "--kind", "density", "--plane", "0,0,1", "--out", "d.png", "--cube", "d.cube", "--json")).Json;
        Assert.Equal(25 / Cell.Volume, Number(density, "max"), 1e-9);
        // The whole block in bohr: times the cell's volume, its mean is the number of electrons.
        var values = File.ReadLines(InFolder("d.cube")).Skip(9).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(20, values.Average() * Cell.Volume / Math.Pow(CubeFile.BohrA, 3), 1e-8);
    }

    [Fact]
    public async Task A_difference_is_integrated_and_written_so_that_it_can_be_cut()
    {
        var result = await sandbox.DftflowAsync("analyze", "charge-difference", "CHGCAR_AB", "CHGCAR_A", "CHGCAR_B", "--out", "out/CHGCAR_diff", "--svg", "p.svg", "--png", "p.png", "--csv", "p.csv", "--macroscopic", "4", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal(0, Number(result.Json, "integral_electrons"), 1e-9);
        Assert.Equal(0, Number(result.Json.GetProperty("magnetization"), "integral_mub"), 1e-9);
        var planar = result.Json.GetProperty("planar_average");
        Assert.Equal(("c", 14, 0.0), (planar.GetProperty("axis").GetString(), planar.GetProperty("z_a").GetArrayLength(), planar.GetProperty("z_a")[0].GetDouble()));
        Assert.Equal(5 / 8.0, planar.GetProperty("delta_e_per_a")[0].GetDouble(), 1e-9);
        Assert.Equal(3, result.Json.GetProperty("inputs").GetArrayLength());
        Assert.Equal("z_a,delta_e_per_a,integral_e,macroscopic_e_per_a,delta_mub_per_a", File.ReadLines(InFolder("p.csv")).First());
        Assert.Equal("svg", XDocument.Load(InFolder("p.svg")).Root!.Name.LocalName);

        var inspected = (await sandbox.DftflowAsync("inspect", "out/CHGCAR_diff", "--json")).Json.GetProperty("grids").GetProperty("CHGCAR_diff");
        Assert.Equal(2, inspected.GetProperty("blocks").GetArrayLength());
        var cut = (await sandbox.DftflowAsync("analyze", "slice", "out/CHGCAR_diff", "--plane", "0,1,0", "--at", "0.5", "--out", "c.svg", "--json")).Json;
        Assert.Equal("density_difference", cut.GetProperty("quantity").GetString());
        Assert.Equal(-cut.GetProperty("color_range")[0].GetDouble(), cut.GetProperty("color_range")[1].GetDouble());

        var cube = await sandbox.DftflowAsync("analyze", "charge-difference", "CHGCAR_AB", "CHGCAR_A", "CHGCAR_B", "--axis", "a", "--out", "d.cube");
        Assert.True(cube.Status == 0, cube.Errors);
        Assert.Contains("integral  0.000000 e", cube.Output, StringComparison.Ordinal);
        Assert.Equal("charge-density difference: whole - CHGCAR_A - CHGCAR_B", File.ReadLines(InFolder("d.cube")).First());
    }

    [Theory]
    [InlineData("DF3231", "elf CHGCAR_AB")]
    [InlineData("DF3231", "elf elf-with-a-density_ELFCAR")]
    [InlineData("DF3231", "charge-difference ELFCAR CHGCAR_A --out written")]
    [InlineData("DF3231", "charge-difference density-with-an-elf_CHGCAR CHGCAR_A --out written")]
    [InlineData("DF3230", "charge-difference CHGCAR_AB cut_CHGCAR --out written")]
    [InlineData("DF3230", "slice nan_ELFCAR --plane 1,0,0 --out written.png")]
    [InlineData("DF3230", "elf zero_ELFCAR --cube written")]
    [InlineData("DF3240", "charge-difference CHGCAR_AB other-grid_CHGCAR --out written")]
    [InlineData("DF3240", "charge-difference CHGCAR_AB other-lattice_CHGCAR --out written")]
    [InlineData("DF3241", "charge-difference CHGCAR_AB CHGCAR_A --out written")]
    [InlineData("DF3241", "charge-difference CHGCAR_AB CHGCAR_A moved_CHGCAR --out written")]
    [InlineData("DF3242", "charge-difference CHGCAR_AB CHGCAR_A CHGCAR_B --macroscopic=-1 --out written")]
    [InlineData("DF3236", "charge-difference CHGCAR_AB CHGCAR_A CHGCAR_B --out ./CHGCAR_B")]
    [InlineData("DF3236", "charge-difference CHGCAR_AB CHGCAR_A CHGCAR_B --out written --svg written")]
    [InlineData("DF3236", "slice ELFCAR --plane 1,0,0 --out written.pdf")]
    [InlineData("DF3236", "elf . --profiles ELFCAR")]
    [InlineData("DF1611", "slice ELFCAR --plane 0,0,0 --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --plane 1,0,x --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --through 1,2,9 --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --through 1,2,2 --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --axis d --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --plane 1,0,0 --at high --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --plane 1,0,0 --axis c --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --plane 1,0,0 --width 1e9 --out written.png")]
    [InlineData("DF3233", "slice ELFCAR --plane 1,0,0 --range 1:0 --out written.png")]
    [InlineData("DF3234", "slice ELFCAR --plane 1,0,0 --block mx --out written.png")]
    [InlineData("DF3234", "slice CHGCAR_AB --plane 1,0,0 --block mx --out written.png")]
    [InlineData("DF3234", "elf ELFCAR --spin left --cube written")]
    [InlineData("DF3235", "slice . --file LOCPOT --plane 1,0,0 --out written.png")]
    [InlineData("DF3235", "slice . --plane 1,0,0 --out written.png")]
    [InlineData("DF3232", "elf ELFCAR --pairs Mn-O --cube written")]
    [InlineData("DF3232", "elf ELFCAR --pairs ScO --cube written")]
    [InlineData("DF3232", "elf ELFCAR --core-radius Sc --cube written")]
    [InlineData("DF1410", "elf text_ELFCAR --cube written")]
    [InlineData("DF1453", "elf missing_ELFCAR --cube written")]
    [InlineData("DF1900", "charge-difference CHGCAR_AB --out written")]
    public async Task What_cannot_be_done_is_refused_and_nothing_is_written(string code, string arguments)
    {
        Write("elf-with-a-density_ELFCAR", GridKind.Elf, Atoms, f => 7 * f.X);
        Write("density-with-an-elf_CHGCAR", GridKind.Density, Atoms, f => f.X);
        Write("nan_ELFCAR", GridKind.Elf, Atoms, f => f.X > 0.5 ? double.NaN : 0.5);
        Write("zero_ELFCAR", GridKind.Elf, Atoms, _ => 0);
        Write("other-grid_CHGCAR", GridKind.Density, Atoms[..1], Cell, new(12, 10, 15), _ => 8);
        Write("other-lattice_CHGCAR", GridKind.Density, Atoms[..1], new(Cell.A, Cell.B, Cell.C * 1.01), Grid, _ => 8);
        Write("moved_CHGCAR", GridKind.Density, [Atoms[1], ("O", Atoms[2].Place + new Vector3D(0, 0, 0.01))], _ => 12);
        sandbox.Write("text_ELFCAR", "nothing of the kind\n");
        var whole = await File.ReadAllBytesAsync(InFolder("CHGCAR_A"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(InFolder("cut_CHGCAR"), whole[..(whole.Length / 3)], TestContext.Current.CancellationToken);
        var before = Directory.GetFiles(sandbox.Folder).Order().Select(file => (file, new FileInfo(file).Length)).ToArray();
        var result = await sandbox.DftflowAsync(["analyze", .. arguments.Split(' '), "--json"]);
        Assert.Equal((2, code), (result.Status, result.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.Equal(before, Directory.GetFiles(sandbox.Folder).Order().Select(file => (file, new FileInfo(file).Length)));
    }

    [Fact]
    public async Task Runs_of_gpaw_vasp_are_analysed_as_they_are()
    {
        var check = await sandbox.RunAsync("/usr/bin/python3", _ => Task.CompletedTask, "-I", "-c", "import gpaw");
        Assert.SkipUnless(check.Status == 0, "Python's gpaw is not installed");
        (string Name, string Atoms)[] runs = [("whole", "Li F\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n"), ("cation", "Li\n1\nDirect\n0 0 0\n"), ("anion", "F\n1\nDirect\n0.5 0.5 0.5\n")];
        foreach (var (name, atoms) in runs)
        {
            sandbox.Write($"{name}/POSCAR", $"{name}\n1.0\n0 2.02 2.02\n2.02 0 2.02\n2.02 2.02 0\n{atoms}");
            sandbox.Write($"{name}/INCAR", "ENCUT = 300\nISMEAR = 0\nSIGMA = 0.1\nLELF = .TRUE.\nNGXF = 24\nNGYF = 24\nNGZF = 24\n");
            sandbox.Write($"{name}/KPOINTS", "k\n0\nG\n2 2 2\n");
            var engine = await sandbox.RunAsync("/bin/sh", _ => Task.CompletedTask, "-c", $"cd {name} && '{Path.Combine(TestPaths.Repository, "src", "gpaw-vasp", "gpaw-vasp")}' > vasp.out 2>&1");
            Assert.True(engine.Status == 0, engine.Errors);
        }
        var elf = (await sandbox.DftflowAsync("analyze", "elf", "whole", "--json")).Json;
        Assert.Equal(6, elf.GetProperty("by_pair").GetProperty("Li-F").GetProperty("n").GetInt32());
        // Ionic: the anion's shell is the maximum, and little is left beside the cation.
        Assert.All(elf.GetProperty("bonds").EnumerateArray(), bond => Assert.True(Number(bond, "elf_max") > 0.7 && Number(bond, "elf_max_at_a") > 1.2 && Number(bond, "elf_min") < 0.3, bond.ToString()));
        var difference = await sandbox.DftflowAsync("analyze", "charge-difference", "whole", "cation", "anion", "--out", "CHGCAR_diff", "--json");
        Assert.True(difference.Status == 0, difference.Errors);
        Assert.Equal(0, Number(difference.Json, "integral_electrons"), 1e-3);
        Assert.InRange(Number(difference.Json, "moved_electrons"), 0.1, 1);
        foreach (var file in (string[])["ELFCAR", "CHGCAR"])
            Assert.Equal(0, (await sandbox.DftflowAsync("analyze", "slice", "whole", "--file", file, "--plane", "1,-1,0", "--out", $"{file}.png")).Status);
        Assert.Equal("density_difference", (await sandbox.DftflowAsync("analyze", "slice", "CHGCAR_diff", "--plane", "1,-1,0", "--out", "diff.svg", "--json")).Json.GetProperty("quantity").GetString());
    }
}
