using System.Collections.Immutable;

namespace DftFlow.Crystals.Cells;

/// <summary>How far atoms are moved.</summary>
public enum Displacement
{
    /// <summary>Each by the given distance, in a direction of which none is preferred.</summary>
    Distance,

    /// <summary>Each coordinate by a normal deviate of which the given distance is the standard deviation.</summary>
    Normal,
}

/// <summary>A perturbed structure, and how far each site was moved, in Å.</summary>
public sealed record PerturbationResult(Structure Structure, ImmutableArray<double> MovedA)
{
    public double LargestA => MovedA.IsEmpty ? 0 : MovedA.Max();
}

/// <summary>
/// Moves every atom a little at random, to leave a saddle point or a symmetry that is not meant. The same seed moves the atoms of the
/// same structure in the same way on every machine.
/// </summary>
/// <remarks>
/// A coordinate that selective dynamics freezes stays: VASP's flags are about fractions of the lattice vectors, so an atom moves in the
/// space that its free lattice vectors span (a plane, a line, or not at all).
/// </remarks>
/// <param name="DistanceA">The distance, or the standard deviation of each coordinate, in Å.</param>
public sealed record Perturbation(double DistanceA, ulong Seed)
{
    private const double LargestDistanceA = 10;

    public Displacement Displacement { get; init; } = Displacement.Distance;

    /// <exception cref="DftFlowException">DF1286: not a distance.</exception>
    public PerturbationResult Build(Structure structure)
    {
        if (!(DistanceA >= 0 && DistanceA <= LargestDistanceA))
            throw new DftFlowException("DF1286", FormattableString.Invariant($"Atoms cannot be moved by {DistanceA} Å at random."), FormattableString.Invariant($"Give a distance from 0 to {LargestDistanceA} Å; 0.01 to 0.1 Å is usual."));
        var random = new SeededRandom(Seed);
        var sites = ImmutableArray.CreateBuilder<Site>(structure.Sites.Length);
        var moved = ImmutableArray.CreateBuilder<double>(structure.Sites.Length);
        foreach (var site in structure.Sites)
        {
            var axes = FreeDirections(structure.Lattice, site.Free);
            var move = default(Vector3D);
            foreach (var (axis, part) in axes.Zip(Displacement == Displacement.Normal ? Deviates(random, axes.Count) : Direction(random, axes.Count)))
                move += axis * (part * DistanceA);
            var step = structure.Lattice.ToFractional(move);
            // Exactly as they were, not to within rounding.
            if (site.Free is { } free) step = new(free.X ? step.X : 0, free.Y ? step.Y : 0, free.Z ? step.Z : 0);
            sites.Add(step == default ? site : site with { Fractional = Wrapping.IntoCell(site.Fractional + step) });
            moved.Add(structure.Lattice.ToCartesian(step).Length);
        }
        return new PerturbationResult(structure with { Sites = sites.MoveToImmutable() }, moved.MoveToImmutable());
    }

    /// <summary>Unit vectors at right angles that span the same space as the lattice vectors along which the atom may move.</summary>
    private static List<Vector3D> FreeDirections(Lattice lattice, SelectiveDynamics? free)
    {
        if (free is null or { X: true, Y: true, Z: true }) return [new(1, 0, 0), new(0, 1, 0), new(0, 0, 1)];
        var axes = new List<Vector3D>();
        foreach (var (axis, isFree) in new[] { free.Value.X, free.Value.Y, free.Value.Z }.Index())
        {
            if (!isFree) continue;
            var rest = lattice[axis];
            foreach (var other in axes) rest -= other * other.Dot(rest);
            axes.Add(rest * (1 / rest.Length));
        }
        return axes;
    }

    // Points of a cube that lie in the ball; those near the centre lose too many digits.
    private static double[] Direction(SeededRandom random, int dimensions)
    {
        if (dimensions == 0) return [];
        while (true)
        {
            var point = new double[dimensions];
            for (var i = 0; i < dimensions; i++) point[i] = 2 * random.NextDouble() - 1;
            var square = point.Sum(x => x * x);
            if (square is >= 1e-4 and <= 1) return [.. point.Select(x => x / Math.Sqrt(square))];
        }
    }

    private static double[] Deviates(SeededRandom random, int dimensions)
    {
        var deviates = new double[dimensions];
        for (var i = 0; i < dimensions; i++) deviates[i] = random.NextNormal();
        return deviates;
    }
}
