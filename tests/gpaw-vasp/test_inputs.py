import unittest

import numpy as np
import support  # noqa: F401 (sets the path)

from gpaw_vasp.errors import InputError, Refusal
from gpaw_vasp.incar import parse_incar
from gpaw_vasp.kpoints import from_spacing, mesh, parse_kpoints
from gpaw_vasp.poscar import format_poscar, parse_poscar

CUBE = 4.0 * np.eye(3)


class ReadingIncar(unittest.TestCase):
    def test_splits_at_semicolons_and_cuts_comments(self):
        incar = parse_incar("ENCUT = 500 ; ISPIN=2 # two\nSIGMA = 0.05 ! eV\n")
        self.assertEqual((incar.real("ENCUT"), incar.integer("ISPIN"), incar.real("SIGMA")), (500.0, 2, 0.05))

    def test_joins_lines_at_a_backslash(self):
        self.assertEqual(parse_incar("MAGMOM = 4*0 \\\n 2*3.0\n").reals("MAGMOM"), [0, 0, 0, 0, 3, 3])

    def test_the_first_of_duplicates_counts(self):
        incar = parse_incar("ISMEAR = 0\nISMEAR = -5\n")
        self.assertEqual((incar.integer("ISMEAR"), incar.duplicates), (0, ["ISMEAR"]))

    def test_reads_fortrans_numbers_and_truths(self):
        incar = parse_incar("EDIFF = 1d-5\nLCHARG = .F.\nLELF = True\nLAECHG = .TRUE.")
        self.assertEqual((incar.real("EDIFF"), incar.logical("LCHARG"), incar.logical("LELF"), incar.logical("LAECHG")),
                         (1e-5, False, True, True))

    def test_lines_without_an_equals_sign_are_free_text(self):
        self.assertEqual(list(parse_incar("general:\nENCUT = 400\n some words").values), ["ENCUT"])

    def test_words_after_a_value_are_ignored(self):
        self.assertEqual(parse_incar("ISPIN = 2 spin polarised").integer("ISPIN"), 2)

    def test_quotes_hold_comment_signs_and_several_lines(self):
        incar = parse_incar('SYSTEM = "run #1;\n b"\nENCUT = 400')
        self.assertEqual((incar.text("SYSTEM").split(), list(incar.values)), (['"run', '#1;', 'b"'], ["SYSTEM", "ENCUT"]))

    def test_bounds_lists(self):
        for text in ("MAGMOM = 999999*1", "MAGMOM = " + "90000*1 " * 2, "MAGMOM = " + "9" * 5000 + "*1"):
            with self.subTest(text[:30]), self.assertRaises(InputError):
                parse_incar(text).reals("MAGMOM")

    def test_says_what_is_no_number(self):
        for text in ("ENCUT = abc", "ENCUT = nan", "MAGMOM = 2*x", "LDAU = maybe", "NSW = 1.5", "ENCUT ="):
            with self.subTest(text), self.assertRaises(InputError):
                incar = parse_incar(text)
                incar.real("ENCUT"), incar.reals("MAGMOM"), incar.logical("LDAU"), incar.integer("NSW")


class ReadingPoscar(unittest.TestCase):
    def test_applies_the_scale_and_groups_of_the_same_element(self):
        s = parse_poscar("x\n2.0\n2 0 0\n0 2 0\n0 0 2\nLi Mn Li\n1 1 1\nDirect\n0 0 0\n.5 .5 .5\n.5 0 0\n")
        self.assertEqual((s.symbols, s.groups), (["Li", "Mn", "Li"], [0, 1, 2]))
        self.assertAlmostEqual(s.volume, 64.0)

    def test_a_negative_scale_is_the_volume(self):
        self.assertAlmostEqual(parse_poscar("x\n-27\n1 0 0\n0 1 0\n0 0 1\nLi\n1\nD\n0 0 0\n").cell[0, 0], 3.0)

    def test_scales_cartesian_coordinates(self):
        s = parse_poscar("x\n4\n1 0 0\n0 1 0\n0 0 1\nLi F\n1 1\nCartesian\n0 0 0\n.5 .5 .25\n")
        np.testing.assert_allclose(s.positions[1], [0.5, 0.5, 0.25])

    def test_takes_elements_from_the_potentials_in_vasp_4_files(self):
        text = "x\n4\n1 0 0\n0 1 0\n0 0 1\n1 1\nDirect\n0 0 0\n.5 .5 .5\n"
        self.assertEqual(parse_poscar(text, ["Mn_pv", "O"]).species, ("Mn", "O"))
        with self.assertRaisesRegex(InputError, "no line of elements"):
            parse_poscar(text)

    def test_keeps_selective_dynamics_through_contcar(self):
        s = parse_poscar("x\n4\n1 0 0\n0 1 0\n0 0 1\nMn/8f3a O_s\n1 1\nSelective\nDirect\n0 0 0 F F F\n.5 .5 .5 T F T\n")
        again = parse_poscar(format_poscar(s))
        self.assertEqual(again.species, ("Mn", "O"))
        np.testing.assert_array_equal(again.movable, [[False] * 3, [True, False, True]])
        np.testing.assert_allclose(again.cell, s.cell, atol=1e-14)

    def test_refuses_more_atoms_than_it_could_compute(self):
        for counts in ("1001", "1000000000", "600 600", "\N{SUPERSCRIPT TWO}"):
            species = "Li F" if " " in counts else "Li"
            with self.subTest(counts), self.assertRaises(InputError):
                parse_poscar(f"x\n4\n1 0 0\n0 1 0\n0 0 1\n{species}\n{counts}\nDirect\n" + "0 0 0\n" * 1200)

    def test_coordinates_far_outside_the_cell_stay_apart_in_contcar(self):
        s = parse_poscar("x\n4\n1 0 0\n0 1 0\n0 0 1\nLi\n1\nDirect\n-100.5 1000.25 -1000.125\n")
        np.testing.assert_allclose(parse_poscar(format_poscar(s)).positions, s.positions)

    def test_refuses_overlapping_atoms_through_the_boundary(self):
        with self.assertRaisesRegex(InputError, r"atoms 1 \(Li\) and 2 \(F\) are 0.080"):
            parse_poscar("x\n4\n1 0 0\n0 1 0\n0 0 1\nLi F\n1 1\nDirect\n0 0 0.01\n0 0 .99\n")

    def test_says_what_is_wrong(self):
        cases = {"x\n4\n1 0 0\n0 1 0\n": "ends before", "x\n4\n1 0 0\n1 0 0\n0 0 1\nLi\n1\nD\n0 0 0\n": "no volume",
                 "x\n4\n0 1 0\n1 0 0\n0 0 1\nLi\n1\nD\n0 0 0\n": "triple product",
                 "x\n4\n1 0 0\n0 1 0\n0 0 1\nXy\n1\nD\n0 0 0\n": "no element",
                 "x\n4\n1 0 0\n0 1 0\n0 0 1\nLi\n2\nD\n0 0 0\n": "atom 2 of 2",
                 "x\n4\n1 0 0\n0 1 0\n0 0 1\nLi\n1\n0 0 0\n": "Direct", "": "ends before"}
        for text, message in cases.items():
            with self.subTest(message), self.assertRaisesRegex(InputError, message):
                parse_poscar(text)


class ReadingKpoints(unittest.TestCase):
    def test_gamma_meshes_hold_gamma_and_even_monkhorst_pack_meshes_do_not(self):
        def holds_gamma(points):
            return bool((abs(points).max(axis=1) < 1e-9).any())
        for n, gamma, monkhorst in ((2, True, False), (3, True, True)):
            self.assertEqual(holds_gamma(mesh("Gamma", (n, n, n)).points), gamma)
            self.assertEqual(holds_gamma(mesh("Monkhorst-Pack", (n, n, n)).points), monkhorst)

    def test_shifts_in_units_of_the_spacing(self):
        points = parse_kpoints("m\n0\nGamma\n2 1 1\n.5 0 0\n", CUBE).points
        self.assertEqual(sorted(np.round(points[:, 0], 6)), [-0.25, 0.25])

    def test_reads_lists_with_weights_in_both_frames(self):
        reciprocal = parse_kpoints("l\n2\nReciprocal\n0 0 0 1\n.5 0 0 3\n", CUBE)
        cartesian = parse_kpoints("l\n2\nCartesian\n0 0 0 1\n.5 0 0 3\n", CUBE, 4.0)
        np.testing.assert_allclose(cartesian.points, reciprocal.points)
        np.testing.assert_allclose(reciprocal.weights, [0.25, 0.75])

    def test_an_automatic_length_gives_as_many_points_as_the_cell_needs(self):
        self.assertEqual(parse_kpoints("a\n0\nAuto\n20\n", np.diag([4.0, 4.0, 20.0])).divisions, (5, 5, 1))

    def test_a_generalised_mesh_equals_its_regular_twin(self):
        twin = mesh("Gamma", (3, 2, 1)).points % 1.0
        general = parse_kpoints("g\n0\nReciprocal\n.333333333 0 0\n0 .5 0\n0 0 1\n0 0 0\n", CUBE).points % 1.0
        self.assertEqual({tuple(p) for p in np.round(twin, 6)}, {tuple(p) for p in np.round(general, 6)})

    def test_kspacing_follows_vasps_rule(self):
        reciprocal = np.linalg.inv(np.diag([4.0, 4.0, 20.0])).T
        self.assertEqual(from_spacing(0.5, True, reciprocal).divisions, (4, 4, 1))

    def test_refuses_line_mode(self):
        with self.assertRaisesRegex(Refusal, "line mode"):
            parse_kpoints("l\n20\nLine\nReciprocal\n0 0 0\n.5 0 0\n", CUBE)

    def test_says_what_is_wrong(self):
        for text in ("", "m\n0\nGamma\n", "m\n0\nGamma\n3 3\n", "m\n0\nGamma\n0 3 3\n", "m\n0\nWhat\n3 3 3\n",
                     "l\n2\nR\n0 0 0 1\n", "l\n1\nR\n0 0 0 -1\n", "m\n0\nGamma\n999999 999999 9\n"):
            with self.subTest(text), self.assertRaises(InputError):
                parse_kpoints(text, CUBE)


if __name__ == "__main__":
    unittest.main()
