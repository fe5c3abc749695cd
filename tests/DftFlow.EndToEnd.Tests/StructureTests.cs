using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace DftFlow.Tests.EndToEnd;

/// <summary><c>dftflow structure info</c> and <c>dftflow structure build</c>, as their users and other programs see them.</summary>
public sealed class StructureTests : IDisposable
{
    // Of nickel oxide, a slab of four layers with the lower two held fast; the last atom may move upwards only.
    private const string Slab = """
        slab
        1.0
        2.95 0 0
        0 2.95 0
        0 0 21.0
        Ni O
        4 4
        Selective dynamics
        Direct
        0.0 0.0 0.30 F F F
        0.5 0.5 0.40 F F F
        0.0 0.0 0.50 T T T
        0.5 0.5 0.60 T T T
        0.5 0.5 0.30 F F F
        0.0 0.0 0.40 F F F
        0.5 0.5 0.50 T T T
        0.0 0.0 0.60 F F T
        """;

    private const string Workflow = """
        dftflow: 1
        name: models
        settings: { engine: gpaw-vasp, cutoff: 500 eV, kpoints: { mesh: [3, 3, 1] }, smearing: { kind: gaussian, width: 0.05 eV } }
        structures:
          slab: { file: slab.vasp }
          doped: { from: slab, build: [ { substitute: { Ni: Mn, count: 1 } } ] }
        calculations:
          electronic: { structure: doped, task: static }
        """;

    private readonly Sandbox sandbox = new();

    public StructureTests()
    {
        sandbox.Write("slab.vasp", Slab);
        sandbox.Write("workflow.yaml", Workflow);
        sandbox.Environment["NO_COLOR"] = "1";
    }

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task A_crystal_is_told_as_crystallographers_know_it()
    {
        var cif = Path.Combine(TestPaths.Repository, "workflows", "quickstart", "structures", "Li2MnO3.cif");
        var info = (await sandbox.DftflowAsync("structure", "info", cif, "--json")).Json;
        Assert.Equal(("cif", "Li2MnO3", "Li8Mn4O12", 24), (Text(info, "format"), Text(info, "formula"), Text(info, "cell_formula"), info.GetProperty("n_atoms").GetInt32()));
        var group = info.GetProperty("space_group");
        Assert.Equal((12, "C2/m", "2/m", "monoclinic"), (group.GetProperty("number").GetInt32(), Text(group, "symbol"), Text(group, "point_group"), Text(group, "crystal_system")));
        // Six kinds of sites in the CIF.
        Assert.Equal(6, group.GetProperty("equivalent_sites").EnumerateArray().Select(site => site.GetInt32()).Distinct().Count());
        // Z M / (N V): 4 · 116.81 g/mol in 199.77 Å³.
        Assert.Equal(3.884, Number(info, "density_g_per_cm3"), 0.001);
        Assert.Equal(8 * 3 + 4 * 25 + 12 * 8, info.GetProperty("electrons").GetInt32());
        Assert.Contains(info.GetProperty("coordination").EnumerateArray(), around => Text(around, "element") == "Mn" && around.GetProperty("number").GetInt32() == 6 && around.GetProperty("neighbours").GetProperty("O").GetInt32() == 6);
        Assert.Equal("", string.Join(' ', info.GetProperty("warnings").EnumerateArray()));
        Assert.Matches("^[0-9a-f]{64}$", Text(info.GetProperty("inputs")[0], "sha256"));
        Assert.NotEmpty(Text(info, "definition")!);

        var screen = await sandbox.DftflowAsync("structure", "info", cif);
        Assert.Equal(0, screen.Status);
        Assert.StartsWith("Li2MnO3  24 atoms · C2/m (12) · monoclinic", screen.Output, StringComparison.Ordinal);
        Assert.Contains("Mn–O     24  1.904 to 1.919, mean 1.912 Å", screen.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', screen.Output);
        Assert.True(screen.Output.Split('\n').Length < 20);
        Assert.All(screen.Output.Split('\n').Skip(1), line => Assert.True(line.Length <= 100, line));
    }

    [Fact]
    public async Task A_slab_shows_its_vacuum_and_what_is_fixed_also_packed()
    {
        await using (var packed = new GZipStream(File.Create(Path.Combine(sandbox.Folder, "CONTCAR.gz")), CompressionLevel.Optimal))
            await packed.WriteAsync(Encoding.UTF8.GetBytes(Slab), TestContext.Current.CancellationToken);
        var info = (await sandbox.DftflowAsync("structure", "info", "CONTCAR.gz", "--json")).Json;
        Assert.Equal(("poscar", "NiO", 4, 1), (Text(info, "format"), Text(info, "formula"), info.GetProperty("fixed").GetInt32(), info.GetProperty("partly_fixed").GetInt32()));
        // Layers at 0.3 to 0.6 of 21 Å.
        Assert.Equal(14.7, info.GetProperty("vacuum_a")[2].GetDouble(), 1e-9);
        Assert.Equal(2.95 / Math.Sqrt(2), info.GetProperty("min_distances").EnumerateArray().Min(pair => Number(pair, "distance_a")), 1e-9);
        var screen = (await sandbox.DftflowAsync("structure", "info", "CONTCAR.gz")).Output;
        Assert.Contains("vacuum    14.70 Å along c", screen, StringComparison.Ordinal);
        Assert.Contains("fixed     4 atoms, 1 more in some directions", screen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_of_several_structures_of_an_XYZ_is_told()
    {
        const string lattice = "Lattice=\"4 0 0 0 4 0 0 0 4\" Properties=species:S:1:pos:R:3";
        sandbox.Write("path.txt", $"1\n{lattice}\nLi 0 0 0\n2\n{lattice}\nLi 0 0 0\nF 2 0 0\n");
        var info = (await sandbox.DftflowAsync("structure", "info", "path.txt", "--json")).Json;
        Assert.Equal(("xyz", "LiF"), (Text(info, "format"), Text(info, "formula")));
        Assert.StartsWith("DF1634", info.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shared_sites_are_told_and_not_drawn()
    {
        sandbox.Write("mixed.cif", """
            data_mixed
            _cell_length_a 4.1
            _cell_length_b 4.1
            _cell_length_c 4.1
            _cell_angle_alpha 90
            _cell_angle_beta 90
            _cell_angle_gamma 90
            _space_group_name_H-M_alt 'P 1'
            loop_
            _atom_site_label
            _atom_site_type_symbol
            _atom_site_fract_x
            _atom_site_fract_y
            _atom_site_fract_z
            _atom_site_occupancy
            M1 Ni 0 0 0 0.25
            M1 Mn 0 0 0 0.5
            O1 O 0.5 0.5 0.5 1
            """);
        var result = await sandbox.DftflowAsync("structure", "info", "mixed.cif", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal(JsonValueKind.Null, result.Json.GetProperty("n_atoms").ValueKind);
        var shared = Assert.Single(result.Json.GetProperty("shared_sites").EnumerateArray());
        Assert.Equal("{\"Mn\":0.5,\"Ni\":0.25}", JsonSerializer.Serialize(shared.GetProperty("occupancies")));
        Assert.Equal(0.25, Number(shared, "vacancy"));
        Assert.Contains("0.25 vacant", (await sandbox.DftflowAsync("structure", "info", "mixed.cif")).Output, StringComparison.Ordinal);
        var drawn = await sandbox.DftflowAsync("structure", "info", "mixed.cif", "--svg", "mixed.svg", "--json");
        Assert.Equal((2, "DF1213"), (drawn.Status, Text(drawn.Json.GetProperty("error"), "code")));
        Assert.False(File.Exists(Path.Combine(sandbox.Folder, "mixed.svg")));
    }

    [Fact]
    public async Task A_needle_of_10000_A_is_told_like_any_other_crystal()
    {
        sandbox.Write("needle.vasp", "needle\n1.0\n3 0 0\n0 3 0\n0 0 10000\nCu O\n1 1\nDirect\n0 0 0\n0 0 0.0002\n");
        var result = await sandbox.DftflowAsync("structure", "info", "needle.vasp", "--json");
        Assert.Equal((0, 99), (result.Status, result.Json.GetProperty("space_group").GetProperty("number").GetInt32()));
    }

    [Fact]
    public async Task A_file_where_the_folder_of_models_is_to_be_is_named()
    {
        sandbox.Write("taken", "a file, not a folder");
        var result = await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "--out", "taken");
        Assert.Equal(1, result.Status);
        Assert.Contains("DF1902", result.Errors, StringComparison.Ordinal);
        Assert.Contains("is a file, not a folder. Name another folder", result.Errors, StringComparison.Ordinal);
        Assert.Equal("a file, not a folder", File.ReadAllText(Path.Combine(sandbox.Folder, "taken")));
    }

    [Fact]
    public async Task Atoms_on_each_other_are_a_warning_and_the_rest_is_told()
    {
        sandbox.Write("twice.vasp", "twice\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi\n2\nDirect\n0 0 0\n0 0 0.01\n");
        var result = await sandbox.DftflowAsync("structure", "info", "twice.vasp", "--json");
        Assert.Equal((0, "Li"), (result.Status, Text(result.Json, "formula")));
        Assert.Contains(result.Json.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.StartsWith("DF1220", StringComparison.Ordinal));
        Assert.Empty(result.Json.GetProperty("bonds").EnumerateArray());
    }

    [Fact]
    public async Task Pictures_are_written_where_they_are_asked_for()
    {
        var result = await sandbox.DftflowAsync("structure", "info", "slab.vasp", "--svg", "new/side.svg", "--png", "side.png", "--view", "a", "--view", "1-10", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal(["new/side.svg", "side.png"], result.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()));
        var words = XDocument.Load(Path.Combine(sandbox.Folder, "new", "side.svg")).Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value).ToArray();
        foreach (var word in (string[])["slab.vasp: NiO, 8 atoms", "along a", "onto (1 −1 0)", "fixed 4", "partly fixed 1"]) Assert.Contains(word, words);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await File.ReadAllBytesAsync(Path.Combine(sandbox.Folder, "side.png"), TestContext.Current.CancellationToken))[..4]);
    }

    [Fact]
    public async Task Each_model_has_a_folder_with_what_a_calculation_is_sent_and_a_picture()
    {
        var result = await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "--out", "models", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.True(result.Json.GetProperty("valid").GetBoolean());
        var models = result.Json.GetProperty("models").EnumerateArray().ToArray();
        Assert.Equal(["slab", "doped"], models.Select(model => Text(model, "name")));
        Assert.Equal(["Ni4O4", "MnNi3O4"], models.Select(model => Text(model, "cell_formula")));
        Assert.Equal(Files("models"), models.SelectMany(model => model.GetProperty("files").EnumerateArray().Select(file => file.GetString()!)).Order(StringComparer.Ordinal));
        Assert.Equal(["models/doped/POSCAR", "models/doped/structure.cif", "models/doped/structure.png", "models/doped/structure.svg"], Files("models")[..4]);

        await sandbox.DftflowAsync("plan", "workflow.yaml", "--out", "plan");
        // All but the first line, which is a comment.
        Assert.Equal(Lines("plan/electronic/POSCAR")[1..], Lines("models/doped/POSCAR")[1..]);
        var info = (await sandbox.DftflowAsync("structure", "info", "models/doped/structure.cif", "--json")).Json;
        Assert.Equal(("MnNi3O4", 8), (Text(info, "formula"), info.GetProperty("n_atoms").GetInt32()));
    }

    [Fact]
    public async Task The_same_workflow_gives_the_same_bytes_also_where_the_system_has_a_decimal_comma()
    {
        await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "--out", "plain");
        sandbox.Environment["LC_ALL"] = "de_DE.UTF-8";
        await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "--out", "german");
        Assert.Equal(8, Files("plain").Length);
        foreach (var file in Files("plain"))
            Assert.Equal(await BytesAsync(file), await BytesAsync(file.Replace("plain/", "german/", StringComparison.Ordinal)));

        Task<byte[]> BytesAsync(string file) => File.ReadAllBytesAsync(Path.Combine(sandbox.Folder, file), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task One_processor_and_another_language_give_the_same_plan_and_the_same_bytes()
    {
        // Searches that share their work out among processors.
        sandbox.Write("searches.yaml", """
            dftflow: 1
            name: searches
            settings: { engine: gpaw-vasp, cutoff: 500 eV, kpoints: { mesh: [3, 3, 1] } }
            structures:
              fluoride: { prototype: LiF }
              ordered:
                prototype: LiCoO2
                oxidation-states: { Li: 1, Mn: 4, Co: 3, O: -2 }
                build:
                  - supercell: [2, 2, 1]
                  - order: { composition: x Li2MnO3 · (1-x) LiCoO2, x: 0.6666667, sites: { Co: [Li, Mn, Co] }, arrangement: lowest-ewald }
              slab: { prototype: MgO, build: [{ slab: { miller: [1, 1, 0], thickness: 4 layers, vacuum: 15 Å } }] }
              coated: { from: slab, build: [{ coat: { with: fluoride, thickness: 2 layers, max-area: 120 Å², max-strain: 8 % } }] }
            calculations:
              static: { foreach: { model: [ordered, coated] }, structure: $model, task: static }
            """);
        var first = await ToldAsync("first");
        sandbox.Environment["DOTNET_PROCESSOR_COUNT"] = "1";
        sandbox.Environment["LC_ALL"] = "de_DE.UTF-8";
        Assert.Equal(first, await ToldAsync("second"));

        async Task<string> ToldAsync(string folder)
        {
            var plan = await sandbox.DftflowAsync("plan", "searches.yaml", "--json");
            var build = await sandbox.DftflowAsync("structure", "build", "searches.yaml", "--out", folder);
            Assert.Equal((0, 0, 16), (plan.Status, build.Status, Files(folder).Length));
            return plan.Output + string.Concat(Files(folder).Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(sandbox.Folder, file))))));
        }
    }

    [Fact]
    public async Task Only_the_models_named_are_built()
    {
        var result = await sandbox.DftflowAsync("structure", "build", ".", "doped", "--out", "models", "--view", "a");
        Assert.Equal(0, result.Status);
        Assert.StartsWith("doped  MnNi3O4  8 atoms  2.950 × 2.950 × 21.000 Å  90.0° 90.0° 90.0°  models/doped", result.Output, StringComparison.Ordinal);
        Assert.Equal(4, Files("models").Length);
    }

    [Fact]
    public async Task A_parameter_changes_a_model()
    {
        sandbox.Write("workflow.yaml", Workflow.Replace("structures:", "parameters: { dopants: 1 }\nstructures:", StringComparison.Ordinal).Replace("count: 1", "count: $dopants", StringComparison.Ordinal));
        var result = await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "doped", "--out", "models", "--set", "dopants=2", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal("MnNiO2", Text(result.Json.GetProperty("models")[0], "formula"));
    }

    [Fact]
    public async Task Nothing_is_written_of_a_workflow_with_errors()
    {
        sandbox.Write("workflow.yaml", Workflow.Replace("count: 1", "count: 9", StringComparison.Ordinal));
        var result = await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "--out", "models", "--json");
        Assert.Equal(2, result.Status);
        Assert.False(result.Json.GetProperty("valid").GetBoolean());
        Assert.Equal(("DF1230", 6), (Text(result.Json.GetProperty("error"), "code"), result.Json.GetProperty("error").GetProperty("line").GetInt32()));
        Assert.Contains("workflow.yaml:6:", (await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "slab", "--out", "models")).Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(sandbox.Folder, "models")));
    }

    [Fact]
    public async Task All_files_are_written_or_none()
    {
        // The last file of the second model cannot be: a folder is in its place.
        sandbox.Write("models/doped/structure.png/keep", "");
        var result = await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "--out", "models", "--json");
        Assert.Equal((1, "DF1902"), (result.Status, Text(result.Json.GetProperty("error"), "code")));
        Assert.Equal(["models/doped/structure.png/keep"], Files("models"));
        Assert.False(Directory.Exists(Path.Combine(sandbox.Folder, "models", "slab")));
    }

    [Theory]
    [InlineData("DF1453", "info", "nowhere")]
    [InlineData("DF1450", "info", ".")]
    [InlineData("DF1632", "info", "workflow.yaml")]
    [InlineData("DF1632", "info", "empty")]
    [InlineData("DF1632", "info", "INCAR")]
    [InlineData("DF1201", "info", "broken.vasp")]
    [InlineData("DF1630", "info", "slab.vasp", "--png", "x.png", "--view", "upwards")]
    [InlineData("DF1900", "info", "--pgn")]
    [InlineData("DF1900", "build", "workflow.yaml")]
    [InlineData("DF1630", "build", "workflow.yaml", "--out", "models", "--view", "000")]
    [InlineData("DF1633", "build", "workflow.yaml", "dopd", "--out", "models")]
    [InlineData("DF1001", "build", "nowhere.yaml", "--out", "models")]
    public async Task A_wrong_request_ends_with_2_and_one_document_with_the_error(string code, params string[] arguments)
    {
        sandbox.Write("empty", "");
        sandbox.Write("INCAR", "ENCUT = 500\nISPIN = 2\n");
        sandbox.Write("broken.vasp", Slab[..^60]);
        var result = await sandbox.DftflowAsync(["structure", .. arguments, "--json"]);
        Assert.Equal((2, code), (result.Status, Text(result.Json.GetProperty("error"), "code")));
        Assert.False(Directory.Exists(Path.Combine(sandbox.Folder, "models")));
        Assert.False(File.Exists(Path.Combine(sandbox.Folder, "x.png")));
        if (code == "DF1633") Assert.Contains("Did you mean 'doped'?", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_with_3_and_leaves_nothing()
    {
        var pipe = Path.Combine(sandbox.Folder, "pipe.yaml");
        await sandbox.RunAsync("mkfifo", _ => Task.CompletedTask, pipe);
        FileStream? writer = null;
        var result = await sandbox.DftflowAsync(async process =>
        {
            // A pipe opens when both ends do; nothing is ever written into it.
            writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write)).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            Sandbox.Interrupt(process);
        }, "structure", "build", "pipe.yaml", "--out", "models", "--json");
        await writer!.DisposeAsync();
        Assert.Equal((3, "DF1901"), (result.Status, Text(result.Json.GetProperty("error"), "code")));
        Assert.Empty(Files("models"));
    }

    [Theory]
    [InlineData("structure", "build")]
    [InlineData("plan")]
    public async Task Ctrl_C_does_not_wait_for_models_that_take_minutes(params string[] command)
    {
        var pipe = Path.Combine(sandbox.Folder, "pipe.yaml");
        await sandbox.RunAsync("mkfifo", _ => Task.CompletedTask, pipe);
        var many = string.Concat(Enumerable.Range(1, 100).Select(seed => string.Create(CultureInfo.InvariantCulture, $"  m{seed}: {{ prototype: LiCoO2, build: [{{ supercell: [20, 20, 4] }}, {{ perturb: {{ distance: 0.02 Å, seed: {seed} }} }}] }}\n")));
        var result = await sandbox.DftflowAsync(async process =>
        {
            // The work begins when all has been read.
            await Task.Run(() => File.WriteAllText(pipe, $"dftflow: 1\nname: many\nstructures:\n{many}")).WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(0.5), TestContext.Current.CancellationToken);
            Sandbox.Interrupt(process);
        }, [.. command, "pipe.yaml", "--out", "models", "--json"]);
        Assert.Equal((3, "DF1901"), (result.Status, Text(result.Json.GetProperty("error"), "code")));
        Assert.False(Directory.Exists(Path.Combine(sandbox.Folder, "models")));
    }

    [Fact]
    public async Task What_a_file_says_to_the_terminal_does_not_reach_it()
    {
        sandbox.Write("\e[31mslab.vasp", Slab);
        var result = await sandbox.DftflowAsync("structure", "info", "\e[31mslab.vasp", "--svg", "slab.svg");
        Assert.Equal(0, result.Status);
        Assert.DoesNotContain(result.Output + result.Errors, c => char.IsControl(c) && c != '\n');
        XDocument.Load(Path.Combine(sandbox.Folder, "slab.svg"));
    }

    [Fact]
    public async Task Shells_complete_the_names_of_models()
    {
        const string line = "dftflow structure build workflow.yaml d";
        var result = await sandbox.DftflowAsync(string.Create(CultureInfo.InvariantCulture, $"[suggest:{line.Length}]"), line);
        Assert.Equal("doped\n", result.Output);
        Assert.Equal("", (await sandbox.DftflowAsync("[suggest:38]", "dftflow structure build nowhere.yaml x")).Output.Trim());
    }

    [Fact]
    public async Task Pymatgen_reads_the_same_atoms_from_both_files_and_agrees_on_the_density()
    {
        await sandbox.DftflowAsync("structure", "build", "workflow.yaml", "doped", "--out", "models");
        var info = (await sandbox.DftflowAsync("structure", "info", "models/doped/POSCAR", "--json")).Json;
        var both = JsonSerializer.Serialize(new[] { File.ReadAllText(Path.Combine(sandbox.Folder, "models/doped/POSCAR")), File.ReadAllText(Path.Combine(sandbox.Folder, "models/doped/structure.cif")) });
        var theirs = await OtherReader.AskAsync("pymatgen", """
            from pymatgen.core import Structure
            from pymatgen.analysis.structure_matcher import StructureMatcher
            from pymatgen.symmetry.analyzer import SpacegroupAnalyzer
            poscar, cif = json.loads(text)
            a, b = Structure.from_str(poscar, "poscar"), Structure.from_str(cif, "cif")
            answer = {"same": bool(StructureMatcher(primitive_cell=False, scale=False, ltol=1e-6, stol=1e-6, angle_tol=1e-6).fit(a, b)), "density": float(a.density),
                      "group": SpacegroupAnalyzer(a, 0.01).get_space_group_number()}
            """, both);
        Assert.True(theirs.GetProperty("same").GetBoolean());
        // Atomic weights of different years.
        Assert.Equal(Number(theirs, "density"), Number(info, "density_g_per_cm3"), 1e-3);
        Assert.Equal(theirs.GetProperty("group").GetInt32(), info.GetProperty("space_group").GetProperty("number").GetInt32());
    }

    private string[] Files(string folder)
    {
        var path = Path.Combine(sandbox.Folder, folder);
        return Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(sandbox.Folder, file)).Order(StringComparer.Ordinal)] : [];
    }

    private string[] Lines(string file) => File.ReadAllLines(Path.Combine(sandbox.Folder, file));

    private static string? Text(JsonElement element, string key) => element.GetProperty(key).GetString();

    private static double Number(JsonElement element, string key) => element.GetProperty(key).GetDouble();
}
