using System.Text.Json;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Prototypes;

namespace DftFlow.Tests.Crystals;

public class CoordinationTests
{
    [Fact]
    public void Rock_salt_has_six_neighbours_at_half_the_lattice_constant()
    {
        var table = new Coordination().Of(Prototype.Find("LiF").Structure);
        var bond = Assert.Single(table.Bonds);
        Assert.Equal(("Li", "F", 24), (bond.First.Symbol, bond.Second.Symbol, bond.Count));
        Assert.Equal(4.0270 / 2, bond.MeanA, 12);
        Assert.Equal([6, 6, 6, 6, 6, 6, 6, 6], table.Numbers);
        Assert.Equal(["Li 6 F6", "F 6 Li6"], table.Groups.Select(group => $"{group.Element} {group.Number} {group.Neighbours}"));
        Assert.Equal([1, 2, 3, 4], table.Groups[0].Sites);
    }

    [Fact]
    public void Images_count_in_a_cell_of_one_formula_unit()
    {
        // One Sc and three F: each F is bonded to the one Sc twice.
        var table = new Coordination().Of(Prototype.Find("ScF3").Structure);
        Assert.Equal([6, 2, 2, 2], table.Numbers);
        Assert.Equal((6, 2.005, 2.005), (table.Bonds[0].Count, Math.Round(table.Bonds[0].MinA, 9), Math.Round(table.Bonds[0].MaxA, 9)));
    }

    [Fact]
    public void Sites_are_grouped_by_what_surrounds_them()
    {
        var table = new Coordination().Of(Cif.Read(SampleCifs.Li2MnO3).Structure);
        Assert.Equal(["Mn 6 O6", "Li 6 O6", "O 6 Li4Mn2"], table.Groups.Select(group => $"{group.Element} {group.Number} {group.Neighbours}"));
        Assert.Equal([4, 8, 12], table.Groups.Select(group => group.Sites.Length));
        var manganese = table.Bonds.Single(bond => bond.First.Symbol == "Mn");
        Assert.Equal(24, manganese.Count);
        Assert.Equal(1.90381, manganese.MinA, 5);
        Assert.InRange(manganese.MeanA, 1.90, 1.92);
    }

    [Fact]
    public void Metals_among_themselves_are_bonded_where_there_is_no_non_metal()
    {
        var aluminium = new Structure(new Lattice(new(0, 2.025, 2.025), new(2.025, 0, 2.025), new(2.025, 2.025, 0)), [new(Element.Parse("Al"), default)]);
        Assert.Equal([12], new Coordination().Of(aluminium).Numbers);
    }

    [Fact]
    public void A_given_distance_counts_all_pairs()
    {
        var table = new Coordination { LongestA = 2.9 }.Of(Prototype.Find("LiF").Structure);
        Assert.Equal(["Li-Li 24", "Li-F 24", "F-F 24"], table.Bonds.Select(bond => $"{bond.First}-{bond.Second} {bond.Count}"));
        Assert.All(table.Numbers, number => Assert.Equal(18, number));
    }

    [Fact]
    public void Counts_what_a_look_at_every_image_counts() =>
        SampleStructures.Random.Where(structure => MinimumDistances.Check(structure).All(finding => finding.Severity != Severity.Error)).Sample(structure =>
        {
            const double longest = 4.2;
            var table = new Coordination { LongestA = longest }.Of(structure);
            Assert.Equal(structure.Sites.Select((_, i) => Lengths(structure, i, longest).Count()), table.Numbers);
            Assert.Equal(structure.Sites.SelectMany((_, i) => Lengths(structure, i, longest)).Sum() / 2, table.Bonds.Sum(bond => bond.Count * bond.MeanA), 8);
        }, iter: Effort.Iterations(40));

    [Fact]
    public void Limits_that_are_none_are_refused()
    {
        var lif = Prototype.Find("LiF").Structure;
        Assert.All([0, -1, double.NaN, 4], factor => Assert.Equal("DF1290", Assert.Throws<DftFlowException>(() => new Coordination { Factor = factor }.Of(lif)).Code));
        Assert.All([0, double.NaN, 100], longest => Assert.Equal("DF1290", Assert.Throws<DftFlowException>(() => new Coordination { LongestA = longest }.Of(lif)).Code));
        Assert.Contains("Bk", Assert.Throws<DftFlowException>(() => new Coordination().Of(lif with { Sites = [new(Element.Parse("Bk"), default)] })).Message, StringComparison.Ordinal);
        Assert.Equal("DF1220", Assert.Throws<DftFlowException>(() => new Coordination().Of(lif with { Sites = [lif.Sites[0], lif.Sites[0]] })).Code);
        Assert.Empty(new Coordination().Of(lif with { Sites = [] }).Groups);
    }

    [Fact]
    public async Task Finds_the_neighbours_that_ase_and_pymatgen_find()
    {
        // A skewed cell of each.
        Structure[] structures =
        [
            SampleStructures.Triclinic, Cif.Read(SampleCifs.LiNiO2).Structure,
            new Supercell(new(1, 0, 0), new(3, 1, 0), new(-2, 4, 1)).Build(PrimitiveCell.Of(Cif.Read(SampleCifs.Li2MnO3).Structure)).Structure,
        ];
        var text = JsonSerializer.Serialize(structures.Select(structure => new
        {
            lattice = new[] { structure.Lattice.A, structure.Lattice.B, structure.Lattice.C }.Select(Row),
            species = structure.Sites.Select(site => site.Element.Symbol),
            places = structure.Sites.Select(site => Row(site.Fractional)),
        }));
        var answer = await OtherReader.AskAsync("pymatgen", """
            from ase import Atoms
            from ase.neighborlist import neighbor_list
            from pymatgen.core import Structure
            answer = []
            for q in json.loads(text):
                i, d = neighbor_list('id', Atoms(q["species"], scaled_positions=q["places"], cell=q["lattice"], pbc=True), 3.3)
                near = Structure(q["lattice"], q["species"], q["places"]).get_all_neighbors(3.3)
                answer.append({"ase": [int((i == n).sum()) for n in range(len(q["species"]))], "sum": float(d.sum()), "pymatgen": [len(n) for n in near]})
            """, text);
        foreach (var (theirs, structure) in answer.EnumerateArray().Zip(structures))
        {
            var table = new Coordination { LongestA = 3.3 }.Of(structure);
            Assert.Equal(theirs.GetProperty("ase").EnumerateArray().Select(n => n.GetInt32()), table.Numbers);
            Assert.Equal(theirs.GetProperty("pymatgen").EnumerateArray().Select(n => n.GetInt32()), table.Numbers);
            Assert.Equal(theirs.GetProperty("sum").GetDouble(), 2 * table.Bonds.Sum(bond => bond.Count * bond.MeanA), 6);
        }
    }

    private static IEnumerable<double> Lengths(Structure structure, int i, double longest)
    {
        for (var j = 0; j < structure.Sites.Length; j++)
        {
            var difference = structure.Sites[j].Fractional - structure.Sites[i].Fractional;
            difference -= new Vector3D(Math.Round(difference.X), Math.Round(difference.Y), Math.Round(difference.Z));
            for (var x = -3; x <= 3; x++)
                for (var y = -3; y <= 3; y++)
                    for (var z = -3; z <= 3; z++)
                        if (structure.Lattice.ToCartesian(difference + new Vector3D(x, y, z)).Length is var length && length <= longest && (i != j || length > 1e-9)) yield return length;
        }
    }

    private static double[] Row(Vector3D v) => [v.X, v.Y, v.Z];
}
