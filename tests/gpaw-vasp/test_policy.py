import unittest
from pathlib import Path

import support

from gpaw_vasp.errors import InputError, Refusal
from gpaw_vasp.incar import parse_incar
from gpaw_vasp.numerics import convergence
from gpaw_vasp.poscar import parse_poscar
from gpaw_vasp.potentials import choose_potentials, parse_potential_names, setup_folders
from gpaw_vasp.settings import read_settings
from gpaw_vasp.tags import HONOURED, NOTED, REFUSED, check_policy

LIMNO2 = "x\n1\n2.9 0 0\n0 4.5 0\n0 0 5.6\nLi Mn O\n1 1 2\nDirect\n0 0 0\n.5 .5 .5\n0 0 .5\n.5 .5 0\n"


def needs_setups(test):
    return unittest.skipUnless(any(Path(f).is_dir() for f in setup_folders()), "GPAW's setups are not installed")(test)


class PolicyOnTags(unittest.TestCase):
    def test_each_tag_is_in_one_list_only_and_has_a_reason(self):
        for one, other in ((HONOURED, NOTED), (HONOURED, REFUSED), (NOTED, REFUSED)):
            self.assertFalse(set(one) & set(other))
        for reason in [*HONOURED.values(), *NOTED.values(), *(rule.reason for rule in REFUSED.values())]:
            self.assertTrue(reason)

    def test_refuses_what_would_change_the_result(self):
        for text in ("METAGGA = SCAN", "LHFCALC = .TRUE.", "LSORBIT = T", "LNONCOLLINEAR = .T.", "IVDW = 11",
                     "LUSE_VDW = T", "GGA = PS", "ICHARG = 11", "ALGO = Exact", "PSTRESS = 100", "EFIELD = 0.1",
                     "LDAU = T\nLDAUTYPE = 1", "LDAU = T\nLDAUTYPE = 4", "LSOL = T", "FERWE = 1 1 0"):
            with self.subTest(text), self.assertRaisesRegex(Refusal, text.split("\n")[-1].split(" ")[0]):
                check_policy(parse_incar(text))

    def test_accepts_values_that_ask_for_nothing(self):
        check_policy(parse_incar("METAGGA = --\nLHFCALC = .FALSE.\nIVDW = 0\nGGA = PE\nALGO = Fast\nLSORBIT = F\n"
                                 "LDAUTYPE = 1\nPSTRESS = 0.0\nAEXX = 0.0\nEFERMI = MIDGAP"))

    def test_notes_what_cannot_change_the_result(self):
        remarks = check_policy(parse_incar("NCORE = 4\nPREC = Accurate\nLMAXMIX = 4"))
        self.assertEqual([remark.split()[0] for remark in remarks], ["NCORE", "PREC", "LMAXMIX"])

    def test_unknown_tags_are_refused_with_the_nearest_known_one(self):
        with self.assertRaisesRegex(Refusal, "ENCUTT.*did you mean ENCUT"):
            check_policy(parse_incar("ENCUTT = 500"))

    def test_names_every_reason_at_once(self):
        with self.assertRaisesRegex(Refusal, r"(?s)METAGGA.*LSORBIT"):
            check_policy(parse_incar("METAGGA = SCAN\nLSORBIT = T"))


@needs_setups
class Settings(unittest.TestCase):
    def read(self, incar: str, poscar: str = LIMNO2, names: str | None = None):
        structure = parse_poscar(poscar)
        potentials = choose_potentials(structure, parse_potential_names(names) if names else None)
        return read_settings(parse_incar(incar), structure, potentials)

    def test_bands_have_to_hold_the_fixed_moment(self):
        self.read("ENCUT=500\nISPIN=2\nNUPDOWN=4\nNBANDS=15", names="Li\nMn\nO")
        with self.assertRaisesRegex(InputError, "NUPDOWN = 12"):
            self.read("ENCUT=500\nISPIN=2\nNUPDOWN=12\nNBANDS=15", names="Li\nMn\nO")

    def test_methfessel_paxton_needs_an_empty_band(self):
        self.read("ENCUT=500\nISMEAR=0\nNBANDS=10", names="Li\nMn\nO")
        with self.assertRaisesRegex(InputError, "no empty band"):
            self.read("ENCUT=500\nISMEAR=1\nNBANDS=10", names="Li\nMn\nO")

    def test_hubbard_vectors_follow_the_poscars_order_and_only_u_minus_j_counts(self):
        settings = self.read("ENCUT=500\nLDAU=T\nLDAUL=-1 2 -1\nLDAUU=0 4.9 0\nLDAUJ=0 1.0 0")
        self.assertEqual([settings.hubbard[0], settings.hubbard[2]], [None, None])
        self.assertAlmostEqual(settings.hubbard[1].effective, 3.9)

    def test_refuses_vectors_of_the_wrong_length(self):
        for text in ("LDAU=T\nLDAUL=2 -1\nLDAUU=3.9 0", "ISPIN=2\nMAGMOM=3 0", "LDAU=T\nLDAUU=1 1 1"):
            with self.subTest(text), self.assertRaises(InputError):
                self.read("ENCUT=500\n" + text)

    def test_refuses_hubbard_u_on_a_shell_that_the_setup_lacks(self):
        with self.assertRaisesRegex(InputError, "f states of Li"):
            self.read("ENCUT=500\nLDAU=T\nLDAUL=3 -1 -1\nLDAUU=3 0 0")

    def test_the_number_of_bands_follows_vasps_rule(self):
        self.assertEqual(self.read("ENCUT=500").bands, (28 + 2) // 2 + 3)
        self.assertEqual(self.read("ENCUT=500\nISPIN=2\nMAGMOM=0 4 0 0").bands, (28 + 2) // 2 + 3 + 2)

    def test_the_charge_follows_from_nelect(self):
        self.assertAlmostEqual(self.read("ENCUT=500\nNELECT=29").charge, -1.0)

    def test_refuses_what_it_cannot_do(self):
        for text in ("ISMEAR=-2", "ISMEAR=-3", "ISMEAR=3", "LORBIT=1", "IBRION=0\nNSW=5", "IBRION=5", "NSW=3\nIBRION=2\nISIF=4",
                     "IDIPOL=1\nLDIPOL=T", "IDIPOL=3", "NBANDS=3", "ENCUT=0", "NEDOS=1", "ISPIN=3", "EDIFF=0", "NGXF=20"):
            with self.subTest(text), self.assertRaises(InputError):
                self.read(text if "ENCUT" in text else "ENCUT=500\n" + text)

    def test_ediff_counts_for_the_whole_cell(self):
        settings = self.read("ENCUT=500\nEDIFF=1e-5")
        self.assertAlmostEqual(convergence(settings)["energy"] * settings.electrons, 1e-5)


@needs_setups
class ChoosingSetups(unittest.TestCase):
    def valences(self, names: str, poscar: str = LIMNO2) -> list[float]:
        return [p.setup.valence for p in choose_potentials(parse_poscar(poscar), parse_potential_names(names))]

    def test_a_plain_name_takes_the_fewest_electrons_and_pv_the_semicore_p_shell(self):
        self.assertEqual(self.valences("Li\nMn\nO"), [1, 7, 6])
        self.assertEqual(self.valences("Li\nMn_pv\nO"), [1, 15, 6])
        self.assertEqual(self.valences("Li\nMn.7\nO"), [1, 7, 6])

    def test_says_what_there_is_where_a_name_has_no_setup(self):
        with self.assertRaisesRegex(InputError, r"Li_sv.*Li \(Li.PBE.gz, 1 valence"):
            self.valences("Li_sv\nMn\nO")
        for name in ("O_s", "O_GW"):
            with self.subTest(name), self.assertRaises(InputError):
                self.valences(f"Li\nMn\n{name}")

    def test_names_have_to_follow_the_poscar(self):
        for names in ("Mn\nLi\nO", "Li\nMn"):
            with self.subTest(names), self.assertRaises(InputError):
                self.valences(names)

    def test_without_names_the_titles_would_choose_the_same_setups(self):
        structure = parse_poscar(LIMNO2)
        default = choose_potentials(structure, None)
        again = choose_potentials(structure, [p.name for p in default])
        self.assertEqual([p.setup.file_name for p in default], [p.setup.file_name for p in again])

    def test_says_where_it_looked_for_an_element_without_setup(self):
        with self.assertRaisesRegex(InputError, "no PBE setup for U"):
            choose_potentials(parse_poscar(support.LIF.replace("Li F", "U F")), None)


if __name__ == "__main__":
    unittest.main()
