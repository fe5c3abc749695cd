using System.Diagnostics;
using System.Globalization;
using DftFlow.Analysis.Thermodynamics;
using DftFlow.Crystals;

namespace DftFlow.Benchmarks;

/// <summary>Hulls, interface reactions and windows, by the processor time that they take, beside the peer's on the same entries.</summary>
internal static class ThermodynamicsBenchmark
{
    private const int Repetitions = 7;

    public static void Run(Func<string[], double?> peerSeconds)
    {
        var file = Path.Combine(BenchmarkFiles.Root(), "workflows", "reference-energies", "mp2020-gga.csv");
        var entries = Read();
        string[] four = ["Li", "Mn", "O", "F"];
        var quaternary = entries.Where(entry => entry.Composition.Elements.All(element => four.Contains(element.Symbol))).ToArray();
        var all = new PhaseDiagram(entries);
        var (lithium, oxide, halide, fluoride) = (Element.Parse("Li"), Composition.Parse("Li2MnO3"), Composition.Parse("Li2.6In0.8Ta0.2Cl6"), Composition.Parse("Li3ScF6"));
        var reactants = all.Stabilities().Where(phase => phase.EnergyAboveHullEvPerAtom < 1e-8 && phase.Entry!.Composition.Amounts.Count > 1).Select(phase => phase.Entry!.Composition.Reduced()).ToArray();
        var pairs = reactants[..50].SelectMany(first => reactants[^50..], (first, second) => (new ChosenPhase(first), new ChosenPhase(second))).ToArray();

        Console.WriteLine("| thermodynamics | processor, ms | wall, ms | pymatgen, processor ms | times as fast |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        Row($"reading {entries.Count} entries", () => Read(), "read", file);
        Row($"hull of {string.Join("-", four)}, {quaternary.Length} entries, each with its energy above hull", () => new PhaseDiagram(quaternary).Stabilities(), "hull", file, string.Join(",", four));
        Row($"hull of all eight elements, {entries.Count} entries, the same", () => new PhaseDiagram(entries).Stabilities(), null);
        Row("one pair, Li2MnO3 with Li2.6In0.8Ta0.2Cl6, in the diagram of all", () => InterfaceReaction.Calculate(all, oxide, halide), "pair", file, "Li,Mn,O,In,Ta,Cl", "Li2MnO3", "Li2.6In0.8Ta0.2Cl6");
        Row("the same with the diagram made anew", () => InterfaceReaction.Calculate(new PhaseDiagram(entries), oxide, halide), null);
        Row("window of Li3ScF6", () => ElectrochemicalWindow.Calculate(all, fluoride, lithium), "window", file, "Li,Sc,F", "Li3ScF6");
        Row("chemical potential ranges of Li2MnO3", () => ChemicalPotentialRange.Calculate(all, oxide)!, "range", file, "Li,Mn,O", "Li2MnO3");
        Row("50 x 50 pairs", () => InterfaceMatrix.Calculate(pairs, (first, second) => InterfaceReaction.Calculate(all, first, second)), null);

        IReadOnlyList<Entry> Read()
        {
            using var reader = File.OpenText(file);
            return EntryTable.Read(reader).Entries;
        }

        void Row(string name, Func<object> work, string? peer, params string[] arguments)
        {
            var (processor, wall) = Least(work);
            var theirs = peer is null ? null : peerSeconds([peer, .. arguments]) * 1e3;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {processor:F2} | {wall:F2} | {theirs:F0} | {theirs / processor:F0} |"));
        }
    }

    /// <summary>Milliseconds of the best of some repetitions, each long enough that the clock of the processor can tell.</summary>
    private static (double Processor, double Wall) Least(Func<object> work)
    {
        work();
        var watch = Stopwatch.StartNew();
        work();
        var times = Math.Max(1, (int)(0.2 / Math.Max(1e-6, watch.Elapsed.TotalSeconds)));
        var (processor, wall) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var i = 0; i < Repetitions; i++)
        {
            var (before, started) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            for (var k = 0; k < times; k++) work();
            wall = Math.Min(wall, Stopwatch.GetElapsedTime(started).TotalMilliseconds / times);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / times);
        }
        return (processor, wall);
    }
}
