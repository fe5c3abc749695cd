using System.Collections.Immutable;
using DftFlow.Crystals;
using DftFlow.Engine;
using DftFlow.Vasp.Inspection;

namespace DftFlow.Cli;

/// <summary>The document of <c>dftflow structure info --json</c>.</summary>
internal sealed record StructureInfoAnswer(
    string Path,
    StructureFormat Format,
    string Formula,
    string CellFormula,
    int? NAtoms,
    int NSites,
    CellDocument Cell,
    double DensityGPerCm3,
    int? Electrons,
    ImmutableArray<double>? VacuumA,
    int Fixed,
    int PartlyFixed,
    SpaceGroupDocument? SpaceGroup,
    ImmutableArray<PairDistanceDocument> MinDistances,
    ImmutableArray<BondsDocument> Bonds,
    ImmutableArray<CoordinationDocument> Coordination,
    ImmutableArray<SharedSiteDocument> SharedSites,
    ImmutableArray<string> Files,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings)
{
    private const string Definitions = "vacuum_a: along each lattice axis the widest layer without an atom's centre, at right angles to the other two axes. "
        + "electrons: sum of the atomic numbers. min_distances: for each pair of elements the shortest distance up to 5 Å, periodic images included; sites are counted from 1. "
        + "bonds: pairs not farther apart than 1.3 times the sum of their covalent radii (Cordero et al., Dalton Trans. 2008, 2832), metals not to metals in a structure that holds a non-metal; each image counts. "
        + "space_group: of the elements and places alone, moments and constraints left out; equivalent_sites: for each site the first, from 1, that the cell's operations make equal to it. sha256: of the file as stored.";

    public static StructureInfoAnswer Of(StructureFacts facts, IEnumerable<string> files) => new(
        facts.File.Path,
        facts.File.Format,
        facts.Composition.ReducedFormula,
        facts.Composition.Formula,
        facts.File.Structure is null ? null : facts.SiteCount,
        facts.SiteCount,
        CellDocument.Of(facts.Lattice),
        facts.DensityGPerCm3,
        facts.Electrons,
        facts.VacuumA is { } vacuum ? [vacuum.X, vacuum.Y, vacuum.Z] : null,
        facts.Fixed,
        facts.PartlyFixed,
        facts.SpaceGroup is { } group
            ? new(group.Type.Number, group.Type.Symbol, group.Type.PointGroup, group.Type.CrystalSystem.ToString().ToLowerInvariant(), group.SymprecA, [.. group.EquivalentSites.Select(site => site + 1)])
            : null,
        [.. facts.Nearest.Select(pair => new PairDistanceDocument(pair.First.Symbol, pair.Second.Symbol, pair.FirstSite, pair.SecondSite, pair.DistanceA))],
        [.. facts.Coordination?.Bonds.Select(bond => new BondsDocument(bond.First.Symbol, bond.Second.Symbol, bond.Count, bond.MinA, bond.MeanA, bond.MaxA)) ?? []],
        [.. facts.Coordination?.Groups.Select(around => new CoordinationDocument(around.Element.Symbol, around.Number,
            around.Neighbours?.Amounts.ToImmutableSortedDictionary(pair => pair.Key.Symbol, pair => (int)pair.Value, StringComparer.Ordinal) ?? ImmutableSortedDictionary<string, int>.Empty,
            around.Sites, around.Number == 0 ? null : around.MinA, around.Number == 0 ? null : around.MeanA, around.Number == 0 ? null : around.MaxA)) ?? []],
        [.. facts.File.Disordered?.Sites.Index().Where(site => !site.Item.IsOrdered).Select(site => new SharedSiteDocument(site.Index + 1, site.Item.Label,
            site.Item.Species.ToImmutableSortedDictionary(species => species.Element.Symbol, species => species.Occupancy, StringComparer.Ordinal), site.Item.Vacancy)) ?? []],
        [.. files],
        Definitions,
        [new(facts.File.Path, facts.File.Sha256)],
        facts.Warnings);
}

internal sealed record CellDocument(ImmutableArray<double> LengthsA, ImmutableArray<double> AnglesDeg, ImmutableArray<ImmutableArray<double>> VectorsA, double VolumeA3)
{
    public static CellDocument Of(Lattice lattice) => new(Numbers(lattice.LengthsA), Numbers(lattice.AnglesDegrees), [Numbers(lattice.A), Numbers(lattice.B), Numbers(lattice.C)], lattice.Volume);

    private static ImmutableArray<double> Numbers(Vector3D vector) => [vector.X, vector.Y, vector.Z];
}

internal sealed record SpaceGroupDocument(int Number, string Symbol, string PointGroup, string CrystalSystem, double SymprecA, ImmutableArray<int> EquivalentSites);

internal sealed record PairDistanceDocument(string First, string Second, int FirstSite, int SecondSite, double DistanceA);

internal sealed record BondsDocument(string First, string Second, int Count, double MinA, double MeanA, double MaxA);

internal sealed record CoordinationDocument(string Element, int Number, ImmutableSortedDictionary<string, int> Neighbours, ImmutableArray<int> Sites, double? MinA, double? MeanA, double? MaxA);

internal sealed record SharedSiteDocument(int Site, string? Label, ImmutableSortedDictionary<string, double> Occupancies, double Vacancy);

/// <summary>The document of <c>dftflow structure build --json</c>.</summary>
internal sealed record StructureBuildAnswer(bool Valid, ImmutableArray<DiagnosticDocument> Diagnostics, ErrorDocument? Error, ImmutableArray<BuiltModelDocument> Models);

internal sealed record BuiltModelDocument(string Name, string Formula, string CellFormula, int NAtoms, CellDocument Cell, ImmutableArray<ModelStepDocument> Steps, ImmutableArray<string> Files);
