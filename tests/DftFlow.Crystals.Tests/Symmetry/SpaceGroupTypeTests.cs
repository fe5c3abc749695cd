using System.Globalization;
using System.Text;
using System.Text.Json;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals;

public class SpaceGroupTypeTests
{
    [Theory]
    [InlineData(1, "P1", "1", CrystalSystem.Triclinic, 1)]
    [InlineData(12, "C2/m", "2/m", CrystalSystem.Monoclinic, 8)]
    [InlineData(59, "Pmmn", "mmm", CrystalSystem.Orthorhombic, 8)]
    [InlineData(141, "I4_1/amd", "4/mmm", CrystalSystem.Tetragonal, 32)]
    [InlineData(166, "R-3m", "-3m", CrystalSystem.Trigonal, 36)]
    [InlineData(194, "P6_3/mmc", "6/mmm", CrystalSystem.Hexagonal, 24)]
    [InlineData(225, "Fm-3m", "m-3m", CrystalSystem.Cubic, 192)]
    public void The_types_have_their_names_classes_systems_and_operations(int number, string symbol, string pointGroup, CrystalSystem system, int operations)
    {
        var type = SpaceGroupType.All[number - 1];
        Assert.Equal((number, symbol, pointGroup, system), (type.Number, type.Symbol, type.PointGroup, type.CrystalSystem));
        Assert.Equal(operations, type.Operations.Distinct().Count());
    }

    [Fact]
    public void An_operation_in_the_standard_setting_is_what_the_International_Tables_print()
    {
        // P2_1/c, unique axis b, cell choice 1: (1) x,y,z (2) -x,y+1/2,-z+1/2 (3) -x,-y,-z (4) x,-y+1/2,z+1/2.
        string[] printed = ["x,y,z", "-x,y+1/2,-z+1/2", "-x,-y,-z", "x,-y+1/2,z+1/2"];
        Assert.Equal(
            printed.Select(text => SymmetryOperation.TryParse(text, out var operation) ? operation.Value : throw new FormatException(text)).ToHashSet(),
            SpaceGroupType.All[13].Operations.ToHashSet());
    }

    [Theory]
    [InlineData(SampleCifs.LiF, 225, "LiF 4")]
    [InlineData(SampleCifs.Li2MnO3, 12, "Li2MnO3 4")]
    [InlineData(SampleCifs.LiNiO2, 166, "LiNiO2 3")]
    public void Tells_the_type_of_real_crystals_in_primitive_and_other_cells(string cif, int number, string formulaUnits)
    {
        var structure = Cif.Read(cif).Structure;
        foreach (var cell in new[] { structure, PrimitiveCell.Of(structure), DisguisedCells.Disguised(structure, 7) })
        {
            var group = SpaceGroup.Of(cell);
            Assert.Equal(number, group.Type.Number);
            var conventional = ConventionalCell.Of(group);
            Assert.Equal(formulaUnits, string.Create(CultureInfo.InvariantCulture, $"{conventional.Composition.ReducedFormula} {conventional.Sites.Length / SampleUnit(structure)}"));
            Assert.Equal(structure.Lattice.Volume, conventional.Lattice.Volume, 6);
        }

        static int SampleUnit(Structure structure) => structure.Composition.ReducedFormula switch { "LiF" => 2, "Li2MnO3" => 6, _ => 4 };
    }

    [Fact]
    public void Finds_each_of_the_230_types_in_any_cell_and_its_standard_setting()
    {
        for (var seed = 0; seed < Effort.Iterations(1); seed++)
            foreach (var type in SpaceGroupType.All)
            {
                var disguised = DisguisedCells.Disguised(DisguisedCells.OfType(type, (ulong)seed + 2), (ulong)seed * 1000 + (ulong)type.Number, repeat: type.Number < 75);
                var group = SpaceGroup.Of(disguised);
                Assert.Equal(type.Symbol, group.Type.Symbol);
                HasTheOperations(ConventionalCell.Of(group), type, 1e-5);
                var shaken = SpaceGroup.Of(DisguisedCells.Shaken(disguised, 0.005, (ulong)seed), 0.05);
                Assert.Equal(type.Symbol, shaken.Type.Symbol);
                HasTheOperations(ConventionalCell.Of(shaken), type, 0.1);
            }
    }

    [Fact]
    public async Task Agrees_with_spglib_on_all_types_their_operations_and_their_orbits()
    {
        var text = new StringBuilder();
        var ours = new List<SpaceGroup>();
        foreach (var type in SpaceGroupType.All)
        {
            var structure = DisguisedCells.Disguised(DisguisedCells.OfType(type, 1), (ulong)type.Number, repeat: type.Number < 75);
            ours.Add(SpaceGroup.Of(structure));
            text.AppendLine(DisguisedCells.AsJson(structure));
        }
        var answer = await OtherReader.AskAsync("spglib", """
            import spglib
            settings = {}
            for hall in range(1, 531):
                setting = spglib.get_spacegroup_type(hall)
                settings[setting['hall_symbol']] = hall
            answer = []
            for line in text.splitlines():
                cell = json.loads(line)
                data = spglib.get_symmetry_dataset((cell['lattice'], cell['places'], cell['numbers']), symprec=0.01)
                answer.append([data['number'], len(data['rotations']), data['equivalent_atoms'].tolist()])
            answer = {'cells': answer, 'settings': settings, 'operations': {symbol: [[r.tolist(), t.tolist()] for r, t in zip(*[spglib.get_symmetry_from_database(hall)[key] for key in ('rotations', 'translations')])] for symbol, hall in settings.items()}}
            """, text.ToString());
        foreach (var (i, type) in SpaceGroupType.All.Index())
        {
            var theirs = answer.GetProperty("cells")[i];
            Assert.Equal((type.Number, type.Number), (theirs[0].GetInt32(), ours[i].Type.Number));
            Assert.True(theirs[1].GetInt32() == ours[i].OperationCount, type.Symbol);
            Assert.Equal(theirs[2].EnumerateArray().Select(site => site.GetInt32()), ours[i].EquivalentSites);
            Assert.Equal(answer.GetProperty("operations").GetProperty(type.HallSymbol).EnumerateArray().Select(Operation).ToHashSet(), type.Operations.Select(Rounded).ToHashSet());
        }

        static SymmetryOperation Operation(JsonElement pair)
        {
            var r = pair[0].EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(number => number.GetInt32()).ToArray();
            return Rounded(new(new(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8]), new(pair[1][0].GetDouble(), pair[1][1].GetDouble(), pair[1][2].GetDouble())));
        }

        static SymmetryOperation Rounded(SymmetryOperation operation) =>
            operation with { Translation = new(Math.Round(operation.Translation.X, 6), Math.Round(operation.Translation.Y, 6), Math.Round(operation.Translation.Z, 6)) };
    }

    private static void HasTheOperations(Structure structure, SpaceGroupType type, double withinA)
    {
        var places = new SitePlaces(structure, withinA);
        foreach (var operation in type.Operations)
            foreach (var site in structure.Sites)
                Assert.True(places.Holds(site, operation.Apply(site.Fractional)), type.Symbol);
    }
}
