"""Electrostatic potentials: at the nuclei for OUTCAR, on a grid for LOCPOT. Energies of an electron in eV."""
import numpy as np
from ase.units import Ha
from gpaw.mpi import world

from .densities import resample


def core_potentials(calc) -> np.ndarray:
    """The pseudo electrostatic potential averaged over each atom with the shape of its compensation charge."""
    density, hamiltonian = calc.density, calc.hamiltonian
    moments = hamiltonian.calculate_atomic_hamiltonians(density)
    values = np.zeros(len(calc.atoms))
    for a, W_L in moments.items():
        values[a] = W_L[0] / (4 * np.pi) ** 0.5 * Ha
    moments.partition.comm.sum(values)
    return values


def local_potential(calc, kind: str, grid: tuple[int, int, int] | None) -> list[np.ndarray] | None:
    """`hartree`: one block, the electrostatic part; `total`: the whole local potential, one block a spin.

    On the root rank, None elsewhere.
    """
    if kind == "hartree":
        values = calc.hamiltonian.get_electrostatic_potential(calc.density)
        blocks = [np.asarray(values)] if world.rank == 0 else []
        size = grid or (blocks[0].shape if blocks else None)
    else:
        collected = calc.hamiltonian.gd.collect(calc.hamiltonian.vt_sG)
        blocks = list(collected) if world.rank == 0 else []
        size = grid or tuple(int(n) for n in calc.density.finegd.N_c)
    return [resample(block, size) * Ha for block in blocks] if world.rank == 0 else None
