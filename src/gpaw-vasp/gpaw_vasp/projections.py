"""The part of each state inside each atom's augmentation sphere, by angular momentum.

w(n k, a l m) = sum_jj' P*_jlm P_j'lm integral_0^R phi_jl phi_j'l r^2 dr, with P = <p|psi> the PAW projections, phi the
all-electron partial waves and R the smallest cutoff radius of the setup: the norm of the PAW expansion of the
all-electron state in the sphere. It is the measure that the unnormalised +U uses as well.

With k-points reduced by the point group, a state stands for its whole star: w is averaged over the rotated states, in
which the projections of atom a are those of the atom that the rotation brings there.
"""
import numpy as np
from gpaw.mpi import world

from .results import Bands, Projections

COLUMNS = (("s",), ("py", "pz", "px"), ("dxy", "dyz", "dz2", "dxz", "x2-y2"),
           ("fy3x2", "fxyz", "fyz2", "fz3", "fxz2", "fzx2", "fx3"))
"""VASP's order of m, which is also GPAW's."""


def project(calc, bands: Bands, resolve_m: bool) -> Projections:
    """Sums over m unless `resolve_m`. The f columns are there when some setup has f states."""
    wfs = calc.wfs
    highest = max(2, max(max(setup.l_j) for setup in wfs.setups))
    columns = tuple(name for names in COLUMNS[:highest + 1] for name in names)
    atoms = len(wfs.setups)
    weights = np.zeros((wfs.nspins, wfs.kd.nibzkpts, wfs.bd.nbands, atoms, len(columns)))
    shares = [_overlaps(setup) for setup in wfs.setups]
    for kpt in wfs.kpt_u:
        projections = kpt.projections.collect()
        if projections is None:
            continue
        starts = np.cumsum([0] + [setup.ni for setup in wfs.setups])
        P_an = [projections[:, starts[a]:starts[a + 1]] for a in range(atoms)]
        for a, setup in enumerate(wfs.setups):
            weights[kpt.s, kpt.k, :, a] = _star_average(P_an, a, setup, wfs.kd.symmetry.a_sa, shares[a],
                                                        len(columns))
    world.sum(weights)
    l_of_column = np.array([l for l, names in enumerate(COLUMNS[:highest + 1]) for _ in names])
    by_l = np.stack([weights[..., l_of_column == l].sum(-1) for l in range(highest + 1)], -1)
    filling = bands.occupations * bands.weights[None, :, None] * (2 / bands.spins)
    charges = np.einsum("skn,sknal->sal", filling, by_l)
    radii = tuple(float(min(setup.rcut_j)) * 0.529177210903 for setup in wfs.setups)
    if not resolve_m:
        weights, columns = by_l, tuple("spdf"[:highest + 1])
    return Projections(weights, columns, charges, radii)


def _star_average(P_an: list[np.ndarray], a: int, setup, a_sa: np.ndarray, share: np.ndarray,
                  columns: int) -> np.ndarray:
    """(bands, lm) of atom a, averaged over the rotations; `share` (lm, i, i) picks and weighs pairs of projectors."""
    result = np.zeros((len(P_an[a]), columns))
    for source_a, rotation in zip(a_sa, setup.R_sii):
        rotated = P_an[source_a[a]] @ rotation.T
        for lm in range(len(share)):
            pair = share[lm]
            members = np.flatnonzero(pair.any(axis=1))
            block = rotated[:, members]
            result[:, lm] += np.einsum("ni,ij,nj->n", block.conj(), pair[np.ix_(members, members)], block).real
    return result / len(a_sa)


def _overlaps(setup) -> np.ndarray:
    """Overlaps of the partial waves inside the sphere as (lm, i, i) matrices, from GPAW's packed radial ones."""
    numbers = len(setup.l_j)
    radial = np.zeros((numbers, numbers))
    radial[np.triu_indices(numbers)] = setup.lq
    radial = radial + np.triu(radial, 1).T
    starts = np.cumsum([0] + [2 * l + 1 for l in setup.l_j])
    share = np.zeros(((max(setup.l_j) + 1) ** 2, setup.ni, setup.ni))
    for j, l in enumerate(setup.l_j):
        for other, l_other in enumerate(setup.l_j):
            for m in range(2 * l + 1) if l == l_other else ():
                share[l**2 + m, starts[j] + m, starts[other] + m] = radial[j, other]
    return share
