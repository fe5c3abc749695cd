using DftFlow.Crystals;
using DftFlow.Crystals.Ordering;
using DftFlow.Crystals.Symmetry;
using static DftFlow.Tests.Crystals.Ordering.SampleIons;

namespace DftFlow.Tests.Crystals.Ordering;

public class AnnealingTests
{
    private static readonly Element Mn = Element.Parse("Mn"), Ni = Element.Parse("Ni"), Co = Element.Parse("Co"), Li = Element.Parse("Li");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void The_energy_of_an_arrangement_is_that_of_its_structure()
    {
        var (space, energy) = Oxide();
        var random = new SeededRandom(7);
        for (var i = 0; i < 5; i++)
        {
            var arrangement = space.Random(random);
            Assert.Equal(EnergyOf(space.Realise(arrangement)), energy.EnergyEv(arrangement), 1e-8);
        }
    }

    [Fact]
    public void Exchanges_cost_what_the_energies_differ_by()
    {
        var (space, energy) = Oxide();
        var random = new SeededRandom(1);
        foreach (var start in new[] { energy.From(space.Random(random)), Correlations.Of(space, 3, 2, Cancellation).From(space.Random(random)) })
        {
            var anew = (byte[] arrangement) => start.Resolution == 1e-9 ? energy.From(arrangement).Value : Correlations.Of(space, 3, 2, Cancellation).From(arrangement).Value;
            for (var swap = 0; swap < 40; swap++)
            {
                var of = space.PlacesOf(random.Next(2));
                int i = of[random.Next(of.Length)], j = of[random.Next(of.Length)];
                if (i == j) continue;
                start.Swap(i, j, start.Change(i, j));
                Assert.Equal(anew(start.Arrangement), start.Value, 1e-8);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Finds_the_lowest_energy_that_listing_all_finds(ulong seed)
    {
        var (space, energy) = Oxide();
        var group = SpaceGroup.Of(space.Structure);
        var list = DistinctArrangements.List(space, space.Permutations(Enumerable.Range(0, group.OperationCount).Select(group.Permutation)), Cancellation);
        var lowest = energy.EnergiesEv(list, Cancellation).Min();
        var (arrangement, value, settled) = Annealing.Run(space, energy.From, seed, 20_000, cancellation: Cancellation);
        Assert.True(settled);
        Assert.Equal(lowest, value, 1e-6);
        Assert.Equal(lowest, energy.EnergyEv(arrangement), 1e-6);
    }

    [Fact]
    public void Finds_the_most_random_order_that_listing_all_finds()
    {
        var cell = Repeat(RockSalt("Mn", "O", 4.2), 2, 2, 3);
        var space = new ArrangementSpace(cell, [new([.. DistinctArrangementsTests.SitesOf(cell, "Mn")], [new(Mn, 4), new(Ni, 4), new(Co, 4)])]);
        var group = SpaceGroup.Of(cell);
        var correlations = Correlations.Of(space, 4, 0, Cancellation);
        var best = DistinctArrangements.List(space, space.Permutations(Enumerable.Range(0, group.OperationCount).Select(group.Permutation)), Cancellation)
            .Min(arrangement => correlations.From(arrangement.Species).Value);
        Assert.Equal(best, Annealing.Run(space, correlations.From, 5, 20_000, cancellation: Cancellation).Value, 1e-9);
    }

    [Fact]
    public void A_descent_ends_after_as_many_exchanges_as_it_may_try_and_that_is_told()
    {
        var (space, energy) = Oxide();
        var whole = Annealing.Run(space, energy.From, 1, 1, cancellation: Cancellation);
        var cut = Annealing.Run(space, energy.From, 1, 1, mostDescent: 1, Cancellation);
        Assert.True(whole.IsSettled);
        Assert.False(cut.IsSettled);
        Assert.True(cut.Value > whole.Value);
        // Enough of them is as good as no limit.
        Assert.Equal(whole.Arrangement, Annealing.Run(space, energy.From, 1, 1, mostDescent: 1_000_000, Cancellation).Arrangement);
    }

    [Fact]
    public void The_same_seed_gives_the_same_arrangement()
    {
        var (space, energy) = Oxide();
        var first = Annealing.Run(space, energy.From, 11, 5_000, cancellation: Cancellation);
        Assert.Equal(first.Arrangement, Annealing.Run(space, energy.From, 11, 5_000, cancellation: Cancellation).Arrangement);
    }

    // The correlation functions of SQS-8a and SQS-8b at x = 1/2, periods of eight (113) planes of the face-centred lattice: S.-H. Wei,
    // L. G. Ferreira, J. E. Bernard, A. Zunger, Phys. Rev. B 42, 9622 (1990), table of the pairs J2 K2 L2 M2 N2 O2 and the triplet J3.
    [Theory]
    [InlineData("MMMNNMNN")]
    [InlineData("MMNNNMMN")]
    public void Knows_the_correlations_of_published_quasirandom_structures(string planes)
    {
        var lattice = new Lattice(new(1, -1, 0), new(3, 0, -1), new(2, 2, 4));
        var structure = new Structure(lattice, [.. Enumerable.Range(0, 8).Select(k => new Site(Mn, lattice.ToFractional(new(k, k, 0))))]);
        var space = new ArrangementSpace(structure, [new([.. Enumerable.Range(1, 8)], [new(Mn, 4), new(Ni, 4)])]);
        byte[] arrangement = [.. planes.Select(plane => (byte)(plane == 'M' ? 0 : 1))];
        var errors = Correlations.Of(space, 6, 1, Cancellation).ErrorsOf(arrangement);
        Assert.Equal([Math.Sqrt(2), 2, Math.Sqrt(6), Math.Sqrt(8), Math.Sqrt(10), Math.Sqrt(12)], errors.Take(6).Select(error => Math.Round(error.LongestA, 12)), (a, b) => Math.Abs(a - b) < 1e-9);
        // Twelve, six, twenty-four… neighbours a site, eight sites, each pair once; eight triangles of nearest neighbours a site.
        Assert.Equal([48, 24, 96, 48, 96, 32, 64], errors.Select(error => error.PerCell));
        Assert.Equal([0, 0, 1 / 24.0, 1 / 12.0, 1 / 12.0, 0], errors.Take(6).Select(error => 2 * error.Error), (a, b) => Math.Abs(a - b) < 1e-12);
        // J3 = ∓1/4: three at a time are all alike, or one of one kind, 1/4 of an eighth more or less often, for each of eight cases.
        Assert.Equal(1 / 8.0, errors[6].Error, 1e-12);
    }

    /// <summary>Mn, Ni and Co on twelve sites, and a Li vacancy on twelve others.</summary>
    private static (ArrangementSpace Space, ArrangementEnergy Energy) Oxide()
    {
        var cell = Repeat(Layered(), 2, 2, 1);
        var space = new ArrangementSpace(cell,
        [
            new([.. DistinctArrangementsTests.SitesOf(cell, "Co")], [new(Mn, 3), new(Ni, 2), new(Co, 7)]),
            new([.. DistinctArrangementsTests.SitesOf(cell, "Li")], [new(Li, 11), new(null, 1)]),
        ]);
        return (space, new ArrangementEnergy(space, [4, 2, 3, 1, 0], Charges(cell, ("Li", 9), ("Co", 9), ("O", -2)), Cancellation));
    }

    private static double EnergyOf(Structure structure) => Ewald.EnergyEv(structure, Charges(structure, ("Li", 1), ("Co", 3), ("Mn", 4), ("Ni", 2), ("O", -2)), Cancellation);
}
