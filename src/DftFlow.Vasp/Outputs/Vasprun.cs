using System.Collections.Immutable;
using DftFlow.Crystals;

namespace DftFlow.Vasp.Outputs;

/// <summary>One kind of atom, with its potential.</summary>
/// <param name="Element">Null where neither the symbol nor the potential's title names one.</param>
/// <param name="ValenceElectrons">ZVAL: the electrons that the potential treats as valence.</param>
/// <param name="Potential">The potential's title, as in <c>PAW_PBE Mn_pv 02Aug2007</c>.</param>
public sealed record AtomType(int Count, Element? Element, string Symbol, double MassU, double ValenceElectrons, string Potential);

/// <param name="Fractional">In fractions of the reciprocal lattice vectors.</param>
/// <param name="Weight">As the file gives it: the weights of a mesh sum to 1.</param>
public readonly record struct KPoint(Vector3D Fractional, double Weight);

/// <summary>How the k-points were chosen, as VASP understood KPOINTS or KSPACING.</summary>
/// <param name="Scheme">Such as <c>Gamma</c>, <c>Monkhorst-Pack</c>, <c>Auto</c> (by a length), <c>listgenerated</c> (along lines).</param>
/// <param name="Divisions">Of a mesh along each reciprocal vector; of lines the points on each, one number. Empty where not stated.</param>
/// <param name="UserShift">The shift that KPOINTS asks for, in divisions of the mesh.</param>
/// <param name="Shift">The shift of the mesh itself: Monkhorst and Pack's even meshes have one.</param>
/// <param name="SubdivisionLengthA">R_k of <c>Auto</c>, in Å.</param>
/// <param name="PathPoints">The ends of the lines, in fractions of the reciprocal vectors; empty for a mesh.</param>
public sealed record KPointGeneration(
    string Scheme, ImmutableArray<int> Divisions, Vector3D UserShift, Vector3D Shift, double? SubdivisionLengthA, ImmutableArray<Vector3D> PathPoints);

/// <summary>An energy by the name that the file gives it.</summary>
public readonly record struct NamedEnergy(string Name, double EnergyEv);

/// <summary>The energies at the end of an ionic step, in eV a cell; NaN where the file has none.</summary>
/// <param name="FreeEnergyEv">TOTEN: with the entropy of the smearing.</param>
/// <param name="EnergyWithoutEntropyEv">Without the entropy term.</param>
/// <param name="EnergyEv">energy(sigma→0): extrapolated to no smearing.</param>
/// <param name="ElectronicSteps">How many electronic steps this ionic step took, without those of a response to a field or a displacement.</param>
public sealed record IonicStep(double FreeEnergyEv, double EnergyWithoutEntropyEv, double EnergyEv, int ElectronicSteps)
{
    /// <summary>The step's other energies: in molecular dynamics <c>kinetic</c>, <c>lattice kinetic</c>, <c>nosepot</c>, <c>nosekinetic</c> and <c>total</c>.</summary>
    public ImmutableArray<NamedEnergy> OtherEnergies { get; init; } = [];

    /// <summary>Null unless asked for (<see cref="VasprunContent.Trajectory"/>).</summary>
    public IonicGeometry? Geometry { get; init; }
}

/// <summary>Where the atoms are in an ionic step, and what acts on them.</summary>
/// <param name="Lattice">Null where the file does not give three vectors that span a volume.</param>
/// <param name="Fractional">Of each atom, in the order of the POSCAR.</param>
/// <param name="ForcesEvPerA">On each atom; empty where the file has none.</param>
/// <param name="StressKbar">The rows of the tensor; positive on the diagonal where the cell wants to grow. Empty where the file has none (ISIF below 1).</param>
public sealed record IonicGeometry(
    Lattice? Lattice, ImmutableArray<Vector3D> Fractional, ImmutableArray<Vector3D> ForcesEvPerA, ImmutableArray<Vector3D> StressKbar);

/// <summary>Results on the points of KPOINTS_OPT, which VASP (6.3 and later) computes in one step after the ordinary ones. What was not asked for, or is not in the file, is null or empty.</summary>
public sealed record KPointsOptResults
{
    public ImmutableArray<KPoint> KPoints { get; init; } = [];

    public KPointGeneration? KPointGeneration { get; init; }

    /// <summary>Its occupations are NaN where the run made no projections (LORBIT below 10).</summary>
    public Eigenvalues? Eigenvalues { get; init; }

    public ProjectedEigenvalues? ProjectedEigenvalues { get; init; }

    public DensityOfStates? Dos { get; init; }

    /// <summary>From these points alone; that of the run is <see cref="Vasprun.FermiEnergyEv"/>.</summary>
    public double? FermiEnergyEv { get; init; }
}

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

    /// <summary>Null where the points were listed one by one.</summary>
    public KPointGeneration? KPointGeneration { get; init; }

    public ImmutableArray<IonicStep> IonicSteps { get; init; } = [];

    /// <summary>
    /// What the free energy is made of in the last electronic step of the last complete ionic step, as the file names it: alphaZ, ewald, hartreedc, XCdc, pawpsdc,
    /// pawaedc, eentropy, bandstr, atom, and the three sums.
    /// </summary>
    public ImmutableArray<NamedEnergy> LastElectronicEnergies { get; init; } = [];

    /// <summary>As given; null unless asked for.</summary>
    public Structure? InitialStructure { get; init; }

    /// <summary>After the last complete ionic step; null unless asked for.</summary>
    public Structure? FinalStructure { get; init; }

    /// <summary>On each atom in the last complete ionic step, in eV/Å; empty unless asked for.</summary>
    public ImmutableArray<Vector3D> ForcesEvPerA { get; init; } = [];

    /// <summary>The rows of the stress tensor of the last complete ionic step, in kbar, positive where the cell wants to grow; empty unless asked for.</summary>
    public ImmutableArray<Vector3D> StressKbar { get; init; } = [];

    /// <summary>Null where the file has none (a run that stops early has none).</summary>
    public double? FermiEnergyEv { get; init; }

    public DensityOfStates? Dos { get; init; }

    public Eigenvalues? Eigenvalues { get; init; }

    /// <summary>Null unless asked for and in the file (LORBIT = 10 or more).</summary>
    public ProjectedEigenvalues? ProjectedEigenvalues { get; init; }

    /// <summary>Null unless asked for and in the file.</summary>
    public KPointsOptResults? KPointsOpt { get; init; }

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
    public bool IonicConverged =>
        // NSW is 0 unless set; a file that stops before its parameters says nothing.
        Parameters.Whole("NSW") is not { } limit ? Complete : !RelaxesIons || (Complete && IonicSteps.Length < limit);

    /// <summary>
    /// As <see cref="IonicConverged"/>, with the word of the run's OUTCAR, which knows better why a relaxation ended: it reached EDIFFG
    /// (perhaps with the last step that NSW allows), or a STOPCAR ended it.
    /// </summary>
    public bool IonicConvergedWith(Outcar outcar) => outcar.ReachedRequiredAccuracy || (IonicConverged && !(RelaxesIons && outcar.StoppedByUser));

    /// <summary>Complete, and converged in both respects.</summary>
    public bool Converged => Complete && ElectronicConverged && IonicConverged;

    private bool RelaxesIons => Parameters.Whole("NSW") > 1 && Parameters.Whole("IBRION") is not (-1 or 0 or (>= 5 and <= 8));

    /// <summary>The structure of an ionic step (from 0); null where it was not asked for, or an element is not known, or the cell has no volume.</summary>
    public Structure? StructureAt(int step)
    {
        if (IonicSteps[step].Geometry is not { Lattice: { } lattice } geometry || geometry.Fractional.Length != Atoms.Length) return null;
        var sites = ImmutableArray.CreateBuilder<Site>(Atoms.Length);
        for (var i = 0; i < Atoms.Length; i++)
        {
            if (AtomTypes[Atoms[i]].Element is not { } element || !geometry.Fractional[i].IsFinite) return null;
            sites.Add(new Site(element, geometry.Fractional[i], InitialStructure?.Sites[i].Free));
        }
        return new Structure(lattice, sites.MoveToImmutable());
    }

    /// <summary>Reads a vasprun.xml from where the stream stands to its end, forward only.</summary>
    /// <param name="stream">Plain text; whoever opened the file decompresses it.</param>
    /// <exception cref="DftFlowException">DF1401: this is no vasprun.xml. DF1402: it holds what such a file never does.</exception>
    public static Vasprun Read(Stream stream, VasprunContent content = VasprunContent.Energies, CancellationToken cancellation = default) =>
        Read(stream, content, new ProjectionFilter(), cancellation);

    /// <summary>As the other, with only those projections that the filter keeps.</summary>
    public static Vasprun Read(Stream stream, VasprunContent content, ProjectionFilter filter, CancellationToken cancellation = default) =>
        new VasprunReader(stream, content, filter, cancellation).Read();
}
