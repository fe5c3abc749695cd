using DftFlow.Analysis;

namespace DftFlow.Cli;

/// <summary>What a command is doing and how far it is, on the terminal of standard error, once it has taken a while.</summary>
internal sealed class TerminalProgress : IProgress<AnalysisStep>, IAsyncDisposable
{
    private const int BarWidth = 30;

    private readonly ITimer? timer;
    // A box, so that the timer's thread never sees half of a step.
    private object? current;
    private bool drawn;

    public TerminalProgress(TimeProvider time)
    {
        var terminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        timer = terminal ? time.CreateTimer(_ => Draw(), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.25)) : null;
    }

    public void Report(AnalysisStep value) => Volatile.Write(ref current, value);

    public async ValueTask DisposeAsync()
    {
        if (timer is null) return;
        await timer.DisposeAsync();
        if (drawn) Console.Error.Write("\r\e[K");
    }

    private void Draw()
    {
        if (Volatile.Read(ref current) is not AnalysisStep step) return;
        drawn = true;
        var bar = "";
        if (step.Fraction is { } fraction)
        {
            var full = (int)(BarWidth * Math.Clamp(fraction, 0, 1));
            bar = $"{new string('█', full)}{new string('░', BarWidth - full)} ";
        }
        Console.Error.Write($"\r{bar}{Output.Printable(step.Doing)}\e[K");
    }
}
