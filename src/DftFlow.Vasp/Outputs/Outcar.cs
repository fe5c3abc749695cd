using System.Collections.Immutable;
using DftFlow.Vasp.Diagnoses;

namespace DftFlow.Vasp.Outputs;

/// <summary>What an OUTCAR of VASP 4 to 6, or of gpaw-vasp, holds. A truncated file gives what of it is complete.</summary>
public sealed record Outcar
{
    /// <summary>The first line: the program and its version.</summary>
    public string? Program { get; init; }

    /// <summary>The platform and the date, as printed.</summary>
    public string? ExecutedOn { get; init; }

    /// <summary>VASP 5 calls them cores.</summary>
    public int? MpiRankCount { get; init; }

    /// <summary>Null where not printed, as before VASP 6.</summary>
    public int? ThreadsPerRank { get; init; }

    /// <summary>The parameters as the code reports them, with its defaults, rounded to the printed decimals, and cut off where long (<c>PREC = accura</c>).</summary>
    public VaspParameters Parameters { get; init; } = new();

    /// <summary>The counts are 0 where the file stops before it gives them.</summary>
    public ImmutableArray<AtomType> AtomTypes { get; init; } = [];

    /// <summary>LEXCH of each kind's potential, as in <c>PE</c>.</summary>
    public ImmutableArray<string> PotentialFunctionals { get; init; } = [];

    /// <summary>NIONS.</summary>
    public int? AtomCount { get; init; }

    /// <summary>NKPTS: irreducible k-points.</summary>
    public int? KPointCount { get; init; }

    /// <summary>The irreducible k-points; weights are printed to three decimals.</summary>
    public ImmutableArray<KPoint> KPoints { get; init; } = [];

    /// <summary>NELECT: valence electrons in the cell.</summary>
    public double? ElectronCount { get; init; }

    /// <summary>Null without DFT+U.</summary>
    public OutcarHubbard? Hubbard { get; init; }

    /// <summary>The ionic steps that came to an end.</summary>
    public ImmutableArray<OutcarIonicStep> IonicSteps { get; init; } = [];

    /// <summary>An ionic step that did not come to an end: its last finished electronic step's energies, and how many are finished.</summary>
    public IonicStep? UnfinishedStep { get; init; }

    /// <summary>Of the last finished ionic step; null without one, or without forces.</summary>
    public OutcarGeometry? LastGeometry { get; init; }

    /// <summary>Every Fermi level printed: one an ionic step, or one an electronic step (NWRITE = 3).</summary>
    public ImmutableArray<double> FermiEnergiesEv { get; init; } = [];

    /// <summary>The last Fermi level; null where there is none.</summary>
    public double? FermiEnergyEv => FermiEnergiesEv is [.., var last] && double.IsFinite(last) ? last : null;

    /// <summary>Of the last electronic step, from the density on the grid.</summary>
    public double? ElectronsOnGrid { get; init; }

    /// <summary>Of the last electronic step: one number with spin, three where non-collinear, none without spin.</summary>
    public ImmutableArray<double> MagnetizationMub { get; init; } = [];

    /// <summary>The last such table; null where there is none (LORBIT).</summary>
    public SiteTable? SiteCharges { get; init; }

    /// <summary>The last moments of the sites: one table, or three (x, y, z) where non-collinear, or none.</summary>
    public ImmutableArray<SiteTable> SiteMagnetizations { get; init; } = [];

    /// <summary>Average electrostatic potential at the core of each atom, in eV (times the electron's charge); the last such table.</summary>
    public ImmutableArray<double> CorePotentialsEv { get; init; } = [];

    /// <summary>
    /// Eigenenergies of the core states of each atom (ICORELEVEL = 1 or 2), as in <c>1s</c>, on the scale of the bands; the last such
    /// table. VASP then writes no <see cref="CorePotentialsEv"/>.
    /// </summary>
    public ImmutableArray<ImmutableArray<NamedEnergy>> CoreStates { get; init; } = [];

    /// <summary>Null unless asked for and printed.</summary>
    public Eigenvalues? Eigenvalues { get; init; }

    public OutcarTiming Timing { get; init; } = new();

    /// <summary>EDIFF was reached, before NELM steps were made, in the last ionic step that came to an end; null where the file does not say.</summary>
    /// <remarks>VASP 5 says that EDIFF was reached also where it was not and NELM ended the loop: the number of steps tells.</remarks>
    public bool? ElectronicConverged { get; init; }

    /// <summary>The relaxation reached EDIFFG ("reached required accuracy").</summary>
    public bool ReachedRequiredAccuracy { get; init; }

    /// <summary>A STOPCAR ended the run.</summary>
    public bool StoppedByUser { get; init; }

    /// <summary>What the run said of why it stopped; null where it said nothing. A run that went on regardless says such things too.</summary>
    public string? StopMessage { get; init; }

    /// <summary>The known messages that the file holds.</summary>
    public ImmutableArray<Diagnosis> Diagnoses { get; init; } = [];

    /// <summary>The timing summary, which a run writes last, is there.</summary>
    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The last finished ionic step; null where none is.</summary>
    public OutcarIonicStep? LastStep => IonicSteps is [.., var last] ? last : null;

    public bool Noncollinear => Parameters.Flag("LNONCOLLINEAR") ?? false;

    public bool SpinPolarized => Parameters.Whole("ISPIN") == 2 && !Noncollinear;

    /// <summary>Atoms were to be moved until EDIFFG is reached: NSW above 1, and IBRION one of the relaxations.</summary>
    public bool IsRelaxation => Parameters.Whole("NSW") > 1 && Parameters.Whole("IBRION") is 1 or 2 or 3 or > 8;

    public OutcarEnding Ending => this switch
    {
        { Complete: false, StopMessage: not null } => OutcarEnding.Error,
        { Complete: false } => OutcarEnding.CutOff,
        { ReachedRequiredAccuracy: true } => OutcarEnding.RequiredAccuracy,
        { StoppedByUser: true } => OutcarEnding.Stopped,
        { IsRelaxation: true } when IonicSteps.Length >= Parameters.Whole("NSW") => OutcarEnding.StepsUsedUp,
        _ => OutcarEnding.Finished,
    };

    /// <summary>Reads an OUTCAR from where the stream stands to its end, forward only.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <exception cref="DftFlowException">DF1420: this is no OUTCAR. DF1421: it holds more than any run writes.</exception>
    public static Outcar Read(Stream stream, OutcarContent content = OutcarContent.Summary, CancellationToken cancellation = default) =>
        new OutcarReader(stream, content, cancellation).Read();
}
