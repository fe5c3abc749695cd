"""Small real calculations: spin and +U, projections, relaxation, and the ways a run can end."""
import os
import re
import signal
import subprocess
import time
import unittest
import unittest.mock
import xml.etree.ElementTree as ET

import numpy as np
from support import LIF, MGF2, NIO, PROGRAM, RunCase, environment, mesh, needs_gpaw, needs_mpi

INSULATOR = "ENCUT = 350\nISMEAR = 0\nSIGMA = 0.05\nEDIFF = 1e-5\nISIF = 0\n"


def table(text: str, heading: str) -> np.ndarray:
    """The last charge or magnetisation table of OUTCAR, the total row left out."""
    rows = text.split(heading)[-1]
    return np.array([[float(x) for x in match.split()[1:]]
                     for match in re.findall(r"^ +\d+ +(?:-?\d+\.\d+ *)+$", rows.split("\ntot")[0], re.M)])


def partial_dos(run) -> tuple[np.ndarray, np.ndarray, float]:
    """Energies, (atom, column, energy) of the first spin, and the Fermi level."""
    dos = ET.parse(run.path("vasprun.xml")).find("calculation/dos")
    rows = [[[float(x) for x in r.text.split()] for r in ion.find("set")] for ion in dos.find("partial/array/set")]
    values = np.array(rows)
    return values[0, :, 0], values[:, :, 1:].transpose(0, 2, 1), float(dos.find("i").text)


@needs_gpaw
class SpinAndHubbardU(RunCase):
    """NiO, ferromagnetic, with settings too low for anything but a test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.calculate(
            "nio", POSCAR=NIO, KPOINTS=mesh(2), POTCAR_spec="Ni\nO\n",
            INCAR="ENCUT = 320\nISPIN = 2\nMAGMOM = 3 0\nISMEAR = 0\nSIGMA = 0.1\nEDIFF = 1e-4\nLORBIT = 11\nISIF = 0\n"
                  "LDAU = T\nLDAUTYPE = 2\nLDAUL = 2 -1\nLDAUU = 7.2 0\nLDAUJ = 1.0 0\nLMAXMIX = 4\n")

    def test_it_converges_to_nickels_moment(self):
        self.assertEqual(self.done.status, 0, self.done.output + self.done.errors)
        moment = float(re.search(r"mag= +([-\d.]+)", self.done.text("OSZICAR"))[1])
        self.assertAlmostEqual(moment, 2.0, delta=0.05)
        self.assertIn("aborting loop because EDIFF is reached", self.done.text("OUTCAR"))

    def test_the_moment_sits_in_nickels_d_shell(self):
        magnetisation = table(self.done.text("OUTCAR"), "magnetization (x)")
        self.assertEqual(magnetisation.shape, (2, 4))
        self.assertGreater(magnetisation[0, 2], 1.4)
        self.assertLess(abs(magnetisation[1, 2]), 0.1)

    def test_hubbard_u_is_reported_as_used(self):
        outcar = self.done.text("OUTCAR")
        self.assertRegex(outcar, r"LDAUTYPE =  2\n.*LDAUL =\s+2\s+-1\n.*LDAUU =\s+7.2\s+0.0\n.*LDAUJ =\s+1.0\s+0.0")
        self.assertIn("not normalised", outcar)
        vectors = {v.get("name"): v.text.split() for v in ET.parse(self.done.path("vasprun.xml")).iter("v") if v.get("name")}
        self.assertEqual([float(x) for x in vectors["LDAUU"]], [7.2, 0.0])

    def test_chgcar_carries_electrons_and_moment(self):
        lines = self.done.text("CHGCAR").split("\n")
        start = lines.index(" ") + 1
        count = int(np.prod([int(n) for n in lines[start].split()]))
        rows = -(-count // 5)
        blocks = [np.array(" ".join(lines[first:first + rows]).split(), float)
                  for first in (start + 1, start + 2 + rows)]
        self.assertEqual(lines[start].split(), lines[start + 1 + rows].split())
        self.assertAlmostEqual(blocks[0].mean(), 16.0, 6)
        moment = float(re.search(r"mag= +([-\d.]+)", self.done.text("OSZICAR"))[1])
        self.assertAlmostEqual(blocks[1].mean(), moment, 3)


@needs_gpaw
class Projections(RunCase):
    """Symmetry may reduce the k-points but not change what single atoms and single m hold."""

    def test_single_atoms_and_m_are_as_without_symmetry(self):
        common = "ENCUT = 350\nISMEAR = 0\nSIGMA = 0.1\nEDIFF = 1e-6\nLORBIT = 11\nISIF = 0\nEMIN = -30\nEMAX = 20\nNEDOS = 1001\n"
        held = {}
        for isym in (2, -1):
            run = self.calculate(f"isym{isym}", INCAR=f"{common}ISYM = {isym}\n", POSCAR=MGF2, KPOINTS=mesh(3),
                                 POTCAR_spec="Mg\nF\n")
            self.assertEqual(run.status, 0, run.output + run.errors)
            energies, densities, fermi = partial_dos(run)
            held[isym] = densities[:, :, energies < fermi].sum(axis=2) * (energies[1] - energies[0])
            held[isym, "points"] = run.text("OUTCAR").count("plane waves:")
        self.assertLess(held[2, "points"], held[-1, "points"])
        np.testing.assert_allclose(held[2], held[-1], atol=1e-3)
        fluorine = held[2][1]
        self.assertGreater(abs(fluorine[2] - fluorine[1]), 0.005, "py and pz have to differ for the test to mean something")

    def test_tetrahedra_and_gaussians_count_the_same_electrons(self):
        run = self.calculate("tetrahedra", POSCAR=LIF, KPOINTS=mesh(3),
                             INCAR="ENCUT = 350\nISMEAR = -5\nEDIFF = 1e-5\nLORBIT = 10\nISIF = 0\nNEDOS = 2001\n")
        self.assertEqual(run.status, 0, run.output + run.errors)
        dos = ET.parse(run.path("vasprun.xml")).find("calculation/dos")
        rows = np.array([[float(x) for x in r.text.split()] for r in dos.find("total/array/set/set")])
        fermi = float(dos.find("i").text)
        self.assertAlmostEqual(rows[rows[:, 0] < fermi][-1, 2], 8.0, 5)
        self.assertGreater(rows[:, 1].min(), -1e-6)
        _, densities, _ = partial_dos(run)
        self.assertEqual(densities.shape[1], 3)


@needs_gpaw
class Relaxation(RunCase):
    def test_only_the_free_coordinates_move_and_forces_fall_below_ediffg(self):
        poscar = LIF.replace("Direct", "Selective dynamics\nDirect").replace(
            "0.0 0.0 0.0\n", "0.0 0.0 0.0 F F F\n").replace("0.5 0.5 0.5\n", "0.52 0.51 0.5 T T F\n")
        run = self.calculate("relax", POSCAR=poscar, KPOINTS=mesh(2), INCAR=INSULATOR.replace("ISIF = 0\n", "")
                             + "NSW = 8\nIBRION = 2\nEDIFFG = -0.05\n")
        self.assertEqual(run.status, 0, run.output + run.errors)
        self.assertIn("reached required accuracy - stopping structural energy minimisation", run.text("OUTCAR"))
        steps = run.text("OSZICAR").count(" F=")
        self.assertGreater(steps, 1)
        calculations = ET.parse(run.path("vasprun.xml")).findall("calculation")
        self.assertEqual(len(calculations), steps)
        self.assertEqual(run.text("OUTCAR").count("TOTAL-FORCE"), steps)
        energies = [float(c.findall("energy/i")[-1].text) for c in calculations]
        self.assertLess(energies[-1], energies[0])
        rows = [line.split() for line in run.text("CONTCAR").split("Direct\n")[1].splitlines()]
        self.assertEqual([row[3:] for row in rows], [["F"] * 3, ["T", "T", "F"]])
        np.testing.assert_allclose([float(x) for x in rows[0][:3]], 0, atol=1e-12)
        self.assertAlmostEqual(float(rows[1][2]), 0.5, 10)
        self.assertNotAlmostEqual(float(rows[1][0]), 0.52, 3)

    def test_the_cell_relaxes_until_its_stress_is_gone(self):
        aluminium = "Al\n4.10\n0 .5 .5\n.5 0 .5\n.5 .5 0\nAl\n1\nDirect\n0 0 0\n"
        run = self.calculate("cell", POSCAR=aluminium, KPOINTS=mesh(4), INCAR="ENCUT = 300\nISMEAR = 1\nSIGMA = 0.2\nEDIFF = 1e-5\n"
                             "NSW = 10\nIBRION = 1\nISIF = 3\nEDIFFG = -0.02\n")
        self.assertEqual(run.status, 0, run.output + run.errors)
        pressures = [float(x) for x in re.findall(r"external pressure = +([-\d.]+) kB", run.text("OUTCAR"))]
        self.assertLess(pressures[0], -5.0)
        self.assertLess(abs(pressures[-1]), 3.0)
        cell = np.array([[float(x) for x in line.split()] for line in run.text("CONTCAR").splitlines()[2:5]])
        self.assertAlmostEqual((4 * abs(np.linalg.det(cell))) ** (1 / 3), 4.04, delta=0.04)

    def test_a_cell_that_too_few_plane_waves_pressed_together_is_no_result(self):
        magnesia = "MgO\n1.0\n0 2.1 2.1\n2.1 0 2.1\n2.1 2.1 0\nMg O\n1 1\nDirect\n0 0 0\n0.5 0.5 0.5\n"
        run = self.calculate("pulay", POSCAR=magnesia, KPOINTS=mesh(2), INCAR="ENCUT = 400\nISMEAR = 0\nSIGMA = 0.05\nEDIFF = 1e-4\n"
                             "NSW = 15\nIBRION = 2\nISIF = 3\nEDIFFG = -0.1\n")
        self.assertEqual(run.status, 1)
        self.assertIn("Pulay stress", run.output)
        self.assertIn("ENCUT = 520 or more", run.output)
        self.assertNotIn("General timing", run.text("OUTCAR"))

    def test_a_stopcar_ends_it_after_the_step(self):
        poscar = LIF.replace("Direct\n0.0", "Direct\n0.04")
        run = self.calculate("stop", POSCAR=poscar, KPOINTS=mesh(1), STOPCAR="LSTOP = .TRUE.\n",
                             INCAR=INSULATOR + "NSW = 8\nIBRION = 2\nEDIFFG = -0.001\n")
        self.assertEqual(run.status, 0, run.output + run.errors)
        self.assertEqual(run.text("OSZICAR").count(" F="), 1)
        self.assertIn("soft stop encountered!  aborting job", run.text("OUTCAR"))


@needs_gpaw
class Endings(RunCase):
    def test_reaching_nelm_is_said_and_ends_normally(self):
        run = self.calculate("nelm", POSCAR=LIF, KPOINTS=mesh(2), INCAR=INSULATOR + "NELM = 3\n")
        self.assertEqual(run.status, 0, run.output + run.errors)
        self.assertNotIn("aborting loop because EDIFF is reached", run.text("OUTCAR"))
        self.assertIn("did not reach EDIFF", run.text("OUTCAR"))
        self.assertIn("General timing", run.text("OUTCAR"))
        self.assertEqual(len(ET.parse(run.path("vasprun.xml")).findall("calculation/scstep")), 3)

    def test_labort_ends_at_the_electronic_step(self):
        run = self.calculate("labort", POSCAR=LIF, KPOINTS=mesh(2), INCAR=INSULATOR, STOPCAR="LABORT = .TRUE.\n")
        self.assertEqual(run.status, 0, run.output + run.errors)
        self.assertEqual(run.text("OSZICAR").count("DAV:"), 1)
        self.assertIn("hard stop encountered!  aborting job", run.text("OUTCAR"))

    def test_a_refusal_comes_at_once_on_stdout_and_in_outcar_without_old_files(self):
        folder = self.directory("refusal", POSCAR=LIF, KPOINTS=mesh(2), INCAR=INSULATOR + "METAGGA = SCAN\n", CHGCAR="old")
        start = time.monotonic()
        run = self.run_in(folder)
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(run.status, 1)
        self.assertRegex(run.output, r"METAGGA = SCAN: .*no meta-GGA")
        self.assertIn("METAGGA = SCAN", run.text("OUTCAR"))
        self.assertNotIn("Traceback", run.output + run.errors)
        self.assertFalse(run.exists("CHGCAR") or run.exists("vasprun.xml"))

    def test_wrong_input_is_named(self):
        good = {"INCAR": INSULATOR, "POSCAR": LIF, "KPOINTS": mesh(2)}
        cases = [("INCAR", None, "INCAR is missing"), ("POSCAR", None, "POSCAR is missing"),
                 ("KPOINTS", None, "neither a KPOINTS file nor KSPACING"),
                 ("POSCAR", LIF.replace("0.5 0.5 0.5\n", "0.01 0 0\n"), "apart"),
                 ("POSCAR", LIF.replace("Li F", "Li Po"), "no PBE setup for Po"),
                 ("INCAR", "ISMEAR = 0\n", "ENCUT is missing"), ("INCAR", INSULATOR + "NGX=8\nNGY=8\nNGZ=8\n", "NGX")]
        for number, (name, text, message) in enumerate(cases):
            with self.subTest(message):
                files = {key: value for key, value in {**good, name: text}.items() if value is not None}
                run = self.calculate(f"wrong{number}", **files)
                self.assertEqual(run.status, 1)
                self.assertIn(message, run.output)
                self.assertIn(message, run.text("OUTCAR"))
                self.assertNotIn("General timing", run.text("OUTCAR"))

    @needs_mpi
    def test_a_refusal_under_mpi_ends_all_ranks(self):
        run = self.calculate("refusal-mpi", ranks=2, POSCAR=LIF, KPOINTS=mesh(2), INCAR=INSULATOR + "LHFCALC = T\n")
        self.assertEqual(run.status, 1)
        self.assertEqual(run.output.count("LHFCALC = T"), 1)

    def test_copies_that_srun_started_without_mpi_are_refused(self):
        folder = self.directory("copies", POSCAR=LIF, KPOINTS=mesh(2), INCAR=INSULATOR)
        with unittest.mock.patch.dict(os.environ, SLURM_STEP_NUM_TASKS="2"):
            run = self.run_in(folder)
        self.assertEqual(run.status, 1)
        self.assertIn("srun started 2 copies", run.output)
        self.assertFalse(run.exists("vasprun.xml"))

    @needs_mpi
    def test_a_rank_that_dies_ends_the_run(self):
        folder = self.directory("dies", POSCAR=MGF2, KPOINTS=mesh(4), INCAR="ENCUT = 500\nISMEAR = 0\nEDIFF = 1e-8\n")
        process = subprocess.Popen(["mpirun", "--oversubscribe", "-np", "2", str(PROGRAM)], cwd=folder, env=environment(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        wait_for_steps(folder)
        os.kill(children_of(process.pid)[1], signal.SIGKILL)
        self.assertNotEqual(process.wait(30), 0)

    def test_it_goes_on_when_nobody_reads_its_output(self):
        folder = self.directory("pipe", POSCAR=LIF, KPOINTS=mesh(2), INCAR=INSULATOR)
        subprocess.run(["sh", "-c", f"'{PROGRAM}' | head -n 1"], cwd=folder, env=environment(), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        self.assertIn("General timing", (folder / "OUTCAR").read_text())

    def test_sigterm_ends_it_cleanly(self):
        folder = self.directory("term", POSCAR=MGF2, KPOINTS=mesh(4), INCAR="ENCUT = 500\nISMEAR = 0\nEDIFF = 1e-8\n")
        process = subprocess.Popen([str(PROGRAM)], cwd=folder, env=environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        wait_for_steps(folder)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 143)
        self.assertIn("ended by signal 15; the run is incomplete", output)
        self.assertIn("the run is incomplete", (folder / "OUTCAR").read_text())
        self.assertNotIn("Traceback", errors)
        self.assertEqual([f.name for f in folder.iterdir() if "tmp" in f.name], [])


def children_of(parent: int) -> list[int]:
    """Read from /proc, as a small system has no ps."""
    children = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat:
                # The name in brackets may hold anything; the state and the parent stand behind it.
                if int(stat.read().rpartition(")")[2].split()[1]) == parent:
                    children.append(int(entry))
        except OSError:
            pass  # Gone meanwhile.
    return sorted(children)


def wait_for_steps(folder) -> None:
    """Until OSZICAR shows the first electronic step: it grows while the calculation runs."""
    for _ in range(600):
        if (folder / "OSZICAR").exists() and "DAV:" in (folder / "OSZICAR").read_text():
            return
        time.sleep(0.1)
    raise AssertionError("OSZICAR never grew.")


if __name__ == "__main__":
    unittest.main()
