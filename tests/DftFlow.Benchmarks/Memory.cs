using System.Diagnostics;
using System.Globalization;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Benchmarks;

/// <summary>How much memory a reading takes beyond what was asked for: measured as the peak of a process that does nothing else.</summary>
internal static class Memory
{
    private static readonly Dictionary<string, Func<(double AskedMiB, double TextMiB)>> Readings = new()
    {
        ["nothing"] = () => (0, 0),
        ["CHGCAR 300³, plain file"] = () => Grid(File.OpenRead(BenchmarkFiles.Chgcar300)),
        ["vasprun.xml of 1000 sites, total DOS"] = () => Dos(1000, VasprunContent.Dos, new(), 4),
        ["vasprun.xml of 4000 sites, total DOS"] = () => Dos(4000, VasprunContent.Dos, new(), 4),
        ["vasprun.xml of 4000 sites, p DOS of 100 of them"] = () => Dos(4000, VasprunContent.ProjectedDos, new((site, _) => site < 100, orbital => orbital.StartsWith('p')), 4 + 100 * 2 * 3),
    };

    public static void Run(string name)
    {
        var (asked, text) = Readings[name]();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{asked} {text} {process.PeakWorkingSet64 / 1048576.0}"));
    }

    /// <summary>A table of Markdown: each reading in a process of its own.</summary>
    public static IEnumerable<string> Table()
    {
        yield return "| reading | text, MiB | asked arrays, MiB | peak of the process beyond an idle one's, MiB |";
        yield return "|---|---:|---:|---:|";
        var idle = Measure("nothing")[2];
        foreach (var name in Readings.Keys.Skip(1))
        {
            var figures = Measure(name);
            yield return string.Create(CultureInfo.InvariantCulture, $"| {name} | {figures[1]:F0} | {figures[0]:F1} | {figures[2] - idle:F1} |");
        }
    }

    private static double[] Measure(string name)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--memory", name]) { RedirectStandardOutput = true })!;
        var answer = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return [.. answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
    }

    private static (double, double) Grid(FileStream file)
    {
        var length = file.Length;
        using (file)
        {
            var grid = VolumetricFile.Read<double>(file, new() { Kind = GridKind.Density });
            return (grid.Blocks[0].Values.Length * 8 / 1048576.0, length / 1048576.0);
        }
    }

    private static (double, double) Dos(int sites, VasprunContent content, ProjectionFilter filter, int arrays)
    {
        var stream = BenchmarkFiles.LongDos(sites);
        GC.KeepAlive(Vasprun.Read(stream, content, filter));
        return ((arrays + 1) * DosStream.Energies * 8 / 1048576.0, stream.Made / 1048576.0);
    }
}
