namespace DftFlow.Vasp.Outputs;

/// <summary>Energies and occupations of one spin, as a text brings them: band by band, k-point by k-point.</summary>
internal sealed class EigenvalTable
{
    private readonly List<double> energies = [], occupations = [];

    /// <summary>Of every k-point; null until the first has ended.</summary>
    public int? Bands { get; private set; }

    public int BandsOfKPoint { get; private set; }

    public int Count => energies.Count;

    /// <summary>K-points of which there is at least one band.</summary>
    public int KPoints => Count == 0 ? 0 : (Count - 1) / (Bands ?? Count) + 1;

    public double HighestOccupation { get; private set; }

    public void BeginKPoint() => BandsOfKPoint = 0;

    public void Add(double energyEv, double occupation)
    {
        energies.Add(energyEv);
        occupations.Add(occupation);
        BandsOfKPoint++;
        if (occupation > HighestOccupation) HighestOccupation = occupation;
    }

    public void EndKPoint() => Bands ??= BandsOfKPoint;

    /// <summary>The spins together: what the text did not bring of the later k-points is NaN; null where there is nothing.</summary>
    public static Eigenvalues? Join(ReadOnlySpan<EigenvalTable> spins, double occupationOfFullBand = 1)
    {
        if (spins[0].Count == 0) return null;
        var (kPoints, bands) = (spins[0].KPoints, spins[0].Bands ?? spins[0].Count);
        var (allEnergies, allOccupations) = (new double[spins.Length * kPoints * bands], new double[spins.Length * kPoints * bands]);
        allEnergies.AsSpan().Fill(double.NaN);
        allOccupations.AsSpan().Fill(double.NaN);
        for (var spin = 0; spin < spins.Length; spin++)
        {
            spins[spin].energies.CopyTo(allEnergies, spin * kPoints * bands);
            spins[spin].occupations.CopyTo(allOccupations, spin * kPoints * bands);
        }
        if (occupationOfFullBand != 1)
            for (var i = 0; i < allOccupations.Length; i++) allOccupations[i] /= occupationOfFullBand;
        return new Eigenvalues(spins.Length, kPoints, bands, allEnergies, allOccupations);
    }
}
