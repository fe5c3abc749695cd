"""GPAW's description of the k-points, for regular meshes and for lists with weights."""
import numpy as np
from gpaw.kpt_descriptor import KPointDescriptor

from .kpoints import KPoints


def descriptor(kpoints: KPoints, spins: int, atoms, symmetry, comm) -> KPointDescriptor:
    """Meshes are reduced by the symmetry; a list is taken as the irreducible points, each with its own weight."""
    if kpoints.is_list:
        return _from_list(kpoints, spins, symmetry)
    kd = KPointDescriptor(kpoints.points, spins)
    kd.N_c = None if kpoints.divisions is None else np.array(kpoints.divisions)
    kd.offset_c = np.zeros(3)
    kd.monkhorst = kpoints.divisions is not None
    kd.set_symmetry(atoms, symmetry, comm=comm)
    return kd


def _from_list(kpoints: KPoints, spins: int, symmetry) -> KPointDescriptor:
    """Each point of the list stands for its star; the density is symmetrised, so the stars need no points of their own.

    The zone's points are the stars, in GPAW's sense: k = sign U k_irreducible.
    """
    time_reversal = symmetry.time_reversal and not symmetry.has_inversion
    stars, operations, reversed_, parents, first = [], [], [], [], []
    for index, point in enumerate(kpoints.points):
        first.append(len(stars))
        for reverse in (False, True) if time_reversal else (False,):
            for s, operation in enumerate(symmetry.op_scc):
                image = (-1 if reverse else 1) * (operation @ point)
                if not any(_same(image, known) for known in stars[first[-1]:]):
                    stars.append(image)
                    operations.append(s)
                    reversed_.append(reverse)
                    parents.append(index)
    kd = KPointDescriptor(np.array(stars), spins)
    kd.symmetry = symmetry
    kd.N_c, kd.monkhorst = None, False
    kd.ibzk_kc, kd.weight_k = kpoints.points.copy(), kpoints.weights.copy()
    kd.sym_k, kd.time_reversal_k = np.array(operations), np.array(reversed_)
    kd.bz2ibz_k, kd.ibz2bz_k = np.array(parents), np.array(first)
    kd.nibzkpts = len(kpoints.points)
    return kd


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    difference = a - b
    return bool(abs(difference - np.round(difference)).max() < 1e-6)
