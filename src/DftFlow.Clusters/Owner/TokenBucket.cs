namespace DftFlow.Clusters.Owner;

/// <summary>How many submissions may be made now: so many a minute, a few of which may be saved up.</summary>
public sealed class TokenBucket(double perMinute, TimeProvider time)
{
    private readonly double most = Math.Max(1, perMinute / 4);
    private readonly Lock gate = new();
    private double tokens = Math.Max(1, perMinute / 4);
    private long filled = time.GetTimestamp();

    /// <summary>Takes up to so many; returns how many there were.</summary>
    public int Take(int wanted)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            tokens = Math.Min(most, tokens + time.GetElapsedTime(filled, now).TotalMinutes * perMinute);
            filled = now;
            var taken = Math.Max(0, Math.Min(wanted, (int)(tokens + 1e-9)));
            tokens -= taken;
            return taken;
        }
    }
}
