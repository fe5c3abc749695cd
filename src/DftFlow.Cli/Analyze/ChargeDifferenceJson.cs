using System.Collections.Immutable;
using System.Text.Json.Serialization;
using DftFlow.Analysis.Charge;

namespace DftFlow.Cli.Analyze;

/// <summary>The document of <c>dftflow analyze charge-difference --json</c>.</summary>
internal sealed record ChargeDifferenceAnswer(
    ImmutableArray<string> Paths,
    ImmutableArray<int> Grid,
    double IntegralElectrons,
    double MovedElectrons,
    double MinEPerA3,
    double MaxEPerA3,
    PlanarAverageDocument PlanarAverage,
    MagnetizationDifferenceDocument? Magnetization,
    double LargestDisplacementA,
    ImmutableArray<string> Files,
    string Definition,
    ImmutableArray<InputDocument> Inputs,
    ImmutableArray<string> Warnings)
{
    private const string Definitions = "Density of the first file minus those of all others, on one grid: lattice vectors agree within 0.001 Å, numbers of points exactly, and each atom of a part lies within 0.01 Å of one of its element in the first file (not asked with --ignore-atoms). "
        + "integral_electrons: over the cell. moved_electrons: half of the integral of its absolute value. "
        + "planar_average: delta_e_per_a is the integral over the plane of the two other lattice vectors, at the height z_a normal to it above the cell's origin; "
        + "integral_e is its integral (trapezoid rule) from integral_from_a, the middle of the widest layer without atoms' centres, to z_a: the electrons that came below that height; "
        + "macroscopic_e_per_a is its mean over macroscopic_length_a around z_a (Baldereschi, Baroni and Resta, Phys. Rev. Lett. 61, 734 (1988)). magnetization: the same of spin up minus spin down.";

    public static ChargeDifferenceAnswer Of(ImmutableArray<string> paths, ChargeDifferenceResult result, PlanarAverage average, PlanarAverage? moment, int axis, double fromA, double? macroscopicA,
        IEnumerable<string> files, ImmutableArray<InputDocument> inputs, ImmutableArray<string> warnings) => new(
        paths, GridFiles.Sizes(result.Data.Dimensions), result.IntegralElectrons, result.MovedElectrons, result.MinPerA3, result.MaxPerA3,
        new("abc"[axis].ToString(), average.HeightsA, average.PerA, fromA, average.IntegralFrom(fromA), macroscopicA, macroscopicA is { } length ? average.Macroscopic(length) : null),
        moment is null ? null : new(moment.Integral, moment.PerA), result.LargestDisplacementA, [.. files], Definitions, inputs, warnings);
}

internal sealed record PlanarAverageDocument(
    string Axis, [property: JsonPropertyName("z_a")] ImmutableArray<double> ZA, ImmutableArray<double> DeltaEPerA, double IntegralFromA, ImmutableArray<double> IntegralE, double? MacroscopicLengthA, ImmutableArray<double>? MacroscopicEPerA);

internal sealed record MagnetizationDifferenceDocument(double IntegralMub, ImmutableArray<double> DeltaMubPerA);
