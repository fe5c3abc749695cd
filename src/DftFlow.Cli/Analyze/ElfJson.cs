using System.Collections.Immutable;
using DftFlow.Analysis.Charge;
using DftFlow.Crystals;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli.Analyze;

/// <summary>The document of <c>dftflow analyze elf --json</c>.</summary>
internal sealed record ElfAnswer(
    string Path,
    string File,
    string Quantity,
    string Spin,
    bool SpinPolarized,
    ImmutableArray<int> Grid,
    ImmutableArray<ElfBondDocument> Bonds,
    ImmutableSortedDictionary<string, ElfOfPairDocument> ByPair,
    ImmutableSortedDictionary<string, double> CoreRadiiA,
    ImmutableSortedDictionary<string, double> MaxDistanceA,
    ImmutableArray<string> Files,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings)
{
    private const string Definitions = "ELF (Becke and Edgecombe, J. Chem. Phys. 92, 5397 (1990)) along the straight line from atom i to atom j, by trilinear interpolation on the file's periodic grid at evenly spaced points, "
        + "at least 200 of them between the cores. elf_max, elf_min: the extremes of that stretch; elf_max_at_a, elf_min_at_a: where they lie, in Å from i; elf_mid: half-way between the atoms. "
        + "The cores are left out: core_radii_a, half of the covalent radius (Cordero et al., Dalton Trans. 2008, 2832) unless given. "
        + "Pairs: two sites or their periodic images not farther apart than max_distance_a, each counted once; sites are counted from 1, image: lattice vectors from j in the file to the j that is meant. "
        + "Spin both: the mean of the two spins' ELF at each point. mean, std: over the bonds of a pair (std divided by n).";

    public static ElfAnswer Of(string path, ReadFile<VolumetricData<double>> read, string quantity, GridSpin spin, ElfAlongBonds elf, Structure structure, IEnumerable<string> files, ImmutableArray<string> warnings) => new(
        path, read.Path, quantity, spin.ToString().ToLowerInvariant(), read.Content.Blocks.Length > 1, GridFiles.Sizes(read.Content.Dimensions),
        [.. elf.Bonds.Select(bond => new ElfBondDocument(bond.Pair, bond.I + 1, bond.J + 1, [bond.Image.A, bond.Image.B, bond.Image.C], bond.DistanceA, bond.Max, bond.Min, bond.Mid, bond.MaxAtA, bond.MinAtA))],
        elf.ByPair.ToImmutableSortedDictionary(pair => pair.Pair, pair => new ElfOfPairDocument(pair.Count, pair.Max?.Mean, pair.Min?.Mean, pair.Mid?.Mean, pair.Max?.Spread, pair.Min?.Spread, pair.Mid?.Spread, pair.DistanceA?.Mean), StringComparer.Ordinal),
        elf.CoreRadiiA.ToImmutableSortedDictionary(core => core.Key.Symbol, core => core.Value, StringComparer.Ordinal),
        elf.LimitsA.ToImmutableSortedDictionary(StringComparer.Ordinal),
        [.. files], Definitions, [InputDocument.Of(read)], warnings);
}

internal sealed record ElfBondDocument(string Pair, int I, int J, ImmutableArray<int> Image, double DistanceA, double? ElfMax, double? ElfMin, double ElfMid, double? ElfMaxAtA, double? ElfMinAtA);

internal sealed record ElfOfPairDocument(int N, double? MeanElfMax, double? MeanElfMin, double? MeanElfMid, double? StdElfMax, double? StdElfMin, double? StdElfMid, double? MeanDistanceA);
