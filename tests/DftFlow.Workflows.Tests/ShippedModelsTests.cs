using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows;

/// <summary>The models of <c>workflows/lsf-coated-lrmo</c> are what its README says.</summary>
public sealed class ShippedModelsTests
{
    private const double LongestLayerA = 0.3;

    private static readonly string Folder = Path.Combine(TestPaths.Repository, "workflows", "lsf-coated-lrmo");

    private static readonly Plan Large = Load("workflow.yaml");
    private static readonly Plan Small = Load("small.yaml");

    [Theory]
    [InlineData("bare", 180, "Li54Mn24Co6Ni6O90")]
    [InlineData("sc-doped", 180, "Li54Mn22Co6Ni4Sc4O90")]
    [InlineData("coated", 240, "Li72Mn22Co6Ni4Sc10O90F36")]
    public void The_large_models_have_60_to_250_atoms(string model, int atoms, string formula)
    {
        var structure = Model(Large, model);
        Assert.Equal(atoms, structure.Sites.Length);
        Assert.InRange(atoms, 60, 250);
        Assert.Equal(Composition.Parse(formula), structure.Composition);
    }

    [Theory]
    [InlineData("bare", "Li6Mn2Co2O10")]
    [InlineData("sc-doped", "Li6Mn2CoScO10")]
    public void The_small_models_have_at_most_30_atoms_and_no_coating(string model, string formula)
    {
        var structure = Model(Small, model);
        Assert.InRange(structure.Sites.Length, 1, 30);
        Assert.Equal(Composition.Parse(formula), structure.Composition);
        Assert.DoesNotContain(structure.Sites, site => site.Part == "coating");
    }

    [Fact]
    public void The_bare_slab_is_half_Li2MnO3_half_layered_oxide()
    {
        // 15 (0.4 Li2MnO3 + 0.4 LiNi1/3Co1/3Mn1/3O2) = Li18Mn8Ni2Co2O30
        Assert.Equal(Composition.Parse("Li18Mn8Ni2Co2O30") * 3, Model(Large, "bare").Composition);
        var step = Large.Models.Single(model => model.Name == "bare").Steps.Single(step => step.Name == "order");
        Assert.Equal("enumeration", (string?)step.Facts["search"]);
    }

    [Theory]
    [InlineData("workflow.yaml")]
    [InlineData("small.yaml")]
    public void The_bare_slabs_are_symmetric_and_without_a_dipole(string file)
    {
        var slab = Load(file).Models.Single(model => model.Name == "bare").Steps.Single(step => step.Name == "slab").Facts;
        Assert.True((bool)slab["symmetric"]!);
        Assert.Equal(0, (double)slab["dipole_e_a"]!, 6);
        Assert.Equal(15, (double)slab["vacuum_a"]!, 6);
        Assert.Equal(5, (int)slab["layers"]!);
    }

    [Fact]
    public void Bare_and_coated_share_the_cell_in_the_plane()
    {
        Structure bare = Model(Large, "bare"), coated = Model(Large, "coated");
        Assert.Equal(bare.Lattice.A, coated.Lattice.A);
        Assert.Equal(bare.Lattice.B, coated.Lattice.B);
        Assert.Equal(15, Vacuum.AlongAxes(bare).Z, 6);
        Assert.Equal(15, Vacuum.AlongAxes(coated).Z, 6);
    }

    [Fact]
    public void The_substrate_of_the_coated_model_is_the_doped_slab()
    {
        Structure doped = Model(Large, "sc-doped"), coated = Model(Large, "coated");
        var substrate = coated.Sites.Where(site => site.Part == "substrate").ToArray();
        Assert.Equal(doped.Sites.Select(site => (site.Element, site.MomentMuB, site.Free)), substrate.Select(site => (site.Element, site.MomentMuB, site.Free)));
        var shift = HeightA(coated, substrate[0]) - HeightA(doped, doped.Sites[0]);
        Assert.All(substrate.Zip(doped.Sites), pair => Assert.Equal(shift, HeightA(coated, pair.First) - HeightA(doped, pair.Second), 6));
    }

    [Fact]
    public void Four_scandium_atoms_stand_for_two_manganese_and_two_nickel_near_the_upper_surface()
    {
        Structure bare = Model(Large, "bare"), doped = Model(Large, "sc-doped");
        var replaced = bare.Sites.Zip(doped.Sites).Where(pair => pair.First.Element != pair.Second.Element).ToArray();
        Assert.Equal(["Mn", "Mn", "Ni", "Ni"], replaced.Select(pair => pair.First.Element.Symbol).Order());
        Assert.All(replaced, pair => Assert.Equal("Sc", pair.Second.Element.Symbol));
        Assert.All(replaced, pair => Assert.Null(pair.Second.MomentMuB));
        var top = doped.Sites.Max(site => HeightA(doped, site));
        Assert.All(replaced, pair => Assert.InRange(HeightA(doped, pair.Second), top - 4, top));
    }

    [Fact]
    public void No_formal_charge_is_left_by_scandium()
    {
        foreach (var (plan, model) in (ReadOnlySpan<(Plan, string)>)[(Large, "bare"), (Large, "sc-doped"), (Large, "coated"), (Small, "bare"), (Small, "sc-doped")])
            Assert.Equal(0, Model(plan, model).Sites.Sum(site => Charge(site.Element)));
    }

    [Fact]
    public void The_small_slab_has_scandium_for_the_cobalt_of_its_upper_surface()
    {
        var doped = Model(Small, "sc-doped");
        var scandium = Assert.Single(doped.Sites, site => site.Element.Symbol == "Sc");
        Assert.InRange(HeightA(doped, scandium), doped.Sites.Max(site => HeightA(doped, site)) - LongestLayerA, double.MaxValue);
    }

    [Fact]
    public void The_coating_is_one_repeat_of_Li3ScF6_within_the_strain_declared()
    {
        var model = Large.Models.Single(model => model.Name == "coated");
        var coating = model.Structure.Sites.Where(site => site.Part == "coating").ToArray();
        Assert.Equal(60, coating.Length);
        Assert.Equal((18, 6, 36), (Count("Li"), Count("Sc"), Count("F")));
        Assert.Equal(Count("F"), model.Structure.Sites.Count(site => site.Element.Symbol == "F"));
        Assert.All(coating, site => Assert.Equal(new SelectiveDynamics(true, true, true), site.Free));
        var facts = model.Steps.Single(step => step.Name == "coat").Facts;
        var strain = facts["strain_green_lagrange"]!;
        foreach (var name in (string[])["xx", "yy"]) Assert.InRange((double)strain[name]!, -0.05, 0.05);
        Assert.Equal(2.3, (double)facts["gap_a"]!, 6);

        int Count(string element) => coating.Count(site => site.Element.Symbol == element);
    }

    [Fact]
    public void Across_the_interface_the_nearest_are_ions_of_opposite_sign()
    {
        var contacts = Large.Models.Single(model => model.Name == "coated").Steps.Single(step => step.Name == "coat").Facts["contacts_a"]!.AsObject();
        var nearest = contacts.OrderBy(pair => (double)pair.Value!).Take(3).Select(pair => pair.Key.Split('-'));
        Assert.All(nearest, pair => Assert.True(Charge(Element.Parse(pair[0])) * Charge(Element.Parse(pair[1])) < 0, string.Join('-', pair)));
        Assert.All(contacts, pair => Assert.InRange((double)pair.Value!, 2.2, double.MaxValue));
    }

    [Fact]
    public void No_two_atoms_are_unusually_close()
    {
        foreach (var plan in (Plan[])[Large, Small])
            foreach (var model in plan.Models)
            {
                Assert.Empty(MinimumDistances.Check(model.Structure));
                Assert.InRange(MinimumDistances.ByElementPair(model.Structure).Min(pair => pair.DistanceA), 1.75, 3);
            }
    }

    [Theory]
    [InlineData("bare")]
    [InlineData("coated")]
    public void The_two_lowest_layers_are_held_and_nothing_else(string name)
    {
        var structure = Model(Large, name);
        var heights = structure.Sites.Where(site => site.Free is { Z: false }).Select(site => HeightA(structure, site)).ToArray();
        Assert.Equal(72, heights.Length);
        Assert.True(heights.Max() < structure.Sites.Where(site => site.Free is not { Z: false }).Min(site => HeightA(structure, site)));
    }

    [Theory]
    [InlineData("workflow.yaml", "3 3 1")]
    [InlineData("small.yaml", "5 3 1")]
    public void The_method_is_the_papers_and_every_slab_is_corrected_for_its_dipole(string file, string mesh)
    {
        foreach (var calculation in Load(file).Calculations)
        {
            var incar = calculation.Input.Incar;
            Assert.Equal(("500", "PE", ".TRUE.", "3"), (incar["ENCUT"]!.ToText(), incar["GGA"]!.ToText(), incar["LDIPOL"]!.ToText(), incar["IDIPOL"]!.ToText()));
            // The coating alone has no element with a U.
            Assert.Equal(calculation.Input.Structure.Elements.Any(element => element.Symbol is "Mn" or "Co" or "Ni") ? true : null, incar.Logical("LDAU"));
            var kpoints = calculation.Input.Kpoints;
            Assert.Equal(mesh, string.Join(' ', kpoints.N1, kpoints.N2, kpoints.N3));
        }
    }

    [Theory]
    [InlineData("workflow.yaml")]
    [InlineData("small.yaml")]
    public void The_same_yaml_gives_the_same_bytes_in_every_culture(string file)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            var first = Poscars(Load(file));
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal(first, Poscars(Load(file)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(1, 178)]
    [InlineData(3, 174)]
    public void A_parameter_sets_how_much_scandium_there_is(int pairs, int othersThanScandium)
    {
        var plan = Load("workflow.yaml", new Dictionary<string, string> { ["scandium-pairs"] = pairs.ToString(CultureInfo.InvariantCulture) });
        Assert.Equal(othersThanScandium, Model(plan, "sc-doped").Sites.Count(site => site.Element.Symbol != "Sc"));
    }

    [Fact]
    public void Every_other_substitution_that_the_readme_offers_can_be_built()
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, "README.md")).Where(line => line.StartsWith("- substitute:", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(lines);
        using var folder = new WorkflowFolder();
        foreach (var line in lines)
        {
            var text = string.Join('\n', File.ReadLines(Path.Combine(Folder, "workflow.yaml")).Select(own => own.TrimStart().StartsWith("- substitute:", StringComparison.Ordinal) ? $"      {line}" : own));
            folder.Write("workflow.yaml", text.Replace("../reference-energies", Path.GetFullPath(Path.Combine(Folder, "..", "reference-energies")), StringComparison.Ordinal));
            var coated = Model(Load(folder.File), "coated");
            Assert.Equal(0, coated.Sites.Sum(site => Charge(site.Element)));
            Assert.InRange(coated.Sites.Count(site => site.Element.Symbol == "Sc" && site.Part == "substrate"), 3, 4);
        }
    }

    private static Plan Load(string file, IReadOnlyDictionary<string, string>? parameters = null)
    {
        var loaded = WorkflowLoader.Load(Path.Combine(Folder, file), parameters, presets: new Presets([Path.Combine(TestPaths.Repository, "templates", "presets")]));
        Assert.True(loaded.Plan is not null, string.Join('\n', loaded.Diagnostics));
        Assert.DoesNotContain(loaded.Diagnostics, diagnostic => diagnostic.Severity == Severity.Warning);
        return loaded.Plan;
    }

    private static Structure Model(Plan plan, string name) => plan.Models.Single(model => model.Name == name).Structure;

    private static string[] Poscars(Plan plan) => [.. plan.Models.Select(model => Poscar.Write(model.Structure.GroupedByElement(), model.Name))];

    private static double HeightA(Structure structure, Site site) => site.Fractional.Z * structure.Lattice.C.Z;

    private static int Charge(Element element) => element.Symbol switch
    {
        "Li" => 1,
        "Ni" => 2,
        "Co" or "Sc" => 3,
        "Mn" => 4,
        "F" => -1,
        _ => -2,
    };
}
