using System.Collections.Immutable;
using System.Text;
using CsCheck;
using DftFlow.Clusters.JobScripts;
using DftFlow.Clusters.Schedulers;
using DftFlow.Clusters.Tests.Schedulers;
using DftFlow.Tests;

namespace DftFlow.Clusters.Tests.JobScripts;

/// <summary>Scripts are made and really run, by the shells that clusters have as /bin/sh.</summary>
public sealed class RunningScriptTests
{
    public static TheoryData<string> Shells => ["/bin/dash", "/bin/bash"];

    private static readonly string Template = JobTemplates.Find("slurm", userFolder: "/nowhere").Text;

    private static readonly string[] Nasty =
        ["a; rm -rf ~", "$(touch x)", "`touch x`", "'", "\"", "'; touch x; '", "\\", "\\'", "\n", "a\nb\n", "é – 水 🜁", "-n", "--", "*", "~", "$HOME", "${IFS}", "#", "&", "|", "> x", "!!", "%s", "{{ name }}", "{% run %}", "\t", " ", "\r", "\u2028", "a=b", "[a-z]", "", "x"];

    private static readonly Gen<string> Awkward = Gen.OneOf(
        Gen.Int[0, Nasty.Length - 1].Select(index => Nasty[index]),
        Gen.Char[' ', '~'].Array[0, 12].Select(text => new string(text)),
        Gen.Int[1, 0x10FFFF].Where(Rune.IsValid).Array[0, 6].Select(runes => string.Concat(runes.Select(rune => new Rune(rune).ToString()))));

    private sealed record Case(string Folder, ImmutableArray<string> Arguments, string Variable, string Output);

    private static readonly Gen<Case> Cases =
        from folder in Awkward.Where(text => text is not ("" or "." or "..") && !text.Contains('/', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(text) < 200)
        // What begins as a path of the account's is filled in, on purpose.
        from arguments in Awkward.Where(text => !text.StartsWith('~') && !text.StartsWith('$') || !text.Contains('/', StringComparison.Ordinal)).Array[0, 5]
        from variable in Awkward
        from output in Awkward.Where(text => text is not ("" or "." or "..") && !text.Contains('/', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(text) < 200 && !text.StartsWith("dftflow-", StringComparison.Ordinal))
        select new Case(folder, [.. arguments], variable, output);

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task No_value_does_harm(string program)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not there");
        using var shell = new Shell { Program = program };
        var number = 0;
        await Cases.SampleAsync(async sample =>
        {
            // A folder of its own, in which nothing else may appear.
            var around = Path.Combine(shell.Folder, Interlocked.Increment(ref number).ToString(System.Globalization.CultureInfo.InvariantCulture));
            var folder = Path.Combine(around, sample.Folder);
            Directory.CreateDirectory(folder);
            var script = JobScript.Render(Template, new JobRequest
            {
                Name = "dfx",
                Directory = folder,
                Command = ["/bin/sh", "-c", "printf '%s\\0' \"$VALUE\" \"$PWD\" \"$@\"", "sh", .. sample.Arguments],
                OutputFile = sample.Output,
                Environment = ImmutableSortedDictionary<string, string>.Empty.Add("VALUE", sample.Variable),
            });
            var reply = await shell.RunAsync(script, around);
            Assert.Equal((0, ""), (reply.ExitStatus, reply.Error));
            string[] expected = [sample.Variable, folder, .. sample.Arguments, ""];
            Assert.Equal(expected, File.ReadAllText(Path.Combine(folder, sample.Output)).Split('\0'));
            Assert.Equal([folder], Directory.GetFileSystemEntries(around));
            Assert.Equal(new[] { "dftflow-exit", "dftflow-start", sample.Output }.Order(StringComparer.Ordinal), Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }, iter: Effort.Iterations(60), threads: 1);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Programs_and_arguments_may_be_paths_of_the_account(string program)
    {
        Assert.SkipUnless(File.Exists(program), $"{program} is not there");
        using var shell = new Shell { Program = program };
        shell.Environment["HOME"] = shell.Stage("ann's home", "say", "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
#pragma warning disable CA1416 // Clusters are not run on Windows.
        File.SetUnixFileMode(Path.Combine(shell.Environment["HOME"], "say"), (UnixFileMode)0x1ED);
#pragma warning restore CA1416
        var reply = await shell.RunAsync(Script(shell.Folder, "~/say", "$HOME/a b", "${HOME}/$(touch x);`touch x`\"'", "~/../x", "$NO_SUCH_VARIABLE/x", "--in=~/x", "$HOME"));
        Assert.Equal(0, reply.ExitStatus);
        var home = shell.Environment["HOME"];
        Assert.Equal([$"{home}/a b", $"{home}/$(touch x);`touch x`\"'", "~/../x", "$NO_SUCH_VARIABLE/x", "--in=~/x", "$HOME", ""], File.ReadAllText(Path.Combine(shell.Folder, "vasp.out")).Split('\n'));
        Assert.False(File.Exists(Path.Combine(shell.Folder, "x")));
    }

    private static readonly JobRequest Plain = new() { Name = "dfx", Directory = "/", Command = ["true"] };

    private static string Script(string folder, params ReadOnlySpan<string> command) =>
        JobScript.Render(Template, Plain with { Directory = folder, Command = [.. command] });

    private static JobEnd? EndOf(string folder) => JobEnd.Read(File.ReadAllText(Path.Combine(folder, "dftflow-exit")));

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Records_its_start_and_its_end(string program)
    {
        using var shell = new Shell { Program = program };
        shell.Environment["SLURM_JOB_ID"] = "4711";
        var folder = shell.Stage("job", "dftflow-exit", "status 0\nof an earlier run");
        var reply = await shell.RunAsync(Script(folder, "sh", "-c", "cat dftflow-start; test -e dftflow-exit && echo stale; exit 3"));
        Assert.Equal(3, reply.ExitStatus);
        Assert.Matches("^host .+\njob 4711\ntime [0-9]{10,}\nend\n$", File.ReadAllText(Path.Combine(folder, "vasp.out")));
        var end = EndOf(folder);
        Assert.Equal((3, null, "4711"), (end?.ExitStatus, end?.Signal, end?.JobId));
        Assert.InRange(end!.Time, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), TimeProvider.System.GetUtcNow().AddSeconds(2));
    }

    [Theory]
    [InlineData("/bin/dash", "TERM", 143)]
    [InlineData("/bin/dash", "USR1", 138)]
    [InlineData("/bin/dash", "XCPU", 152)]
    [InlineData("/bin/bash", "TERM", 143)]
    [InlineData("/bin/bash", "USR1", 138)]
    [InlineData("/bin/bash", "XCPU", 152)]
    public async Task Passes_a_signal_on_and_records_it(string program, string signal, int status)
    {
        using var shell = new Shell { Program = program };
        var folder = shell.Stage("job", "x", "");
        var reply = await shell.RunAsync(Script(folder, "sh", "-c", $"kill -{signal} $PPID; exec sleep 60"));
        Assert.Equal(status, reply.ExitStatus);
        Assert.Equal((status, signal), (EndOf(folder)?.ExitStatus, EndOf(folder)?.Signal));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_program_that_minds_a_signal_ends_as_it_likes(string program)
    {
        using var shell = new Shell { Program = program };
        var folder = shell.Stage("job", "x", "");
        var reply = await shell.RunAsync(Script(folder, "sh", "-c", "trap 'echo told; sleep 1; exit 7' USR1; kill -USR1 $PPID; while :; do sleep 0.1; done"));
        Assert.Equal(7, reply.ExitStatus);
        Assert.Equal("told\n", File.ReadAllText(Path.Combine(folder, "vasp.out")));
        Assert.Equal((7, "USR1"), (EndOf(folder)?.ExitStatus, EndOf(folder)?.Signal));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task A_program_that_is_killed_or_is_not_there_is_recorded_so(string program)
    {
        using var shell = new Shell { Program = program };
        var folder = shell.Stage("job", "x", "");
        Assert.Equal(137, (await shell.RunAsync(Script(folder, "sh", "-c", "kill -9 $$"))).ExitStatus);
        Assert.Equal((137, null), (EndOf(folder)?.ExitStatus, EndOf(folder)?.Signal));
        Assert.Equal(127, (await shell.RunAsync(Script(folder, "no-such-program"))).ExitStatus);
        Assert.Equal(127, EndOf(folder)?.ExitStatus);
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Setup_that_fails_ends_the_job_with_a_record(string program)
    {
        using var shell = new Shell { Program = program };
        var folder = shell.Stage("job", "x", "");
        foreach (var (setup, status) in new[] { ("exit 5", 5), ("set -eu; false", 1), ("kill -TERM $$; sleep 5", 143) })
        {
            var script = JobScript.Render(Template, Plain with { Directory = folder, Command = ["touch", "ran"], Setup = [setup] });
            Assert.Equal(status, (await shell.RunAsync(script)).ExitStatus);
            Assert.Equal(status, EndOf(folder)?.ExitStatus);
        }
        Assert.False(File.Exists(Path.Combine(folder, "ran")));
        // Such settings do no harm to what comes after them.
        var strict = JobScript.Render(Template, Plain with { Directory = folder, Command = ["sh", "-c", "trap '' USR1; kill -USR1 $PPID; sleep 1; exit 4"], Setup = ["set -eu"] });
        shell.Environment["SLURM_JOB_ID"] = "1";
        Assert.Equal(4, (await shell.RunAsync(strict)).ExitStatus);
        Assert.Equal((4, "USR1"), (EndOf(folder)?.ExitStatus, EndOf(folder)?.Signal));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Modules_are_loaded_where_the_shell_does_not_know_them_yet(string program)
    {
        using var shell = new Shell { Program = program };
        var home = shell.Stage("modules/init", "sh", "module() { [ \"$2\" != broken ] && LOADED=\"${LOADED-}$2;\" && export LOADED; }\n");
        shell.Environment["MODULESHOME"] = Path.GetDirectoryName(home)!;
        var folder = shell.Stage("job", "x", "");
        var request = Plain with { Directory = folder, Command = ["sh", "-c", "echo \"$LOADED $OMP_NUM_THREADS\""], Modules = ["intel/2024", "a b$(touch x)"], Threads = 4 };
        Assert.Equal(0, (await shell.RunAsync(JobScript.Render(Template, request))).ExitStatus);
        Assert.Equal("intel/2024;a b$(touch x); 4\n", File.ReadAllText(Path.Combine(folder, "vasp.out")));
        var broken = await shell.RunAsync(JobScript.Render(Template, request with { Modules = ["broken"] }));
        Assert.Equal((1, "The module could not be loaded: broken\n"), (broken.ExitStatus, broken.Error));
        Assert.Equal(1, EndOf(folder)?.ExitStatus);
    }

    [Fact]
    public async Task A_folder_that_is_gone_ends_the_job_before_anything_runs()
    {
        using var shell = new Shell();
        var reply = await shell.RunAsync(Script(Path.Combine(shell.Folder, "gone"), "touch", "ran"));
        Assert.Equal(1, reply.ExitStatus);
        Assert.Empty(Directory.GetFileSystemEntries(shell.Folder));
    }

    [Fact]
    public void An_end_record_that_was_cut_is_none()
    {
        const string Whole = "status 143\nsignal TERM\njob 123\ntime 1800000000\nend\n";
        Assert.Equal(new JobEnd(143, "TERM", "123", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)), JobEnd.Read(Whole));
        for (var length = 0; length < Whole.Length; length++) Assert.Null(JobEnd.Read(Whole[..length]));
        foreach (var bad in (string[])["status x\nsignal none\njob 1\ntime 1\nend\n", "status -1\nsignal none\njob 1\ntime 1\nend\n", "job 1\ntime 1\nend\n", "status 0\nsignal none\njob 1\ntime 99999999999999999999\nend\n", "end\n"])
            Assert.Null(JobEnd.Read(bad));
        Mutated.OnlyFailsWithItsOwnError(text => JobEnd.Read(text), Whole);
    }
}
