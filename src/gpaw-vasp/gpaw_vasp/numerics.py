"""The numerical choices that VASP's tags leave open or word differently."""
import numpy as np

from .poscar import Structure
from .potentials import Potential
from .settings import Settings


def convergence(settings: Settings) -> dict[str, float]:
    """EDIFF (eV a cell) as GPAW's criteria.

    energy: E(sigma->0) of the last three steps within EDIFF; GPAW counts it per electron. The residual of the
    eigenstates (eV^2 per electron) is an upper bound of the energy error times a typical gap of 10 eV to the next
    plane waves. The energy is of second order in the density, which therefore follows the square root of EDIFF.
    """
    electrons = settings.electrons
    return {"energy": settings.ediff / electrons,
            "eigenstates": max(10 * settings.ediff / electrons, 1e-12),
            "density": float(np.clip(1e-4 * (settings.ediff / 1e-5) ** 0.5, 1e-7, 1e-3)),
            "minimum iterations": settings.nelmin, "bands": "occupied"}


def mixing(settings: Settings, structure: Structure) -> dict:
    """Pulay mixing; slower where charge sloshing threatens (metallic smearing, long cells)."""
    slow = settings.ismear > 0 or np.linalg.norm(structure.cell, axis=1).max() > 12.0
    return {"backend": "pulay", "method": "difference" if settings.spins == 2 else "separate",
            "beta": 0.1 if slow else 0.25, "nmaxold": 8, "weight": 50}


def starting_moments(settings: Settings, structure: Structure, potentials: list[Potential]) -> list[float]:
    """MAGMOM, with no atom starting from more than its valence electrons could carry.

    GPAW's atoms share the cell's charge evenly at the start.
    """
    charge = settings.charge / len(structure.symbols)
    limits = [max(potentials[group].setup.valence - charge, 0.0) for group in structure.groups]
    return [float(np.clip(moment, -limit, limit)) for moment, limit in zip(settings.magmoms, limits)]
