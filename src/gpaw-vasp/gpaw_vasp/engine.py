"""The self-consistent calculation: GPAW set up as INCAR asks, and followed step by step."""
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from ase import Atoms
from ase.units import Ha
from gpaw.calculator import GPAW
from gpaw.mpi import world
from gpaw.spline import Spline
from gpaw.wavefunctions.pw import PW

from .kpoints import KPoints
from .kpoint_list import descriptor
from .numerics import convergence, mixing, starting_moments
from .poscar import Structure
from .potentials import Potential
from .results import Bands, ElectronicStep, IonicStep
from .settings import SHELLS, Settings
from .units import KILOBAR

GUESS_RADIUS = 4.5
"""In bohr."""

OCCUPATIONS = {-1: {"name": "fermi-dirac"}, 0: {"name": "methfessel-paxton", "order": 0},
               1: {"name": "methfessel-paxton", "order": 1}, 2: {"name": "methfessel-paxton", "order": 2},
               -4: {"name": "tetrahedron-method"}, -5: {"name": "improved-tetrahedron-method"}}


class Calculator(GPAW):
    """GPAW with VASP's k-points, with NUPDOWN, and without an exception where NELM is reached."""

    def __init__(self, kpoints: KPoints, fixed_moment: float | None, **parameters):
        self._kpoints = kpoints
        self._fixed_moment = fixed_moment
        super().__init__(**parameters)

    def create_kpoint_descriptor(self, nspins):
        return descriptor(self._kpoints, nspins, self.atoms, self.symmetry, self.world)

    def create_setups(self, mode, xc):
        super().create_setups(mode, xc)
        for setup in self.setups.setups.values():
            setup.phit_j = [shortened(orbital) for orbital in setup.phit_j]

    def create_occupations(self, cell_cv, magmom, orbital_free, nvalence):
        if self._fixed_moment is not None:
            magmom = self._fixed_moment
        return super().create_occupations(cell_cv, magmom, orbital_free, nvalence)

    def create_scf(self, criteria, mode):
        super().create_scf(criteria, mode)
        self.scf.not_converged = lambda dens, ham, wfs, log: None

    def summary(self):
        """GPAW's own log is not kept; with two spins it would compute an all-electron density for it."""


def shortened(orbital: Spline) -> Spline:
    """An atomic orbital of the starting guess, brought smoothly to zero at 4.5 instead of 8 bohr.

    Only the guess is touched; its cost falls several times, as it goes with the overlap of the orbitals' spheres.
    """
    end = min(orbital.get_cutoff(), GUESS_RADIUS)
    r = np.linspace(0.0, end, 150)
    fade = np.clip((r - 0.6 * end) / (0.4 * end), 0.0, 1.0)
    values = np.array([orbital(x) for x in r]) * (1 - fade**2 * (3 - 2 * fade))
    return Spline(orbital.get_angular_momentum_number(), end, values)


def setup_string(potential: Potential, settings: Settings, group: int) -> str:
    """GPAW's name of the setup with +U; the final 0 leaves the projections unnormalised."""
    hubbard = settings.hubbard[group] if settings.hubbard else None
    if hubbard is None:
        return potential.setup.label or "paw"
    return f"{potential.setup.label}:{SHELLS[hubbard.l]},{hubbard.effective!r},0"


def symmetry(settings: Settings):
    if settings.isym == -1:
        return "off"
    return {"point_group": settings.isym > 0, "time_reversal": True, "tolerance": settings.symprec}


class Engine:
    """A calculation that goes from structure to structure, keeping wave functions where it can."""

    def __init__(self, settings: Settings, structure: Structure, potentials: list[Potential], kpoints: KPoints,
                 on_step: Callable[[ElectronicStep], None]):
        self.settings, self.potentials, self._on_step = settings, potentials, on_step
        self.aborted = False
        self.atoms = Atoms(structure.symbols, cell=structure.cell, scaled_positions=structure.positions,
                           pbc=(True, True, not settings.dipole),
                           magmoms=starting_moments(settings, structure, potentials))
        occupations = dict(OCCUPATIONS[settings.ismear])
        if settings.ismear > -4:
            occupations["width"] = settings.sigma
        if settings.fixed_moment is not None:
            occupations["fixmagmom"] = True
        optional = {}
        if settings.coarse_grid:
            optional["gpts"] = settings.coarse_grid
        if settings.dipole:
            optional["poissonsolver"] = {"dipolelayer": "xy"}
        self.calc = Calculator(
            kpoints, settings.fixed_moment, mode=PW(settings.encut), xc="PBE", spinpol=settings.spins == 2,
            charge=settings.charge, nbands=settings.bands, occupations=occupations, symmetry=symmetry(settings),
            setups={atom: setup_string(potentials[group], settings, group)
                    for atom, group in enumerate(structure.groups)},
            convergence=convergence(settings), mixer=mixing(settings, structure), maxiter=settings.nelm,
            parallel={"augment_grids": world.size > 1}, txt=None, **optional)
        self.calc.attach(self._observe, 1)
        self._steps: list[ElectronicStep] = []
        self._number = 0
        self._clock = 0.0
        self._band_energy = 0.0
        self._before: Structure | None = None

    def prepare(self) -> None:
        """Sets up grids, basis and k-points without a single electronic step, so that they can be reported."""
        self.calc.initialize(self.atoms)

    def run(self, structure: Structure) -> IonicStep:
        """Brings the structure to self-consistency and computes forces and, unless ISIF = 0, the stress."""
        start = self._clock = time.monotonic()
        self._number += 1
        self._steps = []
        self.atoms.set_cell(structure.cell)
        self.atoms.set_scaled_positions(structure.positions)
        changes = []
        if self._before is not None:
            same_cell = np.array_equal(self._before.cell, structure.cell)
            changes = ["positions"] if same_cell else ["positions", "cell"]
        self._before = structure
        with_stress = self.settings.isif > 0
        self.calc.calculate(self.atoms, ["energy", "forces"] + ["stress"] * with_stress, changes)
        results, hamiltonian = self.calc.results, self.calc.hamiltonian
        stress = None
        if with_stress and "stress" in results:
            xx, yy, zz, yz, xz, xy = -results["stress"] * KILOBAR
            stress = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
        terms = {"kinetic": hamiltonian.e_kinetic, "coulomb": hamiltonian.e_coulomb, "zero": hamiltonian.e_zero,
                 "external": hamiltonian.e_external, "xc and +U": hamiltonian.e_xc,
                 "entropy T*S": hamiltonian.e_entropy}
        return IonicStep(self._number, structure, list(self._steps),
                         bool(self.calc.scf.converged) and not self.aborted, results["forces"].copy(), stress,
                         {name: value * Ha for name, value in terms.items()}, time.monotonic() - start)

    def bands(self) -> Bands:
        calc, kd = self.calc, self.calc.wfs.kd
        shape = (kd.nspins, kd.nibzkpts, calc.wfs.bd.nbands)
        eigenvalues, occupations = np.empty(shape), np.empty(shape)
        for s in range(kd.nspins):
            for k in range(kd.nibzkpts):
                eigenvalues[s, k] = calc.get_eigenvalues(kpt=k, spin=s)
                filling = calc.get_occupation_numbers(kpt=k, spin=s)
                weight = kd.weight_k[k] * 2 / kd.nspins
                occupations[s, k] = filling / weight if weight > 0 else 0.0
        levels = tuple(float(level) * Ha for level in calc.wfs.fermi_levels)
        levels, note = _place_fermi(eigenvalues, occupations, levels)
        return Bands(kd.ibzk_kc.copy(), kd.weight_k.copy(), eigenvalues, occupations, levels, note,
                     self.plane_waves())

    def plane_waves(self) -> np.ndarray:
        return np.array([int(n) for n in self.calc.wfs.ng_k])

    def _observe(self) -> None:
        calc = self.calc
        number = calc.scf.niter
        if self._steps and self._steps[-1].number == number:
            return
        hamiltonian, density, wfs = calc.hamiltonian, calc.density, calc.wfs
        free, entropy = hamiltonian.e_total_free * Ha, hamiltonian.e_entropy * Ha
        band = hamiltonian.e_band * Ha
        now = time.monotonic()
        before = self._steps[-1].free_energy if self._steps else 0.0
        error = density.error
        step = ElectronicStep(
            number, free, free - entropy, hamiltonian.e_total_extrapolated * Ha, free - before,
            band - (self._band_energy if self._steps else 0.0),
            2 * wfs.bd.nbands * wfs.kd.nibzkpts * wfs.nspins,
            float(np.sqrt(max(wfs.eigensolver.error, 0.0))) * Ha,
            float(error) if error is not None and np.isfinite(error) else float("nan"),
            _moment(wfs), now - self._clock)
        self._band_energy, self._clock = band, now
        self._steps.append(step)
        self._on_step(step)
        if stop_requested("LABORT"):
            self.aborted = True
            calc.scf.maxiter = number
            calc.scf.criteria["minimum iterations"].n = number + 1


def stop_requested(tag: str) -> bool:
    """Whether a STOPCAR with `LSTOP = .TRUE.` or `LABORT = .TRUE.` lies in the directory; all ranks agree."""
    found = np.zeros(1, int)
    if world.rank == 0:
        try:
            text = Path("STOPCAR").read_text(errors="replace").upper().replace(" ", "")
            found[0] = any(f"{tag}={value}" in text for value in (".T", "T"))
        except OSError:
            pass
    world.broadcast(found, 0)
    return bool(found[0])


def _moment(wfs) -> float:
    if wfs.nspins == 1:
        return 0.0
    moment = sum((1 - 2 * kpt.s) * kpt.f_n.sum() for kpt in wfs.kpt_u)
    return float(wfs.kptband_comm.sum(float(moment)))


def _place_fermi(eigenvalues: np.ndarray, occupations: np.ndarray,
                 levels: tuple[float, ...]) -> tuple[tuple[float, ...], str]:
    """In an insulator any level in the gap holds all electrons; the middle of the gap is taken, as EFERMI = MIDGAP."""
    if abs(occupations - np.round(occupations)).max() > 1e-5:
        return levels, "level at which the smeared occupations hold all electrons"
    spins = [[s] for s in range(len(eigenvalues))] if len(levels) == 2 else [list(range(len(eigenvalues)))]
    placed, notes = [], []
    for channels, level in zip(spins, levels):
        values, filling = eigenvalues[channels], occupations[channels]
        filled, empty = values[filling > 0.5], values[filling <= 0.5]
        if not filled.size or not empty.size:
            edge = values.max() if filled.size else values.min()
            placed.append(float(edge))
            notes.append(f"{'highest' if filled.size else 'lowest'} level, as all bands are "
                         f"{'filled' if filled.size else 'empty'}")
            continue
        top, bottom = filled.max(), empty.min()
        placed.append(float(top + bottom) / 2)
        notes.append(f"middle of the gap of {bottom - top:.4f} eV between {top:.4f} and {bottom:.4f} eV")
    return tuple(placed), "; ".join(notes)
