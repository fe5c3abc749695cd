using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace DftFlow.Tests.EndToEnd;

/// <summary>What a command said and how it ended.</summary>
internal sealed record CommandResult(int Status, string Output, string Errors)
{
    /// <summary>The one JSON document on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

/// <summary>Runs <c>./dftflow</c> as a user does, in a folder of its own with a blank in its name.</summary>
internal sealed class Sandbox : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("dftflow end to end ").FullName;

    public string Workspace => Path.Combine(Folder, "work space");

    public Dictionary<string, string> Environment { get; } = [];

    public void Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>An engine of our own, as a cluster that the workflow can name.</summary>
    public void WriteCluster(string name, params string[] command)
    {
        Write($"config/dftflow/clusters/{name}.yaml", $$"""
            name: {{name}}
            cores: 2
            engines:
              gpaw-vasp: { command: {{JsonSerializer.Serialize(command)}} }
            """);
        Environment["XDG_CONFIG_HOME"] = Path.Combine(Folder, "config");
    }

    public Task<CommandResult> DftflowAsync(params string[] arguments) => DftflowAsync(_ => Task.CompletedTask, arguments);

    /// <param name="meanwhile">Gets the process while it runs.</param>
    public async Task<CommandResult> DftflowAsync(Func<Process, Task> meanwhile, params string[] arguments) =>
        await RunAsync(Path.Combine(TestPaths.Repository, "dftflow"), meanwhile, arguments);

    public async Task<CommandResult> RunAsync(string program, Func<Process, Task> meanwhile, params string[] arguments)
    {
        // Where the tests themselves run in the background, they would hand on that SIGINT is ignored.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["DFTFLOW_WORKSPACE"] = Workspace;
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await meanwhile(process);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} has not ended in ten minutes.");
        }
        return new CommandResult(process.ExitCode, await output, await errors);
    }

    public static void Interrupt(Process process) => Assert.Equal(0, Kill(process.Id, 2));

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);
}
