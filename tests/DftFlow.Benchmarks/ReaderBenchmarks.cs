using BenchmarkDotNet.Attributes;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Grids;
using DftFlow.Vasp.Text;

namespace DftFlow.Benchmarks;

/// <summary>Reading whole files. A benchmark whose file is not there (the corpus is absent) returns null, and is left out of the table.</summary>
[MemoryDiagnoser]
public class ReaderBenchmarks
{
    /// <summary>For each benchmark the file that it reads, and what the peer calls it; null where the peer has no such reader.</summary>
    internal static readonly Dictionary<string, (Func<string?> File, string? Peer)> Subjects = new()
    {
        [nameof(Chgcar_one_core)] = (() => BenchmarkFiles.Chgcar200, "chgcar"),
        [nameof(Chgcar_two_cores)] = (() => BenchmarkFiles.Chgcar200, "chgcar"),
        [nameof(Vasprun_dos)] = (() => BenchmarkFiles.Vasprun39, "vasprun-dos"),
        [nameof(Vasprun_dense_projected_dos)] = (() => BenchmarkFiles.VasprunDense, "vasprun-dos"),
        [nameof(Vasprun_eigenvalues)] = (() => BenchmarkFiles.Vasprun39, "vasprun-eigenvalues"),
        [nameof(Vasprun_whole)] = (() => BenchmarkFiles.Vasprun39, "vasprun-all"),
        [nameof(Doscar_projected)] = (() => BenchmarkFiles.Doscar, null),
        [nameof(Procar_projected)] = (() => BenchmarkFiles.Procar57, "procar"),
        [nameof(Outcar_summary)] = (() => BenchmarkFiles.Outcar28, "outcar"),
    };

    [Benchmark]
    public object? Chgcar_one_core() => Read(BenchmarkFiles.Chgcar200, stream => VolumetricFile.Read<double>(stream, new() { Kind = GridKind.Density, Threads = 1 }));

    [Benchmark]
    public object? Chgcar_two_cores() => Read(BenchmarkFiles.Chgcar200, stream => VolumetricFile.Read<double>(stream, new() { Kind = GridKind.Density, Threads = 2 }));

    [Benchmark]
    public object? Vasprun_dos() => Read(BenchmarkFiles.Vasprun39, stream => Vasprun.Read(stream, VasprunContent.ProjectedDos));

    [Benchmark]
    public object? Vasprun_dense_projected_dos() => Read(BenchmarkFiles.VasprunDense, stream => Vasprun.Read(stream, VasprunContent.ProjectedDos));

    [Benchmark]
    public object? Vasprun_eigenvalues() => Read(BenchmarkFiles.Vasprun39, stream => Vasprun.Read(stream, VasprunContent.Eigenvalues));

    [Benchmark]
    public object? Vasprun_whole() => Read(BenchmarkFiles.Vasprun39, stream => Vasprun.Read(stream, VasprunContent.All));

    [Benchmark]
    public object? Doscar_projected() => Read(BenchmarkFiles.Doscar, stream => Doscar.Read(stream));

    [Benchmark]
    public object? Procar_projected() => Read(BenchmarkFiles.Procar57, stream => Procar.Read(stream));

    [Benchmark]
    public object? Outcar_summary() => Read(BenchmarkFiles.Outcar28, stream => Outcar.Read(stream));

    private static object? Read(string? path, Func<Stream, object> read)
    {
        if (path is null) return null;
        using var stream = TextFile.Open(path);
        return read(stream);
    }
}
