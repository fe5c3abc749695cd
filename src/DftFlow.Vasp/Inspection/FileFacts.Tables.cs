using DftFlow.Vasp.Inputs;
using DftFlow.Vasp.Outputs;
using DftFlow.Vasp.Outputs.Bader;
using DftFlow.Vasp.Outputs.Grids;

namespace DftFlow.Vasp.Inspection;

/// <summary>The facts of inputs, tables and grids.</summary>
internal sealed partial record FileFacts
{
    /// <summary>Reads a file with the reader of its kind, as much as an inspection needs.</summary>
    public static FileFacts Read(string name, FileKind kind, Stream stream, CancellationToken cancellation) => kind switch
    {
        FileKind.Vasprun => Of(name, Vasprun.Read(stream, VasprunContent.Eigenvalues, cancellation)),
        FileKind.Outcar => Of(name, Outcar.Read(stream, OutcarContent.Eigenvalues, cancellation)),
        FileKind.Oszicar => Of(name, Oszicar.Read(stream, cancellation)),
        FileKind.StandardOutput => Of(name, StandardOutput.Read(stream, cancellation)),
        FileKind.Doscar => Of(name, Doscar.Read(stream, projected: false, cancellation: cancellation)),
        FileKind.Eigenval => Of(name, Eigenval.Read(stream, cancellation)),
        FileKind.Procar => Of(name, Procar.Read(stream, ProcarSelection.Energies, cancellation)),
        FileKind.Xdatcar => Of(name, Xdatcar.Open(stream, cancellation)),
        FileKind.Grid => Of(name, VolumetricFile.Read<double>(stream, new VolumetricOptions { Kind = VolumetricFile.KindOf(name), KeepValues = false }, cancellation)),
        FileKind.Poscar => Of(name, Poscar.Inspect(stream, cancellation)),
        FileKind.Kpoints => Of(name, KpointsFile.Read(stream, cancellation)),
        FileKind.Incar => Of(name, Incar.Parse(InputText.Read(stream, LongestIncar, "DF1240", "INCAR", cancellation))),
        FileKind.BaderCharges => Of(name, AcfDat.Read(stream, cancellation)),
        FileKind.Potcar => Of(name, Potcar.Read(stream, cancellation)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no reader of this kind."),
    };

    private const int LongestIncar = 1 << 22;

    private static FileFacts Of(string name, Doscar doscar) => new(name, new RunFacts
    {
        AtomCount = doscar.Header.IonCount,
        FermiEnergyEv = doscar.FermiEnergyEv,
        // Without spin and without collinearity the total DOS looks the same.
        SpinPolarized = doscar.SpinPolarized ? true : null,
    }, doscar.Truncated) { Warnings = doscar.Warnings };

    private static FileFacts Of(string name, Eigenval eigenval) => new(name, new RunFacts
    {
        AtomCount = eigenval.Header.IonCount,
        SpinPolarized = eigenval.SpinCount == 2 ? true : null,
        KPointCount = eigenval.StatedKPoints,
        BandCount = eigenval.StatedBands,
        Edges = eigenval is { HasOccupations: true, Eigenvalues: { } eigenvalues } ? BandEdges.Of(eigenvalues) : null,
    }, eigenval.Truncated) { Warnings = eigenval.Warnings };

    private static FileFacts Of(string name, Procar procar) => new(name, new RunFacts
    {
        AtomCount = procar.IonCount,
        KPointCount = procar.StatedKPoints,
        BandCount = procar.StatedBands,
        Edges = procar.Eigenvalues is { } eigenvalues ? BandEdges.Of(eigenvalues) : null,
    }, procar.Truncated) { Warnings = procar.Warnings };

    private static FileFacts Of(string name, Xdatcar xdatcar)
    {
        var frames = xdatcar.Frames().Count();
        var atoms = WithAtoms(xdatcar.Species.SelectMany(species => Enumerable.Repeat(species.Element, species.Count)));
        return new(name, atoms with { AtomCount = xdatcar.IonCount, Steps = new StepFacts(frames, []) }, xdatcar.Truncated) { Warnings = xdatcar.Warnings };
    }

    private static FileFacts Of(string name, VolumetricData<double> grid) =>
        new(name, WithAtoms(grid.Species.SelectMany(species => Enumerable.Repeat(species.Element, species.Count))) with { Grids = [new(name, grid.Dimensions, grid.Blocks)] }, grid.Truncated)
        { Warnings = grid.Warnings };

    private static FileFacts Of(string name, PoscarFile poscar) => new(name, WithAtoms(poscar.Blocks.SelectMany(block => Enumerable.Repeat(block.Element, block.Count))))
    {
        Warnings = [.. poscar.Findings.Where(finding => finding.Severity != Severity.Info).Select(finding => finding.Message)],
    };

    private static FileFacts Of(string name, KpointsFile kpoints) =>
        new(name, new RunFacts { KPointCount = kpoints.Sampling is KpointList { Points.Length: var count } ? count : null });

    private static FileFacts Of(string name, Incar incar)
    {
        var parameters = new VaspParameters();
        foreach (var tag in incar.Tags) parameters.Add(tag.Name, ValueOf(tag.Value));
        return new(name, new RunFacts { Parameters = parameters });
    }

    // Its licence allows no copies: what OUTCAR says of it too, and no more.
    private static FileFacts Of(string name, Potcar potcar)
    {
        var parameters = new VaspParameters();
        parameters.Add("TITEL", new ParameterValue.List([.. potcar.Datasets.Select(dataset => new ParameterValue.Text(dataset.Titel))]));
        parameters.Add("ZVAL", new ParameterValue.List([.. potcar.Datasets.Select(dataset => new ParameterValue.Real(dataset.Zval ?? double.NaN))]));
        parameters.Add("ENMAX", new ParameterValue.List([.. potcar.Datasets.Select(dataset => new ParameterValue.Real(dataset.EnmaxEv ?? double.NaN))]));
        return new(name, new RunFacts { Parameters = parameters }, potcar.Truncated);
    }

    private static FileFacts Of(string name, AcfDat acf) => new(name, new RunFacts { AtomCount = acf.Atoms.Length }, acf.Truncated) { Warnings = acf.Warnings };

    private static ParameterValue ValueOf(IncarValue value) => value switch
    {
        IncarValue.Logical { Value: var flag } => new ParameterValue.Flag(flag),
        IncarValue.Whole { Value: var whole } => new ParameterValue.Whole(whole),
        IncarValue.Real { Value: var real } => new ParameterValue.Real(real),
        IncarValue.List { Values: var values } => new ParameterValue.List([.. values.Select(ValueOf)]),
        _ => new ParameterValue.Text(value.ToText()),
    };
}
