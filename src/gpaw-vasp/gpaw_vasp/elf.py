"""The electron localisation function of Becke and Edgecombe (J. Chem. Phys. 92, 5397, 1990) by spin.

ELF = 1/(1 + (D/D_h)^2), D = tau - |grad n|^2/(8 n), D_h = 3/10 (6 pi^2)^(2/3) n^(5/3), with n the valence density of one
spin and tau = 1/2 sum f |grad psi|^2 its kinetic-energy density. Both come from the plane-wave parts of the wave
functions, as VASP's ELF does: inside the augmentation spheres it is that of the smooth functions.
"""
import numpy as np
from gpaw.mpi import world

SMALLEST_DENSITY = 1e-6
"""In electrons per cubic bohr. Below it (vacuum) ELF is set to zero."""


def localisation(calc) -> list[np.ndarray] | None:
    """One grid a spin on the root rank, None elsewhere."""
    wfs, gd = calc.wfs, calc.density.gd
    tau = wfs.calculate_kinetic_energy_density()
    for values in tau:
        gd.symmetrize(values, wfs.kd.symmetry.op_scc, wfs.kd.symmetry.ft_sc)
    share = 0.5 if len(tau) == 1 else 1.0
    tau = gd.collect(tau)
    # GPAW's nct_G is one spin's share of the smooth core already.
    density = gd.collect(calc.density.nt_sG - calc.density.nct_G)
    if world.rank != 0:
        return None
    return [_elf(n * share, t * share, gd.icell_cv) for n, t in zip(density, tau)]


def _elf(density: np.ndarray, tau: np.ndarray, reciprocal: np.ndarray) -> np.ndarray:
    n = density.clip(min=SMALLEST_DENSITY)
    pauli = tau - _squared_gradient(density, reciprocal) / (8 * n)
    uniform = 0.3 * (6 * np.pi**2) ** (2 / 3) * n ** (5 / 3)
    elf = 1 / (1 + (pauli.clip(min=0) / uniform) ** 2)
    elf[density < SMALLEST_DENSITY] = 0.0
    return elf


def _squared_gradient(values: np.ndarray, reciprocal: np.ndarray) -> np.ndarray:
    """|grad f|^2 by Fourier transformation; rows of `reciprocal` lack the factor 2 pi."""
    spectrum = np.fft.fftn(values)
    frequencies = [np.fft.fftfreq(n, 1 / n) for n in values.shape]
    for axis, n in enumerate(values.shape):
        if n % 2 == 0:
            frequencies[axis][n // 2] = 0.0
    indices = np.meshgrid(*frequencies, indexing="ij")
    total = np.zeros(values.shape)
    for v in range(3):
        wave = 2 * np.pi * sum(index * reciprocal[c, v] for c, index in enumerate(indices))
        total += np.fft.ifftn(1j * wave * spectrum).real ** 2
    return total
