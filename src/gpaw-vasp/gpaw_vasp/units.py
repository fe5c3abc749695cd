"""Units, where GPAW's own (ase.units) need not be there yet."""

BOHR = 0.529177210903
"""In angstrom."""

HARTREE = 27.211386245988
"""In eV."""

KILOBAR = 1602.1766208
"""One eV/angstrom^3 in kB."""
