"""Writes EIGENVAL."""
import numpy as np

from .inputs import Inputs
from .poscar import Structure
from .results import Bands


def format_eigenval(inputs: Inputs, structure: Structure, bands: Bands) -> str:
    atoms = len(structure.symbols)
    lengths = np.linalg.norm(structure.cell, axis=1) * 1e-10
    text = (f"{atoms:5d}{atoms:5d}{1:5d}{bands.spins:5d}\n{structure.volume / atoms:15.7E}"
            + "".join(f"{length:15.7E}" for length in lengths) + f"{0.5e-15:15.7E}\n  1.000000000000000E-004\n  CAR \n"
            f" {inputs.settings.system} [{inputs.identity}]\n"
            f"{round(inputs.settings.electrons):7d}{len(bands.weights):7d}{bands.eigenvalues.shape[2]:7d}\n")
    for k, (point, weight) in enumerate(zip(bands.kpoints, bands.weights)):
        text += " \n" + "".join(f"{x:15.7E}" for x in (*point, weight)) + "\n"
        for n in range(bands.eigenvalues.shape[2]):
            text += (f"{n + 1:5d}  " + "".join(f"{x:14.6f}" for x in bands.eigenvalues[:, k, n])
                     + "".join(f"{x:11.6f}" for x in bands.occupations[:, k, n]) + "\n")
    return text
