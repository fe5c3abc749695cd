"""Writes DOSCAR. Unlike VASP's, the total DOS of a relaxation is not divided by NSW."""
import numpy as np

from .inputs import Inputs
from .poscar import Structure
from .results import Bands, Dos


def format_doscar(inputs: Inputs, structure: Structure, bands: Bands, dos: Dos) -> str:
    atoms = len(structure.symbols)
    lengths = np.linalg.norm(structure.cell, axis=1) * 1e-10
    head = (f"{atoms:4d}{atoms:4d}{1 if dos.partial is not None else 0:4d}{0:4d}\n"
            f"{structure.volume / atoms:15.7E}" + "".join(f"{length:15.7E}" for length in lengths)
            + f"{0.5e-15:15.7E}\n  1.000000000000000E-004\n  CAR \n {inputs.settings.system} [{inputs.identity}]\n")
    block = (f"{dos.energies[-1]:16.8f} {dos.energies[0]:15.8f} {len(dos.energies):5d}{bands.fermi_level:16.8f}"
             f"{1.0:16.8f}\n")
    text = head + block + _rows(np.column_stack([dos.energies, dos.total.T, dos.integrated.T]))
    for spins in dos.partial if dos.partial is not None else ():
        columns = spins.transpose(1, 0, 2).reshape(-1, len(dos.energies))
        text += block + _rows(np.column_stack([dos.energies, columns.T]))
    return text


def _rows(table: np.ndarray) -> str:
    row = "%14.6f" + "  %11.5E" * (table.shape[1] - 1) + "\n"
    return (row * len(table)) % tuple(table.ravel().tolist())
