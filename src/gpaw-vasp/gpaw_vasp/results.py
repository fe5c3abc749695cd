"""What a calculation yields, in VASP's units (eV, angstrom, kB), free of GPAW's objects."""
from dataclasses import dataclass, field

import numpy as np

from .poscar import Structure


@dataclass(frozen=True)
class ElectronicStep:
    """One pass of the self-consistency loop. Energies of the cell in eV."""

    number: int
    free_energy: float
    energy_without_entropy: float
    energy_sigma_0: float
    change: float
    band_energy_change: float
    updates: int
    residual: float
    density_error: float
    moment: float
    seconds: float


@dataclass(frozen=True)
class IonicStep:
    """A structure with its converged (or not) ground state.

    `forces` in eV/angstrom; `stress` (3, 3) in kB with VASP's sign, positive where the cell wants to expand, or None
    where it was not asked for. `terms` are the parts of the free energy in GPAW's own division.
    """

    number: int
    structure: Structure
    electronic: list[ElectronicStep]
    converged: bool
    forces: np.ndarray
    stress: np.ndarray | None
    terms: dict[str, float]
    seconds: float

    @property
    def last(self) -> ElectronicStep:
        return self.electronic[-1]


@dataclass(frozen=True)
class Bands:
    """Eigenvalues (eV) and occupations (0 to 1) as (spin, k-point, band) arrays; k-points of the irreducible zone."""

    kpoints: np.ndarray
    weights: np.ndarray
    eigenvalues: np.ndarray
    occupations: np.ndarray
    fermi_levels: tuple[float, ...]
    fermi_note: str
    plane_waves: np.ndarray

    @property
    def spins(self) -> int:
        return len(self.eigenvalues)

    @property
    def fermi_level(self) -> float:
        return float(np.mean(self.fermi_levels))


@dataclass(frozen=True)
class Projections:
    """`weights` (spin, k-point, band, atom, lm): the part of each state in each atom's sphere; lm in VASP's order.

    `columns` names the lm; `charges` (spin, atom, l) are summed over occupied states.
    """

    weights: np.ndarray
    columns: tuple[str, ...]
    charges: np.ndarray
    radii: tuple[float, ...]


@dataclass(frozen=True)
class Dos:
    """`energies` (eV), `total` and `integrated` (spin, energy), `partial` (atom, spin, column, energy) or None."""

    energies: np.ndarray
    total: np.ndarray
    integrated: np.ndarray
    partial: np.ndarray | None
    columns: tuple[str, ...] = field(default=())
