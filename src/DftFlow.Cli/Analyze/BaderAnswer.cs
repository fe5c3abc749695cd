using System.Collections.Immutable;
using DftFlow.Analysis.Charge.Bader;
using DftFlow.Crystals;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Cli.Analyze;

/// <summary>The document of <c>dftflow analyze bader --json</c>.</summary>
internal sealed record BaderAnswer(
    ImmutableArray<BaderAtomDocument> Atoms,
    ImmutableArray<BaderElementDocument> ByElement,
    double VacuumElectrons,
    double VacuumVolumeA3,
    double ElectronsTotal,
    double? ElectronsExpected,
    int NMaxima,
    ImmutableArray<MaximumDocument> NonNuclearMaxima,
    double? CoreElectrons,
    double? CoreElectronsExpected,
    ImmutableArray<int> Dims,
    double GridPointsPerA3,
    ImmutableArray<int>? RecommendedDims,
    string Method,
    string Reference,
    ImmutableArray<ComparisonDocument>? Comparison,
    ImmutableArray<string> Files,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings)
{
    public static BaderAnswer Of(BaderDensities densities, BaderCharges charges, ImmutableArray<BaderComparison> comparison, bool compared, IEnumerable<string> files) => new(
        [.. charges.Atoms.Select(atom => new BaderAtomDocument(atom.Index, atom.Element?.Symbol, atom.Electrons, atom.SpinMomentMub, atom.MomentMub is { } moment ? Numbers(moment) : null, atom.ChargeE, atom.VolumeA3, atom.MinDistanceA))],
        [.. charges.Atoms.GroupBy(atom => atom.Element?.Symbol).Select(BaderElementDocument.Of)],
        charges.VacuumElectrons,
        charges.VacuumVolumeA3,
        charges.ElectronsTotal,
        charges.ElectronsExpected,
        charges.MaximumCount,
        [.. charges.NonNuclearMaxima.Select(maximum => new MaximumDocument(Numbers(maximum.Fractional), maximum.DensityPerA3, maximum.Atom, maximum.DistanceA, maximum.Electrons, maximum.VolumeA3))],
        charges.CoreElectrons,
        charges.CoreElectronsExpected,
        Numbers(densities.Charge.Dimensions),
        charges.GridPointsPerA3,
        charges.RecommendedGrid,
        Name(charges.Method),
        charges.Reference,
        compared ? [.. comparison.Select(other => new ComparisonDocument(Name(other.Method), Numbers(other.Grid), other.Electrons, other.LargestDifferenceE))] : null,
        [.. files],
        charges.Definition,
        [.. densities.Inputs.Select(input => new InputDocument(input.File, input.Sha256))],
        charges.Warnings);

    public static string Name(BaderMethod method) => method.ToString().ToLowerInvariant();

    private static ImmutableArray<double> Numbers(Vector3D vector) => [vector.X, vector.Y, vector.Z];

    private static ImmutableArray<int> Numbers(GridDimensions grid) => [grid.X, grid.Y, grid.Z];
}

internal sealed record BaderAtomDocument(int Index, string? Element, double Electrons, double? SpinMomentMub, ImmutableArray<double>? MomentMub, double? ChargeE, double VolumeA3, double? MinDistanceA);

internal sealed record BaderElementDocument(string? Element, int N, double MeanElectrons, double? MeanChargeE, double? MinChargeE, double? MaxChargeE, double MeanVolumeA3)
{
    public static BaderElementDocument Of(IGrouping<string?, BaderAtom> atoms) => new(
        atoms.Key, atoms.Count(), atoms.Average(atom => atom.Electrons), atoms.Average(atom => atom.ChargeE), atoms.Min(atom => atom.ChargeE), atoms.Max(atom => atom.ChargeE), atoms.Average(atom => atom.VolumeA3));
}

internal sealed record MaximumDocument(ImmutableArray<double> Fractional, double DensityPerA3, int Atom, double DistanceA, double Electrons, double VolumeA3);

internal sealed record ComparisonDocument(string Method, ImmutableArray<int> Dims, ImmutableArray<double> Electrons, double LargestDifferenceE);
