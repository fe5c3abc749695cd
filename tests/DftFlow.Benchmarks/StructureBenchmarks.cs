using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Reports;
using DftFlow.Crystals;
using DftFlow.Crystals.Cells;
using DftFlow.Crystals.Interfaces;
using DftFlow.Crystals.Ordering;
using DftFlow.Crystals.Prototypes;
using DftFlow.Crystals.Surfaces;
using DftFlow.Crystals.Symmetry;

namespace DftFlow.Benchmarks;

/// <summary>Building structure models. The peer does the same with the same crystals where it has it.</summary>
[MemoryDiagnoser]
public class StructureBenchmarks
{
    private static readonly Structure LiCoO2 = Prototype.Find("LiCoO2").Structure;
    private static readonly Structure Supercell96 = Supercell.Repeated(4, 2, 1).Build(LiCoO2).Structure;
    private static readonly double[] Charges = [.. Supercell96.Sites.Select(site => site.Element.Symbol switch { "Li" => 1.0, "Co" => 3, _ => -2 })];
    private static readonly OxidationStates States = OxidationStates.Of([new(Element.Parse("Li"), 1), new(Element.Parse("Co"), 3), new(Element.Parse("Mn"), 4), new(Element.Parse("O"), -2)]);
    private static readonly PlaneLattice Substrate = PlaneLattice.Of(new Slab(new MillerPlane(1, 0, 4)) { Layers = 4 }.Build(LiCoO2).Structure.Lattice);
    private static readonly PlaneLattice Film = PlaneLattice.Of(new Slab(new MillerPlane(0, 0, 1)) { ThicknessA = 4, Stoichiometric = false }.Build(Prototype.Find("Li3ScF6").Structure).Structure.Lattice);
    private static readonly Structure Slab20 = new Slab(new MillerPlane(1, 0, 4)) { Layers = 5 }.Build(LiCoO2).Structure;
    private static readonly Structure Slab160 = Supercell.Repeated(4, 2, 1).Build(Slab20).Structure;

    /// <summary>What each benchmark does, in words, and what the peer calls it; null where the peer has no such thing.</summary>
    private static readonly Dictionary<string, (string Words, string? Peer)> Subjects = new()
    {
        [nameof(Slab_of_10000_atoms)] = ("LiCoO2 (104), 25 layers, 10,000 atoms", "slab"),
        [nameof(Ewald_energy)] = ("electrostatic energy, 96 atoms", "ewald"),
        [nameof(Rank_134596_arrangements)] = ("lowest energy of all 134,596 arrangements of 6 Mn on 24 Co sites, 96 atoms", null),
        [nameof(Lattice_match)] = ("Li3ScF6 (001) on LiCoO2 (104), cells to 400 Å²", "match"),
        [nameof(Coating_of_all_planes)] = ("the same with all planes to index 1 and the coated model", null),
        [nameof(Space_group)] = ("space group and equivalent sites, slab of 160 atoms", "symmetry"),
    };

    [Benchmark]
    public object Slab_of_10000_atoms() => new Slab(new MillerPlane(1, 0, 4)) { Layers = 25, InPlane = (10, 0, 0, 10) }.Build(LiCoO2);

    [Benchmark]
    public double Ewald_energy() => Ewald.EnergyEv(Supercell96, Charges);

    [Benchmark]
    public object Rank_134596_arrangements() => new Substitution(Element.Parse("Co"), Element.Parse("Mn")) { Count = 6, Arrangement = SubstitutionArrangement.LowestEwald, OxidationStates = States }.Build(Supercell96);

    [Benchmark]
    public object Lattice_match() => new LatticeMatchSearch { MaxAreaA2 = 400 }.Find(Substrate, Film);

    [Benchmark]
    public object Coating_of_all_planes() => new Coating(Prototype.Find("Li3ScF6").Structure) { MaxAreaA2 = 250, ThicknessA = 4, Stoichiometric = false }.Build(Slab20);

    [Benchmark]
    public object Space_group() => SpaceGroup.Of(Slab160).Type;

    internal static IEnumerable<string> Table(Summary summary, Func<string, double?> peerSeconds)
    {
        yield return "| building | median, ms | allocated, MB | pymatgen, ms | times as fast |";
        yield return "|---|---:|---:|---:|---:|";
        foreach (var report in summary.Reports.Where(report => report.ResultStatistics is not null))
        {
            var (words, peer) = Subjects[report.BenchmarkCase.Descriptor.WorkloadMethod.Name];
            var ours = report.ResultStatistics!.Median / 1e6;
            var theirs = peer is null ? null : peerSeconds(peer) * 1e3;
            yield return string.Create(CultureInfo.InvariantCulture, $"| {words} | {ours:F1} | {report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) / 1e6:F1} | {theirs:F0} | {theirs / ours:F0} |");
        }
    }
}
