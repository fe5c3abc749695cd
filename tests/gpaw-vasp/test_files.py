"""A real calculation of LiF on two ranks, every file of it read by pymatgen and held against the others."""
import re
import unittest
import warnings

import numpy as np
from support import LIF, RunCase, mesh, needs_gpaw, needs_mpi

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymatgen.electronic_structure.core import Spin
        from pymatgen.io.vasp import inputs, outputs
except ImportError:
    outputs = None

INCAR = """SYSTEM = lithium fluoride
ENCUT = 400; EDIFF = 1e-6
ISMEAR = 0; SIGMA = 0.05
LORBIT = 11; NEDOS = 1001
LAECHG = .TRUE.; LELF = .TRUE.; LVHAR = .TRUE.
NGXF = 30; NGYF = 30; NGZF = 30
"""


@needs_gpaw
@needs_mpi
@unittest.skipUnless(outputs, "pymatgen (python3-pymatgen) is not installed")
class FilesOfAStaticRun(RunCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        warnings.simplefilter("ignore")
        cls.done = cls.calculate("lif", ranks=2, INCAR=INCAR, POSCAR=LIF, KPOINTS=mesh(3))
        if cls.done.status != 0:
            raise AssertionError(cls.done.output + cls.done.errors)
        cls.vasprun = outputs.Vasprun(cls.done.path("vasprun.xml"), parse_potcar_file=False)
        cls.outcar = outputs.Outcar(cls.done.path("OUTCAR"))

    def test_energies_agree_in_three_files(self):
        vasprun, outcar = self.vasprun, self.outcar
        oszicar = outputs.Oszicar(self.done.path("OSZICAR"))
        self.assertAlmostEqual(float(vasprun.final_energy), outcar.final_energy, 7)
        self.assertAlmostEqual(float(vasprun.final_energy), float(oszicar.final_energy), 5)
        self.assertEqual(len(vasprun.ionic_steps[-1]["electronic_steps"]), len(oszicar.electronic_steps[-1]))

    def test_it_is_converged_and_complete(self):
        self.assertTrue(self.vasprun.converged)
        self.assertIn("aborting loop because EDIFF is reached", self.done.text("OUTCAR"))
        self.assertIn("Voluntary context switches", self.done.text("OUTCAR")[-200:])
        self.assertLess(abs(self.vasprun.ionic_steps[-1]["electronic_steps"][-1]["e_fr_energy"]
                            - self.vasprun.ionic_steps[-1]["electronic_steps"][-2]["e_fr_energy"]), 1e-6)

    def test_every_file_says_what_wrote_it(self):
        for name in ("OUTCAR", "vasprun.xml", "DOSCAR", "EIGENVAL", "CHGCAR", "AECCAR0", "AECCAR2", "ELFCAR", "LOCPOT"):
            self.assertRegex(self.done.text(name)[:3000], r"gpaw-vasp \d+\.\d+\.\d+, GPAW 22\.8\.0", name)
        self.assertRegex(self.done.output, r"gpaw-vasp \d+\.\d+\.\d+, GPAW 22\.8\.0 \(not VASP\)")

    def test_the_gap_is_the_same_in_vasprun_and_eigenval_and_near_the_known_one(self):
        eigenval = outputs.Eigenval(self.done.path("EIGENVAL"))
        gap = self.vasprun.eigenvalue_band_properties[0]
        self.assertAlmostEqual(gap, eigenval.eigenvalue_band_properties[0], 4)
        self.assertAlmostEqual(gap, 9.07, delta=0.15)

    def test_the_fermi_level_lies_in_the_middle_of_the_gap(self):
        _, bottom, top, _ = self.vasprun.eigenvalue_band_properties
        self.assertAlmostEqual(self.vasprun.efermi, (bottom + top) / 2, 4)
        self.assertAlmostEqual(self.outcar.efermi, self.vasprun.efermi, 5)

    def test_the_weights_of_the_k_points_sum_to_one_and_stand_for_the_mesh(self):
        weights = self.vasprun.actual_kpoints_weights
        self.assertAlmostEqual(sum(weights), 1.0, 6)
        np.testing.assert_allclose(np.array(weights) * 27, np.round(np.array(weights) * 27), atol=1e-5)

    def test_the_dos_holds_all_electrons_below_the_fermi_level(self):
        dos = self.vasprun.complete_dos
        step = dos.energies[1] - dos.energies[0]
        below = dos.energies < dos.efermi
        self.assertAlmostEqual(dos.densities[Spin.up][below].sum() * step, 8.0, 3)
        self.assertAlmostEqual(self.vasprun.idos.densities[Spin.up][below][-1], 8.0, 4)

    def test_doscar_holds_the_numbers_of_vasprun(self):
        lines = self.done.text("DOSCAR").splitlines()
        emax, emin, points, fermi, _ = map(float, lines[5].split())
        self.assertEqual((int(lines[0].split()[0]), int(points)), (2, 1001))
        self.assertAlmostEqual(fermi, self.vasprun.efermi, 6)
        blocks = np.array([[float(x) for x in line.split()] for line in lines[6:1007]])
        np.testing.assert_allclose(blocks[:, 1], self.vasprun.tdos.densities[Spin.up], rtol=1e-5, atol=1e-5)
        fluorine = np.array([[float(x) for x in line.split()] for line in lines[-1001:]])
        s_column = list(self.vasprun.pdos[1].values())[0][Spin.up]
        np.testing.assert_allclose(fluorine[:, 1], s_column, rtol=1e-5, atol=1e-5)
        self.assertEqual(fluorine.shape[1], 10)

    def test_the_projected_dos_is_part_of_the_total_and_agrees_with_the_charge_table(self):
        pdos, energies = self.vasprun.pdos[1], self.vasprun.tdos.energies
        below = energies < self.vasprun.efermi
        step = energies[1] - energies[0]
        p = sum(density[Spin.up][below].sum() * step for orbital, density in pdos.items() if orbital.name.startswith("p"))
        self.assertAlmostEqual(p, self.outcar.charge[1]["p"], 2)
        self.assertGreater(p, 3.0)

    def test_chgcar_integrates_to_nelect(self):
        chgcar = outputs.Chgcar.from_file(self.done.path("CHGCAR"))
        self.assertEqual(chgcar.data["total"].shape, (30, 30, 30))
        self.assertAlmostEqual(chgcar.data["total"].mean(), 8.0, 6)
        self.assertAlmostEqual(self.outcar.nelect, 8.0, 6)
        self.assertGreater(chgcar.data["total"].min(), 0.0)

    def test_core_and_valence_sum_to_all_electrons(self):
        core, valence = (outputs.Chgcar.from_file(self.done.path(f"AECCAR{n}")).data["total"] for n in (0, 2))
        self.assertAlmostEqual(core.mean(), 4.0, 6)
        self.assertAlmostEqual((core + valence).mean(), 12.0, 6)

    def test_the_density_is_highest_at_the_nuclei(self):
        total = sum(outputs.Chgcar.from_file(self.done.path(f"AECCAR{n}")).data["total"] for n in (0, 2))
        self.assertEqual(np.unravel_index(total.argmax(), total.shape), (15, 15, 15))

    def test_elf_lies_between_zero_and_one_and_is_low_between_the_ions(self):
        elf = outputs.Elfcar.from_file(self.done.path("ELFCAR")).data["total"]
        self.assertTrue(0 <= elf.min() and elf.max() <= 1)
        n = elf.shape[0]
        near_fluorine, between = elf[n // 2, n // 2, n // 2 - 2], elf[n // 4, n // 4, n // 4]
        self.assertGreater(near_fluorine, 0.7)
        self.assertLess(between, near_fluorine)

    def test_locpot_averages_to_zero_and_is_deepest_at_fluorine(self):
        potential = outputs.Locpot.from_file(self.done.path("LOCPOT")).data["total"]
        self.assertAlmostEqual(potential.mean(), 0.0, 6)
        self.assertEqual(np.unravel_index(potential.argmin(), potential.shape), (15, 15, 15))

    def test_outcar_gives_core_potentials_plane_waves_and_setups(self):
        outcar = self.outcar
        self.assertEqual(len(outcar.electrostatic_potential), 2)
        self.assertLess(outcar.electrostatic_potential[1], outcar.electrostatic_potential[0])
        self.assertEqual(outcar.ngf, [30, 30, 30])
        self.assertEqual(len(outcar.data["nplwvs_at_kpoints"]), len(self.vasprun.actual_kpoints))
        self.assertRegex(self.done.text("OUTCAR"), r"TITEL  = PAW_PBE F\n.*GPAW setup F.PBE.gz, md5 [0-9a-f]{32}")
        self.assertEqual(re.findall(r"ZVAL   =\s+([\d.]+)    mass", self.done.text("OUTCAR")), ["1.000", "7.000"])

    def test_forces_vanish_by_symmetry_and_the_stress_is_that_of_a_cube(self):
        step = self.vasprun.ionic_steps[-1]
        self.assertLess(abs(np.array(step["forces"])).max(), 1e-4)
        stress = np.array(step["stress"])
        np.testing.assert_allclose(stress, np.eye(3) * stress[0, 0], atol=0.05)

    def test_contcar_and_inputs_are_read_back(self):
        self.assertEqual(inputs.Poscar.from_file(self.done.path("CONTCAR")).structure, self.vasprun.final_structure)
        self.assertEqual(self.vasprun.incar["ENCUT"], 400.0)
        self.assertEqual(self.vasprun.parameters["NELECT"], 8.0)
        self.assertEqual(self.vasprun.run_type, "PBE")
        self.assertEqual(self.vasprun.kpoints.kpts[0], [3, 3, 3])
        self.assertEqual(self.vasprun.potcar_symbols, ["PAW_PBE Li", "PAW_PBE F"])


if __name__ == "__main__":
    unittest.main()
