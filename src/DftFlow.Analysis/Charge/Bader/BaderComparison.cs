using System.Collections.Immutable;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>The same density, parted otherwise.</summary>
/// <param name="Electrons">Of each atom.</param>
/// <param name="LargestDifferenceE">Largest difference of an atom's electrons from the result that is compared.</param>
public sealed record BaderComparison(BaderMethod Method, GridDimensions Grid, ImmutableArray<double> Electrons, double LargestDifferenceE)
{
    /// <summary>
    /// By the weight and by the near-grid method, on the grid as it is and on that of every second point where its numbers are even: what
    /// method and grid are worth.
    /// </summary>
    public static ImmutableArray<BaderComparison> Of(BaderDensities densities, BaderCharges charges, double? vacuumPerA3, IProgress<AnalysisStep>? progress, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<BaderComparison>();
        foreach (var on in Coarser(densities) is { } coarser ? new[] { densities, coarser } : [densities])
            foreach (var method in new[] { BaderMethod.Weight, BaderMethod.NearGrid })
            {
                if (on == densities && method == charges.Method) continue;
                var other = BaderAnalysis.Compute(on, method, vacuumPerA3, progress, cancellation);
                found.Add(new(method, on.Charge.Dimensions, [.. other.Atoms.Select(atom => atom.Electrons)], other.Atoms.Zip(charges.Atoms, (a, b) => Math.Abs(a.Electrons - b.Electrons)).DefaultIfEmpty().Max()));
            }
        return found.ToImmutable();
    }

    private static BaderDensities? Coarser(BaderDensities densities)
    {
        var grid = densities.Charge.Dimensions;
        if (grid.X % 2 + grid.Y % 2 + grid.Z % 2 > 0) return null;
        var half = new GridDimensions(grid.X / 2, grid.Y / 2, grid.Z / 2);
        var charge = densities.Charge with { Dimensions = half, Blocks = [.. densities.Charge.Blocks.Select(block => new GridBlock<double>(block.Meaning, EverySecond(block.Values)))] };
        return densities with { Charge = charge, Reference = ReferenceEquals(densities.Reference, densities.Charge.Blocks[0].Values) ? charge.Blocks[0].Values : EverySecond(densities.Reference) };

        double[] EverySecond(double[] values)
        {
            var kept = new double[half.Count];
            for (var z = 0; z < half.Z; z++)
                for (var y = 0; y < half.Y; y++)
                    for (var x = 0; x < half.X; x++) kept[half.Index(x, y, z)] = values[grid.Index(2 * x, 2 * y, 2 * z)];
            return kept;
        }
    }
}
