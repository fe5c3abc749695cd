using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;

namespace DftFlow.Tests.Workflows;

/// <summary>Analyses of densities, ELF and potentials: what they ask of calculations, and which they bring along.</summary>
public sealed class GridAnalysisTests : IDisposable
{
    private const string Good =
        """
        dftflow: 1
        name: test
        settings:
          engine: gpaw-vasp
          cutoff: 500 eV
          kpoints: { mesh: [2, 2, 2] }
          hubbard-u: { Ni: 6.2 eV }
          spin: { Ni: 2 }
          incar: { PREC: Accurate }
        structures:
          nio: { file: NiO.vasp }
          big: { from: nio, build: [ { supercell: [2, 1, 1] } ] }
        calculations:
          relax: { foreach: { model: [nio, big] }, structure: $model, task: relax, max-force: 0.02 eV/Å }
          electronic:
            foreach: { model: [nio, big] }
            structure: $relax.structure
            task: static
            outputs: [dos, charge, all-electron-charge, elf]
        analyses:
          charges:
            bader: { of: electronic, groups: { first: { sites: [1] } } }
          bonds:
            elf: { of: electronic.nio, pairs: [Ni-O] }
          map:
            slice: { of: electronic, file: ELFCAR, plane: [0, 0, 1], at: 0.5 Å }
          binding:
            charge-difference: { of: electronic.big, parts: { metal: { element: Ni }, rest: { element: O } } }
        """;

    private readonly WorkflowFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_charge_density_difference_brings_the_calculations_of_its_parts()
    {
        var plan = folder.LoadGood(Good);
        var whole = plan.Calculations.Single(c => c.Id == "electronic.big");
        var (metal, rest) = (plan.Calculations.Single(c => c.Id == "binding.big.metal"), plan.Calculations.Single(c => c.Id == "binding.big.rest"));
        Assert.Equal("NNOO", string.Concat(whole.Input.Structure.Sites.Select(site => site.Element.Symbol[0])));
        Assert.Equal([0, 1], metal.Sites!.Value.AsEnumerable());
        Assert.Equal([2, 3], rest.Sites!.Value.AsEnumerable());
        foreach (var part in (PlannedCalculation[])[metal, rest])
        {
            Assert.Equal(whole.Input.Structure.Lattice, part.Input.Structure.Lattice);
            Assert.Equal(part.Sites!.Value.Select(site => whole.Input.Structure.Sites[site]), part.Input.Structure.Sites);
            Assert.Equal(whole.Input.Kpoints, part.Input.Kpoints);
            Assert.Equal("relax.big", part.StructureFrom);
            Assert.Equal(whole.Engine, part.Engine);
            foreach (var tag in (string[])["ENCUT", "PREC", "ISPIN", "NGXF", "NGYF", "NGZF", "LCHARG"]) Assert.Equal(whole.Input.Incar[tag], part.Input.Incar[tag]);
            foreach (var tag in (string[])["LORBIT", "LAECHG", "LELF"]) Assert.Null(part.Input.Incar[tag]);
        }
        Assert.NotNull(whole.Input.Incar["NGXF"]);
        Assert.Null(plan.Calculations.Single(c => c.Id == "electronic.nio").Input.Incar["NGXF"]);
        Assert.Equal([2, 2], metal.Input.Incar.Numbers("MAGMOM")!.Value.AsEnumerable());
        Assert.Equal([6.2], metal.Input.Incar.Numbers("LDAUU")!.Value.AsEnumerable());
        Assert.Equal([0, 0], rest.Input.Incar.Numbers("MAGMOM")!.Value.AsEnumerable());
        Assert.Null(rest.Input.Incar["LDAU"]);
        Assert.Equal(["Ni"], metal.Input.Potentials.AsEnumerable());
        Assert.Superset(new HashSet<(string, string)> { ("relax.big", metal.Id), ("electronic.big", "binding"), (metal.Id, "binding"), (rest.Id, "binding") }, plan.Edges.ToHashSet());
        Assert.Equal(plan.Calculations.Length, plan.Calculations.Select(c => c.InputFingerprint).Distinct().Count());
    }

    [Fact]
    public void Parts_of_a_relaxation_have_the_places_that_it_ends_with()
    {
        var plan = folder.LoadGood(Good.Replace("charge-difference: { of: electronic.big", "charge-difference: { of: relax.big", StringComparison.Ordinal).Replace("max-force: 0.02 eV/Å }", "max-force: 0.02 eV/Å, outputs: [charge] }", StringComparison.Ordinal));
        var metal = plan.Calculations.Single(c => c.Id == "binding.big.metal");
        Assert.Equal(("relax.big", 0, -1), (metal.StructureFrom, metal.Input.Incar.Whole("NSW"), metal.Input.Incar.Whole("IBRION")));
        Assert.NotNull(plan.Calculations.Single(c => c.Id == "relax.big").Input.Incar["NGXF"]);
        // A part of a static calculation that begins where this one does is another.
        Assert.NotEqual(folder.LoadGood(Good).Calculations.Single(c => c.Id == "binding.big.metal").InputFingerprint, metal.InputFingerprint);
    }

    [Fact]
    public void Moments_and_U_that_are_given_tag_by_tag_go_with_their_atoms()
    {
        var plan = folder.LoadGood(Good.Replace("incar: { PREC: Accurate }", "incar: { PREC: Accurate, MAGMOM: 2 -1 0.5 0.25, LDAUJ: 1 0 }", StringComparison.Ordinal).Replace("foreach: { model: [nio, big] }", "foreach: { model: [big] }", StringComparison.Ordinal).Replace("electronic.nio", "electronic", StringComparison.Ordinal));
        Assert.Equal([2, -1], plan.Calculations.Single(c => c.Id == "binding.big.metal").Input.Incar.Numbers("MAGMOM")!.Value.AsEnumerable());
        Assert.Equal([0.5, 0.25], plan.Calculations.Single(c => c.Id == "binding.big.rest").Input.Incar.Numbers("MAGMOM")!.Value.AsEnumerable());
        Assert.Equal([1], plan.Calculations.Single(c => c.Id == "binding.big.metal").Input.Incar.Numbers("LDAUJ")!.Value.AsEnumerable());
    }

    [Fact]
    public void The_grid_of_a_whole_is_VASPs_own_unless_it_is_given()
    {
        Incar Whole(string workflow) => folder.LoadGood(workflow).Calculations.Single(c => c.Id == "electronic.big").Input.Incar;
        var own = Whole(Good);
        Assert.Equal(FourierGrid.OfDensities(own.Without("NGXF").Without("NGYF").Without("NGZF"), folder.LoadGood(Good).Calculations.Single(c => c.Id == "electronic.big").Input.Structure.Lattice), (own.Whole("NGXF")!.Value, own.Whole("NGYF")!.Value, own.Whole("NGZF")!.Value));
        Assert.Equal(90, Whole(Good.Replace("PREC: Accurate", "PREC: Accurate, NGXF: 90", StringComparison.Ordinal)).Whole("NGXF"));
        var fine = Whole(Good.Replace("  cutoff: 500 eV", "  cutoff: 500 eV\n  density-grid: 0.05 Å", StringComparison.Ordinal));
        // 2.09 √2 Å = 2.956 Å.
        Assert.Equal((120, 60, 60), (fine.Whole("NGXF"), fine.Whole("NGYF"), fine.Whole("NGZF")));
    }

    [Fact]
    public void Bader_charges_are_told_by_element_and_group_and_can_be_subtracted()
    {
        var plan = folder.LoadGood(Good + "\n  transfer:\n    difference: { of: charges, minus: { model: nio } }\n    expect: [ { at: { atoms: O }, value: -0.1 e, tolerance: 0.05 e, source: made up } ]\n");
        var charges = plan.Analyses.Single(a => a.Id == "charges");
        Assert.Equal(["Ni", "O", "first", "Ni", "O", "first"], charges.Cells.Select(cell => cell["atoms"]));
        Assert.Equal(("charge_difference", "e"), (plan.Analyses.Single(a => a.Id == "transfer").Quantities[0].Name, plan.Analyses.Single(a => a.Id == "transfer").Quantities[0].Unit));
    }

    [Fact]
    public void A_map_of_the_magnetisation_asks_for_spin()
    {
        var moment = Good.Replace("file: ELFCAR", "file: CHGCAR, block: magnetization", StringComparison.Ordinal);
        folder.LoadGood(moment);
        Assert.Equal("DF1019", Assert.Single(folder.Load(moment.Replace("spin: { Ni: 2 }", "spin-polarized: false", StringComparison.Ordinal)).Diagnostics, d => d.Severity == Severity.Error).Code);
    }

    [Fact]
    public void Parts_of_two_differences_do_not_have_one_name()
    {
        var loaded = folder.Load(Good.Replace("calculations:", "calculations:\n  one: { structure: nio, task: static, outputs: [charge] }", StringComparison.Ordinal)
            + "\n  binding.big:\n    charge-difference: { of: one, parts: { metal: { element: Ni }, rest: { element: O } } }\n");
        Assert.Contains(loaded.Diagnostics, d => d.Code == "DF1012" && d.Message.Contains("'binding.big.metal' has the name of another calculation", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(", all-electron-charge", "", "DF1019", 22, 18, "Add 'all-electron-charge'")]
    [InlineData("charge, all-electron-charge, elf", "elf", "DF1019", 22, 18, "Add 'charge'")]
    [InlineData(", elf]", "]", "DF1019", 24, 16, "Add 'elf'")]
    [InlineData("file: ELFCAR", "file: LOCPOT", "DF1019", 26, 18, "Add 'potential'")]
    [InlineData("file: ELFCAR", "file: ELFCARR", "DF1007", 26, 36, "Did you mean 'ELFCAR'?")]
    [InlineData("pairs: [Ni-O]", "pairs: [Ni-F]", "DF1017", 24, 40, "holds both Ni and F")]
    [InlineData("pairs: [Ni-O]", "pairs: [NiO]", "DF1007", 24, 40, "Sc-O")]
    [InlineData("plane: [0, 0, 1], at: 0.5 Å", "plane: [0, 0, 1], axis: c", "DF1006", 26, 62, "one way")]
    [InlineData("plane: [0, 0, 1], at: 0.5 Å", "smooth: true", "DF1009", 26, 12, "through: [1, 5, 9]")]
    [InlineData("plane: [0, 0, 1], at: 0.5 Å", "plane: [0, 0, 0]", "DF1611", 26, 44, "no lattice plane")]
    [InlineData("plane: [0, 0, 1], at: 0.5 Å", "through: [1, 2, 9]", "DF3233", 26, 44, "no site 9")]
    [InlineData("at: 0.5 Å", "at: half", "DF1007", 26, 66, "no height")]
    [InlineData("at: 0.5 Å", "at: 0.5 Å, step: 50 Å", "DF3233", 26, 44, "too few for a map")]
    [InlineData("at: 0.5 Å", "at: 0.5 Å, step: -0.1 Å", "DF3233", 26, 44, "no length")]
    [InlineData("at: 0.5 Å", "at: 0.5 Å, atoms-within: -1 Å", "DF3233", 26, 44, "no length")]
    [InlineData("sites: [1]", "sites: [7]", "DF1017", 22, 49, "no site 7")]
    [InlineData("first: { sites: [1] }", "O: { sites: [1] }", "DF1012", 22, 40, "no symbols of elements")]
    [InlineData("rest: { element: O }", "rest: { sites: [3] }", "DF1017", 28, 53, "O 4 of 'electronic.big' is in none")]
    [InlineData("rest: { element: O }", "rest: { sites: [2, 3, 4] }", "DF1017", 28, 53, "in two parts: metal, rest")]
    [InlineData("{ metal: { element: Ni }, rest: { element: O } }", "[substrate, coating]", "DF1017", 28, 54, "has no parts")]
    [InlineData(", rest: { element: O }", ", none: { element: Ni, sites: [4] }", "DF1017", 28, 79, "No atom of 'electronic.big' belongs to 'none'")]
    [InlineData("{ metal: { element: Ni }, rest: { element: O } }", "{ metal: { element: [Ni, O] } }", "DF1009", 28, 53, "two parts at least")]
    [InlineData("{ metal: { element: Ni }, rest: { element: O } }", "{}", "DF1017", 28, 53, "in none of the parts")]
    [InlineData("rest: {", "a-name-that-is-very-long-and-goes-on-and-on-and-on-until-no-folder-of-a-file-system-could-hold-it-together-with-all-the-rest-that-belongs-to-it: {", "DF1012", 28, 79, "at most 60")]
    [InlineData("  binding:", "  electronic:", "DF1012", 27, 3, "name of a calculation")]
    public void What_is_wrong_is_told_where_it_stands(string old, string wrong, string code, int line, int column, string words)
    {
        Assert.Contains(old, Good, StringComparison.Ordinal);
        var loaded = folder.Load(Good.Replace(old, wrong, StringComparison.Ordinal));
        Assert.Null(loaded.Plan);
        var found = loaded.Diagnostics.Where(d => d.Code == code && d.Line == line && d.Column == column).ToArray();
        Assert.True(found.Any(d => $"{d.Message} {d.Hint}".Contains(words, StringComparison.Ordinal)), string.Join('\n', loaded.Diagnostics));
    }
}
