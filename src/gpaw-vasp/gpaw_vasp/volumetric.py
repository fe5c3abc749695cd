"""Writes CHGCAR and its kind: POSCAR's header, then values on a grid, x fastest, five a line."""
import numpy as np

from .poscar import Structure


def format_volumetric(structure: Structure, grids: list[np.ndarray], title: str) -> str:
    """One block a grid (nx, ny, nz); densities come multiplied by the cell's volume, so that their mean is a number
    of electrons."""
    lines = [title, "   1.00000000000000     "]
    lines += [" " + "".join(f" {x:11.6f}" for x in vector) for vector in structure.cell]
    lines.append("".join(f"{symbol:>5s}" for symbol in structure.species))
    lines.append("".join(f"{count:6d}" for count in structure.counts))
    lines.append("Direct")
    lines += ["".join(f" {x:9.6f}" for x in position) for position in structure.positions]
    text = "\n".join(lines) + "\n"
    for grid in grids:
        text += " \n" * (grid is grids[0]) + "".join(f"{n:5d}" for n in grid.shape) + "\n" + _values(grid)
    return text


def _values(grid: np.ndarray) -> str:
    values = grid.ravel(order="F")
    full = len(values) // 5 * 5
    text = (" %18.11E" * 5 + "\n") * (full // 5) % tuple(values[:full].tolist())
    rest = values[full:].tolist()
    return text + (" %18.11E" * len(rest) % tuple(rest) + "\n" if rest else "")
