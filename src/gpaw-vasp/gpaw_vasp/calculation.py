"""Ties engine, relaxation and writers together."""
from dataclasses import replace

import numpy as np
from gpaw.mpi import world

from .densities import all_electron_densities
from .dos import density_of_states
from .doscar import format_doscar
from .eigenval import format_eigenval
from .elf import localisation
from .engine import Engine
from .errors import InputError, RunError
from .files import clear_old_output, put, say
from .inputs import Inputs
from .oszicar import OszicarWriter
from .outcar import OutcarWriter
from .poscar import format_poscar
from .potential_grid import core_potentials, local_potential
from .projections import project
from .relaxation import relax
from .results import ElectronicStep, IonicStep
from .units import BOHR
from .vasprun import VasprunWriter
from .volumetric import format_volumetric

ENDS = {"converged": " reached required accuracy - stopping structural energy minimisation",
        "nsw": " NSW steps were made without reaching EDIFFG: the structure is not relaxed",
        "lstop": " soft stop encountered!  aborting job ...",
        "labort": " hard stop encountered!  aborting job ...", "static": ""}


FINER = 1.3
"""By how much ENCUT is raised to see whether a relaxed cell hangs on it."""

LARGEST_PULAY_STRESS = 10.0
"""In kB: 0.2 % in the lattice constant of an oxide with a bulk modulus of 1600 kB."""


class Calculation:
    """One run. Only the root rank writes; all ranks take the same path."""

    def __init__(self, inputs: Inputs):
        self._inputs = inputs
        self._root = world.rank == 0
        if self._root:
            clear_old_output()
            self._outcar = OutcarWriter(inputs, world.size)
            self._say_hello()
        self._vasprun: VasprunWriter | None = None
        self._engine = Engine(inputs.settings, inputs.structure, inputs.potentials, inputs.kpoints,
                              self._electronic_step)
        self._last: IonicStep | None = None

    def run(self) -> None:
        self._prepare()
        settings, structure = self._inputs.settings, self._inputs.structure
        if settings.nsw == 0:
            self._last = self._engine.run(structure)
            end = "labort" if self._engine.aborted else "static"
        else:
            end = relax(settings, structure, self._engine.run, self._ionic_step, lambda: self._engine.aborted)
        self._finish(end)

    def _check_basis(self) -> None:
        """A relaxed cell is an artefact where its pressure vanishes only for want of plane waves (Pulay stress)."""
        settings, step = self._inputs.settings, self._last
        finer = replace(settings, encut=FINER * settings.encut, coarse_grid=None)
        self._engine = None
        engine = Engine(finer, step.structure, self._inputs.potentials, self._inputs.kpoints, lambda _: None)
        pressure = engine.run(step.structure).stress.trace() / 3
        here = step.stress.trace() / 3
        line = (f" Pulay stress: the pressure in the relaxed cell is {here:.1f} kB at ENCUT = {settings.encut:g} eV and "
                f"{pressure:.1f} kB at {finer.encut:g} eV")
        if self._root:
            self._outcar.line(line)
            say(line)
        if abs(pressure - here) > LARGEST_PULAY_STRESS:
            raise RunError(f"the cell was relaxed with too few plane waves: at ENCUT = {settings.encut:g} eV its pressure is "
                           f"{here:.0f} kB, at {finer.encut:g} eV it is {pressure:.0f} kB (Pulay stress).\n  CONTCAR is the "
                           f"cell that came out, not the relaxed one. Start from it with ENCUT = {finer.encut:.0f} or more; "
                           "GPAW's setups need more than VASP's potentials.")

    def _say_hello(self) -> None:
        structure, settings = self._inputs.structure, self._inputs.settings
        say(f" running on {world.size:4d} total cores\n {self._inputs.identity} (not VASP)\n POSCAR found : "
            f"{len(structure.species):2d} types and {len(structure.symbols):7d} ions\n"
            + "".join(f" {p.name}: GPAW setup {p.setup.file_name}, {p.setup.valence:g} valence electrons\n"
                      for p in self._inputs.potentials)
            + f" POSCAR, INCAR and KPOINTS ok, starting setup\n NBANDS = {settings.bands}\n entering main loop")

    def _prepare(self) -> None:
        inputs = self._inputs
        try:
            self._engine.prepare()
        except (ValueError, AssertionError) as error:
            if inputs.settings.coarse_grid:
                raise InputError(f"INCAR: NGX, NGY, NGZ = {inputs.settings.coarse_grid} do not suit ENCUT or the "
                                 f"symmetry of the crystal ({error}). Leave them out, or take larger ones.") from error
            raise
        calc = self._engine.calc
        smallest = self._engine.plane_waves().min()
        if inputs.settings.bands > smallest:
            raise InputError(f"INCAR: ENCUT = {inputs.settings.encut:g} eV gives {smallest} plane waves, fewer than the "
                             f"{inputs.settings.bands} bands. Raise ENCUT, or lower NBANDS.")
        if self._root:
            wfs, density = calc.wfs, calc.density
            coarse = tuple(int(n) for n in density.gd.N_c)
            grids = coarse, inputs.settings.fine_grid or tuple(int(n) for n in density.finegd.N_c)
            self._outcar.setup(grids, wfs.kd.ibzk_kc, wfs.kd.weight_k, self._engine.plane_waves(),
                               len(wfs.kd.symmetry.op_scc))
            self._oszicar = OszicarWriter()
            self._vasprun = VasprunWriter(inputs, grids, wfs.kd.ibzk_kc, wfs.kd.weight_k)

    def _electronic_step(self, step: ElectronicStep) -> None:
        if self._root:
            self._oszicar.electronic_step(step)
            self._outcar.electronic_step(step)

    def _ionic_step(self, step: IonicStep) -> None:
        """Of a relaxation: the step before is written whole, as the last one waits for bands and DOS."""
        if self._root:
            if self._last is not None:
                self._vasprun.ionic_step(self._last)
            self._write_ionic(step, None)
            put("CONTCAR", format_poscar(step.structure))
        self._last = step

    def _write_ionic(self, step: IonicStep, projections) -> None:
        self._outcar.ionic_step(step, projections, self._engine.aborted)
        self._oszicar.ionic_step(step, self._inputs.settings.spins)

    def _finish(self, end: str) -> None:
        inputs, settings, step, calc = self._inputs, self._inputs.settings, self._last, self._engine.calc
        bands = self._engine.bands()
        projections = project(calc, bands, settings.lorbit >= 11) if settings.lorbit >= 10 else None
        dos = density_of_states(settings, bands, projections, calc.wfs.occupations)
        cores = core_potentials(calc)
        if self._root:
            if settings.nsw == 0:
                self._write_ionic(step, projections)
            elif projections is not None:
                self._outcar.site_tables(projections)
            self._outcar.core_potentials(cores, [_shape_radius(calc.setups, a) for a in self._first_atoms()])
            self._outcar.bands(bands)
            self._vasprun.ionic_step(step, bands, dos)
            put("DOSCAR", format_doscar(inputs, step.structure, bands, dos))
            put("EIGENVAL", format_eigenval(inputs, step.structure, bands))
            put("CONTCAR", format_poscar(step.structure))
        self._grids()
        if settings.isif == 3 and end == "converged":
            self._check_basis()
        if self._root:
            if ENDS[end]:
                self._outcar.line(ENDS[end])
                say(ENDS[end])
            if not step.converged:
                say(f" The electronic self-consistency was not achieved in the given number of steps "
                    f"(NELM = {settings.nelm}).")
            self._vasprun.close(step.structure)
            self._oszicar.close()
            self._outcar.finish()

    def _grids(self) -> None:
        """CHGCAR, AECCAR0, AECCAR2, ELFCAR and LOCPOT, as far as they are asked for."""
        settings, calc, structure = self._inputs.settings, self._engine.calc, self._last.structure
        title = f"{settings.system} [{self._inputs.identity}]"
        if settings.lcharg or settings.laechg:
            densities = all_electron_densities(calc, structure.positions % 1.0 % 1.0, settings.fine_grid)
            if self._root and settings.lcharg:
                spins = densities.valence
                blocks = [spins[0]] if len(spins) == 1 else [spins[0] + spins[1], spins[0] - spins[1]]
                put("CHGCAR", format_volumetric(structure, blocks, title))
            if self._root and settings.laechg:
                put("AECCAR0", format_volumetric(structure, [densities.core], title))
                put("AECCAR2", format_volumetric(structure, [densities.valence.sum(axis=0)], title))
        if settings.lelf:
            elf = localisation(calc)
            if self._root:
                put("ELFCAR", format_volumetric(structure, elf, title))
        if settings.locpot:
            blocks = local_potential(calc, settings.locpot, settings.fine_grid)
            if self._root:
                put("LOCPOT", format_volumetric(structure, blocks, title))

    def _first_atoms(self) -> list[int]:
        return np.cumsum([0, *self._inputs.structure.counts])[:-1].tolist()


def _shape_radius(setups, atom: int) -> float:
    return float(setups[atom].data.shape_function["rc"]) * BOHR
