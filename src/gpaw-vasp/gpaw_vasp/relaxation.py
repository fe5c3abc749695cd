"""Moves ions and cell towards the minimum with ASE's BFGS, one self-consistent calculation a step."""
from collections.abc import Callable

import numpy as np
from ase import Atoms
from ase.calculators.calculator import Calculator as AseCalculator
from ase.calculators.calculator import all_changes
from ase.constraints import ExpCellFilter, FixScaled
from ase.optimize import BFGS

from .engine import stop_requested
from .poscar import Structure
from .results import IonicStep
from .settings import Settings
from .units import KILOBAR

LONGEST_STEP = 0.1
"""In angstrom, of any atom in one ionic step."""


def relax(settings: Settings, structure: Structure, run: Callable[[Structure], IonicStep],
          on_step: Callable[[IonicStep], None], aborted: Callable[[], bool]) -> str:
    """Returns why it ended: `converged`, `nsw`, `unconverged electrons`, `lstop` or `labort`."""
    surface = _Surface(structure, run)
    atoms = Atoms(structure.symbols, cell=structure.cell, scaled_positions=structure.positions, pbc=True)
    atoms.calc = surface
    if structure.movable is not None:
        atoms.set_constraint([FixScaled(structure.cell, a, mask=~flags)
                              for a, flags in enumerate(structure.movable) if not flags.all()])
    moving = ExpCellFilter(atoms) if settings.isif == 3 else atoms
    optimiser = BFGS(moving, logfile=None, maxstep=LONGEST_STEP)
    before = None
    while True:
        forces = moving.get_forces()
        step = surface.step
        on_step(step)
        if aborted():
            return "labort"
        if _converged(settings, step, before, forces):
            return "converged"
        if stop_requested("LSTOP"):
            return "lstop"
        if step.number >= settings.nsw:
            return "nsw"
        before = step
        optimiser.step(forces)


def _converged(settings: Settings, step: IonicStep, before: IonicStep | None, forces: np.ndarray) -> bool:
    """EDIFFG < 0 bounds the largest force (with ISIF = 3 also that on the cell), > 0 the change of the energy."""
    if settings.ediffg < 0:
        return bool(np.linalg.norm(forces, axis=1).max() < -settings.ediffg)
    return before is not None and abs(step.last.free_energy - before.last.free_energy) < settings.ediffg


class _Surface(AseCalculator):
    """The engine as ASE's optimisers want to see it."""

    implemented_properties = ["energy", "forces", "stress", "free_energy"]

    def __init__(self, structure: Structure, run: Callable[[Structure], IonicStep]):
        super().__init__()
        self._structure, self._run = structure, run
        self.step: IonicStep | None = None

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        super().calculate(atoms, properties, system_changes)
        structure = self._structure.moved(atoms.get_scaled_positions(wrap=False), np.array(atoms.cell))
        self.step = self._run(structure)
        energy = self.step.last.free_energy
        self.results = {"energy": energy, "free_energy": energy, "forces": self.step.forces}
        if self.step.stress is not None:
            s = -self.step.stress / KILOBAR
            self.results["stress"] = np.array([s[0, 0], s[1, 1], s[2, 2], s[1, 2], s[0, 2], s[0, 1]])
