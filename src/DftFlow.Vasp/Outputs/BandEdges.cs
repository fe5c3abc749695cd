namespace DftFlow.Vasp.Outputs;

/// <summary>
/// Band edges from eigenvalues and occupations, both spins taken together. A state is occupied where it is more than half filled:
/// the tails of the smearing reach across the gap of a semiconductor, by any smaller threshold. The highest occupied and the lowest
/// unoccupied energy over all k-points are the edges.
/// </summary>
/// <param name="HighestOccupiedEv">On the file's own scale.</param>
/// <param name="LowestUnoccupiedEv">On the file's own scale.</param>
/// <param name="IsMetal">
/// The two overlap; or a spin channel has a different number of occupied bands at different k-points, so that bands cross the Fermi
/// level (a mesh of few points can leave a gap between the sampled energies of a metal); or a level is partly filled (an open
/// shell, or a gap that is smaller than the smearing).
/// </param>
/// <param name="IsDirect">Both edges lie at one k-point of the mesh.</param>
public sealed record BandEdges(double HighestOccupiedEv, double LowestUnoccupiedEv, bool IsMetal, bool IsDirect)
{
    /// <summary>Of an occupation from 0 to 1.</summary>
    public const double OccupationThreshold = 0.5;

    // By Gaussian smearing, within 0.9 SIGMA of the Fermi level.
    private const double PartlyFilled = 0.1;

    /// <summary>0 for a metal.</summary>
    public double GapEv => IsMetal ? 0 : LowestUnoccupiedEv - HighestOccupiedEv;

    /// <summary>The valence band's maximum; null for a metal.</summary>
    public double? VbmEv => IsMetal ? null : HighestOccupiedEv;

    /// <summary>The conduction band's minimum; null for a metal.</summary>
    public double? CbmEv => IsMetal ? null : LowestUnoccupiedEv;

    /// <summary>Null where there are no occupied or no unoccupied states, or an energy or occupation is not a number.</summary>
    public static BandEdges? Of(Eigenvalues eigenvalues)
    {
        double highest = double.NegativeInfinity, lowest = double.PositiveInfinity;
        bool direct = false, partly = false;
        for (var spin = 0; spin < eigenvalues.SpinCount; spin++)
        {
            int? occupiedElsewhere = null;
            for (var k = 0; k < eigenvalues.KPointCount; k++)
            {
                var occupied = 0;
                foreach (var occupation in eigenvalues.Occupations(spin, k))
                {
                    if (occupation > OccupationThreshold) occupied++;
                    partly |= occupation is > PartlyFilled and < 1 - PartlyFilled;
                }
                partly |= occupiedElsewhere is { } other && other != occupied;
                occupiedElsewhere = occupied;
            }
        }
        for (var k = 0; k < eigenvalues.KPointCount; k++)
        {
            if (!TryEdgesAt(eigenvalues, k, out var top, out var bottom)) return null;
            // Symmetry-equivalent points share an edge: any point that has both makes the gap direct.
            if (top > highest || bottom < lowest) direct = top >= highest && bottom <= lowest;
            else direct |= top == highest && bottom == lowest;
            highest = Math.Max(highest, top);
            lowest = Math.Min(lowest, bottom);
        }
        if (!double.IsFinite(highest) || !double.IsFinite(lowest)) return null;
        var metal = partly || lowest <= highest;
        return new BandEdges(highest, lowest, metal, direct && !metal);
    }

    private static bool TryEdgesAt(Eigenvalues eigenvalues, int k, out double top, out double bottom)
    {
        top = double.NegativeInfinity;
        bottom = double.PositiveInfinity;
        for (var spin = 0; spin < eigenvalues.SpinCount; spin++)
        {
            var energies = eigenvalues.EnergiesEv(spin, k);
            var occupations = eigenvalues.Occupations(spin, k);
            for (var band = 0; band < energies.Length; band++)
            {
                if (!double.IsFinite(energies[band]) || !double.IsFinite(occupations[band])) return false;
                if (occupations[band] > OccupationThreshold) top = Math.Max(top, energies[band]);
                else bottom = Math.Min(bottom, energies[band]);
            }
        }
        return true;
    }
}
