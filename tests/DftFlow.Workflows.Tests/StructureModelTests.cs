using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows;

public sealed class StructureModelTests : IDisposable
{
    private const string Slab = "slab: { miller: [1, 0, 0], thickness: 4 layers, vacuum: 12 Å }";

    private readonly WorkflowFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_crystal_can_stand_in_the_workflow_itself()
    {
        var model = Model("m", "m: { lattice: { a: 4 Å, c: 6 Å, gamma: 120 ° }, sites: [{ Mg: [0, 0, 0] }, { O: [2, 0, 3] }], coordinates: cartesian }");
        Assert.Equal("MgO", model.Structure.Composition.Formula);
        Assert.Equal((4.0, 6.0, 120.0), (Math.Round(model.Structure.Lattice.LengthsA.Y, 9), model.Structure.Lattice.LengthsA.Z, Math.Round(model.Structure.Lattice.AnglesDegrees.Z, 9)));
        Assert.Equal(0.5, model.Structure.Sites[1].Fractional.Z, 9);
    }

    [Fact]
    public void Symmetry_operations_make_the_other_sites()
    {
        var model = Model("m", "m: { lattice: { vectors: [[4, 0, 0], [0, 4, 0], [0, 0, 4]] }, sites: [{ F: [0.25, 0.25, 0.25] }], operations: ['x,y,z', '-x,-y,-z'] }");
        Assert.Equal(2, model.Structure.Sites.Length);
    }

    [Fact]
    public void A_prototype_needs_a_name_alone()
    {
        Assert.Equal("LiF", Model("m", "m: { prototype: LiF, cell: primitive }").Structure.Composition.Formula);
        Assert.Equal("Li3Mn3O6", Model("m", "m: { prototype: LiMO2, species: { M: Mn } }").Structure.Composition.Formula);
    }

    [Fact]
    public void Steps_follow_each_other_and_are_told()
    {
        var model = Model("m", "m: { prototype: LiF, cell: conventional, build: [{ supercell: [2, 1, 1] }, { strain: { c: 1 % } }, { substitute: { Li: Na, count: 1 } }, { perturb: { distance: 0.01 Å, seed: 2 } }, { sort: { elements: [F, Na], along: c } }, { wrap: true }] }");
        Assert.Equal(["cell", "supercell", "strain", "substitute", "perturb", "sort", "wrap"], model.Steps.Select(step => step.Name));
        Assert.Equal(["F", "Na", "Li"], model.Structure.Elements.Select(element => element.Symbol));
        Assert.Equal(1.01 * model.Structure.Lattice.B.Length, model.Structure.Lattice.C.Length, 9);
        Assert.Equal([1], model.Steps[3].Facts["sites"]!.AsArray().Select(site => (int)site!));
    }

    [Fact]
    public void A_matrix_makes_a_supercell_of_any_shape() =>
        Assert.Equal(8, Model("m", "m: { prototype: LiF, cell: primitive, build: [{ supercell: [[-1, 1, 1], [1, -1, 1], [1, 1, -1]] }] }").Structure.Sites.Length);

    [Fact]
    public void A_slab_is_cut_frozen_and_told_of()
    {
        var model = Model("m", $"m: {{ prototype: LiF, oxidation-states: {{ Li: 1, F: -1 }}, build: [{{ {Slab} }}, {{ freeze: {{ bottom: 2 layers }} }}] }}");
        var facts = model.Steps[0].Facts;
        Assert.Equal((4, 12.0, true, 1), ((int)facts["layers"]!, (double)facts["vacuum_a"]!, (bool)facts["symmetric"]!, (int)facts["tasker_type"]!));
        Assert.Equal(12, Vacuum.AlongAxes(model.Structure).Z, 9);
        Assert.Equal(model.Structure.Sites.Length / 2, model.Structure.Sites.Count(site => site.Free is { X: false, Y: false, Z: false }));
    }

    [Theory]
    [InlineData("[4, 2, 1]", "[1, 0, 4]", new[] { 1, 0, 16 })]
    [InlineData("[4, 2, 1]", "[1, 0, 1]", new[] { 1, 0, 4 })]
    [InlineData("[[1, 1, 0], [-1, 1, 0], [0, 0, -1]]", "[2, 0, -1]", new[] { 1, 1, 1 })]
    [InlineData("[2, 2, 2]", "[1, 0, 4]", null)]
    public void The_indices_of_a_repeated_cell_are_told_in_the_cell_that_was_repeated(string supercell, string miller, int[]? before)
    {
        var model = Model("m", $"m: {{ prototype: LiF, build: [{{ supercell: {supercell} }}, {{ slab: {{ miller: {miller}, thickness: 1 Å, vacuum: 12 Å }} }}] }}");
        Assert.Equal(before, model.Steps[^1].Facts["miller_before_supercell"]?.AsArray().Select(index => (int)index!));
        Assert.Equal(before is not null, model.Steps[^1].Summary.Contains($"of the cell before it was repeated: ({string.Join(' ', before ?? [])})", StringComparison.Ordinal));
    }

    [Fact]
    public void A_slab_that_is_repeated_along_its_vacuum_is_told()
    {
        string Told(string supercell) => string.Join(' ', Load($"m: {{ prototype: LiF, build: [{{ {Slab} }}, {{ supercell: {supercell} }}] }}").Diagnostics.Where(d => d.Code == "DF1617").Select(d => d.Message));
        Assert.Contains("holds 2 slabs", Told("[1, 1, 2]"), StringComparison.Ordinal);
        Assert.Empty(Told("[2, 2, 1]"));
    }

    [Fact]
    public void A_composition_is_ordered_on_the_sites_that_share_it()
    {
        var model = Model("m", "m: { prototype: LiMO2, species: { M: Co }, oxidation-states: { Mn: 4, Co: 3 }, build: [{ supercell: [2, 2, 1] }, { order: { composition: x Li2MnO3 · (1-x) LiCoO2, x: 0.6666667, sites: { Co: [Li, Mn, Co] }, arrangement: lowest-ewald } }] }");
        // Of 12 metal sites a quarter holds Li, half Mn and a quarter Co.
        Assert.Equal("Li15Mn6Co3O24", model.Structure.Composition.Formula);
        Assert.NotNull(model.Steps[1].Facts["ewald_energy_ev"]);
    }

    [Fact]
    public void The_charge_that_rounding_leaves_is_told()
    {
        var model = Model("m", "m: { prototype: LiMO2, species: { M: Co }, oxidation-states: { Li: 1, Mn: 4, Co: 3, O: -2 }, build: [{ order: { composition: x Li2MnO3 · (1-x) LiCoO2, x: 0.5, sites: { Co: [Li, Mn, Co] }, arrangement: lowest-ewald, tolerance: 20 % } }] }");
        // One each of Li+, Mn4+ and Co3+ on three sites of Co3+.
        Assert.Equal(-1, (double)model.Steps[0].Facts["formal_charge_e"]!);
        Assert.Contains("formal charge -1 e", model.Steps[0].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_coating_on_both_sides_is_told_as_that()
    {
        var model = Model("coated", $"slab: {{ prototype: MgO, build: [{{ {Slab} }}] }}\n  lif: {{ prototype: LiF }}\n  coated: {{ from: slab, build: [{{ coat: {{ with: lif, planes: [[1, 0, 0]], thickness: 2 layers, gap: 2.1 Å, max-strain: 6 %, both-sides: true }} }}] }}");
        Assert.True((bool)model.Steps[1].Facts["both_sides"]!);
        Assert.Equal(8, (int)model.Steps[1].Facts["coating_atoms"]!);
        Assert.Contains("and below it", model.Steps[1].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disordered_CIF_waits_for_its_order()
    {
        folder.Write("mixed.cif", """
            data_mixed
            _cell_length_a 4.2
            _cell_length_b 4.2
            _cell_length_c 8.4
            _cell_angle_alpha 90
            _cell_angle_beta 90
            _cell_angle_gamma 90
            loop_
            _symmetry_equiv_pos_as_xyz
            'x,y,z'
            loop_
            _atom_site_label
            _atom_site_type_symbol
            _atom_site_fract_x
            _atom_site_fract_y
            _atom_site_fract_z
            _atom_site_occupancy
            Mg1 Mg 0 0 0 0.5
            Ni1 Ni 0 0 0 0.5
            Mg2 Mg 0 0 0.5 0.5
            Ni2 Ni 0 0 0.5 0.5
            O1 O 0.5 0.5 0 1
            O2 O 0.5 0.5 0.5 1
            """);
        Assert.Equal("MgNiO2", Model("m", "m: { file: mixed.cif, oxidation-states: { Ni: 2 }, build: [{ order: { arrangement: lowest-ewald } }] }").Structure.Composition.Formula);
        Assert.Equal("Mg2Ni2O4", Model("m", "m: { file: mixed.cif, oxidation-states: { Ni: 2 }, build: [{ supercell: [2, 1, 1] }, { order: { arrangement: lowest-ewald } }] }").Structure.Composition.Formula);
        Assert.Contains(Load("m: { file: mixed.cif }").Diagnostics, d => d is { Severity: Severity.Error, Code: "DF1213" } && d.Hint!.Contains("the build step 'order'", StringComparison.Ordinal));
    }

    [Fact]
    public void A_charge_is_compensated_as_the_workflow_says()
    {
        var model = Model("m", "m: { prototype: Li2MnO3, cell: primitive, oxidation-states: { Li: 1, Mn: 4, Sc: 3, O: -2, F: -1 }, build: [{ substitute: { Mn: Sc, count: 1, compensate: { O: F } } }] }");
        Assert.Equal("Li4ScMnO5F", model.Structure.Composition.Formula);
        Assert.Equal(0.0, (double)model.Steps[1].Facts["charge_after_e"]!, 9);
    }

    [Fact]
    public void Every_arrangement_that_symmetry_leaves_can_be_computed()
    {
        const string structures = "m: { prototype: LiF, cell: conventional, build: [{ supercell: [2, 1, 1] }, { substitute: { Li: Na, count: 2, arrangement: symmetry-distinct } }] }";
        var loaded = Load(structures, "[m.*]");
        Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
        var names = loaded.Plan.Models.Select(model => model.Name).ToArray();
        Assert.Equal(names, Enumerable.Range(1, names.Length).Select(number => $"m.{number}"));
        Assert.True(names.Length > 1);
        Assert.Equal(names.Length, loaded.Plan.Calculations.Select(calculation => calculation.InputFingerprint).Distinct().Count());
        Assert.Equal(28, loaded.Plan.Models.Sum(model => (int)model.Steps[^1].Facts["multiplicity"]!));
        Assert.Contains(Load(structures, $"[m.{names.Length + 1}]").Diagnostics, d => d is { Severity: Severity.Error, Code: "DF1017" });
    }

    [Fact]
    public void A_coating_lies_on_the_slab_with_its_strain_told()
    {
        var model = Model("coated", $"slab: {{ prototype: MgO, build: [{{ {Slab} }}] }}\n  lif: {{ prototype: LiF }}\n  coated: {{ from: slab, build: [{{ coat: {{ with: lif, planes: [[1, 0, 0]], thickness: 2 layers, gap: 2.1 Å, max-strain: 6 % }} }}] }}");
        Assert.Equal(["slab", "coat"], model.Steps.Select(step => step.Name));
        Assert.Equal((1, "slab"), (model.InheritedSteps, model.From));
        Assert.Equal(["coating", "substrate"], model.Structure.Sites.Select(site => site.Part!).Distinct().Order());
        Assert.Equal(2.1, (double)model.Steps[1].Facts["gap_a"]!, 9);
        // 4.0263 Å on 4.2117 Å.
        Assert.InRange((double)model.Steps[1].Facts["von_mises_strain"]!, 0.01, 0.06);
    }

    [Fact]
    public void Moments_of_a_model_reach_INCAR()
    {
        var loaded = Load("m: { prototype: NiO, cell: conventional, build: [{ magnetic-order: { kind: layered-antiferromagnetic, moments: { Ni: 2 } } }] }", "[m]");
        Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
        var incar = loaded.Plan.Calculations[0].Input.Incar;
        Assert.Equal(2, incar.Whole("ISPIN"));
        Assert.Equal([-2, -2, 2, 2], incar.Numbers("MAGMOM")!.Value.Take(4).Order());
    }

    [Fact]
    public void The_same_workflow_gives_the_same_bytes()
    {
        const string structures = "m: { prototype: LiMO2, species: { M: Co }, build: [{ supercell: [2, 2, 1] }, { substitute: { Co: Ni, count: 4, arrangement: random, seed: 7 } }, { slab: { miller: [1, 0, 4], thickness: 9 Å, vacuum: 15 Å } }, { perturb: { distance: 0.05 Å, seed: 3 } }] }";
        Assert.Equal(Poscar.Write(Model("m", structures).Structure, "m"), Poscar.Write(Model("m", structures).Structure, "m"));
    }

    [Theory]
    [InlineData("m: { prototype: LiQ }", "DF1288", 11)]
    [InlineData("m: { prototype: LiF, file: LiF.vasp }", "DF1006", 11)]
    [InlineData("m: { lattice: { a: 4 Å } }", null, 11)]
    [InlineData("m: { lattice: { a: 4 Å, vectors: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }, sites: [{ Li: [0, 0, 0] }] }", "DF1006", 11)]
    [InlineData("m: { prototype: LiF, build: [{ supercell: [2, 2] }] }", "DF1007", 11)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - slab: { miller: [0, 0, 0], thickness: 12 Å, vacuum: 15 Å }", null, 14)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - slab: { miller: [1, 0, 0], thickness: 12 Å, vacuum: -1 Å }", null, 14)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - slab: { miller: [1, 0, 0], thickness: 12, vacuum: 10 Å }", "DF1007", 14)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - substitute: { Li: Na, count: 99 }", "DF1230", 14)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - substitute: { Li: Na, count: 1, where: top }", "DF1007", 14)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - supercell: [2, 1, 1]\n      - freeze: { bottom: 2 nm, top: 3 parsec }", "DF1007", 15)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - slab: { miller: [1, 0, 0], thickness: 4 layers, vacuum: 12 Å }\n      - freeze: { middle: 0.5 Å }", "DF1614", 15)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - coat: { with: nothing, thickness: 2 layers }", "DF1017", 14)]
    [InlineData("m:\n    prototype: LiF\n    build:\n      - coat: { with: m, thickness: 2 layers }", "DF1018", 11)]
    [InlineData("m: { prototype: LiF, build: [{ order: { composition: LiF, sites: { Xx: [Li] } } }] }", "DF1010", 11)]
    [InlineData("m: { prototype: LiF, build: [{ wrap: true, supercell: [2, 1, 1] }] }", "DF1006", 11)]
    public void What_cannot_be_built_is_told_with_its_place(string structures, string? code, int line)
    {
        var loaded = Load(structures);
        Assert.Null(loaded.Plan);
        var errors = loaded.Diagnostics.Where(d => d.Severity == Severity.Error).ToArray();
        Assert.Contains(errors, d => d.Line == line && (code is null || d.Code == code));
    }

    [Fact]
    public void Nothing_that_matches_names_the_nearest_miss()
    {
        var loaded = Load($"slab: {{ prototype: MgO, build: [{{ {Slab} }}] }}\n  lif: {{ prototype: LiF }}\n  coated: {{ from: slab, build: [{{ coat: {{ with: lif, thickness: 2 layers, max-strain: 0.1 %, max-area: 30 Å² }} }}] }}");
        var error = Assert.Single(loaded.Diagnostics, d => d.Severity == Severity.Error);
        Assert.Equal(("DF1622", 13), (error.Code, error.Line));
    }

    [Theory]
    [InlineData("{ slab: { miller: [1, 0, 0], thickness: 4 layers, vacuum: 1e300 Å } }", "DF1610", "vacuum:")]
    [InlineData("{ slab: { miller: [1, 0, 0], thickness: 1e9 Å, vacuum: 12 Å } }", "DF1610", "thickness:")]
    [InlineData("{ slab: { miller: [1, 0, 0], thickness: 4 layers, vacuum: 12 Å, termination: Zn } }", "DF1612", "termination:")]
    [InlineData("{ supercell: [20, 20, 20] }", "DF1285", "{ supercell")]
    [InlineData("supercell: [20, 20, 20]", "DF1285", "supercell")]
    public void What_is_too_much_or_not_there_is_told_at_its_key(string step, string code, string key)
    {
        var structures = $"m: {{ prototype: MgO, build: [{step}] }}";
        var error = Assert.Single(Load(structures).Diagnostics, d => d.Severity == Severity.Error);
        var column = structures.IndexOf(key, StringComparison.Ordinal) + 3;
        Assert.Equal((code, 11, true), (error.Code, error.Line, Math.Abs(error.Column - column) <= (key.StartsWith('{') || key == "supercell" ? 2 : 0)));
    }

    [Theory]
    [InlineData("substitute: { Li: Li }", "DF1230", "Li: Li", "nothing would change")]
    [InlineData("substitute: { Li: Li, count: 1, arrangement: symmetry-distinct }", "DF1230", "Li: Li", "nothing would change")]
    [InlineData("substitute: { Li: Na, sites: [] }", "DF1230", "Li: Na", "names no site")]
    [InlineData("strain: {}", "DF1009", "{}", "which lattice vector")]
    [InlineData("slab: { miller: (10-4), thickness: 4 layers, vacuum: 12 Å }", "DF1007", "(10-4)", "[1, 0, -4] for (10-4)")]
    [InlineData("slab: { miller: 104, thickness: 4 layers, vacuum: 12 Å }", "DF1007", "104", "[1, 0, 4] for (104)")]
    [InlineData("slab: { miller: [1 0 -4], thickness: 4 layers, vacuum: 12 Å }", "DF1007", "1 0 -4", "[1, 0, -4] for (10-4)")]
    public void A_step_that_does_nothing_or_is_spelt_otherwise_is_told_at_its_place(string step, string code, string key, string words)
    {
        var structures = $"m: {{ prototype: LiF, build: [{{ {step} }}] }}";
        var error = Assert.Single(Load(structures).Diagnostics, d => d.Severity == Severity.Error);
        Assert.Equal((code, 11, structures.IndexOf(key, StringComparison.Ordinal) + 3), (error.Code, error.Line, error.Column));
        Assert.Contains(words, $"{error.Message} {error.Hint}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("planes: []", "DF1007", "[[1, 0, 0]]")]
    [InlineData("match: 0", "DF1620", "no match 0")]
    [InlineData("match: 999", "DF1620", "no match 999")]
    [InlineData("gap: 30 Å", "DF1620", "no gap")]
    [InlineData("registry: [1e400, 0]", "DF1007", "")]
    [InlineData("strain-on-slab: 150 %", "DF1620", "the part 1.5")]
    [InlineData("vacuum: -1 Å", "DF1620", "-1 Å is not a vacuum")]
    [InlineData("max-strain: 80 %", "DF1620", "largest strain of 0.8")]
    [InlineData("max-area: 1 Å²", "DF1620", "1 Å²")]
    [InlineData("max-index: 99", "DF1620", "99 is no largest")]
    [InlineData("termination: Xe", "DF1612", "The surface (100) has no termination 'Xe'")]
    [InlineData("gap: 0.1 Å", "DF1623", "too close")]
    public void What_is_wrong_with_a_coating_is_told_at_its_key(string setting, string code, string words)
    {
        var planes = setting.StartsWith("planes", StringComparison.Ordinal) || setting.StartsWith("max-index", StringComparison.Ordinal) ? "" : "planes: [[1, 0, 0]], ";
        var coated = $"coated: {{ from: slab, build: [{{ coat: {{ with: lif, thickness: 2 layers, {planes}{setting} }} }}] }}";
        var error = Assert.Single(Load($"slab: {{ prototype: MgO, build: [{{ {Slab} }}] }}\n  lif: {{ prototype: LiF }}\n  {coated}").Diagnostics, d => d.Severity == Severity.Error);
        Assert.Equal((code, 13), (error.Code, error.Line));
        // At the key or, where it is of no shape at all, at its value.
        Assert.InRange(error.Column, coated.IndexOf(setting, StringComparison.Ordinal) + 3, coated.IndexOf(setting, StringComparison.Ordinal) + 3 + setting.IndexOf(' ', StringComparison.Ordinal) + 2);
        Assert.Contains(words, $"{error.Message} {error.Hint}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lattice: { a: 4 Å, gamma: 180 ° }", "sites: [{ Mg: [0, 0, 0] }]", "DF1285", 12)]
    [InlineData("lattice: { a: 4 Å }", "sites: []", "DF1287", 13)]
    [InlineData("lattice: { a: 4 Å }", "sites:\n      - Mg: [0, 0, 0]\n      - O: [0.5, 0.5, 0.5]\n      - F: [0.5, 0.5, 0.49]", "DF1220", 16)]
    [InlineData("lattice: { a: 4 Å }", "sites:\n      - Mg: [0, 0, 0]\n      - O: [1e9, 0, 0]", "DF1287", 15)]
    [InlineData("lattice: { a: 4 Å }", "sites:\n      - Mg: [0, 0, 0]\n      - O: [0.5, 0.5, 0.49]\n    operations: ['x,y,z', '-x,-y,-z']", "DF1215", 15)]
    [InlineData("lattice: { a: 4 Å }", "sites: [{ Mg: [0, 0, 0] }]\n    operations: ['x,y,z', 'x,q,z']", "DF1287", 14)]
    public void What_is_wrong_with_a_crystal_in_the_workflow_is_told_in_its_line(string lattice, string sites, string code, int line)
    {
        var error = Assert.Single(Load($"m:\n    {lattice}\n    {sites}").Diagnostics, d => d.Severity == Severity.Error);
        Assert.Equal((code, line), (error.Code, error.Line));
    }

    [Fact]
    public void A_thin_vacuum_is_told_once()
    {
        var loaded = Load("slab: { prototype: MgO, build: [{ slab: { miller: [1, 0, 0], thickness: 4 layers, vacuum: 8 Å } }] }\n  doped: { from: slab, build: [{ substitute: { Mg: Ni, count: 1 } }] }", "[slab, doped]");
        Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
        var told = Assert.Single(loaded.Diagnostics, d => d.Code == "DF1312");
        Assert.Equal((11, "Structure 'slab': The vacuum along c is 8.0 Å, less than 10 Å: a slab and its periodic images act on each other."), (told.Line, told.Message));
        // For programs it stands with each model that it holds for.
        Assert.All(loaded.Plan.Models, model => Assert.Contains(model.Findings, finding => finding.Code == "DF1312"));
    }

    [Fact]
    public void The_vacuum_that_counts_is_that_of_the_finished_model()
    {
        var coat = "{ coat: { with: lif, planes: [[1, 0, 0]], thickness: 2 layers, max-strain: 6 %, vacuum: 15 Å } }";
        const string thin = "slab: { miller: [1, 0, 0], thickness: 4 layers, vacuum: 8 Å }";
        Assert.DoesNotContain(Load($"lif: {{ prototype: LiF }}\n  m: {{ prototype: MgO, build: [{{ {thin} }}, {coat}] }}", "[m]").Diagnostics, d => d.Code == "DF1312");
        Assert.Single(Load($"lif: {{ prototype: LiF }}\n  m: {{ prototype: MgO, build: [{{ {thin} }}, {coat.Replace("15 Å", "5 Å", StringComparison.Ordinal)}] }}", "[m]").Diagnostics, d => d.Code == "DF1312");
    }

    [Fact]
    public void Atoms_on_each_other_are_told_once()
    {
        folder.Write("twice.vasp", "twice\n1.0\n4 0 0\n0 4 0\n0 0 4\nLi F\n1 1\nDirect\n0 0 0\n0 0 0.01\n");
        var told = Assert.Single(Load("m: { file: twice.vasp }\n  larger: { from: m, build: [{ supercell: [2, 1, 1] }] }", "[m, larger]").Diagnostics, d => d.Code == "DF1220");
        Assert.Equal(11, told.Line);
    }

    [Fact]
    public void The_dipole_that_a_coating_brings_is_told()
    {
        // The basal plane of wurtzite: Zn and O alternate, each repeat with a dipole.
        const string zno = "zno: { lattice: { a: 3.25 Å, c: 5.207 Å, gamma: 120 ° }, sites: [{ Zn: [0.3333333, 0.6666667, 0] }, { Zn: [0.6666667, 0.3333333, 0.5] }, { O: [0.3333333, 0.6666667, 0.382] }, { O: [0.6666667, 0.3333333, 0.882] }] }\n  slab: { prototype: MgO, build: [{ slab: { miller: [1, 1, 1], thickness: 6 layers, vacuum: 15 Å } }] }\n  ";
        var up = Coated("[[0, 0, 1]]");
        var down = Coated("[[0, 0, -1]]");
        Assert.Equal((3, 3), ((int)up["coating_tasker_type"]!, (int)down["coating_tasker_type"]!));
        var dipole = (double)up["coating_dipole_e_a"]!;
        Assert.True(Math.Abs(dipole) > 1);
        // The other face of the crystal on the slab: the dipole points the other way.
        Assert.Equal(-dipole, (double)down["coating_dipole_e_a"]!, 1e-6);
        Assert.Equal(dipole / (3.25 * 3.25 * Math.Sqrt(0.75)), (double)up["coating_dipole_per_area_e_per_a"]!, 1e-6);

        System.Text.Json.Nodes.JsonObject Coated(string planes)
        {
            var loaded = Load($"{zno}coated: {{ from: slab, build: [{{ coat: {{ with: zno, planes: {planes}, thickness: 4 layers, max-strain: 20 % }} }}] }}");
            Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
            var model = loaded.Plan.Models.Single(m => m.Name == "coated");
            var told = Assert.Single(model.Findings, finding => finding.Code == "DF1615");
            Assert.Contains($"The coating is polar at {planes.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace(", ", "", StringComparison.Ordinal).Insert(0, "(")})", told.Message, StringComparison.Ordinal);
            var facts = model.Steps[^1].Facts;
            // Charges times heights of the coating's own atoms, of one cell of it.
            var atoms = model.Structure.Sites.Where(site => site.Part == "coating").ToArray();
            var middle = atoms.Average(site => site.Fractional.Z);
            var sum = atoms.Sum(site => (site.Element.Symbol == "Zn" ? 2 : -2) * (site.Fractional.Z - middle)) * model.Structure.Lattice.C.Z;
            Assert.Equal(sum / (atoms.Length / 4), (double)facts["coating_dipole_e_a"]!, 1e-6);
            return facts;
        }
    }

    [Fact]
    public void Of_a_coating_of_neutral_layers_that_is_told()
    {
        var model = Model("coated", $"slab: {{ prototype: MgO, build: [{{ {Slab} }}] }}\n  lif: {{ prototype: LiF }}\n  coated: {{ from: slab, build: [{{ coat: {{ with: lif, planes: [[1, 0, 0]], thickness: 2 layers, max-strain: 6 % }} }}] }}");
        Assert.Equal((1, 0.0, 0.0), ((int)model.Steps[1].Facts["coating_tasker_type"]!, (double)model.Steps[1].Facts["coating_dipole_e_a"]!, (double)model.Steps[1].Facts["coating_charge_e"]!));
        Assert.Contains("alone of Tasker type 1 with a dipole of 0 e·Å a cell", model.Steps[1].Summary, StringComparison.Ordinal);
        Assert.Empty(model.Findings);
    }

    [Fact]
    public void A_coating_that_its_charges_leave_charged_is_laid_on_and_nothing_told_of_its_dipole()
    {
        var model = Model("coated", $"slab: {{ prototype: MgO, build: [{{ {Slab} }}] }}\n  lif: {{ prototype: LiF, oxidation-states: {{ Li: 1, F: -0.9 }} }}\n  coated: {{ from: slab, build: [{{ coat: {{ with: lif, planes: [[1, 0, 0]], thickness: 2 layers, max-strain: 6 % }} }}] }}");
        Assert.Equal((null, null), (model.Steps[1].Facts["coating_tasker_type"], model.Steps[1].Facts["coating_dipole_e_a"]));
        Assert.DoesNotContain("dipole", model.Steps[1].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void One_layer_is_not_called_layers() =>
        Assert.StartsWith("(100), 1 layer,", Model("m", "m: { prototype: LiF, build: [{ slab: { miller: [1, 0, 0], thickness: 1 layer, vacuum: 12 Å } }] }").Steps[0].Summary, StringComparison.Ordinal);

    [Fact]
    public void A_slab_is_neither_cut_again_nor_laid_on_a_slab()
    {
        const string lif = "lif: { prototype: LiF }\n  slab: { from: lif, build: [{ " + Slab + " }] }\n  ";
        Assert.Equal("DF1610", Assert.Single(Load(lif + "m: { from: slab, build: [{ " + Slab + " }] }").Diagnostics, d => d.Severity == Severity.Error).Code);
        Assert.Equal("DF1620", Assert.Single(Load(lif + "m: { from: slab, build: [{ coat: { with: slab, thickness: 2 layers } }] }").Diagnostics, d => d.Severity == Severity.Error).Code);
    }

    [Fact]
    public void A_long_chain_of_structures_is_told_before_the_stack_ends()
    {
        var chain = string.Join("\n  ", Enumerable.Range(0, 20_000).Select(i => $"m{i}: {{ from: m{i + 1} }}")) + "\n  m20000: { prototype: LiF }";
        Assert.Contains(Load(chain).Diagnostics, d => d is { Severity: Severity.Error, Code: "DF1018" });
    }

    private LoadedWorkflow Load(string structures, string? models = null) => folder.Load($$"""
        dftflow: 1
        name: test
        settings:
          engine: gpaw-vasp
          cutoff: 500 eV
          kpoints: { mesh: [2, 2, 2] }
          incar: { NELM: 60 }
        # The structures begin
        # in line 11.
        structures:
          {{structures}}
        {{(models is null ? "" : $"calculations:\n  e: {{ foreach: {{ model: {models} }}, structure: $model, task: static }}")}}
        """);

    private Model Model(string name, string structures)
    {
        var loaded = Load(structures);
        Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
        return loaded.Plan.Models.Single(model => model.Name == name);
    }
}
