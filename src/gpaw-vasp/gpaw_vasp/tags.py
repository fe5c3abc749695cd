"""What happens to each INCAR tag: the one table of the policy, with a reason for each.

HONOURED tags do here what they do in VASP. NOTED tags cannot change the converged result and are listed in OUTCAR.
REFUSED tags would change the result and end the run, unless they have a value that asks for nothing (`harmless`).
A tag that is in no list is refused too: what is not understood might change the result.
"""
from dataclasses import dataclass
from difflib import get_close_matches

from .errors import Refusal
from .incar import Incar

HONOURED = {
    "SYSTEM": "title of the files",
    "ENCUT": "plane-wave cutoff in eV",
    "ISPIN": "spin polarisation", "MAGMOM": "starting moments", "NUPDOWN": "fixed total moment",
    "NELECT": "number of electrons; the difference is compensated by a uniform background",
    "NBANDS": "number of bands",
    "EDIFF": "criterion of the electronic loop", "NELM": "most electronic steps", "NELMIN": "fewest electronic steps",
    "ISMEAR": "occupations", "SIGMA": "width of the smearing in eV",
    "KSPACING": "mesh without KPOINTS", "KGAMMA": "whether that mesh is centred at Gamma",
    "ISYM": "use of symmetry", "SYMPREC": "tolerance of symmetry",
    "LDAU": "DFT+U", "LDAUL": "shell of +U", "LDAUU": "U in eV", "LDAUJ": "J in eV; only U - J counts",
    "NSW": "most ionic steps", "IBRION": "-1 (static), 1 or 2 (relaxation)", "ISIF": "0 to 3",
    "EDIFFG": "criterion of the ionic loop",
    "LORBIT": "0, 10, 11 or 12", "NEDOS": "points of the density of states",
    "EMIN": "lower end of the density of states", "EMAX": "upper end of the density of states",
    "LCHARG": "CHGCAR", "LAECHG": "AECCAR0 and AECCAR2", "LELF": "ELFCAR",
    "LVHAR": "LOCPOT, electrostatic", "LVTOT": "LOCPOT, with exchange and correlation",
    "NGX": "grid of the wave functions", "NGY": "grid of the wave functions", "NGZ": "grid of the wave functions",
    "NGXF": "grid of the density files", "NGYF": "grid of the density files", "NGZF": "grid of the density files",
    "IDIPOL": "3 with LDIPOL", "LDIPOL": "dipole correction of the potential",
}

NOTED = {
    "ISTART": "every run starts from atomic wave functions",
    "PREC": "grids follow ENCUT and avoid wrap-around errors, as with PREC = Accurate",
    "LREAL": "projections are exact (in reciprocal space), as with LREAL = .FALSE.",
    "ROPT": "no real-space projection is used",
    "LASPH": "non-spherical contributions in the spheres are always included",
    "LMAXMIX": "all on-site density matrices are mixed, whatever l",
    "LMAXPAW": "the on-site densities are always complete",
    "ADDGRID": "the grids need no support grid",
    "ENAUG": "the augmentation charges need no grid of their own",
    "ENINI": "the cutoff stays at ENCUT", "PREC_FOCK": "no Fock exchange is computed",
    "NELMDL": "the density is updated from the first step", "INIWAV": "the start is from atomic orbitals",
    "AMIX": "own density mixing", "BMIX": "own density mixing", "AMIN": "own density mixing",
    "AMIX_MAG": "own density mixing", "BMIX_MAG": "own density mixing", "IMIX": "own density mixing",
    "MAXMIX": "own density mixing", "WC": "own density mixing", "INIMIX": "own density mixing",
    "MIXPRE": "own density mixing", "MREMOVE": "own density mixing",
    "TIME": "own eigensolver", "DEPER": "own eigensolver", "EBREAK": "own eigensolver", "WEIMIN": "own eigensolver",
    "NRMM": "own eigensolver", "LSUBROT": "own eigensolver", "NSIM": "own eigensolver",
    "POTIM": "the optimiser finds its own step length", "NFREE": "the optimiser keeps its whole history",
    "IWAVPR": "wave functions are carried over between ionic steps",
    "LWAVE": "no WAVECAR is written: the wave functions are not in VASP's form",
    "NWRITE": "OUTCAR has one length", "LDAUPRINT": "OUTCAR has one length",
    "KBLOCK": "the density of states is never averaged over steps",
    "NBLOCK": "concerns molecular dynamics", "NPACO": "concerns molecular dynamics",
    "APACO": "concerns molecular dynamics", "TEBEG": "concerns molecular dynamics",
    "TEEND": "concerns molecular dynamics", "SMASS": "concerns molecular dynamics",
    "RWIGS": "projections use the setups' own spheres", "DIPOL": "the dipole layer lies at the cell's lower face",
    "NPAR": "parallelisation", "NCORE": "parallelisation", "KPAR": "parallelisation", "LPLANE": "parallelisation",
    "LSCALU": "parallelisation", "LSCALAPACK": "parallelisation", "LSCAAWARE": "parallelisation",
    "LASYNC": "parallelisation", "NBLK": "parallelisation", "MAXMEM": "memory", "NCORE_IN_IMAGE1": "parallelisation",
    "LORBITALREAL": "own eigensolver", "LUSENCCL": "parallelisation", "NCSHMEM": "parallelisation",
    "KPOINT_BSE": "concerns excited states", "LH5": "HDF5 files are not written", "LMUSIC": "has no effect",
    "LFOCKAEDFT": "no Fock exchange is computed", "IDIOT": "warnings are always shown",
    "LCORR": "the forces belong to the self-consistent density", "LCOMPAT": "concerns old versions",
    "GGA_COMPAT": "the gradient correction keeps the lattice's symmetry",
    "VOSKOWN": "PBE uses its own interpolation of the spin dependence", "NLSPLINE": "projections are exact",
    "STOP_ON": "has no effect", "LDOWNSAMPLE": "no WAVECAR is written",
    "PHON_NSTRUCT": "concerns phonons",
}


@dataclass(frozen=True)
class Harmless:
    """A tag whose listed first words (in upper case; F stands for all forms of false) ask for nothing."""

    words: tuple[str, ...]
    reason: str


_OFF = ("F",)
_ZERO = ("0",)

REFUSED = {
    "ALGO": Harmless(("N", "NORMAL", "V", "VERYFAST", "F", "FAST", "C", "CONJUGATE", "A", "ALL", "D", "DAMPED"),
                     "only ground states are computed; Normal, VeryFast, Fast, All, Damped all find it"),
    "IALGO": Harmless(("8", "38", "44", "46", "48", "53", "54", "58", "68"), "only ground states are computed"),
    "LDIAG": Harmless(("T",), "bands without subspace rotation are no eigenstates"),
    "ICHARG": Harmless(("0", "1", "2"), "a calculation in a fixed density (ICHARG above 9) is not supported"),
    "ICORELEVEL": Harmless(_ZERO, "core-level shifts are not supported; core potentials stand in OUTCAR anyway"),
    "GGA": Harmless(("PE", "--"), "only PBE is supported"),
    "METAGGA": Harmless(("--", "NONE"), "only PBE is supported, no meta-GGA"),
    "LDAUTYPE": Harmless(("2",), "only Dudarev's form of +U (LDAUTYPE = 2) is supported"),
    "LHFCALC": Harmless(_OFF, "hybrid functionals are not supported"),
    "AEXX": Harmless(_ZERO, "hybrid functionals are not supported"),
    "HFSCREEN": Harmless(_ZERO, "hybrid functionals are not supported"),
    "HFALPHA": Harmless(_ZERO, "hybrid functionals are not supported"),
    "AGGAX": Harmless(("1",), "only PBE is supported"), "AGGAC": Harmless(("1",), "only PBE is supported"),
    "ALDAX": Harmless(("1",), "only PBE is supported"), "ALDAC": Harmless(("1",), "only PBE is supported"),
    "LTHOMAS": Harmless(_OFF, "hybrid functionals are not supported"),
    "LMODELHF": Harmless(_OFF, "hybrid functionals are not supported"),
    "LSORBIT": Harmless(_OFF, "spin-orbit coupling is not supported"),
    "LNONCOLLINEAR": Harmless(_OFF, "only collinear spins are supported"),
    "LSPIRAL": Harmless(_OFF, "spin spirals are not supported"), "QSPIRAL": Harmless((), "spin spirals are not supported"),
    "SAXIS": Harmless((), "only collinear spins are supported"),
    "M_CONSTR": Harmless((), "constrained moments are not supported"),
    "I_CONSTRAINED_M": Harmless(_ZERO, "constrained moments are not supported"),
    "LAMBDA": Harmless((), "constrained moments are not supported"),
    "IVDW": Harmless(_ZERO, "dispersion corrections are not supported"),
    "LVDW": Harmless(_OFF, "dispersion corrections are not supported"),
    "LUSE_VDW": Harmless(_OFF, "non-local van der Waals functionals are not supported"),
    "LVDW_EWALD": Harmless(_OFF, "dispersion corrections are not supported"),
    "LSOL": Harmless(_OFF, "implicit solvation is not supported"),
    "LMONO": Harmless(_OFF, "monopole corrections are not supported"),
    "EFIELD": Harmless(_ZERO, "electric fields are not supported"),
    "EFIELD_PEAD": Harmless((), "electric fields are not supported"),
    "EPSILON": Harmless(("1",), "a dielectric background is not supported"),
    "FERWE": Harmless((), "occupations given by hand are not supported"),
    "FERDO": Harmless((), "occupations given by hand are not supported"),
    "SMEARINGS": Harmless((), "a sweep over smearings is not supported"),
    "EFERMI": Harmless(("LEGACY", "MIDGAP"), "a Fermi level given by hand is not supported"),
    "PSTRESS": Harmless(_ZERO, "external pressure is not supported"),
    "MDALGO": Harmless(_ZERO, "molecular dynamics is not supported"),
    "LATTICE_CONSTRAINTS": Harmless((), "constraints on the lattice are not supported"),
    "IMAGES": Harmless(_ZERO, "nudged elastic bands are not supported"),
    "ICHAIN": Harmless(_ZERO, "nudged elastic bands are not supported"),
    "IOPT": Harmless(_ZERO, "the optimisers of the VTST tools are not supported"),
    "LCLIMB": Harmless(_OFF, "nudged elastic bands are not supported"),
    "SPRING": Harmless((), "nudged elastic bands are not supported"),
    "SCALEE": Harmless(("1",), "thermodynamic integration is not supported"),
    "VCA": Harmless((), "virtual crystals are not supported"),
    "POMASS": Harmless((), "masses are those of the elements"),
    "ZVAL": Harmless((), "valences are those of the setups"),
    "LEPSILON": Harmless(_OFF, "response functions are not supported"),
    "LCALCEPS": Harmless(_OFF, "response functions are not supported"),
    "LRPA": Harmless(_OFF, "response functions are not supported"),
    "LOPTICS": Harmless(_OFF, "optical properties are not supported"),
    "LNABLA": Harmless(_OFF, "optical properties are not supported"),
    "LCALCPOL": Harmless(_OFF, "polarisation is not supported"),
    "LPEAD": Harmless(_OFF, "polarisation is not supported"),
    "LBERRY": Harmless(_OFF, "polarisation is not supported"),
    "LPARD": Harmless(_OFF, "partial charge densities are not supported"),
    "LCHIMAG": Harmless(_OFF, "chemical shifts are not supported"),
    "LNMR_SYM_RED": Harmless(_OFF, "chemical shifts are not supported"),
    "LEFG": Harmless(_OFF, "electric field gradients are not supported"),
    "LHYPERFINE": Harmless(_OFF, "hyperfine parameters are not supported"),
    "LWANNIER90": Harmless(_OFF, "Wannier functions are not supported"),
    "LWANNIER90_RUN": Harmless(_OFF, "Wannier functions are not supported"),
    "LKPOINTS_OPT": Harmless(_OFF, "a second set of k-points is not supported"),
    "LINTERFAST": Harmless(_OFF, "not supported"), "LMETAGGA": Harmless(_OFF, "only PBE is supported"),
    "LFCI": Harmless(_OFF, "not supported"), "LSCSGRAD": Harmless(_OFF, "not supported"),
    "ML_LMLFF": Harmless(_OFF, "machine-learned force fields are not supported"),
    "LLIBXC": Harmless(_OFF, "only PBE is supported"),
    "LZEROZ": Harmless(_OFF, "only collinear spins are supported"),
    "LPHON_DISPERSION": Harmless(_OFF, "phonons are not supported"),
    "LSCDM": Harmless(_OFF, "Wannier functions are not supported"),
    "LTEMPER": Harmless(_OFF, "dynamics is not supported"),
}


def check_policy(incar: Incar) -> list[str]:
    """Raises Refusal with every reason at once; returns the remarks on noted tags for OUTCAR."""
    refusals, remarks = [], []
    for tag in incar.values:
        if tag in HONOURED:
            continue
        if tag in NOTED:
            remarks.append(f"{tag} = {incar.text(tag)[:40]}: {NOTED[tag]}.")
        elif tag in REFUSED:
            rule = REFUSED[tag]
            if _asks_for_nothing(incar, tag, rule.words):
                continue
            if tag in ("LDAUTYPE",) and not incar.logical("LDAU", False):
                remarks.append(f"{tag}: without effect, as LDAU is not set.")
                continue
            refusals.append(f"{tag} = {incar.text(tag)[:40]}: {rule.reason}.")
        else:
            known = [*HONOURED, *NOTED, *REFUSED]
            close = get_close_matches(tag, known, 1, 0.6)
            refusals.append(f"{tag} = {incar.text(tag)[:40]}: unknown tag"
                            + (f"; did you mean {close[0]}?" if close else "."))
    remarks += [f"{tag} is given more than once: the first counts." for tag in dict.fromkeys(incar.duplicates)]
    if refusals:
        raise Refusal("INCAR asks for what is not honoured here and would change the result:\n  "
                      + "\n  ".join(refusals)
                      + "\n  Remove the tag, change it, or run this calculation with VASP.")
    return remarks


def _asks_for_nothing(incar: Incar, tag: str, harmless: tuple[str, ...]) -> bool:
    word = incar.word(tag).upper()
    if harmless == _OFF:
        return word.strip(".").startswith("F")
    if harmless == ("T",):
        return word.strip(".").startswith("T")
    if harmless in (_ZERO, ("1",)):
        try:
            return float(word.replace("D", "E")) == float(harmless[0])
        except ValueError:
            return False
    return word in harmless or " ".join(incar.text(tag).upper().replace(".", "").split()) in harmless
