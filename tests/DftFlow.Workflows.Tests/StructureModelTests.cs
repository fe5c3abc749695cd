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
        Assert.Contains(Load("m: { file: mixed.cif }").Diagnostics, d => d is { Severity: Severity.Error, Code: "DF1213" });
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
