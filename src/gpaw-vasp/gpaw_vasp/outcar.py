"""Writes OUTCAR as the run goes on, with the lines that people and parsers look for.

Only a run that came to its end closes with the timing block.
"""
import os
import resource
import time
from pathlib import Path

import numpy as np

from .engine_notes import convergence_notes
from .inputs import Inputs
from .results import Bands, ElectronicStep, IonicStep, Projections
from .settings import SHELLS
from .units import BOHR, HARTREE, KILOBAR

RULE = "-" * 104
SMEARING = {-5: "tetrahedron method with Bloechl corrections", -4: "linear tetrahedron method",
            -1: "Fermi-Dirac", 0: "Gaussian", 1: "Methfessel-Paxton order 1", 2: "Methfessel-Paxton order 2"}


class OutcarWriter:
    def __init__(self, inputs: Inputs, ranks: int):
        self._file = Path("OUTCAR").open("w", encoding="utf-8")
        self._inputs, self._start = inputs, time.monotonic()
        self._ionic = 1
        self._write(f" {inputs.identity} (not VASP; VASP's file formats)\n"
                    f" executed on {os.uname().sysname:>12s} date {time.strftime('%Y.%m.%d  %H:%M:%S')}\n"
                    f" running on {ranks:4d} total cores\n\n\n{RULE}\n\n\n INCAR:\n"
                    + "".join(f"   {tag} = {text}\n" for tag, text in inputs.incar.values.items()) + "\n")
        self._potentials()
        self._remarks()

    def line(self, text: str = "") -> None:
        self._write(text + "\n")

    def setup(self, grids, kpoints: np.ndarray, weights: np.ndarray, plane_waves: np.ndarray,
              symmetry_operations: int) -> None:
        """The parameters of the run, once grids and k-points are known."""
        structure = self._inputs.structure
        coarse, fine = grids
        self._write(
            f"\n POSCAR: {structure.title}\n\n Found {symmetry_operations} symmetry operations\n\n{RULE}\n\n\n"
            f" Dimension of arrays:\n   k-points           NKPTS = {len(weights):6d}   k-points in BZ     NKDIM = "
            f"{len(self._inputs.kpoints.points):6d}   number of bands    NBANDS= {self._inputs.settings.bands:6d}\n"
            f"   number of dos      NEDOS = {self._inputs.settings.nedos:6d}   number of ions     NIONS = "
            f"{len(structure.symbols):6d}\n   total plane-waves  NPLWV = {int(np.prod(coarse)):6d}\n"
            f"   dimension x,y,z NGX ={coarse[0]:6d} NGY ={coarse[1]:5d} NGZ ={coarse[2]:5d}\n"
            f"   dimension x,y,z NGXF={fine[0]:6d} NGYF={fine[1]:5d} NGZF={fine[2]:5d}\n"
            f"   ions per type =            {''.join(f'{count:4d}' for count in structure.counts)}\n\n")
        self._write(self._parameters() + f"\n\n{RULE}\n\n\n" + self._cell())
        self._write(" k-points in reciprocal lattice and weights: " + self._inputs.kpoints.title + "\n"
                    + "".join("".join(f"{x:13.8f}" for x in point) + f"{weight:12.6f}\n"
                              for point, weight in zip(kpoints, weights)) + " \n")
        self._write(" position of ions in fractional coordinates (direct lattice) \n"
                    + _rows(structure.positions, "{:13.8f}")
                    + " \n position of ions in cartesian coordinates  (Angst):\n"
                    + _rows(structure.cartesian, "{:13.8f}") + f"\n\n\n{RULE}\n\n\n")
        self._write("".join(f" k-point{k + 1:4d} :  " + "".join(f"{x:7.4f}" for x in point)
                            + f"  plane waves: {number:7d}\n"
                            for k, (point, number) in enumerate(zip(kpoints, plane_waves)))
                    + f"\n maximum and minimum number of plane-waves per node : {plane_waves.max():9d}"
                      f"{plane_waves.min():9d}\n\n maximum number of plane-waves: {plane_waves.max():9d}\n\n\n{RULE}\n\n\n")

    def electronic_step(self, step: ElectronicStep) -> None:
        head = f" Iteration {self._ionic:6d}({step.number:4d})  "
        if step.number == 1:
            self._write(f"{f' Ionic step {self._ionic:8d}  ':-^104s}\n\n\n\n")
        self._write(
            f"{head:-^104s}\n\n\n     LOOP:  cpu time{step.seconds:10.4f}: real time{step.seconds:10.4f}\n\n"
            f" eigenvalue-minimisations  :{step.updates:6d}\n"
            f" total energy-change (2. order) :{step.change:15.7E}  ({step.band_energy_change:14.7E})\n"
            f" number of electron {self._inputs.settings.electrons:15.7f} magnetization {step.moment:15.7f}\n\n"
            "  free energy of the ion-electron system (eV)\n  " + "-" * 51 + "\n"
            f"  free energy    TOTEN  = {step.free_energy:18.8f} eV\n\n"
            f"  energy without entropy ={step.energy_without_entropy:18.8f}  energy(sigma->0) ="
            f"{step.energy_sigma_0:18.8f}\n\n\n{RULE}\n\n\n")

    def ionic_step(self, step: IonicStep, projections: Projections | None, aborted: bool) -> None:
        if step.converged:
            self._write(f"{' aborting loop because EDIFF is reached ':-^104s}\n\n\n")
        elif aborted:
            self._write(" hard stop encountered!  aborting job ...\n\n")
        else:
            self._write(f"{' aborting loop EDIFF was not reached (unconverged) ':-^104s}\n\n"
                        f" The electronic loop made NELM = {self._inputs.settings.nelm} steps and did not reach EDIFF: "
                        "these results are not converged.\n\n")
        if projections is not None:
            self.site_tables(projections)
        if step.stress is not None:
            self._stress(step)
        structure = step.structure
        self._write("\n VOLUME and BASIS-vectors are now :\n " + "-" * 77 + "\n" + self._cell(structure))
        self._write(" POSITION                                       TOTAL-FORCE (eV/Angst)\n " + "-" * 83 + "\n"
                    + "".join("".join(f"{x:13.5f}" for x in position) + "    " + "".join(f"{f:14.6f}" for f in force) + "\n"
                              for position, force in zip(structure.cartesian, step.forces))
                    + " " + "-" * 83 + "\n    total drift:                          "
                    + "".join(f"{x:14.6f}" for x in step.forces.sum(axis=0)) + f"\n\n\n{RULE}\n\n\n\n")
        self._write("  FREE ENERGIE OF THE ION-ELECTRON SYSTEM (eV)\n  " + "-" * 51 + "\n"
                    + "".join(f"  {name:<24s} = {value:18.8f}\n" for name, value in step.terms.items())
                    + "  " + "-" * 51 + "\n"
                    f"  free  energy   TOTEN  = {step.last.free_energy:18.8f} eV\n\n"
                    f"  energy  without entropy={step.last.energy_without_entropy:18.8f}  energy(sigma->0) ="
                    f"{step.last.energy_sigma_0:18.8f}\n \n\n\n{RULE}\n\n\n"
                    f"     LOOP+:  cpu time{step.seconds:10.4f}: real time{step.seconds:10.4f}\n\n")
        self._ionic += 1

    def core_potentials(self, potentials: np.ndarray, radii: list[float]) -> None:
        self._write("\n (next: the pseudo electrostatic potential weighted with the shape of each atom's compensation\n"
                    "  charge, counted from the cell's average)\n\n"
                    " average (electrostatic) potential at core\n  the test charge radii are "
                    + "".join(f"{radius:10.4f}" for radius in radii)
                    + "\n  (the norm of the test charge is" + f"{1.0:20.4f})\n")
        for start in range(0, len(potentials), 5):
            self._write("".join(f"{start + i + 1:8d}{value:9.4f}"
                                for i, value in enumerate(potentials[start:start + 5])) + "\n")
        self._write(" \n \n \n")

    def bands(self, bands: Bands) -> None:
        self._write(f" E-fermi :{bands.fermi_level:11.6f}     XC(G=0): not computed     alpha+bet : not computed\n"
                    f"  (the Fermi level is the {bands.fermi_note})\n\n")
        if len(bands.fermi_levels) == 2:
            self._write("  (NUPDOWN: it is the mean of spin up "
                        f"{bands.fermi_levels[0]:.6f} and spin down {bands.fermi_levels[1]:.6f})\n\n")
        for s in range(bands.spins):
            if bands.spins == 2:
                self._write(f"\n spin component {s + 1}\n\n")
            for k, point in enumerate(bands.kpoints):
                self._write(f" k-point {k + 1:5d} :    " + "".join(f"{x:10.4f}" for x in point)
                            + "\n  band No.  band energies     occupation \n"
                            + "".join(f"{n + 1:7d}{energy:12.4f}{filling * 2 / bands.spins:13.5f}\n" for n, (energy, filling)
                                      in enumerate(zip(bands.eigenvalues[s, k], bands.occupations[s, k]))) + "\n")
        self._write(f"\n{RULE}\n\n")

    def finish(self) -> None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu = usage.ru_utime + usage.ru_stime
        self._write(
            "\n\n General timing and accounting informations for this job:\n " + "=" * 56 + "\n  \n"
            f"                  Total CPU time used (sec): {cpu:12.3f}\n"
            f"                            User time (sec): {usage.ru_utime:12.3f}\n"
            f"                          System time (sec): {usage.ru_stime:12.3f}\n"
            f"                         Elapsed time (sec): {time.monotonic() - self._start:12.3f}\n  \n"
            f"                   Maximum memory used (kb): {usage.ru_maxrss:10d}.\n"
            "                   Average memory used (kb):          N/A\n  \n"
            f"                          Minor page faults: {usage.ru_minflt:12d}\n"
            f"                          Major page faults: {usage.ru_majflt:12d}\n"
            f"                 Voluntary context switches: {usage.ru_nvcsw:12d}\n")
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.write(text)
        self._file.flush()

    def _potentials(self) -> None:
        inputs = self._inputs
        for potential in inputs.potentials:
            self._write(f" POTCAR:    {potential.title}\n")
        for potential, mass in zip(inputs.potentials, inputs.masses):
            setup = potential.setup
            shells = " ".join(f"{n}{SHELLS[l]}{occupation:g}" for n, l, occupation, _ in setup.shells if occupation > 0)
            radius = min(shell[3] for shell in setup.shells) * BOHR
            self._write(
                f" POTCAR:    {potential.title}\n   VRHFIN ={setup.symbol}: {shells}\n   LEXCH  = PE\n\n"
                f"   TITEL  = {potential.title}\n"
                f"   GPAW setup {setup.file_name}, md5 {setup.md5} (no POTCAR is read; names choose among GPAW's setups)\n"
                f"   POMASS = {mass:8.3f}; ZVAL   = {setup.valence:8.3f}    mass and valenz\n"
                f"   RWIGS  = {radius / BOHR:8.3f}; RWIGS  = {radius:8.3f}    sphere of the projections (au A)\n"
                f"   Frozen core: {setup.core:g} electrons\n\n")

    def _remarks(self) -> None:
        self._write(" Notes\n")
        for note in self._inputs.remarks + convergence_notes(self._inputs):
            self._write(f"   {note}\n")

    def _parameters(self) -> str:
        s, structure = self._inputs.settings, self._inputs.structure
        text = (
            f" SYSTEM =  {s.system}\n POSCAR =  {structure.title}\n\n Startparameter for this run:\n"
            f"   PREC   = {self._inputs.incar.word('PREC', 'normal'):<8s} (noted)\n"
            f"   ISTART =      0    job   : 0-new\n   ICHARG =      2    charge: 2-atom\n"
            f"   ISPIN  =      {s.spins}    spin polarized calculation?\n"
            "   LNONCOLLINEAR =      F non collinear calculations\n   LSORBIT =      F    spin-orbit coupling\n"
            "   LASPH  =      T    aspherical Exc in radial PAW\n Electronic Relaxation 1\n"
            f"   ENCUT  ={s.encut:7.1f} eV {s.encut * 2 / HARTREE:6.2f} Ry\n"
            f"   NELM   = {s.nelm:6d};   NELMIN={s.nelmin:3d}     # of ELM steps \n"
            f"   EDIFF  = {s.ediff:.1E}   stopping-criterion for ELM\n"
            "   LREAL  =      F    real-space projection\n"
            f"   LMAXMIX     = {self._inputs.incar.integer('LMAXMIX', 2):4d} (noted: all l are mixed)\n Ionic relaxation\n"
            f"   EDIFFG = {s.ediffg:.1E}   stopping-criterion for IOM\n   NSW    = {s.nsw:6d}    number of steps for IOM\n"
            f"   IBRION = {s.ibrion:6d}    ionic relax: -1 none, 1 and 2 quasi-Newton (BFGS)\n"
            f"   ISIF   = {s.isif:6d}    stress and relaxation\n   ISYM   = {s.isym:6d}    use of symmetry\n"
            "   PSTRESS=    0.0 pullay stress\n"
            "  Mass of Ions in am\n   POMASS =" + "".join(f"{mass:7.2f}" for mass in self._inputs.masses)
            + "\n  Ionic Valenz\n   ZVAL   =" + "".join(f"{p.setup.valence:7.2f}" for p in self._inputs.potentials)
            + f"\n   NELECT = {s.electrons:12.4f}    total number of electrons\n"
            f"   NUPDOWN= {-1 if s.fixed_moment is None else s.fixed_moment:12.4f}    fix difference up-down\n\n"
            " DOS related values:\n"
            f"   EMIN   ={10 if s.emin is None else s.emin:8.2f};   EMAX   ={-10 if s.emax is None else s.emax:8.2f}"
            "  energy-range for DOS\n"
            f"   ISMEAR =  {s.ismear:4d};   SIGMA  ={s.sigma:7.2f}  broadening in eV: {SMEARING[s.ismear]}\n\n"
            " Write flags\n   LWAVE        =      F    write WAVECAR (never)\n"
            f"   LCHARG       =      {_flag(s.lcharg)}    write CHGCAR\n"
            f"   LVTOT        =      {_flag(s.locpot == 'total')}    write LOCPOT, total local potential\n"
            f"   LVHAR        =      {_flag(s.locpot == 'hartree')}    write LOCPOT, Hartree potential only\n"
            f"   LELF         =      {_flag(s.lelf)}    write electronic localiz. function (ELF)\n"
            f"   LORBIT       = {s.lorbit:6d}    0 none, 10 by l, 11 by lm\n\n Dipole corrections\n"
            f"   LDIPOL =      {_flag(s.dipole)}    correct potential (dipole corrections)\n"
            f"   IDIPOL =      {3 if s.dipole else 0}    1-x, 2-y, 3-z\n\n")
        if s.hubbard is not None:
            text += (" LDA+U is selected, type is set to LDAUTYPE =  2\n   angular momentum for each species LDAUL = "
                     + "".join(f"{-1 if h is None else h.l:5d}" for h in s.hubbard)
                     + "\n   U (eV)           for each species LDAUU = "
                     + "".join(f"{0 if h is None else h.u:5.1f}" for h in s.hubbard)
                     + "\n   J (eV)           for each species LDAUJ = "
                     + "".join(f"{0 if h is None else h.j:5.1f}" for h in s.hubbard) + "\n"
                     "   U - J (eV), unrounded: " + " ".join(f"{0 if h is None else h.effective:.6f}" for h in s.hubbard)
                     + "\n   occupations: PAW expansion inside the sphere, not normalised (GPAW's scale = 0)\n\n")
        return text + (" Exchange correlation treatment:\n   GGA     =    PE    GGA type\n   LHFCALC =     F    Hartree Fock is set to\n"
                       "   METAGGA =    --\n\n Linear response parameters\n   LEPSILON=     F    determine dielectric tensor\n")

    def _cell(self, structure=None) -> str:
        structure = structure or self._inputs.structure
        reciprocal = structure.reciprocal
        return (f"  energy-cutoff  :  {self._inputs.settings.encut:10.2f}\n  volume of cell :  {structure.volume:10.2f}\n"
                "      direct lattice vectors                 reciprocal lattice vectors\n"
                + "".join("  " + "".join(f"{x:13.9f}" for x in (*a, *b)) + "\n" for a, b in zip(structure.cell, reciprocal))
                + "\n  length of vectors\n  "
                + "".join(f"{x:13.9f}" for x in (*np.linalg.norm(structure.cell, axis=1),
                                                 *np.linalg.norm(reciprocal, axis=1))) + "\n\n")

    def _stress(self, step: IonicStep) -> None:
        kilobar = step.stress
        voigt = [kilobar[0, 0], kilobar[1, 1], kilobar[2, 2], kilobar[0, 1], kilobar[1, 2], kilobar[2, 0]]
        to_ev = step.structure.volume / KILOBAR
        self._write("  FORCE on cell =-STRESS in cart. coord.  units (eV):\n"
                    "  Direction    XX          YY          ZZ          XY          YZ          ZX\n  " + "-" * 86 + "\n"
                    "  Total  " + "".join(f"{value * to_ev:12.5f}" for value in voigt) + "\n"
                    "  in kB  " + "".join(f"{value:12.5f}" for value in voigt) + "\n"
                    f"  external pressure = {np.trace(kilobar) / 3:12.2f} kB  Pullay stress = {0.0:9.2f} kB\n\n")

    def site_tables(self, projections: Projections) -> None:
        charges = projections.charges
        self._write(f"\n\n total charge\n\n{_site_table(charges.sum(axis=0))}")
        if len(charges) == 2:
            self._write(f"\n\n magnetization (x)\n\n{_site_table(charges[0] - charges[1])}")
        self._write("\n")


def _site_table(values: np.ndarray) -> str:
    names = SHELLS[:values.shape[1]]
    table = np.column_stack([values, values.sum(axis=1)])
    rows = "".join(f"{atom + 1:5d}        " + "".join(f"{x:8.3f}" for x in row) + "\n" for atom, row in enumerate(table))
    rule = "-" * (10 + 8 * (len(names) + 1))
    head = "# of ion     " + "".join(f"  {name:<6s}" for name in (*names, "tot"))
    return (head.rstrip() + f"\n{rule}\n" + rows + f"{rule}\ntot          "
            + "".join(f"{x:8.3f}" for x in table.sum(axis=0)) + "\n")


def _rows(table: np.ndarray, form: str) -> str:
    return "".join("".join(form.format(x) for x in row) + "\n" for row in table)


def _flag(value: bool) -> str:
    return "T" if value else "F"
