using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;

namespace DftFlow.Tests.Crystals;

public class PerturbationTests
{
    private static readonly Structure Big = Supercell.Repeated(10, 10, 10).Build(SampleStructures.Triclinic).Structure;

    [Fact]
    public void Every_atom_moves_by_the_distance()
    {
        var result = new Perturbation(0.05, 7).Build(Big);
        Assert.All(result.MovedA, moved => Assert.Equal(0.05, moved, 12));
        Assert.Equal(0.05, Big.Lattice.ShortestDistance(result.Structure.Sites[17].Fractional - Big.Sites[17].Fractional), 10);
    }

    [Fact]
    public void No_direction_is_preferred()
    {
        var moves = Moves(new Perturbation(1, 3).Build(Big).Structure);
        // 4000 directions: each mean component within four of its standard deviations, (1/3)^½ / 4000^½; each mean square near 1/3.
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.InRange(moves.Average(move => move[axis]), -0.0365, 0.0365);
            Assert.InRange(moves.Average(move => move[axis] * move[axis]), 1 / 3.0 - 0.02, 1 / 3.0 + 0.02);
        }
    }

    [Fact]
    public void Normal_displacements_have_the_standard_deviation_in_each_coordinate()
    {
        var moves = Moves(new Perturbation(0.1, 11) { Displacement = Displacement.Normal }.Build(Big).Structure);
        for (var axis = 0; axis < 3; axis++)
        {
            Assert.InRange(moves.Average(move => move[axis]), -0.0064, 0.0064);
            Assert.InRange(Math.Sqrt(moves.Average(move => move[axis] * move[axis])), 0.095, 0.105);
        }
    }

    [Fact]
    public void The_seed_decides()
    {
        Assert.Equal(new Perturbation(0.05, 7).Build(Big).Structure, new Perturbation(0.05, 7).Build(Big).Structure);
        Assert.NotEqual(new Perturbation(0.05, 7).Build(Big).Structure, new Perturbation(0.05, 8).Build(Big).Structure);
    }

    [Fact]
    public void Frozen_coordinates_stay_and_the_free_ones_take_the_whole_distance()
    {
        var frozen = SampleStructures.Triclinic with
        {
            Sites = [.. SampleStructures.Triclinic.Sites.Zip([new SelectiveDynamics(true, true, false), new(false, false, true), new(false, false, false), new(true, true, true)], (site, free) => site with { Free = free })],
        };
        var result = new Perturbation(0.05, 1).Build(frozen);
        Assert.Equal(frozen.Sites[0].Fractional.Z, result.Structure.Sites[0].Fractional.Z);
        Assert.Equal((frozen.Sites[1].Fractional.X, frozen.Sites[1].Fractional.Y), (result.Structure.Sites[1].Fractional.X, result.Structure.Sites[1].Fractional.Y));
        Assert.Equal(frozen.Sites[2], result.Structure.Sites[2]);
        Assert.Equal([0.05, 0.05, 0, 0.05], result.MovedA.Select(moved => Math.Round(moved, 12)));
        Assert.Equal(0.05, result.LargestA, 12);
    }

    [Fact]
    public void Distances_that_are_none_are_refused() =>
        Assert.All([-0.1, double.NaN, 11], distance => Assert.Equal("DF1286", Assert.Throws<DftFlowException>(() => new Perturbation(distance, 1).Build(Big)).Code));

    private static ImmutableArray<Vector3D> Moves(Structure perturbed) => [.. perturbed.Sites.Zip(Big.Sites, (after, before) =>
    {
        var step = after.Fractional - before.Fractional;
        return Big.Lattice.ToCartesian(new(step.X - Math.Round(step.X), step.Y - Math.Round(step.Y), step.Z - Math.Round(step.Z)));
    })];
}
