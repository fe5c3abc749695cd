using System.Collections.Immutable;

namespace DftFlow.Vasp.Diagnoses;

/// <summary>
/// Everything that is diagnosed. Messages are VASP's own words (versions 5 and 6, from the standard outputs of failed runs and the
/// VASP wiki); that they matter is the experience of the field (custodian's handlers, https://github.com/materialsproject/custodian).
/// </summary>
public static partial class KnownDiagnoses
{
    /// <summary>In the order of docs/diagnoses.md.</summary>
    public static ImmutableArray<KnownDiagnosis> All { get; } = [.. Convergence, .. Solvers, .. Symmetry, .. Sampling, .. Ions, .. InputAndMachine];

    /// <exception cref="KeyNotFoundException">There is no such diagnosis.</exception>
    internal static Diagnosis Found(string id, FormattableString evidence)
    {
        foreach (var known in All)
            if (known.Id == id) return new Diagnosis(id, known.Class, FormattableString.Invariant(evidence));
        throw new KeyNotFoundException($"There is no diagnosis '{id}'.");
    }

    // Seen in the numbers, whatever the run says.
    private static KnownDiagnosis[] Convergence =>
    [
        new("electronic-unconverged", DiagnosisClass.Numerics, ["electronic self-consistency was not achieved in the given number of steps"],
            "The electronic loop of an ionic step ended at NELM without reaching EDIFF: of the last one, where numbers are the evidence.",
            "Look at the course of the energy: if it still falls, raise NELM; if it swings, take gentler mixing (AMIX, BMIX) or ALGO = Normal or All."),
        new("scf-oscillating", DiagnosisClass.Numerics, [],
            "The energy swings from one electronic step to the next and does not settle.",
            "Lower AMIX and BMIX (and AMIX_MAG, BMIX_MAG with spin), or take ALGO = Normal or All; check the starting moments and the smearing."),
        new("runaway-energy", DiagnosisClass.Numerics, [],
            "The energy is not a number, did not fit its column, or is beyond what atoms can have.",
            "Check the geometry for atoms that are too close, then take ALGO = Normal and a fresh start (no WAVECAR, no CHGCAR)."),
        new("positive-energy", DiagnosisClass.Numerics, [],
            "The total energy is positive: no bound state of atoms was found.",
            "Take ALGO = Normal and a fresh start; check the distances between atoms, and POTIM in a relaxation."),
        new("ionic-unconverged", DiagnosisClass.Path, [],
            "The relaxation made NSW steps without reaching EDIFFG.",
            "Go on from CONTCAR; if the forces no longer fall, change IBRION or POTIM, or tighten EDIFF."),
        new("cut-off", DiagnosisClass.Housekeeping, [],
            "The files end in the middle of the run, which gave no reason: killed, out of time, or still running.",
            "Look at the scheduler's record of the job; go on from CONTCAR and WAVECAR with more time."),
        new("stopped", DiagnosisClass.None, [],
            "A STOPCAR ended the run before it was done.",
            "Nothing, if that was wanted; else go on from CONTCAR."),
    ];

    private static KnownDiagnosis[] Solvers =>
    [
        new("brmix", DiagnosisClass.Numerics, ["BRMIX: very serious problems"],
            "The charge mixer holds another number of electrons than the wavefunctions.",
            "Start again from the WAVECAR or from nothing (ISTART, ICHARG = 2); then try another mixer (IMIX = 1) or a Gamma-centred mesh. Expected where NELECT is set by hand."),
        new("edddav", DiagnosisClass.Numerics, ["Error EDDDAV: Call to ZHEGV failed"],
            "The Davidson solver's matrices became singular.",
            "ALGO = All (or Normal) with a fresh CHGCAR; fewer cores a band where there are more cores than electrons; check the geometry."),
        new("eddrmm", DiagnosisClass.Numerics, ["WARNING in EDDRMM: call to ZHEGV failed"],
            "The RMM-DIIS solver's matrices became singular.",
            "ALGO = Normal; a smaller POTIM in a relaxation; start without WAVECAR and CHGCAR."),
        new("eddiag", DiagnosisClass.Numerics, ["ERROR EDDIAG: Call to routine ZHEEV failed", "in EDDIAG: call to ZHEEV"],
            "The diagonalisation in the space of the bands failed.",
            "ALGO = Normal, then ALGO = Exact; check the geometry."),
        new("subspace-rotation", DiagnosisClass.Numerics, ["ERROR in subspace rotation PSSYEVX", "ERROR in subspace rotation PDSYEVX", "ERROR in subspace rotation PZHEEVX"],
            "ScaLAPACK failed in the rotation of the bands.",
            "ALGO = Normal, or LSCALAPACK = .FALSE."),
        new("subspace-matrix", DiagnosisClass.Numerics, ["Sub-Space-Matrix is not hermitian"],
            "The matrix between the bands lost its symmetry, mostly through real-space projectors.",
            "LREAL = .FALSE. (in every run of a comparable set), then PREC = Accurate."),
        new("gradient-not-orthogonal", DiagnosisClass.Numerics, ["the gradient is not orthogonal"],
            "The conjugate-gradient solver lost the orthogonality of the bands.",
            "ALGO = Normal or Fast; more bands."),
        new("zpotrf", DiagnosisClass.Numerics, ["LAPACK: Routine ZPOTRF failed", "Routine ZPOTRF ZTRTRI"],
            "The overlap matrix is not positive definite: bands depend on each other, mostly as atoms are too close or the parallel layout does not suit.",
            "Check the geometry; ISYM = 0; NCORE = 1 for few atoms; a smaller POTIM in a relaxation."),
        new("too-few-bands", DiagnosisClass.Numerics, ["TOO FEW BANDS", "Your highest band is occupied at some k-points"],
            "The highest band is occupied at some k-point: NBANDS is too small.",
            "Raise NBANDS by a tenth or more, or leave it out."),
        new("nbands-insufficient", DiagnosisClass.Numerics, ["number of bands is not sufficient"],
            "NBANDS does not hold the electrons.",
            "Leave NBANDS out, or raise it."),
        new("deg-clusters", DiagnosisClass.Numerics, ["internal error in SETUP_DEG_CLUSTERS"],
            "More degenerate bands than the routine provides for, which a parallel layout that adds bands can bring about.",
            "Another NCORE, NPAR or number of cores, so that NBANDS is not rounded up; or set NBANDS."),
        new("amin", DiagnosisClass.Numerics, ["One of the lattice vectors is very long (>50 A), but AMIN"],
            "The cell is so long that charge sloshes.",
            "AMIN = 0.01."),
        new("algo-tetrahedron", DiagnosisClass.Numerics, ["ALGO=A and IALGO=5X tend to fail"],
            "ALGO = All (or Damped) with the tetrahedron method, which is not variational.",
            "ALGO = Normal or Fast. Another smearing would change the physics."),
        new("real-optlay", DiagnosisClass.Numerics, ["REAL_OPTLAY: internal error", "REAL_OPT: internal ERROR"],
            "The real-space projectors cannot be optimised for this cell.",
            "LREAL = .FALSE. (in every run of a comparable set)."),
        new("rspher", DiagnosisClass.Numerics, ["ERROR RSPHER"],
            "The real-space projectors have more grid points than there is room for.",
            "LREAL = .FALSE. (in every run of a comparable set)."),
        new("sbesseliter", DiagnosisClass.Numerics, ["SBESSELITER : nicht konvergent"],
            "The optimisation of the real-space projectors did not converge.",
            "LREAL = .FALSE. (in every run of a comparable set)."),
        new("set-core-wf", DiagnosisClass.None, ["internal error in SET_CORE_WF"],
            "The core states of a potential could not be found again.",
            "No remedy is known but another potential, which changes the physics."),
    ];

    private static KnownDiagnosis[] Symmetry =>
    [
        new("kpoint-symmetry", DiagnosisClass.Numerics, ["Fatal error detecting k-mesh", "Fatal error: unable to match k-point"],
            "The k-points do not have the symmetry that was found for the cell.",
            "A tighter SYMPREC (1E-6), then ISYM = 0."),
        new("bravais", DiagnosisClass.Numerics, ["Inconsistent Bravais lattice"],
            "The cell and its reciprocal cell are found to be of different lattice types.",
            "A tighter SYMPREC (1E-6) or a more exact POSCAR; then ISYM = 0."),
        new("inverse-rotation", DiagnosisClass.Numerics, ["rotation matrix was not found (increase SYMPREC)"],
            "A symmetry operation has no inverse among those that were found.",
            "Another SYMPREC (1E-8), or a more exact POSCAR."),
        new("rotation-matrix", DiagnosisClass.Numerics, ["Found some non-integer element in rotation matrix", "internal error in subroutine SGRCON"],
            "A symmetry operation does not map the lattice on itself.",
            "A Gamma-centred mesh or ISYM = 0."),
        new("point-group", DiagnosisClass.Numerics, ["group operation missing"],
            "An operation of the point group is missing.",
            "ISYM = 0, or another SYMPREC."),
        new("pricel", DiagnosisClass.Numerics, ["internal error in subroutine PRICEL"],
            "The primitive cell could not be found.",
            "SYMPREC = 1E-8, then ISYM = 0."),
        new("pricelv", DiagnosisClass.Numerics, ["PRICELV: current lattice and primitive lattice are incommensurate"],
            "The primitive lattice does not fit the cell within SYMPREC.",
            "A tighter SYMPREC (1E-8), then ISYM = 0."),
        new("posmap", DiagnosisClass.Numerics, ["internal error in subroutine POSMAP", "POSMAP internal error"],
            "An atom has no symmetry-equivalent partner where one must be.",
            "A tighter SYMPREC (1E-6), then ISYM = 0."),
        new("rhosyg", DiagnosisClass.Numerics, ["RHOSYG internal error", "stars are not distinct", "subroutine RHOSYG"],
            "The charge density could not be symmetrised.",
            "SYMPREC = 1E-4, then ISYM = 0."),
        new("symmetry-noise", DiagnosisClass.Numerics, ["determination of the symmetry of your systems shows a strong"],
            "The symmetry found depends strongly on SYMPREC.",
            "A more exact POSCAR, or SYMPREC = 1E-6."),
        new("ibzkpt", DiagnosisClass.Numerics, ["not all point group operations"],
            "The generating k-lattice lacks symmetry of the cell.",
            "ISYM = 0, or a Gamma-centred mesh."),
        new("hnform", DiagnosisClass.Numerics, ["HNFORM: k-point generating"],
            "The generating vectors of the k-points and the reciprocal lattice do not fit.",
            "ISYM = 0, or another mesh."),
    ];

    private static KnownDiagnosis[] Sampling =>
    [
        new("tetrahedron-kpoints", DiagnosisClass.Physics, ["tetrahedron method fails"],
            "The tetrahedron method needs at least four k-points.",
            "A denser mesh, or ISMEAR = 0 with a small SIGMA, in every run of a comparable set."),
        new("tetirr", DiagnosisClass.Physics, ["Routine TETIRR needs special values"],
            "The tetrahedron method does not accept the shift of the mesh.",
            "A Gamma-centred mesh, in every run of a comparable set."),
        new("dentet", DiagnosisClass.Physics, ["DENTET: can't reach specified precision", "internal error in subroutine DENTET"],
            "The tetrahedron method cannot find the Fermi level exactly enough.",
            "A denser Gamma-centred mesh, or ISMEAR = 0, in every run of a comparable set."),
        new("kpoint-shift", DiagnosisClass.Physics, ["Could not get correct shifts"],
            "The shift of the mesh breaks its symmetry.",
            "A Gamma-centred mesh, in every run of a comparable set."),
        new("mesh-symmetry", DiagnosisClass.Physics, ["Reciprocal lattice and k-lattice belong to different class of lattices"],
            "The k-points' lattice has another symmetry than the cell's; VASP goes on and often is right.",
            "Divisions that follow the cell's symmetry (often a Gamma-centred mesh), in every run of a comparable set."),
        new("kpoints-trans", DiagnosisClass.Physics, ["internal error in GENERATE_KPOINTS_TRANS"],
            "A symmetry operation takes a plane wave out of the basis at another k-point.",
            "Divisions that follow the cell's symmetry, in every run of a comparable set; or ISYM = 0, which keeps the mesh."),
        new("aliasing", DiagnosisClass.Physics, ["small aliasing (wrap around) errors must be expected"],
            "The FFT grid is somewhat too coarse for the plane waves.",
            "PREC = Accurate, or the grid that OUTCAR recommends, in every run of a comparable set."),
        new("fft-grid", DiagnosisClass.Physics, ["Your FFT grids (NGX,NGY,NGZ) are not sufficient"],
            "NGX, NGY, NGZ as set are too small.",
            "Leave them out, in every run of a comparable set."),
        new("lrf-commutator", DiagnosisClass.Physics, ["LRF_COMMUTATOR internal error"],
            "The commutator for the linear response failed.",
            "LPEAD = .TRUE., which computes the response another way."),
        new("triple-product", DiagnosisClass.Physics, ["the triple product of the basis vectors"],
            "The lattice vectors are left-handed.",
            "Exchange two of them, or turn one round: for a slab mind the axis of the vacuum, of the mesh and of IDIPOL."),
    ];
}
