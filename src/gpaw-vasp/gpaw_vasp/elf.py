"""The electron localisation function of Becke and Edgecombe (J. Chem. Phys. 92, 5397, 1990) by spin.

ELF = 1/(1 + (D/D_h)^2), D = tau - |grad n|^2/(8 n), D_h = 3/10 (6 pi^2)^(2/3) n^(5/3), with n the valence density of one
spin and tau = 1/2 sum f |grad psi|^2 its kinetic-energy density. Both come from the plane-wave parts of the wave
functions, as VASP's ELF does: inside the augmentation spheres it is that of the smooth functions.
"""
import numpy as np
from gpaw.mpi import world
from gpaw.pw.descriptor import PWDescriptor

SMALLEST_DENSITY = 1e-6
"""In electrons per cubic bohr. Below it (vacuum) ELF is set to zero."""


def localisation(calc) -> list[np.ndarray] | None:
    """One grid a spin on the root rank, None elsewhere."""
    fine = calc.wfs.gd.refine()
    density, tau = _density_and_tau(calc.wfs, fine)
    share = 0.5 if len(tau) == 1 else 1.0
    density, tau = fine.collect(density), fine.collect(tau)
    if world.rank != 0:
        return None
    # On every second point: that is the grid of the wave functions.
    return [_elf(n * share, t * share, fine.icell_cv)[::2, ::2, ::2].copy() for n, t in zip(density, tau)]


def _density_and_tau(wfs, fine) -> tuple[np.ndarray, np.ndarray]:
    """By spin, on a grid of twice as many points in each direction, which holds products of wave functions: on their own
    one the density's gradient folds back, and a vacuum with next to no density would have an ELF of 1."""
    waves = PWDescriptor(wfs.pd.ecut, fine, wfs.dtype, wfs.kd)
    scale = fine.N_c.prod() / wfs.gd.N_c.prod()
    density, tau = fine.zeros(wfs.nspins), fine.zeros(wfs.nspins)
    for kpt in wfs.kpt_u:
        vectors = wfs.pd.get_reciprocal_vectors(q=kpt.q)
        for f, psi in zip(kpt.f_n, kpt.psit_nG):
            density[kpt.s] += f * abs(scale * waves.ifft(psi, kpt.q)) ** 2
            for v in range(3):
                tau[kpt.s] += 0.5 * f * abs(scale * waves.ifft(1j * vectors[:, v] * psi, kpt.q)) ** 2
    for field in (density, tau):
        wfs.kptband_comm.sum(field)
        for values in field:
            fine.symmetrize(values, wfs.kd.symmetry.op_scc, wfs.kd.symmetry.ft_sc)
    return density, tau


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
