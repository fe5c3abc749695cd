"""Reads KPOINTS and makes the points of the Brillouin zone from it or from KSPACING.

Coordinates are fractions of the reciprocal lattice vectors.
"""
from dataclasses import dataclass
from itertools import product

import numpy as np

from .errors import InputError, Refusal

MOST_POINTS = 100_000


@dataclass(frozen=True)
class KPoints:
    """`scheme` is Gamma, Monkhorst-Pack, Generalised or Explicit.

    Of a mesh, `points` are all points of the zone with equal weights; of an explicit list, `points` and `weights`
    are the list as given (symmetry-equivalent points are implied, as in VASP). `divisions` and `shift` describe a
    regular mesh and are None otherwise.
    """

    title: str
    scheme: str
    points: np.ndarray
    weights: np.ndarray
    divisions: tuple[int, int, int] | None = None
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def is_list(self) -> bool:
        return self.scheme == "Explicit"


def mesh(scheme: str, divisions: tuple[int, int, int], shift=(0.0, 0.0, 0.0), title: str = "") -> KPoints:
    """k_i = (n_i + s_i)/N_i for Gamma; Monkhorst-Pack adds (1 - N_i)/(2 N_i), so that even meshes miss Gamma.

    The counters run downwards because GPAW keeps the last point of each star and VASP shows the positive ones.
    """
    if min(divisions) < 1 or np.prod([float(n) for n in divisions]) > MOST_POINTS:
        raise InputError(f"KPOINTS: a mesh of {' x '.join(f'{float(n):g}' for n in divisions)} points is not possible "
                         f"(1 to {MOST_POINTS} points in all).")
    size = np.array(divisions)
    counters = -np.indices(divisions).reshape(3, -1).T % size
    points = (counters + np.array(shift)) / size
    if scheme == "Monkhorst-Pack":
        points += (1 - size) / (2 * size)
    points -= np.round(points - 1e-9)
    weights = np.full(len(points), 1 / len(points))
    return KPoints(title, scheme, points, weights, tuple(int(n) for n in divisions), tuple(shift))


def from_spacing(spacing: float, gamma_centred: bool, reciprocal: np.ndarray) -> KPoints:
    """KSPACING: N_i = max(1, ceil(2 pi |b_i| / KSPACING)), spacing in 1/angstrom."""
    if spacing <= 0:
        raise InputError("INCAR: KSPACING has to be positive.")
    lengths = 2 * np.pi * np.linalg.norm(reciprocal, axis=1)
    divisions = tuple(max(1, int(np.ceil(length / spacing - 1e-8))) for length in lengths)
    return mesh("Gamma" if gamma_centred else "Monkhorst-Pack", divisions, title=f"KSPACING = {spacing}")


def parse_kpoints(text: str, cell: np.ndarray, scale: float = 1.0) -> KPoints:
    """Reads a KPOINTS file for the cell (rows in angstrom). Cartesian coordinates are in units of 2 pi / scale."""
    lines = [line.split("!")[0].split("#")[0].strip() for line in text.replace("\r", "").split("\n")]
    title = text.split("\n")[0].strip()
    body = [(number + 1, line) for number, line in enumerate(lines) if number > 0]
    while body and not body[-1][1]:
        body.pop()
    if len(body) < 2:
        raise InputError("KPOINTS: the file ends before the mesh is given.")
    count = int(_numbers(body[0], 1)[0])
    kind = body[1][1][:1].upper()
    if count < 0 or count > MOST_POINTS:
        raise InputError(f"KPOINTS line 2: {count} k-points are not possible.")
    reciprocal = np.linalg.inv(cell).T
    if kind == "L":
        raise Refusal("KPOINTS: line mode (a band structure) is not supported; only self-consistent calculations are. "
                      "Give a mesh or an explicit list with weights.")
    if count:
        return _explicit(title, kind, count, body[2:], cell / scale)
    if len(body) < 3:
        raise InputError("KPOINTS: the line with the divisions is missing.")
    if kind == "A":
        length = _numbers(body[2], 1)[0]
        if length <= 0:
            raise InputError("KPOINTS line 4: the length has to be positive.")
        norms = np.linalg.norm(reciprocal, axis=1)
        return mesh("Gamma", tuple(max(1, int(length * norm + 0.5)) for norm in norms), title=title)
    if kind in ("G", "M"):
        values = _numbers(body[2], 3)
        if any(value != int(value) or value < 1 for value in values):
            raise InputError(f"KPOINTS line {body[2][0]}: three whole numbers of at least 1 are expected.")
        shift = tuple(_numbers(body[3], 3)) if len(body) > 3 and body[3][1] else (0.0, 0.0, 0.0)
        return mesh("Gamma" if kind == "G" else "Monkhorst-Pack", tuple(int(v) for v in values), shift, title)
    if kind in ("C", "K", "R"):
        return _generalised(title, kind, body[2:], cell / scale)
    raise InputError(f"KPOINTS line 3: '{body[1][1]}' is not known. Gamma, Monkhorst-Pack, Auto, Cartesian or "
                     "Reciprocal is expected.")


def _explicit(title: str, kind: str, count: int, body: list[tuple[int, str]], cell: np.ndarray) -> KPoints:
    if len(body) < count:
        raise InputError(f"KPOINTS: {count} points are announced but {len(body)} are given.")
    rows = np.array([_numbers(line, 4) for line in body[:count]])
    if any(line[1][:1].upper() == "T" for line in body[count:]):
        raise Refusal("KPOINTS: a list of tetrahedra is not supported; give a regular mesh with ISMEAR = -5.")
    points, weights = rows[:, :3], rows[:, 3]
    if kind in ("C", "K"):
        points = points @ cell.T
    if weights.min() < 0 or weights.sum() <= 0:
        raise InputError("KPOINTS: weights must not be negative, nor all be zero.")
    return KPoints(title, "Explicit", points, weights / weights.sum())


def _generalised(title: str, kind: str, body: list[tuple[int, str]], cell: np.ndarray) -> KPoints:
    """A mesh given by three generating vectors and a shift: k = sum_i b_i (n_i + s_i)."""
    if len(body) < 3:
        raise InputError("KPOINTS: three generating vectors are expected.")
    basis = np.array([_numbers(line, 3) for line in body[:3]])
    shift = np.array(_numbers(body[3], 3)) if len(body) > 3 and body[3][1] else np.zeros(3)
    if kind in ("C", "K"):
        basis = basis @ cell.T
    if abs(np.linalg.det(basis)) < 1e-8:
        raise InputError("KPOINTS: the generating vectors span no volume.")
    multiples = np.linalg.inv(basis)
    if abs(multiples - np.round(multiples)).max() > 1e-4:
        raise InputError("KPOINTS: the generating vectors do not divide the reciprocal lattice.")
    count = int(round(abs(np.linalg.det(multiples))))
    if count > MOST_POINTS:
        raise InputError(f"KPOINTS: the generating vectors make {count} points.")
    basis = np.linalg.inv(np.round(multiples))
    reach = int(np.ceil(abs(multiples).sum(axis=0).max()))
    if reach > 60:
        raise InputError("KPOINTS: the generating vectors divide the reciprocal lattice too finely.")
    found: dict[tuple, np.ndarray] = {}
    for n in product(range(-reach, reach + 1), repeat=3):
        lattice_point = (np.array(n) @ basis) % 1.0
        lattice_point[lattice_point > 1 - 1e-6] = 0.0
        found.setdefault(tuple(np.round(lattice_point, 6)), lattice_point)
        if len(found) == count:
            break
    points = np.array(list(found.values())) + shift @ basis
    points -= np.round(points - 1e-9)
    return KPoints(title, "Generalised", points, np.full(len(points), 1 / len(points)))


def _numbers(line: tuple[int, str], count: int) -> list[float]:
    try:
        values = [float(word.lower().replace("d", "e")) for word in line[1].split()[:count]]
    except ValueError:
        values = []
    if len(values) != count or not np.all(np.isfinite(values)):
        raise InputError(f"KPOINTS line {line[0]}: {count} number{'s' * (count > 1)} expected, found '{line[1]}'.")
    return values
