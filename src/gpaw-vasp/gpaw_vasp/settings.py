"""INCAR's tags as typed settings, checked against the structure, with VASP's defaults."""
from dataclasses import dataclass

from .errors import InputError, Refusal
from .incar import Incar
from .poscar import Structure
from .potentials import Potential

SHELLS = "spdf"


@dataclass(frozen=True)
class HubbardU:
    """+U of one group of POSCAR. Energies in eV; only u - j enters."""

    l: int
    u: float
    j: float

    @property
    def effective(self) -> float:
        return self.u - self.j


@dataclass(frozen=True)
class Settings:
    """All that the calculation needs to know of INCAR. Energies in eV, lengths in angstrom."""

    system: str
    encut: float
    spins: int
    magmoms: tuple[float, ...]
    fixed_moment: float | None
    electrons: float
    neutral_electrons: float
    bands: int
    ediff: float
    nelm: int
    nelmin: int
    ismear: int
    sigma: float
    isym: int
    symprec: float
    hubbard: tuple[HubbardU | None, ...] | None
    ldau: bool
    nsw: int
    ibrion: int
    isif: int
    ediffg: float
    lorbit: int
    nedos: int
    emin: float | None
    emax: float | None
    lcharg: bool
    laechg: bool
    lelf: bool
    locpot: str | None
    coarse_grid: tuple[int, int, int] | None
    fine_grid: tuple[int, int, int] | None
    dipole: bool
    kspacing: float | None
    kgamma: bool

    @property
    def charge(self) -> float:
        """In elementary charges: positive where electrons are missing."""
        return self.neutral_electrons - self.electrons


def read_settings(incar: Incar, structure: Structure, potentials: list[Potential]) -> Settings:
    atoms = len(structure.symbols)
    spins = _one_of(incar, "ISPIN", 1, (1, 2))
    neutral = sum(p.setup.valence * count for p, count in zip(potentials, structure.counts))
    electrons = incar.real("NELECT", neutral)
    if not 0 < electrons <= 4 * neutral:
        raise InputError(f"INCAR: NELECT = {electrons:g} is not possible; the neutral cell has {neutral:g} electrons.")
    magmoms = _magmoms(incar, atoms, spins)
    nupdown = incar.real("NUPDOWN", -1.0)
    fixed = nupdown if spins == 2 and nupdown != -1.0 else None
    if fixed is not None and abs(fixed) > electrons:
        raise InputError(f"INCAR: NUPDOWN = {fixed:g} exceeds the number of electrons ({electrons:g}).")
    encut = incar.real("ENCUT")
    if encut is None:
        raise InputError("INCAR: ENCUT is missing. GPAW's setups recommend none as POTCAR's ENMAX does; give it in eV.")
    if not 50 <= encut <= 5000:
        raise InputError(f"INCAR: ENCUT = {encut:g} eV is out of range (50 to 5000).")
    ismear = _ismear(incar)
    sigma = incar.real("SIGMA", 0.2)
    if not (1e-4 <= sigma <= 10) and ismear > -4:
        raise InputError(f"INCAR: SIGMA = {sigma:g} eV is out of range (0.0001 to 10).")
    ediff = _positive(incar, "EDIFF", 1e-4)
    nsw, ibrion, isif, ediffg = _ionic(incar, ediff)
    hubbard = _hubbard(incar, structure, potentials)
    lorbit = incar.integer("LORBIT", 0)
    if lorbit not in (0, 10, 11, 12):
        raise Refusal(f"INCAR: LORBIT = {lorbit} is not supported; 0, 10, 11 and 12 (as 11) are.")
    nedos = incar.integer("NEDOS", 301)
    if not 2 <= nedos <= 200_000:
        raise InputError(f"INCAR: NEDOS = {nedos} is out of range (2 to 200000).")
    emin, emax = incar.real("EMIN"), incar.real("EMAX")
    if emin is not None and emax is not None and emin >= emax:
        emin = emax = None
    return Settings(
        system=incar.values.get("SYSTEM", "unknown system").strip("\"'"), encut=encut, spins=spins, magmoms=magmoms,
        fixed_moment=fixed, electrons=electrons, neutral_electrons=neutral,
        bands=_bands(incar, electrons, atoms, spins, magmoms, fixed, ismear),
        ediff=ediff, nelm=_count(incar, "NELM", 60), nelmin=_count(incar, "NELMIN", 2),
        ismear=ismear, sigma=sigma, isym=_one_of(incar, "ISYM", 2, (-1, 0, 1, 2, 3)),
        symprec=_positive(incar, "SYMPREC", 1e-5), hubbard=hubbard, ldau=hubbard is not None,
        nsw=nsw, ibrion=ibrion, isif=isif, ediffg=ediffg,
        lorbit=11 if lorbit == 12 else lorbit, nedos=nedos, emin=emin, emax=emax,
        lcharg=incar.logical("LCHARG", True), laechg=incar.logical("LAECHG", False),
        lelf=incar.logical("LELF", False),
        locpot="hartree" if incar.logical("LVHAR", False) else "total" if incar.logical("LVTOT", False) else None,
        coarse_grid=_grid(incar, ("NGX", "NGY", "NGZ")), fine_grid=_grid(incar, ("NGXF", "NGYF", "NGZF")),
        dipole=_dipole(incar, structure), kspacing=incar.real("KSPACING"), kgamma=incar.logical("KGAMMA", True))


def _magmoms(incar: Incar, atoms: int, spins: int) -> tuple[float, ...]:
    if spins == 1:
        return (0.0,) * atoms
    if "MAGMOM" not in incar:
        return (1.0,) * atoms
    magmoms = incar.reals("MAGMOM")
    if len(magmoms) != atoms:
        raise InputError(f"INCAR: MAGMOM has {len(magmoms)} values, POSCAR has {atoms} atoms.")
    return tuple(magmoms)


def _bands(incar: Incar, electrons: float, atoms: int, spins: int, magmoms: tuple[float, ...],
           fixed: float | None, ismear: int) -> int:
    """VASP's rule: half the electrons plus half the atoms (at least 3), or 0.6 an electron; more for a moment.

    Methfessel-Paxton occupations never add up to exactly full bands, so that they need an empty one.
    """
    moment = abs(fixed if fixed is not None else sum(magmoms)) if spins == 2 else 0.0
    bands = incar.integer("NBANDS")
    if bands is None:
        default = max(int(electrons + 2) // 2 + max(atoms // 2, 3), int(0.6 * electrons))
        return default + int(moment + 1) // 2 if spins == 2 else default
    majority = (electrons + abs(fixed or 0.0)) / 2
    if bands > 100_000 or bands < majority:
        raise InputError(f"INCAR: NBANDS = {bands} cannot hold {electrons:g} electrons"
                         + (f" with NUPDOWN = {fixed:g}." if fixed else "."))
    if ismear > 0 and bands == majority:
        raise InputError(f"INCAR: NBANDS = {bands} leaves no empty band, which ISMEAR = {ismear} needs; give more.")
    return bands


def _ismear(incar: Incar) -> int:
    ismear = incar.integer("ISMEAR", 1)
    if ismear in (-2, -3):
        raise Refusal(f"INCAR: ISMEAR = {ismear} (occupations given by hand, or a sweep of smearings) is not supported; "
                      "-5, -4, -1, 0, 1 and 2 are.")
    if ismear not in (-5, -4, -1, 0, 1, 2):
        raise Refusal(f"INCAR: ISMEAR = {ismear} is not supported; -5, -4, -1, 0, 1 and 2 are.")
    return ismear


def _ionic(incar: Incar, ediff: float) -> tuple[int, int, int, float]:
    nsw = incar.integer("NSW", 0)
    if not 0 <= nsw <= 100_000:
        raise InputError(f"INCAR: NSW = {nsw} is out of range.")
    ibrion = incar.integer("IBRION", -1 if nsw == 0 else 0)
    if ibrion in (5, 6, 7, 8) or (nsw > 0 and ibrion not in (-1, 1, 2)):
        what = "molecular dynamics" if ibrion == 0 else "this kind of ionic step"
        raise Refusal(f"INCAR: IBRION = {ibrion} with NSW = {nsw}: {what} is not supported; IBRION = 1 or 2 "
                      "(relaxation) and -1 (static) are.")
    if nsw == 0 or ibrion == -1:
        nsw, ibrion = 0, -1
    isif = incar.integer("ISIF", 2)
    if not 0 <= isif <= 8 or (nsw > 0 and isif > 3):
        raise Refusal(f"INCAR: ISIF = {isif} is not supported; 0 to 2 (ions move) and 3 (ions and cell) are.")
    return nsw, ibrion, isif, incar.real("EDIFFG", 10 * ediff)


def _hubbard(incar: Incar, structure: Structure,
             potentials: list[Potential]) -> tuple[HubbardU | None, ...] | None:
    """The vectors follow POSCAR's groups. Groups without effective U need no treatment and are None."""
    if not incar.logical("LDAU", False):
        return None
    groups = len(structure.species)
    vectors = {tag: incar.reals(tag) if tag in incar else None for tag in ("LDAUL", "LDAUU", "LDAUJ")}
    for tag in ("LDAUL", "LDAUU"):
        if vectors[tag] is None:
            raise InputError(f"INCAR: LDAU is set but {tag} is missing; give one value for each of "
                             f"{' '.join(structure.species)}.")
    vectors["LDAUJ"] = vectors["LDAUJ"] or [0.0] * groups
    for tag, values in vectors.items():
        if len(values) != groups:
            raise InputError(f"INCAR: {tag} has {len(values)} values; POSCAR has {groups} groups of atoms "
                             f"({' '.join(structure.species)}).")
    result: list[HubbardU | None] = []
    for group, (l, u, j) in enumerate(zip(incar.integers("LDAUL"), vectors["LDAUU"], vectors["LDAUJ"])):
        if not -1 <= l <= 3:
            raise InputError(f"INCAR: LDAUL = {l} for {structure.species[group]}; -1 (none), 1, 2 or 3 is expected.")
        if l < 0 or u == j:
            result.append(None)
            continue
        if l == 0:
            raise Refusal(f"INCAR: +U on s states of {structure.species[group]} (LDAUL = 0) is not supported.")
        if not potentials[group].setup.has_shell(l):
            raise InputError(f"INCAR: LDAUL = {l} asks for +U on {SHELLS[l]} states of {structure.species[group]}, "
                             f"but its setup {potentials[group].setup.file_name} has none.")
        result.append(HubbardU(l, u, j))
    return tuple(result)


def _dipole(incar: Incar, structure: Structure) -> bool:
    """Only the correction of the potential along the third lattice vector of a slab is available."""
    direction = incar.integer("IDIPOL", 0)
    ldipol = incar.logical("LDIPOL", False)
    if direction == 0 and not ldipol:
        return False
    if direction != 3:
        raise Refusal(f"INCAR: IDIPOL = {direction} is not supported; only 3 (a slab's surface normal) is.")
    if not ldipol:
        raise Refusal("INCAR: IDIPOL = 3 without LDIPOL corrects the energy alone, which is not supported; "
                      "set LDIPOL = .TRUE. to correct the potential as well.")
    a, b, c = structure.cell
    if abs(c[:2]).max() > 1e-6 or abs(a[2]) > 1e-6 or abs(b[2]) > 1e-6:
        raise Refusal("INCAR: the dipole correction needs the third lattice vector along z and the others in the "
                      "xy plane.")
    height = (structure.positions[:, 2] % 1.0) * c[2]
    if min(height.min(), (c[2] - height).min()) < 1.5:
        raise Refusal("INCAR: the dipole layer lies at z = 0, where this slab has atoms (closer than 1.5 angstrom). "
                      "Shift the slab so that the vacuum is there.")
    return True


def _grid(incar: Incar, tags: tuple[str, str, str]) -> tuple[int, int, int] | None:
    values = [incar.integer(tag) for tag in tags]
    if all(value is None for value in values):
        return None
    if any(value is None for value in values):
        raise InputError(f"INCAR: of {', '.join(tags)} all three have to be given, or none.")
    if min(values) < 4 or max(values) > 2000:
        raise InputError(f"INCAR: {', '.join(tags)} = {values} is out of range (4 to 2000).")
    return tuple(values)


def _one_of(incar: Incar, tag: str, default: int, allowed: tuple[int, ...]) -> int:
    value = incar.integer(tag, default)
    if value not in allowed:
        raise InputError(f"INCAR: {tag} = {value}: one of {', '.join(map(str, allowed))} is expected.")
    return value


def _count(incar: Incar, tag: str, default: int) -> int:
    value = incar.integer(tag, default)
    if not 1 <= value <= 100_000:
        raise InputError(f"INCAR: {tag} = {value} is out of range.")
    return value


def _positive(incar: Incar, tag: str, default: float) -> float:
    value = incar.real(tag, default)
    if value <= 0:
        raise InputError(f"INCAR: {tag} = {value:g} has to be positive.")
    return value
