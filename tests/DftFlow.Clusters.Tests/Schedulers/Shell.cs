using System.Diagnostics;
using System.Text;
using DftFlow.Clusters.Transports;

namespace DftFlow.Clusters.Tests.Schedulers;

/// <summary>Runs lines of shell on this machine, as a cluster would run them, in folders of its own that go with it.</summary>
internal sealed class Shell : IDisposable
{
    public string Folder { get; } = System.IO.Directory.CreateTempSubdirectory("dftflow-sched-").FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string Program { get; init; } = "/bin/sh";

    /// <summary>A new folder with a file in it.</summary>
    public string Stage(string name, string file, string text)
    {
        var folder = Path.Combine(Folder, name);
        System.IO.Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, file), text);
        return folder;
    }

    public async Task<RemoteReply> RunAsync(string script, string? folder = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, [.. Program.EndsWith("bash", StringComparison.Ordinal) ? (string[])["--posix"] : [], "-c", script, .. arguments])
        {
            WorkingDirectory = folder ?? Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new RemoteReply(process.ExitCode, await output, await errors);
    }

    /// <summary>Waits until it is so, for at most half a minute.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> good)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (good(answer)) return answer;
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"Still {answer} after {clock.Elapsed.TotalSeconds:0} s");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        // What was killed just now may be writing still.
        for (var tries = 0; ; tries++)
        {
            try
            {
                System.IO.Directory.Delete(Folder, recursive: true);
                return;
            }
            catch (IOException) when (tries < 5)
            {
            }
        }
    }
}
