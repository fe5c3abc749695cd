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
            Fill();
            var taken = Math.Max(0, Math.Min(wanted, (int)(tokens + 1e-9)));
            tokens -= taken;
            return taken;
        }
    }

    /// <summary>How long it is until there are so many, or as many as can be saved up.</summary>
    public TimeSpan TimeUntil(int wanted)
    {
        lock (gate)
        {
            Fill();
            var missing = Math.Floor(Math.Min(Math.Max(1, wanted), most)) - tokens;
            return TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, missing) / perMinute * 60_000));
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        tokens = Math.Min(most, tokens + time.GetElapsedTime(filled, now).TotalMinutes * perMinute);
        filled = now;
    }
}
