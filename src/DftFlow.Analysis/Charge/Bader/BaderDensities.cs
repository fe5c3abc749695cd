using System.Collections.Immutable;
using System.Globalization;
using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Inspection;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Analysis.Charge.Bader;

/// <summary>The densities that a Bader analysis takes, and what it is checked against.</summary>
/// <param name="Charge">What is integrated: its blocks are electrons, and with spin moments, times the volume of the cell.</param>
/// <param name="Reference">What is parted: values of one block, times the volume of the cell.</param>
/// <param name="ReferenceName">As in <c>AECCAR0 + AECCAR2</c>.</param>
/// <param name="ReferenceElectrons">Integral of the reference.</param>
/// <param name="CoreElectrons">Integral of AECCAR0; null where it is not read.</param>
/// <param name="ValenceElectrons">ZVAL for each atom; null where unknown.</param>
/// <param name="ElectronCount">NELECT; null where unknown.</param>
public sealed record BaderDensities(
    VolumetricData<double> Charge, double[] Reference, string ReferenceName, double ReferenceElectrons, double? CoreElectrons,
    ImmutableArray<double>? ValenceElectrons, double? ElectronCount)
{
    public ImmutableArray<AnalysedFile> Inputs { get; init; } = [];

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>
    /// Of a run's directory: CHGCAR (else CHG), parted by AECCAR0 + AECCAR2 where both are there, with ZVAL and NELECT from OUTCAR, vasprun.xml or
    /// POTCAR. Of a file: that density, parted by itself.
    /// </summary>
    /// <param name="references">Files whose sum is to be the reference; empty: chosen as said.</param>
    /// <exception cref="DftFlowException">DF3220: a density is missing, or has no basins. DF3221: the densities do not fit together. And what <see cref="GridInput"/> and readers of files throw.</exception>
    public static async Task<BaderDensities> ReadAsync(string path, IReadOnlyList<string> references, IProgress<AnalysisStep>? progress, CancellationToken cancellation)
    {
        var files = Directory.Exists(path) ? RunFiles.Of(path) : null;
        var charge = files is null ? path : files.Find("CHGCAR") ?? files.Find("CHG")
            ?? throw new DftFlowException("DF3220", "The directory has no CHGCAR.", "Set LCHARG = .TRUE. in the INCAR (and LAECHG = .TRUE. for the reference), or give the density file itself.", file: path);
        ImmutableArray<string> reference = references.Count > 0 ? [.. references]
            : files?.Find("AECCAR0") is { } core && files.Find("AECCAR2") is { } valence ? [core, valence]
            : [];
        var inputs = ImmutableArray.CreateBuilder<AnalysedFile>();
        var warnings = ImmutableArray.CreateBuilder<string>();
        var total = reference.Length + 1;
        VolumetricData<double>? sum = null;
        double? coreElectrons = null;
        var referenceElectrons = 0.0;
        foreach (var file in reference)
        {
            var part = await ReadDensityAsync(file, firstBlockOnly: true, inputs, warnings, total, progress, cancellation);
            if (IsCore(file)) coreElectrons = part.Blocks[0].Mean;
            referenceElectrons += part.Blocks[0].Mean;
            if (sum is null)
            {
                sum = part;
                continue;
            }
            RequireSameGrid(sum, reference[0], part, file);
            var (into, values) = (sum.Blocks[0].Values, part.Blocks[0].Values);
            for (var i = 0; i < into.Length; i++) into[i] += values[i];
        }
        var density = await ReadDensityAsync(charge, firstBlockOnly: false, inputs, warnings, total, progress, cancellation);
        if (sum is not null) RequireSameGrid(density, charge, sum, reference[0]);
        else referenceElectrons = density.Blocks[0].Mean;
        var (zval, nelect) = files is null ? (null, null) : await ReadElectronsAsync(files, density.Species, inputs, warnings, cancellation);
        if (zval is { Length: var count } && count != density.Positions.Length)
        {
            warnings.Add($"The run's potentials are those of {count} atoms, the density has {density.Positions.Length}: charges are left out.");
            (zval, nelect) = (null, null);
        }
        var name = reference.IsEmpty ? Name(charge) : string.Join(" + ", reference.Select(Name));
        return new(density, sum?.Blocks[0].Values ?? density.Blocks[0].Values, name, referenceElectrons, coreElectrons, zval, nelect)
        {
            Inputs = inputs.ToImmutable(),
            Warnings = warnings.ToImmutable(),
        };
    }

    // As in AECCAR0, of AECCAR0.gz.
    private static string Name(string path) => FileNames.WithoutCompression(Path.GetFileName(path));

    private static bool IsCore(string file) => Path.GetFileName(file).Contains("AECCAR0", StringComparison.OrdinalIgnoreCase);

    private static async Task<VolumetricData<double>> ReadDensityAsync(
        string file, bool firstBlockOnly, ImmutableArray<AnalysedFile>.Builder inputs, ImmutableArray<string>.Builder warnings, int total, IProgress<AnalysisStep>? progress, CancellationToken cancellation)
    {
        var name = Path.GetFileName(file);
        progress?.Report(new($"reading {name}", 0.4 * inputs.Count / total));
        var read = await GridInput.ReadAsync(file, GridKind.Density, firstBlockOnly: firstBlockOnly, cancellation: cancellation);
        inputs.Add(new(file, read.Sha256));
        foreach (var warning in read.Warnings.Concat(read.Content.Warnings)) warnings.Add($"{name}: {warning}");
        var block = read.Content.Blocks[0];
        if (block.Min == block.Max) throw new DftFlowException("DF3220", "All values are equal: there are no basins in it.", "Is it the density of a finished run?", file: file);
        if (!(block.Mean > 0)) throw new DftFlowException("DF3220", string.Create(CultureInfo.InvariantCulture, $"It holds no electrons: its integral is {block.Mean:G4}."), "Is it a difference or a magnetisation? Give a density.", file: file);
        return read.Content;
    }

    private static void RequireSameGrid(VolumetricData<double> one, string oneFile, VolumetricData<double> other, string otherFile)
    {
        if (one.Dimensions != other.Dimensions)
            throw new DftFlowException("DF3221", FormattableString.Invariant($"{Path.GetFileName(oneFile)} has {one.Dimensions.X} x {one.Dimensions.Y} x {one.Dimensions.Z} points and {Path.GetFileName(otherFile)} {other.Dimensions.X} x {other.Dimensions.Y} x {other.Dimensions.Z}."),
                "Take files of one run; CHG and CHGCAR have the grid NGXF, NGYF, NGZF.", file: otherFile);
        for (var axis = 0; axis < 3; axis++)
            if ((one.Lattice[axis] - other.Lattice[axis]).Length > 1e-3)
                throw new DftFlowException("DF3221", $"{Path.GetFileName(oneFile)} and {Path.GetFileName(otherFile)} have different cells.", "Take files of one run.", file: otherFile);
    }

    private static async Task<(ImmutableArray<double>? Zval, double? Nelect)> ReadElectronsAsync(RunFiles files, ImmutableArray<GridSpecies> species, ImmutableArray<AnalysedFile>.Builder inputs, ImmutableArray<string>.Builder warnings, CancellationToken cancellation)
    {
        // The files may be cut off, or another program's: they only add to what the densities tell.
        if (files.Find("OUTCAR") is { } outcar && await TryAsync(outcar, stream => Outcar.Read(stream, cancellation: cancellation)) is { AtomTypes: { IsEmpty: false } types } output && types.All(type => type.Count > 0))
            return (PerAtom(types), output.ElectronCount);
        if (files.Find("vasprun.xml") is { } vasprun && await TryAsync(vasprun, stream => Vasprun.Read(stream, cancellation: cancellation)) is { AtomTypes.IsEmpty: false } run)
            return ([.. run.Atoms.Select(type => run.AtomTypes[type].ValenceElectrons)], run.Parameters.Number("NELECT"));
        if (files.Find("POTCAR") is { } potcar && await TryAsync(potcar, stream => Potcar.Read(stream, cancellation)) is { Truncated: null } potentials && potentials.Datasets.Length == species.Length && potentials.Datasets.All(dataset => dataset.Zval is not null))
            return ([.. species.Zip(potentials.Datasets, (kind, dataset) => Enumerable.Repeat(dataset.Zval!.Value, kind.Count)).SelectMany(all => all)], null);
        return (null, null);

        ImmutableArray<double> PerAtom(ImmutableArray<AtomType> types) => [.. types.SelectMany(type => Enumerable.Repeat(type.ValenceElectrons, type.Count))];

        async Task<T?> TryAsync<T>(string file, Func<Stream, T> read) where T : class
        {
            try
            {
                var result = await ReadFile.ReadAsync(file, read, cancellation);
                inputs.Add(new(file, result.Sha256));
                return result.Content;
            }
            catch (DftFlowException error)
            {
                warnings.Add($"{Path.GetFileName(file)} is left out: {error.Message}");
                return null;
            }
        }
    }
}
