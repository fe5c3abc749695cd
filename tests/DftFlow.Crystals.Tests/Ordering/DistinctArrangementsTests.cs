using System.Collections.Immutable;
using System.Numerics;
using CsCheck;
using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;
using DftFlow.Crystals.Symmetry;
using static DftFlow.Tests.Crystals.Ordering.SampleIons;

namespace DftFlow.Tests.Crystals.Ordering;

public class DistinctArrangementsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    // Necklaces of two colours with four beads of eight: 10 by turning, 8 by turning over as well.
    [InlineData(8, 4, false, 10)]
    [InlineData(8, 4, true, 8)]
    [InlineData(6, 3, false, 4)]
    [InlineData(6, 3, true, 3)]
    [InlineData(5, 0, true, 1)]
    public void Counts_necklaces(int beads, int black, bool turnedOver, int expected)
    {
        var ring = Ring(beads, [new(Element.Parse("Mn"), black), new(Element.Parse("Ni"), beads - black)]);
        var permutations = ring.Permutations(Turns(beads, turnedOver));
        var list = DistinctArrangements.List(ring, permutations, Cancellation);
        Assert.Equal(expected, list.Length);
        Assert.Equal(ring.Total, list.Aggregate(BigInteger.Zero, (sum, arrangement) => sum + arrangement.Multiplicity));
    }

    [Fact]
    public void Finds_what_going_through_all_arrangements_finds() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[1, 4], Gen.Bool).Sample((a, b, c, turnedOver) =>
        {
            var ring = Ring(a + b + c, [new(Element.Parse("Mn"), a), new(null, b), new(Element.Parse("Co"), c)]);
            var permutations = ring.Permutations(Turns(a + b + c, turnedOver));
            var orbits = All(ring).GroupBy(row => permutations.Select(images => string.Concat(images.Select(image => row[image]))).Min(StringComparer.Ordinal)!)
                .OrderBy(orbit => orbit.Key, StringComparer.Ordinal).Select(orbit => (orbit.Key, orbit.Count()));
            Assert.Equal(orbits, DistinctArrangements.List(ring, permutations, Cancellation).Select(arrangement => (string.Concat(arrangement.Species), arrangement.Multiplicity)));
        }, iter: Effort.Iterations(30));

    [Fact]
    public void Lists_the_orders_of_a_layered_oxide()
    {
        // Six layers' sites: Mn on 3 of 12 metal sites of a 2×2×1 cell, and two Li vacancies of 12: 220 × 66 arrangements.
        var cell = Repeat(Layered(), 2, 2, 1);
        var space = new ArrangementSpace(cell,
        [
            new([.. SitesOf(cell, "Co")], [new(Element.Parse("Mn"), 3), new(Element.Parse("Co"), 9)]),
            new([.. SitesOf(cell, "Li")], [new(Element.Parse("Li"), 10), new(null, 2)]),
        ]);
        var group = SpaceGroup.Of(cell);
        var permutations = space.Permutations(Enumerable.Range(0, group.OperationCount).Select(group.Permutation));
        Assert.Equal(220 * 66, space.Total);
        Assert.Equal(144, permutations.Length);
        var list = DistinctArrangements.List(space, permutations, Cancellation);
        Assert.Equal(DistinctArrangements.Number(space, permutations), list.Length);
        Assert.Equal(space.Total, list.Sum(arrangement => arrangement.Multiplicity));
        Assert.Equal(list.Length, list.Select(arrangement => permutations.Select(images => string.Concat(images.Select(image => arrangement.Species[image]))).Min(StringComparer.Ordinal)).Distinct().Count());
        var realised = space.Realise(list[0].Species);
        Assert.Equal("Li10Mn3Co9O24", realised.Composition.Formula);
    }

    [Fact]
    public void Says_how_many_there_are_where_they_are_too_many()
    {
        var ring = Ring(60, [new(Element.Parse("Mn"), 30), new(Element.Parse("Ni"), 30)]);
        var error = Assert.Throws<DftFlowException>(() => DistinctArrangements.List(ring, ring.Permutations([]), Cancellation));
        Assert.Equal("DF1235", error.Code);
        Assert.Contains("10^17", error.Message, StringComparison.Ordinal);
        ring = Ring(26, [new(Element.Parse("Mn"), 13), new(Element.Parse("Ni"), 13)]);
        Assert.Contains("10,400,600", Assert.Throws<DftFlowException>(() => DistinctArrangements.List(ring, ring.Permutations([]), Cancellation)).Message, StringComparison.Ordinal);
    }

    internal static IEnumerable<int> SitesOf(Structure structure, string element) =>
        structure.Sites.Index().Where(pair => pair.Item.Element.Symbol == element).Select(pair => pair.Index + 1);

    private static ArrangementSpace Ring(int beads, Occupant[] occupants)
    {
        var structure = new Structure(Cubic(5), [.. Enumerable.Range(0, beads).Select(i => new Site(Element.Parse("Mn"), new(i / (double)beads, 0, 0)))]);
        return new ArrangementSpace(structure, [new([.. Enumerable.Range(1, beads)], [.. occupants])]);
    }

    private static IEnumerable<ImmutableArray<int>> Turns(int beads, bool turnedOver)
    {
        for (var turn = 0; turn < beads; turn++)
        {
            yield return [.. Enumerable.Range(0, beads).Select(i => (i + turn) % beads)];
            if (turnedOver) yield return [.. Enumerable.Range(0, beads).Select(i => (turn + beads - i) % beads)];
        }
    }

    private static IEnumerable<byte[]> All(ArrangementSpace space)
    {
        var rows = new List<byte[]> { Array.Empty<byte>() };
        for (var place = 0; place < space.Sites.Length; place++)
            rows = [.. rows.SelectMany(row => Enumerable.Range(0, space.Species.Length).Where(species => row.Count(s => s == species) < space.Counts[0][species]).Select(species => row.Append((byte)species).ToArray()))];
        return rows;
    }
}
