using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Tests.Crystals;

public class AtomPairsTests
{
    private static readonly Lattice Skewed = new(new(4, 0, 0), new(11, 4, 0), new(-9, 7, 5));
    private static readonly Structure Atoms = new(Skewed, [new(Element.Parse("Sc"), new(0.1, 0.2, 0.9)), new(Element.Parse("O"), new(0.8, 0.7, 0.1))]);

    [Fact]
    public void The_nearest_image_is_found_in_a_very_skewed_cell()
    {
        var vector = AtomPairs.Nearest(Atoms, 0, 1);
        Assert.Equal(Atoms.DistanceA(0, 1), vector.Length, 1e-9);
        var cells = Skewed.ToFractional(vector) - (Atoms.Sites[1].Fractional - Atoms.Sites[0].Fractional);
        for (var axis = 0; axis < 3; axis++) Assert.Equal(Math.Round(cells[axis]), cells[axis], 1e-9);
        Assert.Equal(0, AtomPairs.Nearest(Atoms, 1, 1).Length, 1e-12);
    }

    [Fact]
    public void Pairs_are_told_with_the_image_that_they_lead_to()
    {
        var pairs = AtomPairs.Within(Atoms, 4.5).ToArray();
        Assert.NotEmpty(pairs);
        Assert.All(pairs, pair =>
        {
            var (a, b, c) = pair.ImageIn(Atoms);
            var there = Skewed.ToCartesian(Atoms.Sites[pair.J].Fractional + new Vector3D(a, b, c) - Atoms.Sites[pair.I].Fractional);
            Assert.True((there - pair.VectorA).Length < 1e-9);
        });
        Assert.Equal(pairs.Length, pairs.Select(pair => (pair.I, pair.J, pair.ImageIn(Atoms))).Distinct().Count());
        Assert.Empty(AtomPairs.Within(Atoms, 0));
    }
}
