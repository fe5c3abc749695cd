using DftFlow.Workflows;
using DftFlow.Yaml;

namespace DftFlow.Tests.Workflows;

public sealed class WorkflowLoaderTests : IDisposable
{
    private readonly WorkflowFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Expands_each_calculation_over_its_axes()
    {
        var plan = folder.LoadGood();
        Assert.Equal(["relax.nio", "relax.lif", "electronic.nio", "electronic.lif"], plan.Calculations.Select(c => c.Id));
        Assert.Equal("nio", plan.Calculations[2].Labels["model"]);
    }

    [Fact]
    public void A_dependant_takes_the_structure_of_its_own_member()
    {
        var plan = folder.LoadGood();
        Assert.Equal("relax.lif", plan.Calculations.Single(c => c.Id == "electronic.lif").StructureFrom);
        Assert.Contains(("relax.nio", "electronic.nio"), plan.Edges);
    }

    [Fact]
    public void An_exclusion_leaves_out_a_combination()
    {
        var plan = folder.LoadGood(WorkflowFolder.Good.Replace("    structure: $model\n", "    structure: $model\n    exclude: [{ model: lif }]\n", StringComparison.Ordinal)
            .Replace("foreach: { model: [nio, lif] }\n    structure: $relax.structure", "foreach: { model: [nio] }\n    structure: $relax.structure", StringComparison.Ordinal));
        Assert.Equal(["relax.nio", "electronic.nio"], plan.Calculations.Select(c => c.Id));
    }

    [Fact]
    public void An_axis_may_hold_quantities()
    {
        var plan = folder.LoadGood(WorkflowFolder.Good.Replace("    task: relax\n", "    task: relax\n    cutoff: $e\n", StringComparison.Ordinal)
            .Replace("model: [nio, lif]", "model: [nio, lif], e: [400 eV, 0.5 meV]", StringComparison.Ordinal)
            .Replace("of: electronic.nio", "of: electronic.nio.400eV", StringComparison.Ordinal));
        Assert.Equal(["relax.nio.400eV", "relax.nio.0.5meV"], plan.Calculations.Take(2).Select(c => c.Id));
        Assert.Equal("400 eV", plan.Calculations[0].Labels["e"]);
        Assert.Equal("0.0005", plan.Calculations[1].Input.Incar["ENCUT"]!.ToText());
    }

    [Fact]
    public void The_plan_keeps_the_bytes_that_it_was_made_from()
    {
        var plan = folder.LoadGood();
        Assert.Equal(File.ReadAllBytes(folder.File), plan.Text.ToArray());
        Assert.Equal(folder.File, plan.File);
    }

    [Fact]
    public void An_inclusion_adds_a_combination()
    {
        var plan = folder.LoadGood(WorkflowFolder.Good.Replace("foreach: { model: [nio, lif] }", "foreach: { model: [nio] }\n    include: [{ model: lif }]", StringComparison.Ordinal));
        Assert.Equal(["relax.nio", "relax.lif", "electronic.nio", "electronic.lif"], plan.Calculations.Select(c => c.Id));
    }

    [Fact]
    public void The_shipped_schema_is_the_one_that_the_types_make() =>
        Assert.Equal(File.ReadAllText(Path.Combine(TestPaths.Repository, "docs", "workflow.schema.json")), JsonSchema.Of(typeof(DftFlow.Workflows.Language.WorkflowBlock), "DftFlow workflow, version 1"));

    [Fact]
    public void A_parameter_set_from_outside_wins()
    {
        var loaded = folder.Load(WorkflowFolder.Good, new Dictionary<string, string> { ["cutoff"] = "520 eV" });
        Assert.Equal("520", loaded.Plan!.Calculations[0].Input.Incar["ENCUT"]!.ToText());
    }

    [Fact]
    public void U_and_moments_follow_the_order_of_the_POSCAR()
    {
        var input = folder.LoadGood().Calculations[0].Input;
        Assert.Equal("2 -1", input.Incar["LDAUL"]!.ToText());
        Assert.Equal("6.2 0", input.Incar["LDAUU"]!.ToText().Replace(".0", "", StringComparison.Ordinal));
        Assert.Equal("2 0", input.Incar["MAGMOM"]!.ToText().Replace(".0", "", StringComparison.Ordinal));
        Assert.Equal("4", input.Incar["LMAXMIX"]!.ToText());
    }

    [Fact]
    public void A_structure_without_any_element_of_hubbard_u_gets_no_U()
    {
        var input = folder.LoadGood().Calculations[1].Input;
        Assert.Null(input.Incar["LDAU"]);
        Assert.Null(input.Incar["LDAUU"]);
    }

    [Fact]
    public void Every_tag_tells_where_it_comes_from()
    {
        folder.Write("house.yaml", "smearing: { kind: gaussian, width: 0.05 eV }\nincar: { PREC: Accurate }\n");
        var plan = folder.LoadGood(WorkflowFolder.Good.Replace("  engine: gpaw-vasp\n", "  engine: gpaw-vasp\n  preset: house\n  incar: { NCORE: 4 }\n", StringComparison.Ordinal));
        var incar = plan.Calculations[0].Input.Incar;
        Assert.Equal("preset house, line 1", incar.Tag("SIGMA")!.Origin);
        Assert.Equal("preset house, line 2", incar.Tag("PREC")!.Origin);
        Assert.Equal("workflow.yaml, line 7", incar.Tag("NCORE")!.Origin);
        Assert.StartsWith("rule: ", incar.Tag("LMAXMIX")!.Origin, StringComparison.Ordinal);
        Assert.All(incar.Tags, tag => Assert.False(string.IsNullOrEmpty(tag.Origin), tag.Name));
    }

    [Fact]
    public void A_calculation_overrides_settings_and_settings_override_the_preset()
    {
        folder.Write("house.yaml", "cutoff: 400 eV\nincar: { PREC: Normal, NCORE: 2 }\n");
        var plan = folder.LoadGood(WorkflowFolder.Good
            .Replace("  engine: gpaw-vasp\n", "  engine: gpaw-vasp\n  preset: house\n  incar: { PREC: Accurate }\n", StringComparison.Ordinal)
            .Replace("    task: static\n", "    task: static\n    cutoff: 600 eV\n", StringComparison.Ordinal));
        var (relax, electronic) = (plan.Calculations[0].Input.Incar, plan.Calculations[2].Input.Incar);
        Assert.Equal("500", relax["ENCUT"]!.ToText());
        Assert.Equal("600", electronic["ENCUT"]!.ToText());
        Assert.Equal("Accurate", relax["PREC"]!.ToText());
        Assert.Equal("2", relax["NCORE"]!.ToText());
    }

    [Fact]
    public void An_INCAR_tag_of_the_user_wins_over_what_a_key_sets()
    {
        var plan = folder.LoadGood(WorkflowFolder.Good.Replace("    outputs: [dos]\n", "    outputs: [dos]\n    incar: { LORBIT: 10, EDIFF: 1e-6, MAGMOM: [1.5, 0] }\n", StringComparison.Ordinal));
        var incar = plan.Calculations[2].Input.Incar;
        Assert.Equal("10", incar["LORBIT"]!.ToText());
        Assert.Equal(1e-6, incar.Real("EDIFF"));
        Assert.Equal(1.5, incar.Numbers("MAGMOM")!.Value[0]);
    }

    [Fact]
    public void A_d_element_without_an_entry_is_told_and_no_more()
    {
        var loaded = folder.Load(WorkflowFolder.Good.Replace("hubbard-u: { Ni: 6.2 eV }", "hubbard-u: { Mn: 3.9 eV }", StringComparison.Ordinal));
        Assert.NotNull(loaded.Plan);
        var told = loaded.Diagnostics.First(d => d.Code == "DF1020");
        Assert.Equal(Severity.Info, told.Severity);
        Assert.Contains("Ni", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Substitution_replaces_the_sites_that_it_counts()
    {
        var plan = folder.LoadGood(WorkflowFolder.Good.Replace("  lif: { file: LiF.vasp }", "  lif: { from: nio, build: [{ substitute: { Ni: Mn, count: 1 } }] }", StringComparison.Ordinal));
        Assert.Equal("MnO", plan.Calculations[1].Input.Structure.Composition.ReducedFormula);
    }

    [Fact]
    public void The_fingerprint_does_not_hang_on_names_and_comments()
    {
        var first = folder.LoadGood().Calculations[0].InputFingerprint;
        var second = folder.LoadGood(WorkflowFolder.Good.Replace("relax", "loosen", StringComparison.Ordinal).Replace("task: loosen", "task: relax", StringComparison.Ordinal)).Calculations[0].InputFingerprint;
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("mesh: [2, 2, 2]", "mesh: [2, 2, 3]")]
    [InlineData("cutoff: 500 eV", "cutoff: 501 eV")]
    [InlineData("Ni: 6.2 eV", "Ni: 6.0 eV")]
    [InlineData("engine: gpaw-vasp", "engine: vasp")]
    [InlineData("engine: gpaw-vasp", "engine: gpaw-vasp\n  potentials: { O: O_s }")]
    [InlineData("spin: { Ni: 2 }", "spin: { Ni: 1 }")]
    public void The_fingerprint_hangs_on_what_changes_the_result(string old, string changed)
    {
        var before = folder.LoadGood().Calculations;
        var after = folder.LoadGood(WorkflowFolder.Good.Replace(old, changed, StringComparison.Ordinal)).Calculations;
        Assert.NotEqual(before[0].InputFingerprint, after[0].InputFingerprint);
        // What comes behind it changes with it.
        Assert.NotEqual(before[2].InputFingerprint, after[2].InputFingerprint);
    }

    [Fact]
    public void The_shipped_workflows_are_valid()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(TestPaths.Repository, "workflows"), "workflow.yaml", SearchOption.AllDirectories))
        {
            var loaded = WorkflowLoader.Load(file, presets: new Presets([Path.Combine(TestPaths.Repository, "templates", "presets")]));
            Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
            Assert.DoesNotContain(loaded.Diagnostics, d => d.Severity == Severity.Warning);
        }
    }
}
