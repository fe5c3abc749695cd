"""Reads the input files of a directory and checks them against each other and against the policy on tags."""
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import identity, parallel
from .errors import InputError
from .incar import Incar, parse_incar
from .kpoints import KPoints, from_spacing, parse_kpoints
from .poscar import Structure, parse_poscar
from .potentials import Potential, choose_potentials, parse_potential_names
from .settings import Settings, read_settings
from .tags import check_policy
from .units import BOHR, HARTREE

MOST_BYTES = 50_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


@dataclass(frozen=True)
class Inputs:
    """Everything asked for. `remarks` are what OUTCAR notes on tags; `identity` is the program's name for itself."""

    incar: Incar
    structure: Structure
    kpoints: KPoints
    potentials: list[Potential]
    settings: Settings
    remarks: list[str]
    identity: str

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
    if settings.dipole and abs(kpoints.points[:, 2]).max() > 1e-9:
        raise InputError("LDIPOL with IDIPOL = 3 needs a single k-point (Gamma) along the third lattice vector.")
    _check_memory(settings, structure, len(kpoints.points))
    if names is None:
        remarks.append("No POTCAR.spec: each element has GPAW's default setup.")
    return Inputs(incar, structure, kpoints, potentials, settings, remarks, identity())


def _kpoints(settings: Settings, structure: Structure, remarks: list[str]) -> KPoints:
    if Path("KPOINTS").exists():
        if settings.kspacing is not None:
            remarks.append("KSPACING: without effect, as there is a KPOINTS file.")
        return parse_kpoints(_read("KPOINTS"), structure.cell, structure.scale)
    if settings.kspacing is None:
        raise InputError("There is neither a KPOINTS file nor KSPACING in INCAR.")
    return from_spacing(settings.kspacing, settings.kgamma, structure.reciprocal)


def _check_memory(settings: Settings, structure: Structure, points: int) -> None:
    """Ends what cannot fit, before the system kills it: a lower bound of wave functions and grids is compared with
    the memory of as many machines as there are ranks."""
    wave_number = (2 * settings.encut / HARTREE) ** 0.5
    volume = structure.volume / BOHR**3
    plane_waves = volume * wave_number**3 / (6 * np.pi**2)
    fine_grid = volume * (2 * 2**0.5 * wave_number / np.pi) ** 3
    for size in settings.fine_grid, settings.coarse_grid:
        fine_grid = max(fine_grid, float(np.prod(size, dtype=float)) if size else 0.0)
    states = settings.bands * settings.spins * max(1.0, points / 96)
    needed = 16 * plane_waves * states + 48 * fine_grid
    there = parallel.size() * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if needed > there:
        raise InputError(f"This calculation needs at least {needed / 1e9:.3g} GB; {parallel.size()} ranks have at most "
                         f"{there / 1e9:.3g} GB. The cell has {structure.volume:.4g} cubic angstrom: check POSCAR's "
                         "scale factor, then ENCUT, NBANDS, NGXF and the k-points.")


def _read(name: str) -> str:
    path = Path(name)
    try:
        if not path.is_file():
            path.stat()
            raise InputError(f"{name} in {Path.cwd()} is no ordinary file.")
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{name} has {path.stat().st_size} bytes; that is no such file.")
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except FileNotFoundError:
        raise InputError(f"{name} is missing in {Path.cwd()}.") from None
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}.") from None
    strange = _CONTROL.search(text)
    if strange:
        raise InputError(f"{name} line {text.count(chr(10), 0, strange.start()) + 1} holds the control character "
                         f"{ord(strange[0])}: it is no text file in UTF-8.")
    return text
