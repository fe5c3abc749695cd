using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

/// <summary><c>dftflow analyze hull</c>, <c>interface</c> and <c>window</c>, as users and other programs see them.</summary>
public sealed class ThermodynamicsTests : IDisposable
{
    private static readonly string Entries = Path.Combine(TestPaths.Repository, "workflows", "reference-energies", "mp2020-gga.csv");

    private readonly Sandbox sandbox = new();

    public ThermodynamicsTests() => sandbox.Environment["NO_COLOR"] = "1";

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task Hull_tells_phases_with_and_without_an_entry_as_one_document()
    {
        var result = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--of", "Li3ScF6", "Li2.6In0.8Ta0.2Cl6", "mp-556415", "--json");
        Assert.True(result.Status == 0, result.Errors);
        var phases = result.Json.GetProperty("phases").EnumerateArray().ToArray();
        Assert.Equal(3, phases.Length);
        Assert.Equal(0.0060269265, Number(phases[0], "energy_above_hull_ev_per_atom"), 1e-9);
        Assert.Equal(0.0060269265, Number(phases[0], "phase_separation_energy_ev_per_atom"), 1e-9);
        Assert.Equal(["LiF", "ScF3"], phases[0].GetProperty("decomposition").EnumerateArray().Select(part => part.GetProperty("formula").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(1, phases[0].GetProperty("decomposition").EnumerateArray().Sum(part => Number(part, "atomic_fraction")), 1e-9);
        Assert.Equal(JsonValueKind.Null, phases[1].GetProperty("entry_id").ValueKind);
        Assert.Equal(-1.881976365521, Number(phases[1], "formation_energy_ev_per_atom"), 1e-9);
        // A metastable polymorph, by its id: LiMnO2 is 16.6 meV/atom stable, this one 1.9 less.
        Assert.Equal("LiMnO2", phases[2].GetProperty("formula").GetString());
        Assert.Equal(0.0019448056, Number(phases[2], "energy_above_hull_ev_per_atom"), 1e-9);
        Assert.Equal(-0.0166385269 + 0.0019448056, Number(phases[2], "phase_separation_energy_ev_per_atom"), 1e-9);
        Assert.Equal(64, Assert.Single(result.Json.GetProperty("inputs").EnumerateArray()).GetProperty("sha256").GetString()!.Length);
        Assert.Contains("Li2.6In0.8Ta0.2Cl6", Assert.Single(result.Json.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("MP2020", result.Json.GetProperty("scale").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hull_of_a_chemical_system_is_a_table()
    {
        var result = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--chemsys", "Li-Mn-O", "--csv", "new folder/phases.csv");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Contains("hull of Li-Mn-O", result.Output, StringComparison.Ordinal);
        Assert.Contains("Li2O2", result.Output, StringComparison.Ordinal);
        var rows = await File.ReadAllLinesAsync(Path.Combine(sandbox.Folder, "new folder", "phases.csv"), TestContext.Current.CancellationToken);
        Assert.StartsWith("formula,entry_id,formation_energy_ev_per_atom,", rows[0], StringComparison.Ordinal);
        Assert.Equal(574 + 1, rows.Length);
    }

    [Fact]
    public async Task Hull_tells_and_draws_over_which_chemical_potentials_a_phase_is_stable()
    {
        var result = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--chemsys", "Li-Mn-O", "--of", "Li2MnO3", "--potentials", "Li", "O", "--csv", "regions.csv", "--svg", "regions.svg", "--json");
        Assert.True(result.Status == 0, result.Errors);
        var potentials = result.Json.GetProperty("chemical_potentials");
        Assert.Equal(("Li", "O", "Mn"), (potentials.GetProperty("x").GetString(), potentials.GetProperty("y").GetString(), potentials.GetProperty("host").GetString()));
        var regions = potentials.GetProperty("regions").EnumerateArray().ToDictionary(region => region.GetProperty("formula").GetString()!);
        // Manganese up to where MnO forms, at the formation energy of MnO per oxygen.
        var oxide = (await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--of", "MnO", "--json")).Json.GetProperty("phases")[0];
        Assert.Equal(2 * Number(oxide, "formation_energy_ev_per_atom"), regions["Mn"].GetProperty("corners").EnumerateArray().Max(corner => Number(corner, "y_ev")), 1e-9);
        Assert.Contains("LiMnO2", regions.Keys);
        Assert.DoesNotContain("Li2O", regions.Keys);
        var rows = await File.ReadAllLinesAsync(Path.Combine(sandbox.Folder, "regions.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("phase,entry_id,mu_Li_ev,mu_O_ev", rows[0]);
        Assert.Equal(1 + regions.Values.Sum(region => region.GetProperty("corners").GetArrayLength()), rows.Length);
        Assert.Contains("width=\"85mm\"", await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, "regions.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var held = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--chemsys", "Li-Mn-O-F", "--potentials", "Li", "O", "--open", "F=-4");
        Assert.True(held.Status == 0, held.Errors);
        Assert.Contains("phases of Mn over the chemical potentials of Li and O, eV, open to F at -4 eV", held.Output, StringComparison.Ordinal);
        Assert.Contains("MnF2", held.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DF3181", "--chemsys", "Li-Mn-O-F", "--potentials", "Li", "O")]
    [InlineData("DF3181", "--chemsys", "Li-Mn-O", "--potentials", "O", "O")]
    [InlineData("DF1900", "--chemsys", "Li-Mn-O", "--potentials", "O")]
    [InlineData("DF1900", "--chemsys", "Li-Mn-O", "--open", "O=-1")]
    [InlineData("DF1900", "--chemsys", "Li-Mn-O", "--open", "O=NaN", "--svg", "none.svg")]
    [InlineData("DF1900", "--chemsys", "Li-Mn-O", "--cutoff", "-1", "--svg", "none.svg")]
    [InlineData("DF1900", "--chemsys", "Li-Mn-O", "--cutoff", "0.05", "--potentials", "Li", "O")]
    public async Task Hull_draws_nothing_that_it_does_not_understand(string code, params string[] options)
    {
        var result = await sandbox.DftflowAsync(["analyze", "hull", "--entries", Entries, .. options, "--json"]);
        Assert.Equal((2, code), (result.Status, result.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.False(File.Exists(Path.Combine(sandbox.Folder, "none.svg")));
    }

    [Fact]
    public async Task A_phase_diagram_is_drawn_open_to_an_element()
    {
        var result = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--chemsys", "Li-Mn-O-F-Sc", "--open", "O=-0.5", "--cutoff", "0.02", "--svg", "open.svg", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Contains("the numbers are of the closed system", Assert.Single(result.Json.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("open to O at −0.500 eV", await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, "open.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_command_about_phases_draws_what_it_found()
    {
        string[][] commands =
        [
            ["hull", "--chemsys", "Li-Sc-F", "--of", "Li3ScF6"], ["interface", "--reactants", "Li2MnO3", "Li3ScF6"], ["interface", "--rows", "Li2MnO3", "LiMnO2", "--columns", "LiF", "Li3ScF6"],
            ["window", "--phase", "Li3ScF6"], ["window", "--phase", "Li3ScF6", "LiF"],
        ];
        foreach (var (i, command) in commands.Index())
        {
            var result = await sandbox.DftflowAsync(["analyze", .. command, "--entries", Entries, "--svg", $"{i}.svg", "--png", $"{i}.png", "--json"]);
            Assert.True(result.Status == 0, result.Errors);
            Assert.Equal([$"{i}.svg", $"{i}.png"], result.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()));
            Assert.Contains("width=\"85mm\"", await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, $"{i}.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.True(new FileInfo(Path.Combine(sandbox.Folder, $"{i}.png")).Length > 5000);
        }
        var wide = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--svg", "wide.svg", "--json");
        Assert.Equal((2, "DF3180"), (wide.Status, wide.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.False(File.Exists(Path.Combine(sandbox.Folder, "wide.svg")));
    }

    [Fact]
    public async Task Interface_tells_kinks_minima_and_what_they_depend_on()
    {
        var legacy = Path.Combine(TestPaths.Repository, "workflows", "reference-energies", "mp-legacy2019.csv");
        var result = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--reactants", "Li2MnO3", "Li2.6In0.8Ta0.2Cl6", "--also", legacy, "--own-energy", "Li2.6In0.8Ta0.2Cl6=hull+0.02", "--csv", "kinks.csv", "--json");
        Assert.True(result.Status == 0, result.Errors);
        var kinks = result.Json.GetProperty("kinks").EnumerateArray().ToArray();
        Assert.Equal(10, kinks.Length);
        Assert.Equal((0.0, 1.0), (Number(kinks[0], "x"), Number(kinks[^1], "x")));
        Assert.Equal(-0.0555406476, Number(result.Json.GetProperty("minimum"), "energy_ev_per_atom"), 1e-9);
        Assert.Equal(7.0 / 15, Number(result.Json.GetProperty("minimum"), "x"), 1e-9);
        Assert.Equal(-0.0555406476, Number(result.Json.GetProperty("mutual_minimum"), "energy_ev_per_atom"), 1e-9);
        // As many atoms of lithium on both sides, in numbers as they are computed with.
        Assert.Equal(2 * 7 / 12.0 + 2.6 * 5 / 12, kinks[4].GetProperty("products").EnumerateArray().Where(term => term.GetProperty("formula").GetString() == "LiCl").Sum(term => Number(term, "amount")), 1e-9);
        Assert.Equal(7.5 * Number(kinks[4], "energy_ev_per_atom"), Number(kinks[4], "energy_ev_per_formula_unit"), 1e-9);
        var sensitivity = result.Json.GetProperty("sensitivity").EnumerateArray().ToDictionary(row => row.GetProperty("variation").GetString()!);
        Assert.Equal(-0.0567553, Number(sensitivity["mp-legacy2019.csv"].GetProperty("minimum"), "energy_ev_per_atom"), 1e-6);
        Assert.Equal(-0.0662073143, Number(sensitivity["Li2.6In0.8Ta0.2Cl6 at +0.02 eV/atom from the hull"].GetProperty("minimum"), "energy_ev_per_atom"), 1e-9);
        Assert.Equal(-0.0514186347 + 0.0555406476, Number(sensitivity["without InClO"], "difference_ev_per_atom"), 1e-9);
        Assert.Equal(2, result.Json.GetProperty("inputs").GetArrayLength());
        Assert.Equal(11, (await File.ReadAllLinesAsync(Path.Combine(sandbox.Folder, "kinks.csv"), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Interface_is_open_to_lithium_and_oxygen()
    {
        var result = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--reactants", "Li2MnO3", "Li3ScF6", "--voltage", "4.2", "--oxygen-pressure", "1", "--temperature", "1000", "--json");
        Assert.True(result.Status == 0, result.Errors);
        var open = result.Json.GetProperty("open_ev");
        Assert.Equal(-4.2, Number(open, "Li"), 1e-12);
        Assert.Equal(-1.10, Number(open, "O"), 0.005);
        Assert.Contains("Reuter and Scheffler", result.Json.GetProperty("definition").GetString(), StringComparison.Ordinal);
        // At 4.2 V alone pymatgen finds -0.19640877 eV per atom that is not lithium.
        var voltage = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--reactants", "Li2MnO3", "Li3ScF6", "--open", "Li=-4.2", "--json");
        Assert.Equal(-0.19640877468749963, Number(voltage.Json.GetProperty("minimum"), "energy_ev_per_atom"), 1e-6);
    }

    [Fact]
    public async Task Many_pairs_are_those_of_each_alone()
    {
        var matrix = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--rows", "Li2MnO3", "LiMnO2", "--columns", "LiF", "Li3ScF6", "--csv", "matrix.csv", "--json");
        Assert.True(matrix.Status == 0, matrix.Errors);
        var pairs = matrix.Json.GetProperty("pairs").EnumerateArray().ToArray();
        Assert.Equal(["Li2MnO3 LiF", "Li2MnO3 Li3ScF6", "LiMnO2 LiF", "LiMnO2 Li3ScF6"], pairs.Select(pair => $"{pair.GetProperty("first").GetString()} {pair.GetProperty("second").GetString()}"));
        Assert.Equal(-0.044252401662, Number(pairs[3].GetProperty("minimum"), "energy_ev_per_atom"), 1e-9);

        sandbox.Write("pairs.txt", "# two cathodes\nLi2MnO3, Li3ScF6\n\nLiMnO2\tLi3ScF6\nLiMnO2 Na2S\n");
        var listed = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--pairs", "pairs.txt", "--json");
        pairs = [.. listed.Json.GetProperty("pairs").EnumerateArray()];
        Assert.Equal(-0.026080363650, Number(pairs[0].GetProperty("minimum"), "energy_ev_per_atom"), 1e-9);
        Assert.Equal(JsonValueKind.Null, pairs[2].GetProperty("minimum").ValueKind);
        Assert.Contains("hold no Na", pairs[2].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Window_tells_limits_products_profile_and_ranges()
    {
        var one = await sandbox.DftflowAsync("analyze", "window", "--entries", Entries, "--phase", "LiF", "--working-ion", "Li", "--json");
        Assert.True(one.Status == 0, one.Errors);
        Assert.Equal((0.0, 6.3328315625), (Number(one.Json, "reduction_limit_v"), Math.Round(Number(one.Json, "oxidation_limit_v"), 10)));
        Assert.Equal(JsonValueKind.Null, one.Json.GetProperty("at_reduction").ValueKind);
        Assert.Equal("LiF -> 0.5 F2 + Li", one.Json.GetProperty("at_oxidation").GetString());
        Assert.Equal(2, one.Json.GetProperty("profile").GetArrayLength());
        var lithium = one.Json.GetProperty("windows")[0].GetProperty("chemical_potential_ranges")[0];
        Assert.Equal(("Li", -6.3328315625, 0.0), (lithium.GetProperty("element").GetString(), Math.Round(Number(lithium, "lowest_ev"), 10), Math.Round(Number(lithium, "highest_ev"), 10)));

        var several = await sandbox.DftflowAsync("analyze", "window", "--entries", Entries, "--phase", "Li3ScF6", "Li2.6In0.8Ta0.2Cl6", "--json");
        Assert.Equal(JsonValueKind.Null, several.Json.GetProperty("reduction_limit_v").ValueKind);
        double[] oxidation = [.. several.Json.GetProperty("windows").EnumerateArray().Select(window => Number(window, "oxidation_limit_v"))];
        Assert.Equal(2, oxidation.Length);
        Assert.Equal(6.3328315625, oxidation[0], 1e-9);
        Assert.Equal(4.274520615, oxidation[1], 1e-9);
        var screen = await sandbox.DftflowAsync("analyze", "window", "--entries", Entries, "--phase", "Li3ScF6");
        Assert.Contains("oxidation 6.3328 V  Li3ScF6 -> 1.5 F2 + ScF3 + 3 Li", screen.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DF3111", "interface", "--reactants", "LITC", "Li2MnO3")]
    [InlineData("DF3107", "interface", "--reactants", "Na2S", "Li2MnO3")]
    [InlineData("DF1900", "interface", "--reactants", "Li2MnO3")]
    [InlineData("DF1900", "interface")]
    [InlineData("DF1900", "interface", "--rows", "LiF")]
    [InlineData("DF1900", "interface", "--reactants", "LiF", "Li2O", "--open", "Li")]
    [InlineData("DF1900", "interface", "--reactants", "LiF", "Li2O", "--open", "Li=-1", "--voltage", "1")]
    [InlineData("DF1900", "interface", "--reactants", "LiF", "Li2O", "--oxygen-pressure", "1")]
    [InlineData("DF3112", "interface", "--reactants", "LiF", "Li2O", "--oxygen-pressure", "1", "--temperature", "1")]
    [InlineData("DF3109", "interface", "--reactants", "LiF", "Li2O", "--voltage", "1", "--working-ion", "F")]
    [InlineData("DF1900", "interface", "--reactants", "LiF", "Li2O", "--open", "Li=nan")]
    [InlineData("DF3107", "interface", "--reactants", "LiF", "Li2O", "--open", "Na=-1")]
    [InlineData("DF1900", "interface", "--reactants", "LiF", "Li2O", "--voltage", "4,2")]
    [InlineData("DF1900", "interface", "--reactants", "LiF", "Li2O", "--working-ion", "Na")]
    [InlineData("DF1900", "interface", "--reactants", "LiF", "Li2O", "--working-ion", "Li", "--open", "Li=-1")]
    [InlineData("DF3111", "interface", "--pairs", "formula.txt")]
    [InlineData("DF3108", "interface", "--reactants", "Li", "Li2O", "--open", "Li=-1")]
    [InlineData("DF3113", "interface", "--reactants", "LiF", "Li2O", "--own-energy", "LiF")]
    [InlineData("DF1001", "interface", "--pairs", "nothing.txt")]
    [InlineData("DF3114", "interface", "--pairs", "three.txt")]
    [InlineData("DF3111", "window", "--phase", "Qq")]
    [InlineData("DF1900", "window", "--phase", "LiF", "--working-ion", "Xx")]
    [InlineData("DF3108", "window", "--phase", "Li")]
    [InlineData("DF3107", "hull", "--chemsys", "Li-Na")]
    [InlineData("DF1900", "hull", "--chemsys", "Li-Xx")]
    [InlineData("DF3111", "hull", "--of", "Li(F")]
    public async Task What_has_no_answer_is_an_error_of_the_request_and_nothing_is_written(string code, string command, params string[] arguments)
    {
        sandbox.Write("three.txt", "LiF Li2O Li\n");
        sandbox.Write("formula.txt", "LiF Li2O\nLiF Qq\n");
        var result = await sandbox.DftflowAsync(["analyze", command, "--entries", Entries, .. arguments, "--csv", "out/table.csv", "--json"]);
        Assert.Equal((2, code), (result.Status, result.Json.GetProperty("error").GetProperty("code").GetString()));
        Assert.False(Directory.Exists(Path.Combine(sandbox.Folder, "out")));
    }

    [Theory]
    [InlineData("LiF Li2O\n\nLi2MnO3 , \tLi(F # a coating\n", 3, 12)]
    [InlineData("Qq;LiF\n", 1, 1)]
    public async Task A_bad_formula_among_pairs_is_told_with_its_place(string pairs, int line, int column)
    {
        sandbox.Write("pairs.txt", pairs);
        var result = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--pairs", "pairs.txt", "--json");
        var error = result.Json.GetProperty("error");
        Assert.Equal((2, "DF3111", "pairs.txt", line, column), (result.Status, error.GetProperty("code").GetString(), error.GetProperty("file").GetString(), error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
    }

    [Fact]
    public async Task No_table_takes_the_place_of_a_run_that_is_read()
    {
        var run = new SampleVasprun().ToString();
        sandbox.Write("run/vasprun.xml", run);
        foreach (var command in (string[][])[["hull", "--of", "LiO"], ["interface", "--reactants", "Li2O", "LiO"], ["window", "--phase", "LiO"]])
        {
            var refused = await sandbox.DftflowAsync(["analyze", .. command, "--entries", "run", "--csv", "run/vasprun.xml", "--json"]);
            Assert.Equal((2, "DF3236"), (refused.Status, refused.Json.GetProperty("error").GetProperty("code").GetString()));
        }
        Assert.Equal(run, await File.ReadAllTextAsync(Path.Combine(sandbox.Folder, "run", "vasprun.xml"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Other_tables_of_one_name_are_told_apart_by_their_folders()
    {
        foreach (var folder in (string[])["one", "two"]) sandbox.Write($"{folder}/table.csv", await File.ReadAllTextAsync(Entries, TestContext.Current.CancellationToken));
        var result = await sandbox.DftflowAsync("analyze", "window", "--entries", Entries, "--phase", "LiF", "--also", "one/table.csv", "two/table.csv", "--json");
        Assert.True(result.Status == 0, result.Errors);
        Assert.Equal(["one/table.csv", "two/table.csv"], result.Json.GetProperty("windows")[0].GetProperty("sensitivity").EnumerateArray().Where(row => row.GetProperty("kind").GetString() == "entries").Select(row => row.GetProperty("variation").GetString()));
    }

    [Fact]
    public async Task Reactants_are_called_as_they_were_written()
    {
        const string halide = "Li2.6 In0.8Ta0.2Cl6", written = "Li2.6In0.8Ta0.2Cl6";
        var reaction = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--reactants", "Li2(MnO3)", halide, "--svg", "pair.svg", "--json");
        Assert.True(reaction.Status == 0, reaction.Errors);
        var minimum = reaction.Json.GetProperty("minimum").GetProperty("reaction").GetString();
        Assert.StartsWith($"0.5833 Li2(MnO3) + 0.4167 {written} -> ", minimum, StringComparison.Ordinal);
        Assert.Equal(written, reaction.Json.GetProperty("second").GetProperty("formula").GetString());
        Assert.DoesNotContain("Ta0.2In0.8", reaction.Output, StringComparison.Ordinal);
        var many = await sandbox.DftflowAsync("analyze", "interface", "--entries", Entries, "--rows", "Li2(MnO3)", "--columns", halide, "--json");
        Assert.Equal(minimum, many.Json.GetProperty("pairs")[0].GetProperty("minimum").GetProperty("reaction").GetString());
        Assert.Contains($"x Li2(MnO3) with (1 - x) {written}", many.Json.GetProperty("definition").GetString(), StringComparison.Ordinal);
        var window = await sandbox.DftflowAsync("analyze", "window", "--entries", Entries, "--phase", written, "--own-energy", written + "=hull+0.02");
        Assert.Contains(written + " -> ", window.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ta0.2In0.8", window.Output, StringComparison.Ordinal);
        var hull = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "--of", written, "--json");
        Assert.Equal(written, hull.Json.GetProperty("phases")[0].GetProperty("formula").GetString());
    }

    [Fact]
    public async Task Bad_tables_are_told_with_their_place_and_implausible_ones_warned_of()
    {
        sandbox.Write("bad.csv", "entry_id,composition,energy_per_atom_ev\na,Li,-1\nb,LiF,nan\n");
        var bad = await sandbox.DftflowAsync("analyze", "hull", "--entries", "bad.csv", "--json");
        Assert.Equal((2, "DF3105", 3), (bad.Status, bad.Json.GetProperty("error").GetProperty("code").GetString(), bad.Json.GetProperty("error").GetProperty("line").GetInt32()));
        sandbox.Write("odd.csv", "entry_id,composition,energy_per_atom_ev\na,Li,-1\nf,F2,-2\nb,LiF,1000\n");
        var odd = await sandbox.DftflowAsync("analyze", "hull", "--entries", "odd.csv", "--json");
        Assert.Equal(0, odd.Status);
        Assert.Contains("1000 eV/atom", Assert.Single(odd.Json.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
        var twice = await sandbox.DftflowAsync("analyze", "hull", "--entries", "odd.csv", "odd.csv", "--json");
        Assert.Equal((2, "DF3106"), (twice.Status, twice.Json.GetProperty("error").GetProperty("code").GetString()));
        var scales = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "odd.csv", "--json");
        Assert.Equal((2, "DF3150"), (scales.Status, scales.Json.GetProperty("error").GetProperty("code").GetString()));
        var forced = await sandbox.DftflowAsync("analyze", "hull", "--entries", Entries, "odd.csv", "--mix-scales", "--of", "LiF", "--json");
        Assert.Equal(0, forced.Status);
        Assert.Contains(forced.Json.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("mixed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_workflow_gives_what_the_commands_give_and_shows_what_it_depends_on()
    {
        sandbox.Write("workflow.yaml", $$"""
            dftflow: 1
            name: phases
            analyses:
              reaction:
                interface-reaction: { entries: '{{Entries}}', pairs: [[Li2MnO3, Li2.6In0.8Ta0.2Cl6]], own-energies: [{ phase: Li2.6In0.8Ta0.2Cl6, above-hull: 20 meV/atom }] }
                expect: [{ value: -19.6 meV/atom, source: elsewhere }]
              stability:
                window: { entries: '{{Entries}}', phases: [Li3ScF6], working-ion: Li, also: ['{{Entries.Replace("mp2020-gga", "mp-r2scan-li-sc-f", StringComparison.Ordinal)}}'] }
              stable:
                hull: { entries: '{{Entries}}', phases: [Li3ScF6] }
            """);
        var run = await sandbox.DftflowAsync("run", "workflow.yaml", "--json");
        Assert.True(run.Status == 0, run.Errors);
        var analyses = run.Json.GetProperty("analyses");
        var reaction = analyses.GetProperty("reaction").GetProperty("values")[0];
        Assert.Equal(-0.0555406476, Number(reaction, "value"), 1e-9);
        Assert.Equal(-0.0555406476 + 0.0196, Number(reaction, "deviation"), 1e-9);
        var supposed = analyses.GetProperty("reaction").GetProperty("variations").EnumerateArray().Single(row => row.GetProperty("kind").GetString() == "own-energy" && row.GetProperty("quantity").GetString() == "reaction_energy");
        Assert.Equal(-0.0662073143, Number(supposed, "value"), 1e-9);
        Assert.Equal(-0.0662073143 + 0.0555406476, Number(supposed, "difference"), 1e-9);
        var other = analyses.GetProperty("stability").GetProperty("variations").EnumerateArray().First(row => row.GetProperty("kind").GetString() == "entries");
        Assert.Equal(("mp-r2scan-li-sc-f.csv", "oxidation_limit", 6.385786), (other.GetProperty("variation").GetString(), other.GetProperty("quantity").GetString(), Math.Round(Number(other, "value"), 6)));
        Assert.Equal(0.0060269265, Number(analyses.GetProperty("stable").GetProperty("values")[0], "value"), 1e-9);
        var report = await File.ReadAllTextAsync(Path.Combine(run.Json.GetProperty("directory").GetString()!, "report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("Done otherwise", report, StringComparison.Ordinal);
    }

    private static double Number(JsonElement element, string key) => element.GetProperty(key).GetDouble();
}
