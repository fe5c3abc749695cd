using System.Globalization;

namespace DftFlow.Cli;

/// <summary>How many of many paths are done, on the terminal of standard error, once it has taken a while.</summary>
internal sealed class InspectProgress : IAsyncDisposable
{
    private const int BarWidth = 30;

    private readonly int total;
    private readonly ITimer? timer;
    private int done;
    private bool drawn;

    public InspectProgress(int total, TimeProvider time)
    {
        this.total = total;
        var terminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        timer = terminal ? time.CreateTimer(_ => Draw(), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.25)) : null;
    }

    public void Report(int count) => done = count;

    public async ValueTask DisposeAsync()
    {
        if (timer is null) return;
        await timer.DisposeAsync();
        if (drawn) Console.Error.Write("\r\e[K");
    }

    private void Draw()
    {
        drawn = true;
        var full = (int)((long)BarWidth * done / total);
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{new string('█', full)}{new string('░', BarWidth - full)} {done} of {total}"));
    }
}
