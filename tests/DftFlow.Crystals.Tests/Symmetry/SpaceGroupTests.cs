using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Tests.Crystals;

public class SpaceGroupTests
{
    [Theory]
    [InlineData(SampleCifs.LiF, 192, 4, 2)]
    [InlineData(SampleCifs.Li2MnO3, 8, 2, 6)]
    [InlineData(SampleCifs.LiNiO2, 36, 3, 3)]
    public void Finds_the_operations_of_a_conventional_cell_with_its_centring(string cif, int operations, int translations, int orbits)
    {
        var group = SpaceGroup.Of(Cif.Read(cif).Structure);
        Assert.Equal(operations, group.OperationCount);
        Assert.Equal(operations, group.Operations.Distinct().Count());
        Assert.Equal(translations, group.Translations.Length);
        Assert.Equal(SymmetryOperation.Identity, group.Operations[0]);
        Assert.Equal(orbits, group.EquivalentSites.Distinct().Count());
    }

    [Theory]
    [InlineData(3, 3, 10_000, 0.01, 99)]
    [InlineData(3, 3, 10_000, 0.2, 99)]
    [InlineData(3, 10_000, 3, 0.01, 25)]
    [InlineData(3, 10_000, 10_000, 0.01, 25)]
    public void A_needle_or_a_plate_has_its_group_too(double a, double b, double c, double symprecA, int number)
    {
        // As many lattice points as in the sphere of the longest vector would be 10^9 and more.
        var needle = new Structure(new(new(a, 0, 0), new(0, b, 0), new(0, 0, c)), [new(Element.Parse("Cu"), default), new(Element.Parse("O"), new(0, 0, 2 / c))]);
        Assert.Equal(number, SpaceGroup.Of(needle, symprecA).Type.Number);
    }

    [Fact]
    public void The_order_of_the_operations_does_not_hang_on_which_vector_is_the_shortest()
    {
        // By rows of the vectors that a, b and c become; z runs fastest.
        var rotations = LatticeSymmetry.Rotations(new(new(3, 0, 0), new(0, 3, 0), new(0, 0, 3)), 0.01).ToArray();
        Assert.Equal(48, rotations.Length);
        Assert.Equal(rotations, rotations.OrderBy(r => (r.M11, r.M21, r.M31)).ThenBy(r => (r.M12, r.M22, r.M32)).ThenBy(r => (r.M13, r.M23, r.M33)));
    }

    [Fact]
    public void A_supercell_along_one_axis_keeps_only_the_operations_that_its_lattice_has()
    {
        var cubic = DisguisedCells.RockSalt(4.2);
        var group = SpaceGroup.Of(DisguisedCells.Repeated(cubic, 1, 1, 2));
        Assert.Equal(16, group.PointOperations.Length);
        Assert.Equal(8, group.Translations.Length);
        Assert.Equal(2, group.EquivalentSites.Distinct().Count());
    }

    [Fact]
    public void A_moment_or_a_constraint_makes_sites_differ_and_elements_alone_do_not()
    {
        var cubic = DisguisedCells.RockSalt(4.2);
        var up = cubic with { Sites = cubic.Sites.SetItem(0, cubic.Sites[0] with { MomentMuB = 5 }) };
        Assert.Equal(48, SpaceGroup.Of(up).OperationCount);
        Assert.Equal([0, 1, 1, 1, 4, 4, 4, 7], SpaceGroup.Of(up).EquivalentSites);
        Assert.Equal(192, SpaceGroup.Of(up, elementsOnly: true).OperationCount);
        var held = cubic with { Sites = cubic.Sites.SetItem(0, cubic.Sites[0] with { Free = new(false, false, false) }) };
        Assert.Equal(48, SpaceGroup.Of(held).OperationCount);
    }

    [Fact]
    public void Every_operation_takes_each_site_to_the_site_that_its_permutation_names() =>
        Gen.UInt.Sample(seed =>
        {
            var structure = DisguisedCells.Disguised(Cif.Read(SampleCifs.Li2MnO3).Structure, seed);
            HoldsAgainstThePlaces(structure, SpaceGroup.Of(structure));
        }, iter: Effort.Iterations(20));

    [Fact]
    public void A_cell_of_ten_thousand_atoms_is_not_too_large()
    {
        var large = DisguisedCells.Repeated(DisguisedCells.RockSalt(4.2), 11, 11, 11);
        Assert.Equal(48 * 4 * 1331, SpaceGroup.Of(large).OperationCount);
        var defect = large with { Sites = large.Sites.SetItem(5000, large.Sites[5000] with { Fractional = large.Sites[5000].Fractional + new Vector3D(0.002, 0, 0) }) };
        Assert.Equal(8, SpaceGroup.Of(defect).OperationCount);
    }

    [Fact]
    public void Atoms_on_each_other_no_atoms_and_useless_tolerances_are_errors()
    {
        var cubic = DisguisedCells.RockSalt(4.2);
        Assert.Equal("DF1280", Assert.Throws<DftFlowException>(() => SpaceGroup.Of(cubic with { Sites = [] })).Code);
        Assert.Equal("DF1280", Assert.Throws<DftFlowException>(() => SpaceGroup.Of(cubic with { Sites = cubic.Sites.Add(cubic.Sites[0]) })).Code);
        Assert.Equal("DF1280", Assert.Throws<DftFlowException>(() => SpaceGroup.Of(cubic with { Sites = cubic.Sites.SetItem(1, cubic.Sites[1] with { Fractional = new(double.NaN, 0, 0) }) })).Code);
        foreach (var tolerance in new[] { 0, -1, double.NaN, 3 })
            Assert.Equal("DF1280", Assert.Throws<DftFlowException>(() => SpaceGroup.Of(cubic, tolerance)).Code);
    }

    [Fact]
    public void Any_atoms_in_any_cell_have_a_space_group_or_are_an_error_with_a_code() =>
        Gen.Select(SampleStructures.Random, Gen.ULong, Gen.Int[0, 2].Select(i => new[] { 1e-5, 0.01, 0.2 }[i])).Sample((structure, seed, symprec) =>
        {
            try
            {
                var disguised = DisguisedCells.Disguised(seed % 2 == 0 ? structure : DisguisedCells.Mirrored(structure), seed);
                var group = SpaceGroup.Of(disguised, symprec);
                HoldsAgainstThePlaces(disguised, group);
                Assert.InRange(group.Type.Number, 1, 230);
                Assert.Equal(disguised.Composition.ReducedFormula, ConventionalCell.Of(group).Composition.ReducedFormula);
            }
            catch (DftFlowException error)
            {
                Assert.Equal("DF1280", error.Code);
            }
        }, iter: Effort.Iterations(300));

    [Fact]
    public void A_cell_skewed_beyond_reason_is_an_error_or_has_its_symmetry()
    {
        var cubic = DisguisedCells.RockSalt(4.2);
        foreach (var times in new[] { 1e3, 1e5, 1e8 })
        {
            var skewed = new Structure(new(cubic.Lattice.A, cubic.Lattice.B + cubic.Lattice.A * times, cubic.Lattice.C), [new(Element.Parse("Li"), default)]);
            try
            {
                Assert.Equal((48, "Pm-3m"), (SpaceGroup.Of(skewed).OperationCount, SpaceGroup.Of(skewed).Type.Symbol));
                Assert.InRange(times, 0, 1e4);
            }
            catch (DftFlowException error)
            {
                Assert.Equal("DF1280", error.Code);
                Assert.InRange(times, 1e4, 1e9);
            }
        }
    }

    private static void HoldsAgainstThePlaces(Structure structure, SpaceGroup group)
    {
        var reached = Enumerable.Range(0, structure.Sites.Length).ToArray();
        for (var n = 0; n < group.OperationCount; n++)
        {
            var permutation = group.Permutation(n);
            Assert.Equal(structure.Sites.Length, permutation.Distinct().Count());
            for (var i = 0; i < permutation.Length; i++)
            {
                reached[permutation[i]] = Math.Min(reached[permutation[i]], i);
                Assert.Equal(structure.Sites[i].Element, structure.Sites[permutation[i]].Element);
                var difference = structure.Sites[permutation[i]].Fractional - group.Operations[n].Apply(structure.Sites[i].Fractional);
                Assert.True(structure.Lattice.ShortestDistance(difference) < 3 * group.SymprecA);
            }
        }
        Assert.Equal(reached, group.EquivalentSites);
    }
}
