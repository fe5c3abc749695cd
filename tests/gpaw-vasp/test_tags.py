"""Tags that few runs use, each in a real calculation of a few seconds, read by pymatgen."""
import os
import re
import shutil
import subprocess
import unittest
import warnings

import numpy as np
from support import LIF, RunCase, mesh, needs_gpaw, needs_mpi

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymatgen.electronic_structure.core import Spin
        from pymatgen.io.vasp import outputs
except ImportError:
    outputs = None

QUICK = "ENCUT = 300\nISMEAR = 0\nSIGMA = 0.05\nEDIFF = 1e-5\nISIF = 0\nLCHARG = F\n"
HELIUM = "He atom\n4.0\n1 0 0\n0 1 0\n0 0 1\nHe\n1\nDirect\n.5 .5 .5\n"
ALKALI_ON_ALUMINIUM = """Al(001), two layers, Li on one side
1.0
2.8638 0 0
0 2.8638 0
0 0 15
Al Li
2 1
Cartesian
0 0 4.0
1.4319 1.4319 6.025
0 0 8.1
"""


@needs_gpaw
@unittest.skipUnless(outputs, "pymatgen (python3-pymatgen) is not installed")
class TagsInRealRuns(RunCase):
    def setUp(self):
        warnings.simplefilter("ignore")

    def run_well(self, name: str, ranks: int = 1, **files: str):
        run = self.calculate(name, ranks, **files)
        self.assertEqual(run.status, 0, run.output + run.errors)
        return run

    def vasprun(self, run):
        return outputs.Vasprun(run.path("vasprun.xml"), parse_potcar_file=False)

    def energy(self, name: str, incar: str = "", **files: str) -> float:
        files = {"POSCAR": LIF, "KPOINTS": mesh(2), **files}
        run = self.run_well(name, INCAR=QUICK + incar, **{k: v for k, v in files.items() if v})
        return float(self.vasprun(run).final_energy)

    def test_nupdown_fixes_the_moment_and_costs_energy(self):
        incar = QUICK.replace("LCHARG = F\n", "") + "ISPIN = 2\nMAGMOM = 0 2\nNUPDOWN = {}\nLELF = T\nLVTOT = T\n"
        energies = {}
        for moment in (0, 2):
            run = self.run_well(f"nupdown{moment}", INCAR=incar.format(moment), POSCAR=LIF, KPOINTS=mesh(2))
            vasprun = self.vasprun(run)
            self.assertTrue(vasprun.converged_electronic)
            energies[moment] = float(vasprun.final_energy)
            self.assertEqual(vasprun.parameters["NUPDOWN"], moment)
            self.assertAlmostEqual(outputs.Chgcar.from_file(run.path("CHGCAR")).data["diff"].mean(), moment, 4)
            elf = outputs.Elfcar.from_file(run.path("ELFCAR")).data
            self.assertTrue(all(0 <= spin.min() and spin.max() <= 1 for spin in elf.values()))
        up, down = outputs.Locpot.from_file(run.path("LOCPOT")).data.values()
        self.assertLess(up.mean(), down.mean(), "exchange favours the majority")
        self.assertGreater(energies[2] - energies[0], 3, "an electron is lifted over the gap of LiF")

    def test_nelect_charges_the_cell_whatever_the_starting_moments(self):
        for electrons, charge in ((6.5, "+1.5"), (9.0, "-1")):
            run = self.run_well(f"nelect{electrons}", POSCAR=LIF, KPOINTS=mesh(2),
                                INCAR=QUICK.replace("LCHARG = F\n", "") + f"ISPIN = 2\nNELECT = {electrons}\n")
            self.assertAlmostEqual(outputs.Chgcar.from_file(run.path("CHGCAR")).data["total"].mean(), electrons, 6)
            self.assertIn(f"the cell's charge is {charge} e", run.text("OUTCAR"))
            self.assertEqual(outputs.Outcar(run.path("OUTCAR")).nelect, electrons)

    def test_a_cell_without_empty_bands_has_a_finite_fermi_level(self):
        run = self.run_well("full", INCAR=QUICK + "NBANDS = 4\n", POSCAR=LIF, KPOINTS=mesh(1))
        vasprun = self.vasprun(run)
        self.assertAlmostEqual(vasprun.efermi, max(e for e, _ in vasprun.eigenvalues[Spin.up].reshape(-1, 2)), 4)

    @needs_mpi
    def test_the_dipole_correction_makes_the_potential_flat_on_both_sides_of_a_polar_slab(self):
        drift = {}
        for tags in ("", "LDIPOL = T\nIDIPOL = 3\n"):
            run = self.run_well(f"slab{len(tags)}", 2, POSCAR=ALKALI_ON_ALUMINIUM, KPOINTS="k\n0\nGamma\n2 2 1\n",
                                INCAR="ENCUT = 200\nISMEAR = 1\nSIGMA = 0.3\nEDIFF = 1e-3\nISIF = 0\nLVHAR = T\nLCHARG = F\n" + tags)
            profile = outputs.Locpot.from_file(run.path("LOCPOT")).data["total"].mean(axis=(0, 1))
            points = len(profile)
            drift[tags] = abs(profile[points * 14 // 15] - profile[points * 12 // 15])
        self.assertLess(list(drift.values())[1], list(drift.values())[0] / 3)
        self.assertGreater(abs(profile[points * 14 // 15] - profile[points // 15]), 0.2, "the step has to be in the vacuum")

    def test_lists_and_generalised_meshes_of_k_points_equal_the_regular_mesh(self):
        energy = self.energy("mesh")
        general = "g\n0\nReciprocal\n.5 0 0\n0 .5 0\n0 0 .5\n0 0 0\n"
        points = "l\n3\nReciprocal\n0 0 0 1\n.5 .5 .5 4\n.5 .5 0 3\n"
        self.assertAlmostEqual(self.energy("general", KPOINTS=general), energy, 4)
        self.assertAlmostEqual(self.energy("list", KPOINTS=points), energy, 4)
        self.assertAlmostEqual(self.energy("kspacing", "KSPACING = 1.4\n", KPOINTS=None), energy, 4)

    def test_ngxf_sets_the_grid_of_the_files_but_not_their_electrons(self):
        run = self.run_well("ngxf", POSCAR=LIF, KPOINTS=mesh(1), INCAR=QUICK.replace("LCHARG = F", "LAECHG = T\nLVHAR = T")
                            + "NGXF = 27\nNGYF = 25\nNGZF = 32\n")
        for name, electrons in (("CHGCAR", 8), ("AECCAR0", 4), ("AECCAR2", 8)):
            data = outputs.Chgcar.from_file(run.path(name)).data["total"]
            self.assertEqual(data.shape, (27, 25, 32))
            self.assertAlmostEqual(data.mean(), electrons, 6)
        self.assertEqual(outputs.Locpot.from_file(run.path("LOCPOT")).data["total"].shape, (27, 25, 32))

    def test_densities_of_a_crystals_parts_can_be_taken_from_its_own(self):
        head, tail = LIF.split("\n")[:5], "Direct\n"
        cell = "\n".join(head) + "\n"
        incar = QUICK.replace("LCHARG = F", "LCHARG = T") + "NGXF = 24\nNGYF = 24\nNGZF = 24\n"
        whole, cation, anion = (
            outputs.Chgcar.from_file(self.run_well(name, POSCAR=poscar, KPOINTS=mesh(1), INCAR=incar).path("CHGCAR"))
            for name, poscar in (("together", LIF), ("cation", cell + "Li\n1\n" + tail + "0 0 0\n"),
                                 ("anion", cell + "F\n1\n" + tail + ".5 .5 .5\n")))
        for part in (cation, anion):
            self.assertEqual(part.data["total"].shape, whole.data["total"].shape)
            np.testing.assert_allclose(part.structure.lattice.matrix, whole.structure.lattice.matrix, atol=1e-6)
        difference = whole.data["total"] - cation.data["total"] - anion.data["total"]
        self.assertAlmostEqual(difference.mean(), 0, 6)
        self.assertTrue(0.02 < abs(difference).mean() / 2 < 1)

    def test_elf_is_one_where_a_single_orbital_holds_the_pair(self):
        run = self.run_well("helium", POSCAR=HELIUM, KPOINTS=mesh(1), INCAR=QUICK + "LELF = T\nNBANDS = 4\n")
        elf = outputs.Elfcar.from_file(run.path("ELFCAR")).data["total"]
        n = len(elf)
        np.testing.assert_allclose(elf[n // 2, n // 2, n // 2:n * 3 // 4], 1.0, atol=0.02)

    def test_elf_without_a_moment_is_that_without_spin(self):
        # Nickel has a smooth core, which belongs to neither density.
        nickel = "fcc Ni\n3.52\n0 .5 .5\n.5 0 .5\n.5 .5 0\nNi\n1\nDirect\n0 0 0\n"
        incar = QUICK.replace("0.05", "0.3") + "LELF = T\n"
        plain, spin = (outputs.Elfcar.from_file(self.run_well(name, POSCAR=nickel, KPOINTS=mesh(2), INCAR=incar + more).path("ELFCAR")).data
                       for name, more in (("plain", ""), ("spin", "ISPIN = 2\nMAGMOM = 0\nNUPDOWN = 0\n")))
        for block in spin.values():
            np.testing.assert_allclose(block, plain["total"], atol=1e-3)

    def test_elf_does_not_depend_on_the_grid_and_a_vacuum_has_none(self):
        layer = "LiF layer\n1.0\n2.85 0 0\n0 2.85 0\n0 0 10\nLi F\n1 1\nDirect\n0 0 .5\n.5 .5 .5\n"
        # One of 300 eV's own choice, and one that holds products of wave functions; which rank has which k-point does not matter.
        coarse = outputs.Elfcar.from_file(self.run_well("elf", 2 if shutil.which("mpirun") else 1, POSCAR=layer, KPOINTS=mesh(2), INCAR=QUICK + "LELF = T\n").path("ELFCAR")).data["total"]
        grid = dict(zip("XYZ", (2 * n for n in coarse.shape)))
        fine = outputs.Elfcar.from_file(self.run_well("finer", POSCAR=layer, KPOINTS=mesh(2), INCAR=QUICK + "LELF = T\n" + "".join(f"NG{k} = {n}\n" for k, n in grid.items())).path("ELFCAR")).data["total"]
        self.assertEqual(fine.shape, tuple(grid.values()))
        np.testing.assert_allclose(coarse, fine[::2, ::2, ::2], atol=0.05)
        self.assertLess(coarse[:, :, 0].max(), 0.05)

    def test_groups_of_the_same_element_keep_the_order_of_poscar(self):
        head = "Li2O\n4.62\n0 .5 .5\n.5 0 .5\n.5 .5 0\n"
        split = head + "Li O Li\n1 1 1\nDirect\n.26 .25 .25\n0 0 0\n.75 .75 .75\n"
        whole = head + "O Li\n1 2\nDirect\n0 0 0\n.26 .25 .25\n.75 .75 .75\n"
        one, other = (self.vasprun(self.run_well(name, POSCAR=poscar, KPOINTS=mesh(1), INCAR=QUICK))
                      for name, poscar in (("split", split), ("whole", whole)))
        self.assertEqual(one.atomic_symbols, ["Li", "O", "Li"])
        self.assertAlmostEqual(float(one.final_energy), float(other.final_energy), 6)
        forces = np.array(one.ionic_steps[-1]["forces"])
        np.testing.assert_allclose(forces[[1, 0, 2]], other.ionic_steps[-1]["forces"], atol=1e-5)
        self.assertGreater(abs(forces).max(), 0.01)

    def test_narrow_and_wide_dos_keep_their_columns_apart(self):
        run = self.run_well("spikes", POSCAR=LIF, KPOINTS=mesh(1),
                            INCAR=QUICK.replace("0.05", "1e-4") + "LORBIT = 11\nNEDOS = 20001\nEMIN = -25\nEMAX = -5\n")
        vasprun = self.vasprun(run)
        self.assertEqual(len(vasprun.tdos.energies), 20001)
        line = run.text("DOSCAR").splitlines()[5].split()
        self.assertEqual([float(x) for x in line[:3]], [-5.0, -25.0, 20001])

    def test_text_in_any_editors_form_is_read(self):
        run = self.run_well("bom", POSCAR="\ufeff" + LIF.replace("\n", "\r\n"), KPOINTS=mesh(1), POTCAR_spec="\ufeffLi\nF\n",
                            INCAR="\ufeffSYSTEM = \N{GREEK SMALL LETTER ALPHA} & <Li>\r\n" + QUICK.replace("\n", "\r\n"))
        self.assertEqual(self.vasprun(run).final_structure.formula, "Li1 F1")

    def test_impossible_sizes_are_refused_before_they_fill_the_memory(self):
        cases = [("POSCAR", LIF.replace("4.03", "400"), "needs at least"), ("INCAR", QUICK + "NBANDS = 90\n", "plane waves, fewer"),
                 ("INCAR", QUICK + "NGXF = 2000\nNGYF = 2000\nNGZF = 2000\n", "needs at least"),
                 ("INCAR", QUICK + "SYSTEM = a\x01b\n", "control character")]
        for number, (name, text, message) in enumerate(cases):
            with self.subTest(message):
                run = self.calculate(f"size{number}", **{"POSCAR": LIF, "KPOINTS": mesh(1), "INCAR": QUICK.replace("300", "120"), name: text}
                                     if number != 1 else {"POSCAR": LIF, "KPOINTS": mesh(1), name: text.replace("300", "120")})
                self.assertEqual(run.status, 1)
                self.assertIn(message, run.output)
                self.assertNotIn("Traceback", run.errors)


@needs_gpaw
class FStates(RunCase):
    """gpaw-data has no setup with f states; one that GPAW itself makes is used as any other."""

    def test_lanthanides_without_a_setup_are_refused_and_with_one_take_u(self):
        nitride = LIF.replace("Li F", "Ce N").replace("4.03", "5.02")
        incar = QUICK + "ISPIN = 2\nLORBIT = 11\nNELM = 2\nLDAU = T\nLDAUL = 3 -1\nLDAUU = 5 0\n"
        run = self.calculate("refused", POSCAR=nitride, KPOINTS=mesh(1), INCAR=incar)
        self.assertEqual(run.status, 1)
        self.assertIn("no PBE setup for Ce", run.output)
        gpaw = shutil.which("gpaw")
        if not gpaw:
            self.skipTest("the command gpaw, which makes setups, is not installed")
        folder = self.directory("made", POSCAR=nitride, KPOINTS=mesh(1), INCAR=incar, POTCAR_spec="Ce\nN\n")
        subprocess.run([gpaw, "dataset", "-f", "PBE", "-t", "12", "-w", "Ce"], cwd=folder, check=True, capture_output=True, timeout=120)
        before = os.environ.get("GPAW_SETUP_PATH")
        self.addCleanup(os.environ.update if before else os.environ.pop, *([{"GPAW_SETUP_PATH": before}] if before else ["GPAW_SETUP_PATH"]))
        os.environ["GPAW_SETUP_PATH"] = f"{folder}:/usr/share/gpaw-setups"
        run = self.run_in(folder)
        self.assertEqual(run.status, 0, run.output + run.errors)
        self.assertRegex(run.text("OUTCAR"), r"LDAUL =\s+3\s+-1")
        self.assertEqual(len(run.text("DOSCAR").splitlines()[-1].split()), 1 + 2 * 16)
        self.assertTrue(re.search(r"# of ion +s +p +d +f +tot", run.text("OUTCAR")))


if __name__ == "__main__":
    unittest.main()
