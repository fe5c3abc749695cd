namespace DftFlow.Tests.Workflows;

/// <summary>What is wrong is told with its code, its line and column, and what to do.</summary>
public sealed class BadWorkflowTests : IDisposable
{
    private readonly WorkflowFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    // Spelling and kinds.
    [InlineData("  kpoints: { mesh", "  kpoint: { mesh", "DF1006", 7, 3, "Did you mean 'kpoints'?")]
    [InlineData("mesh: [2, 2, 2]", "mesh: [2, two, 2]", "DF1007", 7, 24, "a whole number")]
    [InlineData("mesh: [2, 2, 2]", "mesh: [2, 2]", "DF1007", 7, 20, "three whole numbers")]
    [InlineData("mesh: [2, 2, 2]", "mesh: 2", "DF1007", 7, 20, "a list")]
    [InlineData("task: relax", "task: relaxx", "DF1007", 17, 11, "Did you mean 'relax'?")]
    [InlineData("name: test", "name: ../test", "DF1012", 2, 7, "letters, digits")]
    [InlineData("dftflow: 1", "dftflow: 2", "DF1023", 1, 10, "version 2")]
    [InlineData("  relax:\n", "  \"re\\\"l#ax\":\n", "DF1012", 14, 3, "letters, digits")]
    [InlineData("name: test\n", "", "DF1009", 1, 1, "'name'")]
    [InlineData("  cutoff: $cutoff", "  ENCUT: 500", "DF1006", 6, 3, "incar: { ENCUT: … }")]
    [InlineData("foreach: { model: [nio, lif] }", "foreach: { model: [[2, 2, 2], [3, 3, 3]] }", "DF1007", 15, 24, "mesh: [$k, $k, $k]")]
    // Units.
    [InlineData("cutoff: 500 eV", "cutoff: 500 Ry", "DF1008", 6, 11, "6802.8466 eV")]
    [InlineData("cutoff: 500 eV", "cutoff: 500", "DF1008", 6, 11, "has no unit")]
    [InlineData("max-force: 0.02 eV/Å", "max-force: 0.02 eV", "DF1008", 18, 16, "eV/Å")]
    [InlineData("hubbard-u: { Ni: 6.2 eV }", "hubbard-u: { Ni: 6.2 }", "DF1008", 8, 20, "has no unit")]
    // Elements.
    [InlineData("hubbard-u: { Ni: 6.2 eV }", "hubbard-u: { NI: 6.2 eV }", "DF1010", 8, 16, "Did you mean 'Ni'?")]
    [InlineData("spin: { Ni: 2 }", "spin: { Nickel: 2 }", "DF1010", 9, 11, "not the symbol")]
    // References.
    [InlineData("structure: $model", "structure: nioo", "DF1017", 16, 16, "Did you mean 'nio'?")]
    [InlineData("cutoff: $cutoff", "cutoff: $cutof", "DF1011", 6, 11, "Did you mean 'cutoff'?")]
    [InlineData("structure: $relax.structure", "structure: $relaxed.structure", "DF1017", 21, 16, "Did you mean 'relax'?")]
    [InlineData("foreach: { model: [nio, lif] }\n    structure: $model", "foreach: { model: [nio, lif, lio] }\n    structure: $model", "DF1017", 16, 16, "no structure 'lio'")]
    [InlineData("structure: $relax.structure", "structure: relax.structure", "DF1017", 21, 16, "Did you mean '$relax.structure'")]
    [InlineData("structure: $relax.structure", "structure: relax", "DF1017", 21, 16, "Did you mean '$relax.structure'")]
    [InlineData("file: NiO.vasp", "file: .", "DF1001", 11, 16, "a folder")]
    [InlineData("file: NiO.vasp", "file: ~/NiO.vasp", "DF1001", 11, 16, "not expanded")]
    [InlineData("hubbard-u: { Ni: 6.2 eV }", "hubbard-u: { O: 6.2 eV }", "DF1007", 8, 16, "O has none")]
    [InlineData("of: electronic.nio", "of: electronic.lif", "DF1017", 26, 40, "holds no O")]
    [InlineData("of: electronic.nio", "of: relax.nio", "DF1019", 26, 24, "outputs: [dos]")]
    [InlineData("orbital: p", "orbital: q", "DF1007", 26, 61, "not an orbital")]
    [InlineData("file: NiO.vasp", "file: Ni0.vasp", "DF1001", 11, 16, "no file")]
    [InlineData("    structure: $model", "    include: [{ modl: nio }]\n    structure: $model", "DF1006", 16, 17, "no axis")]
    [InlineData("    structure: $model", "    include: [{ model: nio }]\n    structure: $model", "DF1005", 16, 15, "there already")]
    // Circles.
    [InlineData("structure: $model", "structure: $electronic.structure", "DF1018", 16, 16, "circle")]
    [InlineData("nio: { file: NiO.vasp }", "nio: { from: oin }\n  oin: { from: nio }", "DF1018", 11, 16, "circle")]
    // Not enough said.
    [InlineData("    max-force: 0.02 eV/Å\n", "", "DF1015", 15, 5, "max-force")]
    [InlineData("  cutoff: $cutoff\n", "", "DF1015", 14, 5, "cutoff: 500 eV")]
    [InlineData("  kpoints: { mesh: [2, 2, 2] }\n", "", "DF1015", 14, 5, "kpoints")]
    [InlineData("  engine: gpaw-vasp\n", "", "DF1015", 14, 5, "engine")]
    // Out of range, or not to be told apart.
    [InlineData("    task: relax\n", "    task: relax\n    resources: { walltime: 60 d }\n", "DF1007", 18, 28, "at most 40 d")]
    [InlineData("    task: relax\n", "    task: relax\n    resources: { walltime: -1 h }\n", "DF1007", 18, 28, "above zero")]
    [InlineData("    task: relax\n", "    task: relax\n    incar: { \"FOO\\nNCORE\": 2 }\n", "DF1007", 18, 14, "not one INCAR tag")]
    [InlineData("nio: { file: NiO.vasp }", "nio: { file: NiO.vasp, elements: [Ni, Ox] }", "DF1010", 11, 41, "not the symbol")]
    [InlineData("nio: { file: NiO.vasp }", "nio: { file: \"NiO\\0.vasp\" }", "DF1004", 11, 16, "NUL")]
    [InlineData("parameters: { cutoff: 500 eV }", "parameters: { cutoff: [500 eV] }", "DF1007", 3, 23, "is a word or a number")]
    [InlineData("parameters: { cutoff: 500 eV }", "parameters: { cutoff: 500 eV, model: nio }", "DF1012", 15, 16, "a parameter already")]
    [InlineData("    structure: $model\n", "    exclude: [{ model: nio }, { model: lif }]\n    structure: $model\n", "DF1013", 16, 5, "Every combination")]
    [InlineData("window: occupied", "window: [occupied, full, occupied]", "DF1005", 25, 3, "twice")]
    [InlineData("zero: fermi", "zero: []", "DF1009", 25, 3, "nothing to compute")]
    // Analyses.
    [InlineData("    band-centre: {", "    band-center: {", "DF1006", 26, 5, "Did you mean 'band-centre'?")]
    [InlineData("window: occupied", "window: occupeid", "DF1007", 26, 72, "full, occupied, valence, manifold")]
    [InlineData("  band:\n", "  shift: { difference: { of: band, minus: { model: [2, 2, 2] } } }\n  band:\n", "DF1007", 25, 52, "a word or a number, not a list")]
    [InlineData("zero: fermi", "zero: vacuum", "DF1019", 26, 88, "does not write the potential")]
    [InlineData("zero: fermi", "zero: core, core: O-9s", "DF1007", 26, 100, "does not name a core level")]
    [InlineData("zero: fermi", "zero: ferm", "DF1007", 26, 88, "Did you mean 'fermi'?")]
    public void Tells_what_where_and_what_to_do(string old, string changed, string code, int line, int column, string words)
    {
        Assert.Contains(old, WorkflowFolder.Good, StringComparison.Ordinal);
        var loaded = folder.Load(WorkflowFolder.Good.Replace(old, changed, StringComparison.Ordinal));
        Assert.Null(loaded.Plan);
        var all = string.Join('\n', loaded.Diagnostics);
        var told = loaded.Diagnostics.FirstOrDefault(d => d.Code == code && d.Line == line && d.Column == column);
        Assert.True(told is not null, $"{code} at {line}:{column} is not among\n{all}");
        Assert.Equal(Severity.Error, told.Severity);
        Assert.Contains(words, told.Message + " " + told.Hint, StringComparison.Ordinal);
        Assert.EndsWith("workflow.yaml", told.File, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ value: -1 eV, source: a }, { at: { window: occupied }, value: -2 eV, source: b }", "DF1021", "Two values")]
    [InlineData("{ value: -1 eV, tolerance: -0.1 eV, source: a }", "DF1007", "not below zero")]
    public void What_cannot_be_expected_is_told(string expectations, string code, string words)
    {
        var loaded = folder.Load($"{WorkflowFolder.Good}\n    expect: [{expectations}]\n");
        Assert.Contains(words, Assert.Single(loaded.Diagnostics, d => d.Severity == Severity.Error && d.Code == code).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_subtracted_cannot_be_all_there_is()
    {
        var loaded = folder.Load(WorkflowFolder.Good + "\n  shift:\n    difference: { of: band, minus: { model: nio } }\n");
        Assert.Contains("nothing to compute", Assert.Single(loaded.Diagnostics, d => d.Severity == Severity.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tells_all_problems_at_once()
    {
        var loaded = folder.Load(WorkflowFolder.Good
            .Replace("kpoints: {", "kpoint: {", StringComparison.Ordinal)
            .Replace("Ni: 6.2 eV", "Ni: 6.2 Ry", StringComparison.Ordinal)
            .Replace("file: LiF.vasp", "file: nowhere.vasp", StringComparison.Ordinal)
            .Replace("orbital: p", "orbital: q", StringComparison.Ordinal));
        Assert.Superset(new HashSet<string> { "DF1006", "DF1008", "DF1001" }, loaded.Diagnostics.Select(d => d.Code).ToHashSet());
    }

    [Fact]
    public void What_follows_from_a_problem_is_not_told_as_another()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("file: NiO.vasp", "from: oin", StringComparison.Ordinal));
        Assert.Equal("DF1017", Assert.Single(loaded.Diagnostics, d => d.Severity == Severity.Error).Code);
    }

    [Theory]
    [InlineData("kpoints: { mesh: [2, 2, 2] }", "kpoints: [2, 2, 2]")]
    [InlineData("cutoff: $cutoff", "cutoff: 500 Ry")]
    [InlineData("max-force: 0.02 eV/Å", "max-force: 0.02")]
    [InlineData("task: relax", "task: relaxation")]
    public void What_is_given_wrong_is_not_told_to_be_missing_too(string old, string changed)
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace(old, changed, StringComparison.Ordinal));
        var code = Assert.Single(loaded.Diagnostics, d => d.Severity != Severity.Info).Code;
        Assert.True(code is "DF1007" or "DF1008", code);
    }

    [Theory]
    [InlineData("spin: { Ni: 2 }", "spin: { Ni: 2, Mn: 3 }", "'spin' names Mn", 9, 18)]
    [InlineData("Ni: 6.2 eV", "Ni: 6.2 eV, Mn: 3.9 eV", "'hubbard-u' names Mn", 8, 28)]
    [InlineData("spin: { Ni: 2 }", "potentials: { Mg: Mg_pv }", "'potentials' names Mg", 9, 17)]
    public void An_element_that_no_calculation_holds_is_told(string old, string changed, string words, int line, int column)
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace(old, changed, StringComparison.Ordinal));
        Assert.NotNull(loaded.Plan);
        var told = Assert.Single(loaded.Diagnostics, d => d.Code == "DF1025");
        Assert.Equal((Severity.Warning, line, column), (told.Severity, told.Line, told.Column));
        Assert.Contains(words, told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("formula,energy\nLi,-1.9\n", "DF3102", 1)]
    [InlineData("entry_id,composition,energy_per_atom_ev\na,Li,-1.9\nb,O2,minus five\n", "DF3105", 3)]
    public void A_table_of_entries_that_cannot_be_read_is_told_in_its_own_file_and_line(string table, string code, int line)
    {
        folder.Write("mine.csv", table);
        var loaded = folder.Load(WorkflowFolder.Good + "\n  reaction: { interface-reaction: { entries: mine.csv, pairs: [[Li, O2]] } }\n");
        var told = Assert.Single(loaded.Diagnostics, d => d.Severity == Severity.Error);
        Assert.Equal((code, line), (told.Code, told.Line));
        Assert.EndsWith("mine.csv", told.File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_no_folder_could_have_is_told()
    {
        var (a, b, c, d) = (new string('a', 60), new string('b', 60), new string('c', 60), new string('d', 60));
        var loaded = folder.Load(WorkflowFolder.Good.Replace("    foreach: { model: [nio, lif] }\n    structure: $model", $"    foreach: {{ model: [nio, lif], p: [{a}], q: [{b}], r: [{c}], s: [{d}] }}\n    structure: $model", StringComparison.Ordinal));
        Assert.Contains(loaded.Diagnostics, told => told.Code == "DF1012" && told.Message.Contains("longer than 200", StringComparison.Ordinal));
    }

    [Fact]
    public void A_problem_of_every_member_is_told_once()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("cutoff: 500 eV", "cutoff: 500 Ry", StringComparison.Ordinal));
        Assert.Single(loaded.Diagnostics, d => d.Code == "DF1008");
    }

    [Fact]
    public void Atoms_that_overlap_are_told_with_their_numbers()
    {
        folder.Write("LiF.vasp", WorkflowFolder.RockSalt.Replace("0.5 0.5 0.5", "0.02 0.02 0.02", StringComparison.Ordinal));
        var loaded = folder.Load(WorkflowFolder.Good);
        Assert.Null(loaded.Plan);
        var told = loaded.Diagnostics.First(d => d.Severity == Severity.Error);
        Assert.Contains("lif", told.Message, StringComparison.Ordinal);
        Assert.Equal(12, told.Line);
    }

    [Fact]
    public void A_broken_POSCAR_is_told_in_its_own_file_and_line()
    {
        folder.Write("LiF.vasp", WorkflowFolder.RockSalt.Replace("2.0 0.0 2.0", "2.0 x 2.0", StringComparison.Ordinal));
        var loaded = folder.Load(WorkflowFolder.Good);
        var told = loaded.Diagnostics.First(d => d.Severity == Severity.Error);
        Assert.EndsWith("LiF.vasp", told.File, StringComparison.Ordinal);
        Assert.Equal(4, told.Line);
    }

    [Fact]
    public void A_CIF_with_another_name_is_told()
    {
        folder.Write("LiF.vasp", "# from a database\ndata_LiF\n_cell_length_a 4.0\n");
        var told = Assert.Single(folder.Load(WorkflowFolder.Good).Diagnostics, d => d.Severity == Severity.Error);
        Assert.Contains("is a CIF", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_structure_file_without_end_is_told()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero");
        var loaded = folder.Load(WorkflowFolder.Good.Replace("file: LiF.vasp", "file: /dev/zero", StringComparison.Ordinal));
        Assert.Equal("DF1003", Assert.Single(loaded.Diagnostics, d => d.Severity == Severity.Error).Code);
    }

    [Fact]
    public void More_sites_than_there_are_is_told()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("  lif: { file: LiF.vasp }", "  lif: { from: nio, build: [{ substitute: { Ni: Mn, count: 3 } }] }", StringComparison.Ordinal));
        Assert.Contains(loaded.Diagnostics, d => d is { Severity: Severity.Error, Line: 12, Code: "DF1230" });
    }

    [Fact]
    public void LDAU_vectors_of_the_user_that_do_not_fit_the_POSCAR_are_told()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("    outputs: [dos]\n", "    outputs: [dos]\n    incar: { LDAUU: [6.2] }\n", StringComparison.Ordinal));
        Assert.Null(loaded.Plan);
        Assert.Contains(loaded.Diagnostics, d => d is { Severity: Severity.Error, Line: 24 } && d.Message.Contains("LDAUU", StringComparison.Ordinal));
    }

    [Fact]
    public void Moments_of_the_user_that_are_too_few_are_told()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("    outputs: [dos]\n", "    outputs: [dos]\n    incar: { MAGMOM: 1.0 }\n", StringComparison.Ordinal));
        Assert.Null(loaded.Plan);
        Assert.Contains(loaded.Diagnostics, d => d is { Severity: Severity.Error, Line: 24 } && d.Message.Contains("MAGMOM", StringComparison.Ordinal));
    }

    [Fact]
    public void Moments_without_spin_are_told_where_they_stand()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("spin: { Ni: 2 }", "incar: { MAGMOM: 2 0 }", StringComparison.Ordinal));
        Assert.Contains(loaded.Diagnostics, d => d is { Code: "DF1306", Line: 9 } && d.Hint!.Contains("spin-polarized: true", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cut_off_may_stand_among_the_INCAR_tags() =>
        Assert.NotNull(folder.Load(WorkflowFolder.Good.Replace("cutoff: $cutoff", "incar: { ENCUT: 500 }", StringComparison.Ordinal)).Plan);

    [Fact]
    public void A_mesh_along_vacuum_is_told()
    {
        folder.Write("LiF.vasp", WorkflowFolder.RockSalt.Replace("2.0 2.0 0.0", "0.0 0.0 20.0", StringComparison.Ordinal).Replace("0.0 2.0 2.0", "4.0 0.0 0.0", StringComparison.Ordinal).Replace("2.0 0.0 2.0", "0.0 4.0 0.0", StringComparison.Ordinal).Replace("0.5 0.5 0.5", "0.5 0.5 0.0", StringComparison.Ordinal));
        var loaded = folder.Load(WorkflowFolder.Good);
        Assert.Contains(loaded.Diagnostics, d => d is { Line: 7, Code: "DF1305" });
    }

    [Fact]
    public void An_unknown_INCAR_tag_is_told_with_a_suggestion()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("    outputs: [dos]\n", "    outputs: [dos]\n    incar: { NCOER: 4 }\n", StringComparison.Ordinal));
        Assert.Contains(loaded.Diagnostics, d => d.Line == 24 && (d.Message + d.Hint).Contains("NCORE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_workflow_that_is_not_there_is_told()
    {
        var loaded = DftFlow.Workflows.WorkflowLoader.Load("/nowhere/at/all.yaml");
        Assert.Equal("DF1001", Assert.Single(loaded.Diagnostics).Code);
    }
}
