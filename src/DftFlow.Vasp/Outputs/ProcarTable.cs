using System.Collections.Immutable;

namespace DftFlow.Vasp.Outputs;

/// <summary>Gathers a PROCAR's numbers as the text brings them, an array a k-point; a band counts once all of its tables are there.</summary>
/// <param name="places">For each ion its row in the result, -1 for none; null where each has its own.</param>
/// <param name="rows">In the result; null: as many as there are ions.</param>
internal sealed class ProcarTable(int[]? places, int? rows, int orbitals)
{
    // Keeps every array far below what one can hold; text for so much of one k-point is tens of gigabytes.
    private const long MostNumbersOfKPoint = 1 << 30;

    private readonly List<float[]> finished = [];
    private double[] band = [];
    private float[] kPoint = [];
    private int used, rowCount = rows ?? 0;
    private bool first = true;

    public static int[] Places(ImmutableArray<int> ions)
    {
        var places = new int[ions.IsEmpty ? 0 : ions.Max() + 1];
        Array.Fill(places, -1);
        for (var i = 0; i < ions.Length; i++) places[ions[i]] = i;
        return places;
    }

    public bool Wants(int ion) => places is null || (ion < places.Length && places[ion] >= 0);

    /// <summary>States the number of ions; without it the first component must be filled before the others.</summary>
    public void SetRows(int ions) => rowCount = rows ?? ions;

    /// <summary>Where the numbers of an ion are to be added.</summary>
    public Span<double> Row(int component, int ion)
    {
        if (rows is null && component == 0 && ion >= rowCount) rowCount = ion + 1;
        var row = rows == 1 ? 0 : places is null ? ion : places[ion];
        var start = (component * rowCount + row) * orbitals;
        if (start + orbitals > band.Length) Array.Resize(ref band, Math.Max(start + orbitals, 2 * band.Length));
        return band.AsSpan(start, orbitals);
    }

    public void BeginBand() => Array.Clear(band);

    public void EndBand(int components)
    {
        var size = components * rowCount * orbitals;
        if (size > band.Length) Array.Resize(ref band, size);
        if ((long)used + size > MostNumbersOfKPoint)
            throw new DftFlowException("DF1431", "The projections of one k-point are more than the reader takes at once.", "Ask for some ions or orbitals, or for the sum over the ions.");
        if (used + size > kPoint.Length)
            Array.Resize(ref kPoint, first ? (int)Math.Min(MostNumbersOfKPoint, Math.Max(used + size, 2L * kPoint.Length)) : finished[0].Length);
        var to = kPoint.AsSpan(used, size);
        for (var i = 0; i < size; i++) to[i] = (float)band[i];
        used += size;
    }

    /// <summary>Begins a k-point; the one before has all of its bands.</summary>
    public void BeginKPoint(int? bands)
    {
        if (used > 0) Finish();
        first = bands is null;
    }

    private void Finish()
    {
        // All but the first are of its size, if the text is cut off with a rest that it did not bring.
        Array.Resize(ref kPoint, finished.Count == 0 ? used : finished[0].Length);
        kPoint.AsSpan(used).Fill(float.NaN);
        finished.Add(kPoint);
        (kPoint, used) = ([], 0);
    }

    public BandProjections? Result(ImmutableArray<string> names, int components, Eigenvalues bands)
    {
        if (used > 0) Finish();
        if (finished.Count == 0) return null;
        var all = ImmutableArray.CreateBuilder<float[]>(bands.SpinCount * bands.KPointCount);
        all.AddRange(finished);
        while (all.Count < all.Capacity)
        {
            var absent = new float[finished[0].Length];
            Array.Fill(absent, float.NaN);
            all.Add(absent);
        }
        return new BandProjections(names, bands.SpinCount, bands.BandCount, components, rowCount, all.MoveToImmutable());
    }
}
