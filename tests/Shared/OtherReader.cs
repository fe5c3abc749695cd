using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace DftFlow.Tests;

/// <summary>Reads our files with other programs' readers (Debian's pymatgen and ASE); the test is skipped where they are absent.</summary>
internal static class OtherReader
{
    private const string Python = "/usr/bin/python3";

    /// <param name="script">Finds the file's text in <c>text</c> and leaves its answer in <c>answer</c>.</param>
    public static async Task<JsonElement> AskAsync(string module, string script, string text)
    {
        Assert.SkipUnless(File.Exists(Python) && (await RunAsync($"import importlib.util as u, sys; sys.exit(not u.find_spec('{module}'))", "")).Status == 0, $"{module} is not installed for {Python}");
        var (status, output, errors) = await RunAsync($"import json, sys, warnings\nwarnings.simplefilter('ignore')\ntext = sys.stdin.read()\n{script}\nprint(json.dumps(answer))", text);
        Assert.True(status == 0, errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(string script, string input)
    {
        var start = new ProcessStartInfo(Python, ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
