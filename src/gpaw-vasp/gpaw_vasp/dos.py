"""Densities of states on VASP's energy grid.

Each point holds the mean over its own bin, [N(E + h/2) - N(E - h/2)]/h, where N(E) counts the states below E with the
smearing of the calculation; so narrow peaks are never missed, and the sum times h is the integrated DOS. With
ISMEAR = -4 and -5 N(E) comes from the linear tetrahedron method.
"""
from collections.abc import Callable

import numpy as np
from gpaw.mpi import world

from .results import Bands, Dos, Projections
from .settings import Settings

CHUNK = 256


def density_of_states(settings: Settings, bands: Bands, projections: Projections | None, occupations) -> Dos:
    """`occupations` is GPAW's object for the occupation numbers, which knows the tetrahedra."""
    energies = _grid(settings, bands)
    step = energies[1] - energies[0]
    edges = np.append(energies - step / 2, energies[-1] + step / 2)
    degeneracy = 2 / bands.spins
    total, integrated = (np.zeros((bands.spins, len(energies))) for _ in range(2))
    partial = None
    if projections is not None:
        atoms, columns = projections.weights.shape[3:]
        partial = np.zeros((atoms, bands.spins, columns, len(energies)))
    for s in range(bands.spins):
        weights = [np.ones((bands.eigenvalues[s].size, 1))]
        if projections is not None:
            weights.append(projections.weights[s].reshape(bands.eigenvalues[s].size, -1))
        counts = _count(edges, bands, s, np.hstack(weights), _filling(settings, bands, s, occupations)) * degeneracy
        total[s] = np.diff(counts[:, 0]) / step
        integrated[s] = counts[1:, 0]
        if partial is not None:
            partial[:, s] = (np.diff(counts[:, 1:], axis=0) / step).T.reshape(atoms, columns, -1)
    return Dos(energies, total, integrated, partial, projections.columns if projections else ())


def _grid(settings: Settings, bands: Bands) -> np.ndarray:
    """EMIN to EMAX, by default the range of the eigenvalues with a margin on both sides."""
    low, high = bands.eigenvalues.min(), bands.eigenvalues.max()
    margin = max(5 * settings.sigma if settings.ismear > -4 else 0.5, 0.02 * (high - low), 0.5)
    return np.linspace(low - margin if settings.emin is None else settings.emin,
                       high + margin if settings.emax is None else settings.emax, settings.nedos)


def _count(edges: np.ndarray, bands: Bands, s: int, weights: np.ndarray,
           filling: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """N at each edge for each column of weights, the edges dealt out to the ranks."""
    counts = np.zeros((len(edges), weights.shape[1]))
    for number, start in enumerate(range(0, len(edges), CHUNK)):
        if number % world.size == world.rank:
            counts[start:start + CHUNK] = filling(edges[start:start + CHUNK]) @ weights
    world.sum(counts)
    return counts


def _filling(settings: Settings, bands: Bands, s: int, occupations) -> Callable[[np.ndarray], np.ndarray]:
    """A function giving (energies, states): how much of each state lies below each energy, times its k-point's weight."""
    eigenvalues = bands.eigenvalues[s]
    state_weights = np.repeat(bands.weights, eigenvalues.shape[1])
    if settings.ismear <= -4:
        return _tetrahedron_filling(eigenvalues, getattr(occupations, "occ", occupations))
    from gpaw.occupations import fermi_dirac, methfessel_paxton

    def smeared(levels: np.ndarray) -> np.ndarray:
        states, levels = eigenvalues.ravel()[None, :], levels[:, None]
        if settings.ismear == -1:
            filling = fermi_dirac(states, levels, settings.sigma)[0]
        else:
            filling = methfessel_paxton(states, levels, settings.sigma, settings.ismear)[0]
        return filling * state_weights
    return smeared


def _tetrahedron_filling(eigenvalues: np.ndarray, tetrahedra) -> Callable[[np.ndarray], np.ndarray]:
    """Weights of the corners (Bloechl, Jepsen, Andersen, PRB 49, 16223, appendix B), for all bands at once."""
    from gpaw.tetrahedron import bja1b, bja2b, bja3b
    points, bands = eigenvalues.shape
    corners = tetrahedra.i_ktq.reshape(-1, 4)
    states = (corners[:, None, :] * bands + np.arange(bands)[None, :, None]).reshape(-1, 4)
    order = eigenvalues.ravel()[states].argsort(axis=1)
    states = np.take_along_axis(states, order, 1)
    energies = eigenvalues.ravel()[states]
    energies = energies + 1e-9 * np.arange(4)
    share = 1 / (6 * len(tetrahedra.i_k))

    def below(levels: np.ndarray) -> np.ndarray:
        filling = np.empty((len(levels), points * bands))
        for row, level in zip(filling, levels):
            e = energies - level
            lower = (e < 0).sum(axis=1)
            corner_weights = np.where(lower == 4, 0.25, 0.0)[:, None] * np.ones(4)
            for count, formula in ((1, bja1b), (2, bja2b), (3, bja3b)):
                chosen = lower == count
                if chosen.any():
                    corner_weights[chosen] = formula(*e[chosen].T).T
            row[:] = np.bincount(states.ravel(), corner_weights.ravel(), points * bands) * share
        return filling
    return below
