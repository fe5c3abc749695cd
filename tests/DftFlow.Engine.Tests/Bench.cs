using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DftFlow.Clusters;
using DftFlow.Crystals;
using DftFlow.Engine;
using DftFlow.Vasp.Inputs;
using DftFlow.Workflows;

namespace DftFlow.Tests.Engine;

/// <summary>A workspace in a temporary folder, and engines that are shell scripts.</summary>
public sealed class Bench : IDisposable
{
    private readonly ConcurrentQueue<CalculationProgress> progress = new();

    public Bench()
    {
        Folder = Directory.CreateTempSubdirectory("dftflow a 'test' ").FullName;
        Write("sample/OUTCAR", "sample 1.0\n General timing and accounting informations for this job:\n");
        Write("sample/OSZICAR", "DAV:   1    -0.900000E+01   -0.90000E+01   -0.1E+02   24   0.3E+02\nDAV:   2    -0.995000E+01   -0.95000E+00   -0.1E+01   24   0.3E+01\n   1 F= -.10000000E+02 E0= -.99500000E+01  d E =-.100000E+00  mag=     2.0000\n");
        Write("sample/vasprun.xml", new SampleVasprun().ToString());
    }

    public string Folder { get; }

    /// <summary>The file that the engines write a line to when they begin and end.</summary>
    public string Ledger => Path.Combine(Folder, "ledger");

    public string WorkspaceFolder => Path.Combine(Folder, "work space");

    public IReadOnlyCollection<CalculationProgress> Progress => progress;

    public IEnumerable<string> LedgerLines => File.Exists(Ledger) ? File.ReadAllLines(Ledger) : [];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>
    /// An engine whose script is given. Its argument is the number of ranks; <c>finish</c> leaves what a finished run leaves,
    /// <c>note WORDS</c> writes to the ledger, <c>is ID</c> tells which calculation it runs (POSCAR's comment).
    /// </summary>
    public EngineConfig Engine(string script)
    {
        const string prelude =
            """
            #!/bin/sh
            sample=$BENCH/sample
            note() { echo "$*" >>"$BENCH/ledger"; }
            is() { [ "$(head -n 1 POSCAR)" = "$1" ]; }
            finish() { cp "$sample"/* . && cp POSCAR CONTCAR; }
            """;
        var path = Write("engine " + RandomNumberGenerator.GetHexString(6), prelude + "\n" + script + "\n");
#pragma warning disable CA1416 // The tests of local runs are for Linux.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        return new EngineConfig { Command = [path, "{ranks}"] };
    }

    public ClusterConfig Cluster(EngineConfig engine, int cores = 2) => new()
    {
        Name = "bench",
        Cores = cores,
        Environment = Variables(("BENCH", Folder)),
        Engines = ImmutableSortedDictionary<string, EngineConfig>.Empty.Add("fake", engine),
    };

    public static ImmutableSortedDictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToImmutableSortedDictionary(v => v.Name, v => v.Value);

    /// <summary>LiF; its fingerprint is that of its id and the INCAR.</summary>
    public static PlannedCalculation Calculation(string id, string? after = null, Incar? incar = null, int? ranks = null, string? fingerprint = null)
    {
        incar ??= Incar.Of(new IncarTag("ENCUT", 500));
        var structure = new Structure(Lattice.FromParameters(4, 4, 4, 90, 90, 90),
            [new Site(Element.Parse("Li"), new Vector3D(0, 0, 0)), new Site(Element.Parse("F"), new Vector3D(0.5, 0.5, 0.5))]);
        return new PlannedCalculation
        {
            Id = id,
            Name = id,
            Labels = ImmutableSortedDictionary<string, string>.Empty,
            Engine = "fake",
            Cluster = "bench",
            Ranks = ranks,
            Input = new VaspInput(incar, new Kpoints(MeshScheme.Gamma, 1, 1, 1), structure, ["Li", "F"], id),
            StructureFrom = after,
            InputFingerprint = fingerprint ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {incar.ToText()}"))),
        };
    }

    public Workspace Open() => Workspace.Open(WorkspaceFolder);

    public Task<Execution> RunAsync(ClusterConfig cluster, params PlannedCalculation[] plan) => RunAsync(cluster, new ExecutionOptions(), TestContext.Current.CancellationToken, plan);

    public Task<Execution> RunAsync(ClusterConfig cluster, ExecutionOptions options, CancellationToken cancellationToken, params PlannedCalculation[] plan) =>
        PlanExecutor.RunAsync(plan, cluster, Open(), options with { PollInterval = TimeSpan.FromMilliseconds(20) }, Clock, new Collector(progress), cancellationToken);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Waits until a calculation's note says it, at most a minute.</summary>
    public Task UntilNoted(string words) => Until(() => Progress.Any(told => told.Note?.Contains(words, StringComparison.Ordinal) == true));

    /// <summary>The folders in <c>attempts/</c>, <c>failed/</c> or <c>damaged/</c> of the workspace; files too in <c>attempts/</c>.</summary>
    public string[] Left(string name) =>
        Directory.Exists(Path.Combine(WorkspaceFolder, name)) ? Directory.GetFileSystemEntries(Path.Combine(WorkspaceFolder, name)) : [];

    /// <summary>Waits until a condition holds, at most a minute.</summary>
    public static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!condition()) await Task.Delay(10, limit.Token);
    }

    public static bool IsAlive(string processId)
    {
        var stat = Path.Combine("/proc", processId.Trim(), "stat");
        try
        {
            return File.ReadAllText(stat).Split(") ")[1][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Collector(ConcurrentQueue<CalculationProgress> queue) : IProgress<CalculationProgress>
    {
        public void Report(CalculationProgress value) => queue.Enqueue(value);
    }
}
