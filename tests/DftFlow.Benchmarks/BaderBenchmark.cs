using System.Diagnostics;
using System.Globalization;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Benchmarks;

/// <summary>
/// Bader charges as users get them: <c>dftflow analyze bader</c> as a whole process, from AECCAR0, AECCAR2 and CHGCAR to JSON, beside
/// the Henkelman group's program where it is called <c>bader</c> and is on the PATH.
/// </summary>
internal static class BaderBenchmark
{
    private const int Repeats = 3;

    public static async Task RunAsync(int points)
    {
        var folder = Folder(points);
        var ours = Path.Combine(BenchmarkFiles.Root(), "dftflow");
        Console.WriteLine("| program | method | wall, s | processors, s | peak memory, GB |");
        Console.WriteLine("|---|---|---:|---:|---:|");
        foreach (var method in new[] { "weight", "neargrid", "ongrid" }) await MeasureAsync("dftflow", method, ours, ["analyze", "bader", folder, "--method", method, "--json"], folder);
        if (Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(path => File.Exists(Path.Combine(path, "bader"))))
            foreach (var method in new[] { "weight", "neargrid", "ongrid" }) await MeasureAsync("bader", method, "bader", ["-b", method, "CHGCAR", "-ref", "CHGCAR_sum"], folder);
    }

    private static async Task MeasureAsync(string program, string method, string file, string[] arguments, string folder)
    {
        var runs = new List<(double Wall, double Processors, double Peak)>();
        for (var i = 0; i < Repeats; i++)
        {
            // GNU time tells what the whole process took.
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/time", ["-f", "%e %U %S %M", file, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var figures = (await process.StandardError.ReadToEndAsync()).Trim().Split('\n')[^1].Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
            await output;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
            runs.Add((figures[0], figures[1] + figures[2], figures[3] / 1e6));
        }
        var median = runs.OrderBy(run => run.Wall).ElementAt(Repeats / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {program} | {method} | {median.Wall:F2} | {median.Processors:F2} | {median.Peak:F2} |"));
    }

    /// <summary>LiF, eight atoms, as sums of Gaussians: cores, what is around them, and what lies between the atoms.</summary>
    private static string Folder(int points)
    {
        const double LengthA = 4.06;
        var folder = Path.Combine(BenchmarkFiles.Folder, string.Create(CultureInfo.InvariantCulture, $"bader-{points}"));
        if (File.Exists(Path.Combine(folder, "CHGCAR_sum"))) return folder;
        Directory.CreateDirectory(folder);
        (double Electrons, double WidthA)[] lithiumCore = [(2, 0.12)], lithium = [(0.08, 0.5)], fluorineCore = [(2, 0.06)], fluorine = [(2.4, 0.18), (4.2, 0.35), (1.32, 0.6)];
        Vector3D[] cations = [new(0, 0, 0), new(0, 0.5, 0.5), new(0.5, 0, 0.5), new(0.5, 0.5, 0)], anions = [.. cations.Select(place => place + new Vector3D(0.5, 0.5, 0.5))];
        var core = Sum([(cations, lithiumCore), (anions, fluorineCore)]);
        var valence = Sum([(cations, lithium), (anions, fluorine)]);
        Write("AECCAR0", core);
        Write("AECCAR2", valence);
        Write("CHGCAR", valence);
        for (var i = 0; i < core.Length; i++) core[i] += valence[i];
        Write("CHGCAR_sum", core);
        return folder;

        double[] Sum((Vector3D[] Places, (double Electrons, double WidthA)[] Shells)[] kinds)
        {
            var values = new double[(long)points * points * points];
            foreach (var (places, shells) in kinds)
                foreach (var place in places)
                    foreach (var (electrons, width) in shells)
                    {
                        double[] x = Along(place.X, width), y = Along(place.Y, width), z = Along(place.Z, width);
                        // The mean over the cell is the number of electrons: so it stands in the files.
                        Parallel.For(0, points, k =>
                        {
                            for (var j = 0; j < points; j++)
                                for (var i = 0; i < points; i++) values[i + (long)points * (j + (long)points * k)] += electrons * x[i] * y[j] * z[k];
                        });
                    }
            return values;
        }

        double[] Along(double place, double width) => [.. Enumerable.Range(0, points).Select(i => Enumerable.Range(-3, 7).Sum(image =>
        {
            var distance = ((double)i / points - place + image) * LengthA;
            return Math.Exp(-distance * distance / (2 * width * width)) / (width * Math.Sqrt(2 * Math.PI)) * LengthA;
        }))];

        void Write(string name, double[] values)
        {
            using var stream = File.Create(Path.Combine(folder, name));
            VolumetricFile.Write(stream, new VolumetricData<double>
            {
                Comment = "made for a benchmark",
                Lattice = Lattice.FromParameters(LengthA, LengthA, LengthA, 90, 90, 90),
                Species = [new(Element.Parse("Li"), 4), new(Element.Parse("F"), 4)],
                Positions = [.. cations, .. anions],
                Kind = GridKind.Density,
                Dimensions = new(points, points, points),
                Blocks = [new(GridMeaning.Total, values)],
            });
        }
    }
}
