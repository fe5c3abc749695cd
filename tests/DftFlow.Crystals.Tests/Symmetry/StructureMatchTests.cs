using System.Text;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals;

public class StructureMatchTests
{
    [Fact]
    public void A_crystal_in_any_cell_turned_shifted_and_shuffled_is_the_same() =>
        Gen.Select(Gen.Int[0, 229], Gen.ULong).Sample((type, seed) =>
        {
            var structure = DisguisedCells.OfType(SpaceGroupType.All[type], seed % 1000);
            var match = StructureMatch.Compare(structure, DisguisedCells.Disguised(structure, seed, repeat: structure.Sites.Length < 50));
            Assert.NotNull(match);
            Assert.True(match.LargestDeviationA < 1e-9 && match.LatticeDeviationA < 1e-9);
            Assert.False(match.IsMirrored);
        }, iter: Effort.Iterations(100));

    [Fact]
    public void The_largest_deviation_is_that_of_the_atom_that_moved_less_the_shift_of_all()
    {
        var cubic = DisguisedCells.RockSalt(4.2);
        var moved = cubic with { Sites = cubic.Sites.SetItem(3, cubic.Sites[3] with { Fractional = new(0.51, 0.5, 0) }) };
        // 0.042 Å, of which an eighth is taken out by moving all atoms back.
        var match = StructureMatch.Compare(cubic, DisguisedCells.Disguised(moved, 3));
        Assert.NotNull(match);
        Assert.Equal(0.042 * 7 / 8, match.LargestDeviationA, 9);
        Assert.Equal(Math.Sqrt((0.03675 * 0.03675 + 7 * 0.00525 * 0.00525) / 8), match.RmsDeviationA, 9);
        Assert.Null(StructureMatch.Compare(cubic, moved, 0.03));
    }

    [Fact]
    public void A_strained_crystal_is_the_same_only_within_the_tolerance_of_its_lattice()
    {
        var match = StructureMatch.Compare(DisguisedCells.RockSalt(4.2), DisguisedCells.RockSalt(4.22));
        // Two vectors of the primitive cell, half diagonals of faces at 60°, add up to √(3/2) edges of the cube: nothing compared is longer.
        Assert.Equal(0.02 * Math.Sqrt(1.5), match!.LatticeDeviationA, 9);
        Assert.Null(StructureMatch.Compare(DisguisedCells.RockSalt(4.2), DisguisedCells.RockSalt(4.3)));
    }

    [Fact]
    public void Mirror_images_are_one_crystal_and_told_as_such()
    {
        // P3_1 and P3_2: screws of the other hand.
        var left = DisguisedCells.OfType(SpaceGroupType.All[143], 1);
        var mirror = DisguisedCells.Mirrored(left);
        Assert.Equal("P3_2", SpaceGroup.Of(mirror).Type.Symbol);
        Assert.True(StructureMatch.Compare(left, mirror)!.IsMirrored);
        var centric = DisguisedCells.OfType(SpaceGroupType.All[13], 1);
        Assert.False(StructureMatch.Compare(centric, DisguisedCells.Mirrored(centric))!.IsMirrored);
    }

    [Fact]
    public void Moments_constraints_and_parts_make_a_difference_unless_elements_alone_are_compared()
    {
        var cubic = DisguisedCells.RockSalt(4.2);
        var up = cubic with { Sites = cubic.Sites.SetItem(0, cubic.Sites[0] with { MomentMuB = 2 }) };
        Assert.Null(StructureMatch.Compare(cubic, up));
        Assert.NotNull(StructureMatch.Compare(cubic, up, elementsOnly: true));
        Assert.NotNull(StructureMatch.Compare(up, cubic with { Sites = cubic.Sites.SetItem(2, cubic.Sites[2] with { MomentMuB = 2 }) }));
    }

    [Fact]
    public void Other_atoms_another_number_of_them_and_another_order_are_other_crystals()
    {
        var cubic = DisguisedCells.RockSalt(4.2);
        Assert.Null(StructureMatch.Compare(cubic, cubic with { Sites = cubic.Sites.RemoveAt(0) }));
        Assert.Null(StructureMatch.Compare(cubic, cubic with { Sites = [.. cubic.Sites.Select(site => site with { Element = Element.Parse("O") })] }));
        var exchanged = cubic.Sites.SetItem(0, cubic.Sites[0] with { Element = Element.Parse("O") }).SetItem(4, cubic.Sites[4] with { Element = Element.Parse("Ni") });
        Assert.Null(StructureMatch.Compare(cubic, cubic with { Sites = exchanged }));
        Assert.Null(StructureMatch.Compare(cubic with { Sites = [] }, cubic with { Sites = [] }));
    }

    [Fact]
    public void A_useless_tolerance_is_an_error()
    {
        foreach (var tolerance in new[] { 0, -1, double.NaN, 2 })
            Assert.Equal("DF1282", Assert.Throws<DftFlowException>(() => StructureMatch.Compare(DisguisedCells.RockSalt(4.2), DisguisedCells.RockSalt(4.2), tolerance)).Code);
    }

    [Fact]
    public async Task Agrees_with_pymatgen_on_what_is_one_crystal()
    {
        var pairs = new List<(Structure First, Structure Second)>();
        for (var i = 0; i < 60; i++)
        {
            // Some the same, some with two atoms exchanged, some mirrored, some shaken, some of another crystal of the type.
            var type = SpaceGroupType.All[i * 3 % 142];
            var structure = DisguisedCells.OfType(type, 50);
            var other = (i % 5) switch
            {
                1 => structure with { Sites = Exchanged(structure) },
                2 => DisguisedCells.Mirrored(structure),
                3 => DisguisedCells.Shaken(structure, 0.02, (ulong)i),
                4 => DisguisedCells.OfType(type, 51),
                _ => structure,
            };
            pairs.Add((structure, DisguisedCells.Disguised(other, (ulong)i, repeat: type.Number < 16)));
        }
        var text = new StringBuilder();
        foreach (var (first, second) in pairs) text.AppendLine(DisguisedCells.AsJson(first)).AppendLine(DisguisedCells.AsJson(second));
        var answer = await OtherReader.AskAsync("pymatgen", """
            from pymatgen.core import Structure
            from pymatgen.analysis.structure_matcher import StructureMatcher
            cells = [json.loads(line) for line in text.splitlines()]
            cells = [Structure(cell['lattice'], cell['numbers'], cell['places']) for cell in cells]
            matcher = StructureMatcher(ltol=0.02, stol=0.03, angle_tol=1, primitive_cell=True, scale=False)
            answer = [bool(matcher.fit(a, b)) for a, b in zip(cells[::2], cells[1::2])]
            """, text.ToString());
        Assert.Equal(answer.EnumerateArray().Select(fits => fits.GetBoolean()), pairs.Select(pair => StructureMatch.Compare(pair.First, pair.Second) is not null));
        Assert.Equal([true, false], answer.EnumerateArray().Select(fits => fits.GetBoolean()).Distinct());

        static System.Collections.Immutable.ImmutableArray<Site> Exchanged(Structure structure)
        {
            var (first, last) = (structure.Sites[0], structure.Sites[^1]);
            return structure.Sites.SetItem(0, first with { Element = last.Element }).SetItem(structure.Sites.Length - 1, last with { Element = first.Element });
        }
    }
}
