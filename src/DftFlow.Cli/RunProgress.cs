using System.Collections.Concurrent;
using System.Globalization;
using DftFlow.Analysis;
using DftFlow.Engine;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace DftFlow.Cli;

/// <summary>
/// Shows on standard error what each calculation does: on a terminal a table that keeps itself up to date, elsewhere one line
/// for each change of state.
/// </summary>
internal sealed class RunProgress : IProgress<CalculationProgress>, IProgress<AnalysisStep>, IAsyncDisposable
{
    private const int MostRows = 30;

    private readonly ConcurrentDictionary<string, (CalculationProgress Latest, DateTimeOffset Seen)> latest = new(StringComparer.Ordinal);
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ended = new();
    private readonly Task drawing;
    private readonly IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly bool terminal;
    private readonly SemaphoreSlim screen = new(1);
    private int asking;
    private string? analysing;

    /// <param name="calculations">All of them: those that wait are shown too.</param>
    public RunProgress(IEnumerable<string> calculations, TimeProvider time)
    {
        this.time = time;
        // A terminal that cannot move its cursor (TERM=dumb) would get the table again and again.
        terminal = !Console.IsErrorRedirected && console.Profile.Capabilities.Ansi;
        foreach (var id in calculations)
            latest[id] = (new CalculationProgress(id, CalculationState.Pending, Cached: false, null, null, null, null, TimeSpan.Zero), time.GetUtcNow());
        drawing = terminal ? DrawAsync() : Task.CompletedTask;
    }

    public void Report(CalculationProgress value)
    {
        var before = latest.TryGetValue(value.Id, out var known) ? known.Latest : null;
        latest[value.Id] = (value, time.GetUtcNow());
        if (!terminal && (before?.State, before?.Note) != (value.State, value.Note))
            Output.Say($"{value.Id}: {Words(value)}");
    }

    public void Report(AnalysisStep value) => Volatile.Write(ref analysing, value.Doing + (value.Fraction is { } part ? string.Create(CultureInfo.InvariantCulture, $" {100 * part:0} %") : ""));

    /// <summary>Takes the table off the screen while something asks a person: a table that is drawn over a question hides it.</summary>
    public async Task<T> WhileAskingAsync<T>(Func<Task<T>> ask)
    {
        Interlocked.Increment(ref asking);
        await screen.WaitAsync();
        try
        {
            return await ask();
        }
        finally
        {
            Interlocked.Decrement(ref asking);
            screen.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await drawing;
        ended.Dispose();
        screen.Dispose();
    }

    private async Task DrawAsync()
    {
        // Nothing flickers over the screen where everything is there already.
        if (!await Waited(TimeSpan.FromSeconds(0.3))) return;
        try
        {
            while (await TurnAsync())
            {
                // Somebody was asked, and the table comes back.
            }
        }
        catch (IOException)
        {
            // The terminal has gone; the run needs none.
        }
    }

    /// <summary>Draws until the end, or until somebody is to be asked; whether there is more to draw.</summary>
    private async Task<bool> TurnAsync()
    {
        await screen.WaitAsync();
        try
        {
            var again = true;
            var display = console.Live(new Text(""));
            await display.StartAsync(async live =>
            {
                while (again && Volatile.Read(ref asking) == 0)
                {
                    again = await Waited(TimeSpan.FromSeconds(0.25));
                    live.UpdateTarget(Table());
                    live.Refresh();
                }
                display.AutoClear = again;
            });
            return again;
        }
        finally
        {
            screen.Release();
        }
    }

    private async Task<bool> Waited(TimeSpan span)
    {
        try
        {
            await Task.Delay(span, time, ended.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private IRenderable Table()
    {
        var rows = latest.Values.OrderBy(r => Rank(r.Latest.State)).ThenBy(r => r.Latest.Id, StringComparer.Ordinal).ToArray();
        var table = new Table().Border(TableBorder.None).AddColumn(new TableColumn("calculation").NoWrap()).AddColumn(new TableColumn("state").NoWrap()).AddColumn("ionic").AddColumn("SCF")
            .AddColumn(new TableColumn("E / eV").RightAligned()).AddColumn(new TableColumn("ΔE / eV").RightAligned()).AddColumn(new TableColumn("time").RightAligned());
        foreach (var (row, seen) in rows.Take(MostRows))
        {
            var elapsed = row.State == CalculationState.Running ? row.Elapsed + (time.GetUtcNow() - seen) : row.Elapsed;
            table.AddRow(
                Markup.Escape(row.Id),
                Coloured(row),
                Number(row.IonicStep),
                Number(row.ElectronicStep),
                row.EnergyEv?.ToString("0.00000", CultureInfo.InvariantCulture) ?? "",
                row.EnergyChangeEv?.ToString("0.0e+00", CultureInfo.InvariantCulture) ?? "",
                elapsed == TimeSpan.Zero ? "" : elapsed.ToString(elapsed.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture));
        }
        if (rows.Length > MostRows) table.AddRow($"… and {rows.Length - MostRows} more", "", "", "", "", "", "");
        if (Volatile.Read(ref analysing) is { } step && !ended.IsCancellationRequested) table.Caption(Markup.Escape(step));
        return table;

        static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
    }

    private static string Coloured(CalculationProgress row) => row.State switch
    {
        CalculationState.Completed => $"[green]{Markup.Escape(Words(row))}[/]",
        CalculationState.Failed => $"[red]{Markup.Escape(Words(row))}[/]",
        CalculationState.Running => $"[blue]{Markup.Escape(Words(row))}[/]",
        _ => Markup.Escape(Words(row)),
    };

    private static string Words(CalculationProgress row)
    {
        var state = row.Cached ? "cached" : row.State.ToString().ToLowerInvariant();
        return row.Note is { } note ? $"{state}: {note}" : state;
    }

    private static int Rank(CalculationState state) => state switch
    {
        CalculationState.Failed => 0,
        CalculationState.Running => 1,
        CalculationState.Pending => 2,
        _ => 3,
    };
}
