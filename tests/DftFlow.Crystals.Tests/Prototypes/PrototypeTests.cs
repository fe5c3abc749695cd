using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Prototypes;

namespace DftFlow.Tests.Crystals.Prototypes;

public class PrototypeTests
{
    public static TheoryData<string> Names => [.. Prototype.All.Select(prototype => prototype.Name)];

    [Fact]
    public void There_are_those_that_the_manual_lists() =>
        Assert.Equal(["CoO", "Li2MnO3", "Li3InCl6", "Li3ScF6", "LiCoO2", "LiF", "LiMnO2-C2/m", "LiMnO2-Pmmn", "LiMnO2-R-3m", "LiNiO2", "MgO", "MnO", "NiO", "ScF3"], Prototype.All.Select(prototype => prototype.Name));

    [Theory, MemberData(nameof(Names))]
    public void Each_names_its_source_and_no_atoms_are_too_close(string name)
    {
        var prototype = Prototype.Find(name);
        Assert.Matches(@"\((19|20)\d\d\)", prototype.Source);
        Assert.StartsWith(prototype.Formula, prototype.Name, StringComparison.Ordinal);
        Assert.Empty(MinimumDistances.Check(prototype.Structure));
    }

    // Means of bond lengths: sums of ionic radii (R. D. Shannon, Acta Cryst. A32, 751 (1976)) within 0.12 Å.
    [Theory]
    [InlineData("Li2MnO3", "Mn", 6, 1.93)]
    [InlineData("Li2MnO3", "Li", 6, 2.16)]
    [InlineData("LiCoO2", "Co", 6, 1.945)]
    [InlineData("LiCoO2", "Li", 6, 2.16)]
    [InlineData("LiNiO2", "Ni", 6, 1.96)]
    [InlineData("LiNiO2", "Li", 6, 2.16)]
    [InlineData("LiMnO2-R-3m", "Mn", 6, 2.045)]
    [InlineData("LiMnO2-R-3m", "Li", 6, 2.16)]
    [InlineData("LiMnO2-C2/m", "Mn", 6, 2.045)]
    [InlineData("LiMnO2-C2/m", "Li", 6, 2.16)]
    [InlineData("LiMnO2-Pmmn", "Mn", 6, 2.045)]
    [InlineData("LiMnO2-Pmmn", "Li", 6, 2.16)]
    [InlineData("ScF3", "Sc", 6, 2.03)]
    [InlineData("LiF", "Li", 6, 2.045)]
    [InlineData("Li3InCl6", "In", 6, 2.61)]
    [InlineData("Li3InCl6", "Li", 6, 2.57)]
    [InlineData("MgO", "Mg", 6, 2.12)]
    [InlineData("NiO", "Ni", 6, 2.09)]
    [InlineData("CoO", "Co", 6, 2.145)]
    [InlineData("MnO", "Mn", 6, 2.23)]
    public void Cations_are_coordinated_as_their_radii_ask(string name, string cation, int number, double meanA)
    {
        var group = Assert.Single(new Coordination().Of(Prototype.Find(name).Structure).Groups, group => group.Element.Symbol == cation);
        Assert.Equal(number, group.Number);
        Assert.InRange(group.MeanA, meanA - 0.12, meanA + 0.12);
    }

    // Densities in g/cm³ from formula weight and volume, as the powder diffraction cards and crystal structure papers print them.
    [Theory]
    [InlineData("Li2MnO3", 3.88)]
    [InlineData("LiCoO2", 5.05)]
    [InlineData("LiNiO2", 4.78)]
    [InlineData("LiMnO2-Pmmn", 4.22)]
    [InlineData("LiF", 2.64)]
    [InlineData("MgO", 3.58)]
    [InlineData("NiO", 6.81)]
    [InlineData("MnO", 5.37)]
    [InlineData("CoO", 6.44)]
    [InlineData("ScF3", 2.63)]
    [InlineData("Li3InCl6", 2.69)]
    public void The_density_is_the_crystals(string name, double density)
    {
        var structure = Prototype.Find(name).Structure;
        Assert.InRange(structure.Sites.Sum(site => site.Element.AtomicWeight) * 1.66053907 / structure.Lattice.Volume, density - 0.02, density + 0.02);
    }

    [Fact]
    public void The_model_of_lithium_hexafluoroscandate_is_told_to_be_one()
    {
        var prototype = Prototype.Find("Li3ScF6");
        Assert.StartsWith("Li3ScF6: COMPUTED MODEL, not a measured structure", prototype.Source, StringComparison.Ordinal);
        Assert.Equal("Li18Sc6F36", prototype.Structure.Composition.Formula);
        var table = new Coordination().Of(prototype.Structure);
        var scandium = Assert.Single(table.Groups, group => group.Element.Symbol == "Sc");
        Assert.Equal("F6", scandium.Neighbours!.Formula);
        // Sc-F 2.03 Å and Li-F 2.09 Å from Shannon's radii for six neighbours; no two octahedra of Sc share a fluorine.
        Assert.InRange(scandium.MinA, 1.93, 2.13);
        Assert.InRange(scandium.MaxA, 1.93, 2.13);
        Assert.All(table.Groups.Where(group => group.Element.Symbol == "Li"), group => Assert.True(group.Number is >= 4 and <= 6 && group.MinA > 1.8));
        var onlyScandium = prototype.Structure with { Sites = [.. prototype.Structure.Sites.Where(site => site.Element.Symbol != "Li")] };
        Assert.All(new Coordination().Of(onlyScandium).Groups.Where(group => group.Element.Symbol == "F"), group => Assert.Equal(1, group.Number));
    }

    [Fact]
    public void Manganese_iii_has_four_short_and_two_long_bonds()
    {
        foreach (var name in (string[])["LiMnO2-C2/m", "LiMnO2-Pmmn"])
        {
            var structure = Prototype.Find(name).Structure;
            Assert.Equal(4, Near(1.99));
            Assert.Equal(6, Near(2.31));

            int Near(double longest) => new Coordination { LongestA = longest }.Of(structure) is var table
                ? table.Groups.Single(group => group.Element.Symbol == "Mn").Number : 0;
        }
    }

    [Fact]
    public void The_hypothetical_layered_manganese_oxide_is_derived_as_its_file_says()
    {
        var monoclinic = Prototype.Find("LiMnO2-C2/m").Structure;
        var rhombohedral = Prototype.Find("LiMnO2-R-3m").Structure;
        var (m, beta) = (monoclinic.Lattice.LengthsA, monoclinic.Lattice.AnglesDegrees.Y * Math.PI / 180);
        Assert.Equal(Math.Sqrt(m.X * m.Y / Math.Sqrt(3)), rhombohedral.Lattice.LengthsA.X, 4);
        Assert.Equal(3 * m.Z * Math.Sin(beta), rhombohedral.Lattice.LengthsA.Z, 3);
        Assert.Equal(monoclinic.Lattice.Volume / 2, rhombohedral.Lattice.Volume / 3, 2);
        Assert.Equal(1 / 3.0 - (1 - 0.771) / 3, rhombohedral.Sites.First(site => site.Element.Symbol == "O").Fractional.Z, 4);
    }

    [Fact]
    public void A_formula_is_enough_where_there_is_one_structure_of_it()
    {
        Assert.Equal("LiF", Prototype.Find("lif").Name);
        Assert.Equal("C2/m", Prototype.Find("Li2MnO3").SpaceGroup);
        Assert.Contains("LiMnO2-C2/m, LiMnO2-Pmmn, LiMnO2-R-3m", Refused("LiMnO2").Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void The_layered_oxides_are_one_family()
    {
        Assert.Equal("LiMnO2-R-3m", Prototype.Find("LiMO2", Elements("M", "Mn")).Name);
        Assert.Equal("LiCoO2", Prototype.Find("LiMO2", Elements("M", "Co")).Name);
        Assert.Contains("Co, Mn, Ni", Refused("LiMO2").Hint, StringComparison.Ordinal);
        Assert.Contains("LiFeO2", Refused("LiMO2", Elements("M", "Fe")).Message, StringComparison.Ordinal);
        Assert.Contains("element M", Refused("LiMO2", Elements("X", "Fe")).Message, StringComparison.Ordinal);
        Assert.Contains("takes no elements", Refused("LiF", Elements("M", "Fe")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_what_there_is()
    {
        var error = Refused("Li2MnO4");
        Assert.Contains("Did you mean Li2MnO3?", error.Hint, StringComparison.Ordinal);
        Assert.Contains("ScF3", error.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("Did you mean", Refused("quartz").Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spglib_finds_the_space_groups_that_the_files_name()
    {
        var text = JsonSerializer.Serialize(Prototype.All.Select(prototype => new
        {
            lattice = new[] { prototype.Structure.Lattice.A, prototype.Structure.Lattice.B, prototype.Structure.Lattice.C }.Select(v => new[] { v.X, v.Y, v.Z }),
            places = prototype.Structure.Sites.Select(site => new[] { site.Fractional.X, site.Fractional.Y, site.Fractional.Z }),
            numbers = prototype.Structure.Sites.Select(site => site.Element.AtomicNumber),
        }));
        var answer = await OtherReader.AskAsync("spglib", """
            import spglib
            answer = [spglib.get_symmetry_dataset((q["lattice"], q["places"], q["numbers"]), symprec=1e-3)["international"] for q in json.loads(text)]
            """, text);
        Assert.Equal(answer.EnumerateArray().Select(symbol => symbol.GetString()), Prototype.All.Select(prototype => prototype.SpaceGroup));
    }

    private static Dictionary<string, Element> Elements(string key, string element) => new() { [key] = Element.Parse(element) };

    private static DftFlowException Refused(string name, Dictionary<string, Element>? elements = null)
    {
        var error = Assert.Throws<DftFlowException>(() => Prototype.Find(name, elements));
        Assert.Equal("DF1288", error.Code);
        return error;
    }
}
