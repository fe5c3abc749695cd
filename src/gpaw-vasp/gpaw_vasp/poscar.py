"""Reads POSCAR and writes CONTCAR."""
import re
from dataclasses import dataclass, replace

import numpy as np

from .errors import InputError

SHORTEST_DISTANCE = 0.5
"""In angstrom. No two nuclei of a real structure come closer (H2: 0.74)."""

MOST_ATOMS = 1000
_COUNT = re.compile(r"0*[1-9][0-9]{0,4}")

SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
    "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
    "Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm").split()


@dataclass(frozen=True)
class Structure:
    """A cell in angstrom (rows are lattice vectors) with atoms in fractional coordinates, grouped as in POSCAR.

    `species` and `counts` have one entry a group; the same element may head several groups.
    `movable` is an (atoms, 3) array of flags along the lattice vectors, or None without selective dynamics.
    `scale` is POSCAR's factor, already applied; KPOINTS' Cartesian form is in units of it.
    """

    title: str
    cell: np.ndarray
    species: tuple[str, ...]
    counts: tuple[int, ...]
    positions: np.ndarray
    movable: np.ndarray | None = None
    scale: float = 1.0

    @property
    def symbols(self) -> list[str]:
        return [symbol for symbol, count in zip(self.species, self.counts) for _ in range(count)]

    @property
    def groups(self) -> list[int]:
        """The group (from 0) that each atom belongs to."""
        return [group for group, count in enumerate(self.counts) for _ in range(count)]

    @property
    def volume(self) -> float:
        return float(abs(np.linalg.det(self.cell)))

    @property
    def reciprocal(self) -> np.ndarray:
        """Rows are reciprocal lattice vectors in 1/angstrom, without the factor 2 pi."""
        return np.linalg.inv(self.cell).T

    @property
    def cartesian(self) -> np.ndarray:
        return self.positions @ self.cell

    def moved(self, positions: np.ndarray, cell: np.ndarray | None = None) -> "Structure":
        return replace(self, positions=positions, cell=self.cell if cell is None else cell)


def parse_poscar(text: str, potential_names: list[str] | None = None) -> Structure:
    """Reads VASP 5's form, and VASP 4's (no line of elements) where the potentials' names give the elements."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip().split("\n")
    cursor = 0

    def next_line(what: str) -> list[str]:
        nonlocal cursor
        if cursor >= len(lines):
            raise InputError(f"POSCAR: the file ends before {what}.")
        cursor += 1
        return lines[cursor - 1].split("!")[0].split("#")[0].split()

    def numbers(what: str, words: list[str], count: int) -> list[float]:
        try:
            values = [float(word.lower().replace("d", "e")) for word in words[:count]]
        except ValueError:
            values = []
        if len(values) != count or not np.all(np.isfinite(values)):
            raise InputError(f"POSCAR line {cursor}: {what} needs {count} numbers, found '{' '.join(words)}'.")
        return values

    title = lines[0].strip()
    cursor = 1
    scale_words = next_line("the scale factor")
    scales = numbers("the scale factor", scale_words, 3 if _are_numbers(scale_words[:3], 3) else 1)
    cell = np.array([numbers("a lattice vector", next_line("the lattice vectors"), 3) for _ in range(3)])
    if abs(np.linalg.det(cell)) < 1e-6:
        raise InputError("POSCAR lines 3 to 5: the lattice vectors span no volume.")
    cell, factors = _scaled(cell, scales)
    if np.linalg.det(cell) < 0:
        raise InputError("POSCAR: the triple product of the lattice vectors is negative. Exchange two of them "
                         "(and the coordinates along them).")

    words = next_line("the line of elements or counts")
    if words and not words[0].isdigit():
        species = [_element(word, cursor) for word in words]
        words = next_line("the line of counts")
        while words and not words[0].isdigit():
            species += [_element(word, cursor) for word in words]
            words = next_line("the line of counts")
    elif potential_names:
        species = [_element(name, cursor) for name in potential_names]
    else:
        raise InputError(f"POSCAR line {cursor}: no line of elements and no POTCAR.spec that would tell them. "
                         "Add the elements' symbols above the line of counts.")
    counts: list[int] = []
    while True:
        if not words or not all(_COUNT.fullmatch(word) for word in words):
            raise InputError(f"POSCAR line {cursor}: the numbers of atoms are expected, found '{' '.join(words)}'.")
        counts += [int(word) for word in words]
        if len(counts) >= len(species):
            break
        words = next_line("the rest of the counts")
    if len(counts) != len(species):
        raise InputError(f"POSCAR: {len(species)} elements ({' '.join(species)}) but {len(counts)} counts.")

    if sum(counts) > MOST_ATOMS:
        raise InputError(f"POSCAR: {sum(counts)} atoms; more than {MOST_ATOMS} are out of reach here.")

    words = next_line("the kind of coordinates")
    selective = bool(words) and words[0][0] in "Ss"
    if selective:
        words = next_line("the kind of coordinates")
    if not words or words[0][0] not in "DdCcKk":
        raise InputError(f"POSCAR line {cursor}: 'Direct' or 'Cartesian' is expected, found '{' '.join(words)}'.")
    cartesian = words[0][0] in "CcKk"

    positions, flags = [], []
    for atom in range(sum(counts)):
        words = next_line(f"the coordinates of atom {atom + 1} of {sum(counts)}")
        positions.append(numbers(f"atom {atom + 1}", words, 3))
        if selective:
            flags.append([_flag(word, atom, cursor) for word in (words[3:6] + ["", "", ""])[:3]])
    coordinates = np.array(positions)
    if cartesian:
        coordinates = (coordinates * factors) @ np.linalg.inv(cell)
    structure = Structure(title, cell, tuple(species), tuple(counts), coordinates,
                          np.array(flags) if selective else None, float(factors[0]))
    _check_distances(structure)
    return structure


def format_poscar(structure: Structure, title: str | None = None) -> str:
    """POSCAR's text with direct coordinates at full precision."""
    lines = [title if title is not None else structure.title, "   1.00000000000000"]
    lines += ["".join(f"{x:22.16f}" for x in vector) for vector in structure.cell]
    lines.append("".join(f"{symbol:>5s}" for symbol in structure.species))
    lines.append("".join(f"{count:6d}" for count in structure.counts))
    if structure.movable is not None:
        lines.append("Selective dynamics")
    lines.append("Direct")
    for atom, position in enumerate(structure.positions):
        line = "".join(f" {x:19.16f}" for x in position)
        if structure.movable is not None:
            line += "".join("   T" if movable else "   F" for movable in structure.movable[atom])
        lines.append(line)
    return "\n".join(lines) + "\n"


def shortest_distance(structure: Structure) -> tuple[float, int, int]:
    """The shortest distance (angstrom) between two atoms, images included, and the atoms (from 0)."""
    shifts = np.array([(i, j, k) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)])
    best = (float("inf"), 0, 0)
    for a in range(len(structure.positions)):
        delta = structure.positions[a:] - structure.positions[a]
        delta -= np.round(delta)
        distance = np.linalg.norm((delta[:, None, :] + shifts) @ structure.cell, axis=2)
        distance[0][(shifts == 0).all(axis=1)] = np.inf
        nearest = distance.min(axis=1)
        if nearest.min() < best[0]:
            best = (float(nearest.min()), a, a + int(nearest.argmin()))
    return best


def _scaled(cell: np.ndarray, scales: list[float]) -> tuple[np.ndarray, np.ndarray]:
    if len(scales) == 3:
        if min(scales) <= 0:
            raise InputError("POSCAR line 2: three scale factors have to be positive.")
        factors = np.array(scales)
    elif scales[0] < 0:
        factors = np.full(3, (-scales[0] / abs(np.linalg.det(cell))) ** (1 / 3))
    elif scales[0] > 0:
        factors = np.full(3, scales[0])
    else:
        raise InputError("POSCAR line 2: the scale factor is zero.")
    return cell * factors, factors


def _are_numbers(words: list[str], count: int) -> bool:
    try:
        return len([float(word) for word in words]) == count
    except ValueError:
        return False


def _element(word: str, line: int) -> str:
    """`Mn`, `Mn_pv` and VASP 6.4's `Mn/8f3a` all name manganese."""
    symbol = word.split("/")[0].split("_")[0].split(".")[0]
    if symbol not in SYMBOLS:
        raise InputError(f"POSCAR line {line}: '{word}' is no element.")
    return symbol


def _flag(word: str, atom: int, line: int) -> bool:
    letters = word.strip(".").upper()
    if letters[:1] not in ("T", "F"):
        raise InputError(f"POSCAR line {line}: atom {atom + 1} needs three flags T or F after its coordinates.")
    return letters[0] == "T"


def _check_distances(structure: Structure) -> None:
    distance, a, b = shortest_distance(structure)
    if distance < SHORTEST_DISTANCE:
        symbols = structure.symbols
        where = (f"atom {a + 1} ({symbols[a]}) and its own image" if a == b else
                 f"atoms {a + 1} ({symbols[a]}) and {b + 1} ({symbols[b]})")
        raise InputError(f"POSCAR: {where} are {distance:.3f} angstrom apart, less than {SHORTEST_DISTANCE}. "
                         "Check the scale factor, Direct against Cartesian, and duplicated atoms.")
