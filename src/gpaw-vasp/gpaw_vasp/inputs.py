"""Reads the input files of a directory and checks them against each other and against the policy on tags."""
from dataclasses import dataclass
from pathlib import Path

from . import identity
from .errors import InputError
from .incar import Incar, parse_incar
from .kpoints import KPoints, from_spacing, parse_kpoints
from .poscar import Structure, parse_poscar
from .potentials import Potential, choose_potentials, parse_potential_names
from .settings import Settings, read_settings
from .tags import check_policy

MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class Inputs:
    """Everything asked for. `remarks` are what OUTCAR notes on tags; `identity` is the program's name for itself."""

    incar: Incar
    structure: Structure
    kpoints: KPoints
    potentials: list[Potential]
    settings: Settings
    remarks: list[str]
    identity: str = identity()

    @property
    def masses(self) -> list[float]:
        from ase.data import atomic_masses, atomic_numbers
        return [float(atomic_masses[atomic_numbers[symbol]]) for symbol in self.structure.species]


def read_inputs() -> Inputs:
    incar = parse_incar(_read("INCAR"))
    remarks = check_policy(incar)
    names = parse_potential_names(_read("POTCAR.spec")) if Path("POTCAR.spec").exists() else None
    structure = parse_poscar(_read("POSCAR"), names)
    potentials = choose_potentials(structure, names)
    settings = read_settings(incar, structure, potentials)
    kpoints = _kpoints(settings, structure, remarks)
    if settings.ismear <= -4:
        if kpoints.divisions is None or len(kpoints.points) < 4:
            raise InputError(f"ISMEAR = {settings.ismear} (tetrahedron method) needs a regular mesh of at least 4 "
                             "k-points; use ISMEAR = 0 otherwise.")
    if names is None:
        remarks.append("No POTCAR.spec: each element has GPAW's default setup.")
    return Inputs(incar, structure, kpoints, potentials, settings, remarks)


def _kpoints(settings: Settings, structure: Structure, remarks: list[str]) -> KPoints:
    if Path("KPOINTS").exists():
        if settings.kspacing is not None:
            remarks.append("KSPACING: without effect, as there is a KPOINTS file.")
        return parse_kpoints(_read("KPOINTS"), structure.cell, structure.scale)
    if settings.kspacing is None:
        raise InputError("There is neither a KPOINTS file nor KSPACING in INCAR.")
    return from_spacing(settings.kspacing, settings.kgamma, structure.reciprocal)


def _read(name: str) -> str:
    path = Path(name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{name} has {path.stat().st_size} bytes; that is no such file.")
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise InputError(f"{name} is missing in {Path.cwd()}.") from None
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from None
