using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs;

/// <summary>What is read beside what every reading gives: parameters, energies, the last geometry, moments, messages.</summary>
[Flags]
public enum OutcarContent
{
    Summary = 0,

    /// <summary>Eigenvalues and occupations of the last step that printed them whole.</summary>
    Eigenvalues = 1,

    /// <summary>The geometry of every ionic step, not of the last alone.</summary>
    Geometries = 2,
    All = Eigenvalues | Geometries,
}

/// <summary>Why an OUTCAR ends where it does.</summary>
public enum OutcarEnding
{
    /// <summary>In the middle, without a word: killed, out of time, or still running.</summary>
    CutOff,

    /// <summary>With a message that the run gave up.</summary>
    Error,

    /// <summary>A STOPCAR asked for it.</summary>
    Stopped,

    /// <summary>The relaxation reached EDIFFG.</summary>
    RequiredAccuracy,

    /// <summary>The relaxation made NSW steps without reaching EDIFFG.</summary>
    StepsUsedUp,

    /// <summary>The run did what it was asked for.</summary>
    Finished,
}

/// <summary>Cell, places and forces of one ionic step.</summary>
/// <param name="Lattice">Null where the file does not give three vectors that span a volume.</param>
/// <param name="PositionsA">Cartesian, five decimals.</param>
/// <param name="ForcesEvPerA">On each atom.</param>
/// <param name="DriftEvPerA">The sum of the forces before it is taken out of them; null where not printed.</param>
public sealed record OutcarGeometry(Lattice? Lattice, ImmutableArray<Vector3D> PositionsA, ImmutableArray<Vector3D> ForcesEvPerA, Vector3D? DriftEvPerA);

/// <summary>A finished ionic step.</summary>
/// <param name="Energies">In eV, with the number of electronic steps.</param>
/// <param name="ElectronicConverged">EDIFF was reached before NELM steps were made; null where the file does not say.</param>
public sealed record OutcarIonicStep(IonicStep Energies, bool? ElectronicConverged)
{
    /// <summary>Of its last electronic step; null where not printed.</summary>
    public double? FermiEnergyEv { get; init; }

    /// <summary>One number with spin, three where non-collinear, none without spin.</summary>
    public ImmutableArray<double> MagnetizationMub { get; init; } = [];

    /// <summary>xx, yy, zz, xy, yz, zx as printed in kbar (positive: the cell wants to grow); empty where not computed.</summary>
    public ImmutableArray<double> StressKbar { get; init; } = [];

    public double? ExternalPressureKbar { get; init; }

    /// <summary>The length of the longest force; null without forces.</summary>
    public double? MaxForceEvPerA { get; init; }

    /// <summary>Of the ions, in molecular dynamics.</summary>
    public double? KineticEnergyEv { get; init; }

    /// <summary>In molecular dynamics.</summary>
    public double? TemperatureK { get; init; }

    /// <summary>Null unless asked for.</summary>
    public OutcarGeometry? Geometry { get; init; }
}

/// <summary>Electrons or moments of each site by orbital (LORBIT), as printed to three decimals.</summary>
/// <param name="Columns">Such as s, p, d, tot.</param>
/// <param name="Rows">One a site; a value a column.</param>
public sealed record SiteTable(ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<double>> Rows)
{
    /// <summary>The column <c>tot</c>, for each site.</summary>
    public ImmutableArray<double> Totals => [.. Rows.Select(row => row[^1])];
}

/// <summary>DFT+U as the code understood it, one value for each kind of atom.</summary>
/// <param name="Type">LDAUTYPE.</param>
/// <param name="Orbitals">LDAUL; -1 where no U is applied.</param>
/// <param name="UEv">LDAUU, printed to one decimal.</param>
/// <param name="JEv">LDAUJ, printed to one decimal.</param>
public sealed record OutcarHubbard(int Type, ImmutableArray<int> Orbitals, ImmutableArray<double> UEv, ImmutableArray<double> JEv);

/// <summary>Time and memory at the end of a run. What was not measured is null (VASP prints N/A, or nothing).</summary>
public sealed record OutcarTiming
{
    public double? CpuSeconds { get; init; }

    public double? UserSeconds { get; init; }

    public double? SystemSeconds { get; init; }

    public double? ElapsedSeconds { get; init; }

    /// <summary>Of the first process.</summary>
    public double? MaximumMemoryKb { get; init; }

    public double? AverageMemoryKb { get; init; }
}
