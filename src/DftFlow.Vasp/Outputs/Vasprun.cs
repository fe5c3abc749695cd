using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs;

/// <summary>What is read beside what every reading gives: program, parameters, atoms, k-points, energies and the Fermi level.</summary>
[Flags]
public enum VasprunContent
{
    Energies = 0,

    /// <summary>The first and the last structure, and the forces of the last ionic step.</summary>
    Structures = 1,
    Eigenvalues = 2,
    Dos = 4,

    /// <summary>The DOS with its projections on sites and orbitals.</summary>
    ProjectedDos = 8 | Dos,
    All = Structures | Eigenvalues | ProjectedDos,
}

/// <summary>One kind of atom, with its potential.</summary>
/// <param name="Element">Null where neither the symbol nor the potential's title names one.</param>
/// <param name="ValenceElectrons">ZVAL: the electrons that the potential treats as valence.</param>
/// <param name="Potential">The potential's title, as in <c>PAW_PBE Mn_pv 02Aug2007</c>.</param>
public sealed record AtomType(int Count, Element? Element, string Symbol, double MassU, double ValenceElectrons, string Potential);

/// <param name="Fractional">In fractions of the reciprocal lattice vectors.</param>
/// <param name="Weight">As the file gives it: the weights of a mesh sum to 1.</param>
public readonly record struct KPoint(Vector3D Fractional, double Weight);

/// <summary>The energies at the end of an ionic step, in eV a cell; NaN where the file has none.</summary>
/// <param name="FreeEnergyEv">TOTEN: with the entropy of the smearing.</param>
/// <param name="EnergyWithoutEntropyEv">Without the entropy term.</param>
/// <param name="EnergyEv">energy(sigma→0): extrapolated to no smearing.</param>
/// <param name="ElectronicSteps">How many electronic steps this ionic step took.</param>
public sealed record IonicStep(double FreeEnergyEv, double EnergyWithoutEntropyEv, double EnergyEv, int ElectronicSteps);

/// <summary>Where a file stops short, or stops making sense.</summary>
/// <param name="Byte">Offset in the decompressed text.</param>
/// <param name="IonicStep">The ionic step, from 1, in which that is; 0 before the first.</param>
/// <param name="ElectronicSteps">Finished electronic steps of an ionic step that is not finished.</param>
/// <param name="Reason">For a reader.</param>
public sealed record Truncation(long Byte, int IonicStep, int ElectronicSteps, string Reason);

/// <summary>What a vasprun.xml holds. A truncated or damaged file gives what of it is complete.</summary>
public sealed record Vasprun
{
    /// <summary><c>vasp</c>, or the name of another program that writes this format.</summary>
    public string? Program { get; init; }

    public string? Version { get; init; }

    /// <summary>The INCAR as the code understood it.</summary>
    public required VaspParameters Incar { get; init; }

    /// <summary>All parameters, with the defaults that the code chose. Long texts are cut off by VASP (<c>PREC = accura</c>).</summary>
    public required VaspParameters Parameters { get; init; }

    public ImmutableArray<AtomType> AtomTypes { get; init; } = [];

    /// <summary>For each atom the index of its type in <see cref="AtomTypes"/>, in the order of the POSCAR.</summary>
    public ImmutableArray<int> Atoms { get; init; } = [];

    /// <summary>The k-points of the calculation (not those of KPOINTS_OPT).</summary>
    public ImmutableArray<KPoint> KPoints { get; init; } = [];

    public ImmutableArray<IonicStep> IonicSteps { get; init; } = [];

    /// <summary>As given; null unless asked for.</summary>
    public Structure? InitialStructure { get; init; }

    /// <summary>After the last complete ionic step; null unless asked for.</summary>
    public Structure? FinalStructure { get; init; }

    /// <summary>On each atom in the last complete ionic step, in eV/Å; empty unless asked for.</summary>
    public ImmutableArray<Vector3D> ForcesEvPerA { get; init; } = [];

    /// <summary>Null where the file has none (a run that stops early has none).</summary>
    public double? FermiEnergyEv { get; init; }

    public DensityOfStates? Dos { get; init; }

    public Eigenvalues? Eigenvalues { get; init; }

    /// <summary>The file ends as a finished run's does.</summary>
    public bool Complete => Truncated is null;

    public Truncation? Truncated { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The last complete ionic step; null where none is.</summary>
    public IonicStep? LastStep => IonicSteps.IsEmpty ? null : IonicSteps[^1];

    public bool Noncollinear => Parameters.Flag("LNONCOLLINEAR") ?? false;

    /// <summary>Two spin channels (ISPIN = 2). A non-collinear run has one channel, of spinors.</summary>
    public bool SpinPolarized => Parameters.Whole("ISPIN") == 2 && !Noncollinear;

    /// <summary>
    /// The last complete ionic step used fewer than NELM electronic steps: VASP stops a step early only where EDIFF is reached.
    /// ALGO = Exact with NELM = 1 diagonalises once and has nothing to converge.
    /// </summary>
    public bool ElectronicConverged =>
        LastStep is { } last && Parameters.Whole("NELM") is { } limit
        && (last.ElectronicSteps < limit || (limit == 1 && "EXACT".Equals(Incar.Text("ALGO"), StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// True where nothing was to be relaxed (NSW at most 1, or IBRION asks for no relaxation, as in molecular dynamics);
    /// otherwise the file is complete and the relaxation stopped before NSW steps, which it does where EDIFFG is reached (and where
    /// a STOPCAR told it to, which the OUTCAR says).
    /// </summary>
    public bool IonicConverged
    {
        get
        {
            // NSW is 0 unless set; a file that stops before its parameters says nothing.
            if (Parameters.Whole("NSW") is not { } limit) return Complete;
            return limit <= 1 || Parameters.Whole("IBRION") is -1 or 0 or (>= 5 and <= 8) || (Complete && IonicSteps.Length < limit);
        }
    }

    /// <summary>Complete, and converged in both respects.</summary>
    public bool Converged => Complete && ElectronicConverged && IonicConverged;

    /// <summary>Reads a vasprun.xml from where the stream stands to its end, forward only.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <exception cref="DftFlowException">DF1401: this is no vasprun.xml. DF1402: it holds what such a file never does.</exception>
    public static Vasprun Read(Stream stream, VasprunContent content = VasprunContent.Energies, CancellationToken cancellation = default) =>
        new VasprunReader(stream, content, cancellation).Read();
}
