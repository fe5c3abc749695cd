using System.CommandLine;
using DftFlow.Vasp.Inspection;

namespace DftFlow.Cli;

/// <summary>Tells what became of runs, from the files that they left.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Directories of runs, or single files, compressed or not.", Arity = ArgumentArity.OneOrMore };
        var grids = new Option<bool>("--grids") { Description = "Reads CHGCAR, ELFCAR and the other grids of a directory too.", Arity = ArgumentArity.Zero };
        var json = new Option<bool>("--json") { Description = "Prints one JSON document on standard output.", Arity = ArgumentArity.Zero };
        var csv = new Option<bool>("--csv") { Description = "Prints one row for each PATH.", Arity = ArgumentArity.Zero };
        var command = new Command("inspect", "Tells what became of a VASP run: energy, gap, moments, convergence, errors.") { paths, grids, json, csv };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(paths) ?? [], parsed.GetValue(grids), parsed.GetValue(json), parsed.GetValue(csv), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths, bool grids, bool json, bool csv, CancellationToken cancellation)
    {
        foreach (var path in paths)
            if (path.StartsWith('-') && !Path.Exists(path)) throw new DftFlowException("DF1900", $"'{path}' is not an option of this command.", "Add --help to see what there is.");
        if (json && csv) throw new DftFlowException("DF1900", "Only one of --json and --csv can be printed.", "Leave one of them out.");
        if (paths.Length == 1 && !csv)
        {
            // What cannot be read is the one answer, and ends the command.
            var only = await InspectOneAsync(paths[0], grids, cancellation);
            if (only.Inspection is not { } inspection) throw only.Error!;
            if (json) Output.Json(InspectJson.Document(inspection));
            else InspectScreen.Print(inspection);
            return ExitStatus.Done;
        }

        if (csv) Console.Out.Write(InspectTable.Header);
        var all = new List<InspectedPath>();
        await using (var progress = csv && !Console.IsOutputRedirected ? null : new TerminalProgress(TimeProvider.System))
            await foreach (var one in InspectAllAsync(paths, grids, cancellation))
            {
                all.Add(one);
                if (csv) Console.Out.Write(InspectTable.Row(one));
                if (!json && one.Error is { } error) Output.Tell(error);
                progress?.Report(new($"{all.Count} of {paths.Length}", (double)all.Count / paths.Length));
            }
        if (json) Output.Json(InspectJson.Document(all));
        else if (!csv) InspectScreen.Print(all);
        var failed = all.Count(one => one.Error is not null);
        return failed == 0 ? ExitStatus.Done : failed < all.Count ? ExitStatus.Failed : ExitStatus.BadRequest;
    }

    /// <summary>Several at a time, told in the order in which they were given.</summary>
    private static async IAsyncEnumerable<InspectedPath> InspectAllAsync(string[] paths, bool grids, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var workers = new SemaphoreSlim(Environment.ProcessorCount);
        // Finished ones wait here for those before them. A path enters in its turn, so that the first always has its place: workers
        // that took paths and places one after the other could fill all places behind a path that has none.
        var begun = new Queue<Task<InspectedPath>>();
        try
        {
            foreach (var path in paths)
            {
                if (begun.Count == 4 * Environment.ProcessorCount) yield return await begun.Dequeue();
                begun.Enqueue(Task.Run(() => WorkAsync(path), stop.Token));
            }
            while (begun.TryDequeue(out var next)) yield return await next;
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var task in begun) await task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        async Task<InspectedPath> WorkAsync(string path)
        {
            await workers.WaitAsync(stop.Token);
            try
            {
                return await InspectOneAsync(path, grids, stop.Token);
            }
            finally
            {
                workers.Release();
            }
        }
    }

    private static async Task<InspectedPath> InspectOneAsync(string path, bool grids, CancellationToken cancellation)
    {
        try
        {
            return new(path, await Inspector.InspectAsync(path, grids, cancellation), null);
        }
        catch (DftFlowException error)
        {
            return new(path, null, error.InFile(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new(path, null, new DftFlowException("DF1902", error.Message, "Is the disk there, and may you read it?", file: path, inner: error));
        }
    }
}

/// <summary>One of several paths: what it tells, or why it tells nothing.</summary>
internal sealed record InspectedPath(string Path, Inspection? Inspection, DftFlowException? Error);
