using System.Diagnostics;
using System.Globalization;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using DftFlow.Benchmarks;

// Without arguments: everything, beside the peer, as the Markdown that docs/performance.md holds. Otherwise BenchmarkDotNet's own arguments.
if (args is ["--memory", var reading])
{
    Memory.Run(reading);
    return;
}
if (args is ["--bader", var points])
{
    await BaderBenchmark.RunAsync(int.Parse(points, CultureInfo.InvariantCulture));
    return;
}
if (args is ["--thermodynamics"])
{
    ThermodynamicsBenchmark.Run(arguments => PeerSeconds("thermodynamics-peer.py", arguments));
    return;
}
if (args is ["--transfers"])
{
    await TransferBenchmark.RunAsync();
    return;
}
if (args is ["--queue"])
{
    await QueueBenchmark.RunAsync();
    return;
}
// The files for timing whole commands, where they lie.
if (args is ["--files"])
{
    foreach (var file in new[] { BenchmarkFiles.VasprunSlab(projectedBands: false), BenchmarkFiles.VasprunSlab(projectedBands: true) }) Console.WriteLine(file);
    return;
}
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(new InProcessNoEmitToolchain(TimeSpan.FromMinutes(10), logOutput: false))).WithArtifactsPath(Path.Combine(BenchmarkFiles.Folder, "..", "benchmarks"));
if (args.Length > 0)
{
    BenchmarkSwitcher.FromAssembly(typeof(ReaderBenchmarks).Assembly).Run(args, config);
    return;
}

var readings = BenchmarkRunner.Run<ReaderBenchmarks>(config);
var structures = BenchmarkRunner.Run<StructureBenchmarks>(config);
Console.WriteLine();
foreach (var line in Readings(readings).Concat([""]).Concat(Memory.Table()).Concat([""]).Concat(StructureBenchmarks.Table(structures, kind => PeerSeconds("structure-peer.py", kind)))) Console.WriteLine(line);

static IEnumerable<string> Readings(Summary summary)
{
    yield return "| reading | text, MB | median, ms | MB/s | allocated, MB | pymatgen, MB/s | times as fast |";
    yield return "|---|---:|---:|---:|---:|---:|---:|";
    var peers = new Dictionary<(string, string), double?>();
    foreach (var report in summary.Reports)
    {
        var name = report.BenchmarkCase.Descriptor.WorkloadMethod.Name;
        var (file, peer) = ReaderBenchmarks.Subjects[name];
        if (file() is not { } path || report.ResultStatistics is not { } statistics) continue;
        var megabytes = new FileInfo(path).Length / 1e6;
        var rate = megabytes / (statistics.Median / 1e9);
        var allocated = report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) / 1e6;
        if (peer is not null && !peers.ContainsKey((peer, path))) peers[(peer, path)] = PeerSeconds("peer.py", peer, path);
        var theirs = peer is not null && peers[(peer, path)] is { } seconds ? megabytes / seconds : (double?)null;
        yield return string.Create(CultureInfo.InvariantCulture,
            $"| {name.Replace('_', ' ')} | {megabytes:F0} | {statistics.Median / 1e6:F1} | {rate:F0} | {allocated:F1} | {theirs:F1} | {rate / theirs:F0} |");
    }
}

static double? PeerSeconds(string script, params string[] arguments)
{
    using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, script), .. arguments]) { RedirectStandardOutput = true });
    if (python is null) return null;
    var answer = python.StandardOutput.ReadToEnd();
    python.WaitForExit();
    return double.TryParse(answer.Split(' ')[0], CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
