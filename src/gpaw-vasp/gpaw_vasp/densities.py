"""All-electron densities on a grid: valence and core apart, each with exactly its number of electrons.

A grid cannot resolve the density at a nucleus, so what it samples there does not integrate to whole electrons. The
missing part is made up atom by atom by scaling the density within a small sphere round the nucleus, which keeps it
positive, leaves the bonding region as computed, and lets the whole integrate exactly.
"""
from dataclasses import dataclass

import numpy as np
from ase.units import Bohr
from gpaw.grid_descriptor import GridDescriptor
from gpaw.lfc import LFC, BasisFunctions
from gpaw.mpi import serial_comm, world
from gpaw.utilities import unpack2

SPHERE = 0.35
"""Radius in angstrom within which the sampling is corrected; at least two grid spacings are taken."""


@dataclass(frozen=True)
class Densities:
    """Electrons times volume on the grid, `valence` by spin: their means are numbers of electrons."""

    valence: np.ndarray
    core: np.ndarray


def all_electron_densities(calc, spos_ac: np.ndarray, grid: tuple[int, int, int] | None) -> Densities | None:
    """On the root rank; None elsewhere. `grid` defaults to GPAW's fine grid."""
    density = calc.density
    pseudo = density.gd.collect(density.nt_sG)
    D_asp = density.D_asp.copy()
    D_asp.redistribute(D_asp.partition.as_serial())
    if world.rank != 0:
        return None
    size = grid or tuple(int(n) for n in density.finegd.N_c)
    gd = GridDescriptor(size, density.gd.cell_cv, (True, True, True), serial_comm)
    wanted_electrons = float(calc.wfs.nvalence)
    valence = np.array([resample(values, size) for values in pseudo])
    spins = len(valence)
    setups = calc.wfs.setups
    waves = [setup.get_partial_waves()[:4] for setup in _first_of_kind(setups)]
    by_atom = [waves[index] for index in _kind_of_atom(setups)]
    target_sa = np.array([[_sphere_charge(setup, D_asp[a][s], spins) for a, setup in enumerate(setups)]
                          for s in range(spins)])
    sampled_sa = _add_partial_waves(gd, valence, by_atom, setups, D_asp, spos_ac)
    spheres = _spheres(gd, spos_ac)
    for s in range(spins):
        _scale_in_spheres(valence[s], spheres, target_sa[s] - sampled_sa[s], gd)
    core = gd.zeros()
    sampled_a = _add_cores(gd, core, [wave[2] for wave in by_atom], spos_ac, 1.0)
    _scale_in_spheres(core, spheres, np.array([setup.Nc for setup in setups]) - sampled_a, gd)
    to_electrons = gd.volume
    valence *= to_electrons
    valence *= wanted_electrons / valence.mean(axis=(1, 2, 3)).sum()
    return Densities(valence, core * to_electrons)


def resample(values: np.ndarray, size: tuple[int, int, int]) -> np.ndarray:
    """Fourier interpolation of a periodic real function onto another grid; the mean is kept."""
    for axis, new in enumerate(size):
        old = values.shape[axis]
        if new == old:
            continue
        spectrum = np.fft.rfft(values, axis=axis)
        keep = min(old, new) // 2 + 1
        shape = list(spectrum.shape)
        shape[axis] = new // 2 + 1
        padded = np.zeros(shape, complex)
        front = [slice(None)] * 3
        front[axis] = slice(0, keep)
        padded[tuple(front)] = spectrum[tuple(front)]
        if min(old, new) % 2 == 0:
            edge = [slice(None)] * 3
            edge[axis] = min(old, new) // 2
            padded[tuple(edge)] *= 0.5 if new > old else 2.0
        if new < old and new % 2 == 0:
            padded[tuple(edge)] = padded[tuple(edge)].real
        values = np.fft.irfft(padded, new, axis=axis) * (new / old)
    return values


def _first_of_kind(setups) -> list:
    return [setups[list(setups.id_a).index(kind)] for kind in dict.fromkeys(setups.id_a)]


def _kind_of_atom(setups) -> list[int]:
    kinds = list(dict.fromkeys(setups.id_a))
    return [kinds.index(kind) for kind in setups.id_a]


def _sphere_charge(setup, D_p: np.ndarray, spins: int) -> float:
    """Electrons that one spin's partial waves and the pseudo core's removal should add."""
    return float(np.sqrt(4 * np.pi) * D_p @ setup.Delta_pL[:, 0] - setup.Nct / spins)


def _add_partial_waves(gd, valence: np.ndarray, by_atom: list, setups, D_asp, spos_ac: np.ndarray) -> np.ndarray:
    """Adds sum_a (|phi|^2 - |phit|^2 - pseudo core) to each spin; returns the electrons so added by (spin, atom)."""
    spins = len(valence)
    sampled = np.zeros((spins, len(setups)))
    all_electron, smooth = (BasisFunctions(gd, [wave[i] for wave in by_atom]) for i in (0, 1))
    for functions in (all_electron, smooth):
        functions.set_positions(spos_ac)
    atom_of = _atoms_of_functions(all_electron)
    x_W = all_electron.create_displacement_arrays()[0]
    density_matrix = np.zeros((all_electron.Mmax, all_electron.Mmax))
    for s in range(spins):
        start = 0
        for a, setup in enumerate(setups):
            end = start + setup.ni
            density_matrix[start:end, start:end] = unpack2(D_asp[a][s])
            start = end
        all_electron.lfc.ae_valence_density_correction(density_matrix, valence[s], atom_of, sampled[s], x_W)
        smooth.lfc.ae_valence_density_correction(-density_matrix, valence[s], atom_of, sampled[s], x_W)
        sampled[s] += _add_cores(gd, valence[s], [wave[3] for wave in by_atom], spos_ac, -1.0 / spins)
    return sampled


def _add_cores(gd, values: np.ndarray, splines: list, spos_ac: np.ndarray, scale: float) -> np.ndarray:
    sampled = np.zeros(len(splines))
    functions = LFC(gd, [[spline] for spline in splines])
    functions.set_positions(spos_ac)
    functions.lfc.ae_core_density_correction(scale, values, _atoms_of_functions(functions), sampled)
    return sampled


def _atoms_of_functions(functions) -> np.ndarray:
    numbers = [np.full(len(functions.sphere_a[a].M_w), a, np.intc) for a in functions.atom_indices]
    return np.concatenate(numbers) if numbers else np.empty(0, np.intc)


def _spheres(gd, spos_ac: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """Indices of the grid points round each nucleus."""
    spacing = np.linalg.norm(gd.h_cv, axis=1)
    radius = max(SPHERE / Bohr, 2 * spacing.max())
    reach = [int(np.ceil(radius * np.linalg.norm(gd.icell_cv[c]) * gd.N_c[c])) for c in range(3)]
    offsets = np.stack(np.meshgrid(*[np.arange(-n, n + 1) for n in reach], indexing="ij"), -1).reshape(-1, 3)
    spheres = []
    for position in spos_ac:
        nearest = np.round(position * gd.N_c).astype(int)
        points = nearest + offsets
        distance = np.linalg.norm((points / gd.N_c - position) @ gd.cell_cv, axis=1)
        inside = np.unique(points[distance <= radius] % gd.N_c, axis=0)
        spheres.append(tuple(inside.T))
    return spheres


def _scale_in_spheres(values: np.ndarray, spheres: list, missing: np.ndarray, gd) -> None:
    for sphere, electrons in zip(spheres, missing):
        inside = values[sphere].clip(min=0).sum() * gd.dv
        if inside > 1e-12 and inside + electrons > 0:
            values[sphere] *= np.where(values[sphere] > 0, 1 + electrons / inside, 1.0)
