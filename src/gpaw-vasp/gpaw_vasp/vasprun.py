"""Writes vasprun.xml as the run goes on; only a complete file ends with `</modeling>`."""
import platform
import time
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from . import VERSION
from .incar import Incar, to_logical
from .inputs import Inputs
from .poscar import Structure
from .results import Bands, Dos, IonicStep

_LOGICAL = {"LCHARG", "LAECHG", "LELF", "LVHAR", "LVTOT", "LWAVE", "LDAU", "LASPH", "LDIPOL", "KGAMMA", "ADDGRID"}
_INTEGER = {"ISPIN", "NSW", "IBRION", "ISIF", "ISMEAR", "NELM", "NELMIN", "ISYM", "LORBIT", "NEDOS", "NBANDS",
            "LMAXMIX", "LDAUTYPE", "LDAUPRINT", "ISTART", "ICHARG", "NGX", "NGY", "NGZ", "NGXF", "NGYF", "NGZF",
            "IDIPOL", "NCORE", "NPAR", "KPAR", "NSIM", "NELMDL", "NWRITE", "MAXMIX", "IVDW"}
_INTEGERS = {"LDAUL"}
_REALS = {"LDAUU", "LDAUJ", "MAGMOM", "RWIGS", "DIPOL", "ROPT"}
_REAL = {"ENCUT", "EDIFF", "EDIFFG", "SIGMA", "NELECT", "NUPDOWN", "EMIN", "EMAX", "POTIM", "KSPACING", "SYMPREC",
         "AMIX", "BMIX", "AMIN", "AMIX_MAG", "BMIX_MAG", "TEBEG", "TEEND", "SMASS", "ENAUG"}


class VasprunWriter:
    """Opened before the first step; one `ionic_step` a structure, the last with bands and DOS; then `close`."""

    def __init__(self, inputs: Inputs, grids: tuple[tuple[int, ...], tuple[int, ...]], bands_kpoints: np.ndarray,
                 weights: np.ndarray):
        self._file = Path("vasprun.xml").open("w", encoding="ascii", errors="replace")
        self._inputs = inputs
        self._head(grids, bands_kpoints, weights)
        self._file.flush()

    def ionic_step(self, step: IonicStep, bands: Bands | None = None, dos: Dos | None = None) -> None:
        write = self._file.write
        write(" <calculation>\n")
        for number, electronic in enumerate(step.electronic):
            terms = step.terms if number == len(step.electronic) - 1 else {}
            write(f'  <scstep>\n   <time name="total">{electronic.seconds:8.2f}{electronic.seconds:8.2f}</time>\n'
                  "   <energy>\n")
            for name, value in terms.items():
                write(f'    <i name="gpaw {escape(name)}">{value:17.8f} </i>\n')
            write(_energies(electronic, "    ") + "   </energy>\n  </scstep>\n")
        write(_structure(step.structure, ""))
        write(_varray("forces", step.forces, "  "))
        if step.stress is not None:
            write(_varray("stress", step.stress, "  "))
        write("  <energy>\n" + _energies(step.last, "   ") + "  </energy>\n")
        write(f'  <time name="totalsc">{step.seconds:8.2f}{step.seconds:8.2f}</time>\n')
        if bands is not None:
            self._eigenvalues(bands)
        if dos is not None:
            self._dos(dos, bands.fermi_level)
        write(" </calculation>\n")
        self._file.flush()

    def close(self, structure: Structure) -> None:
        self._file.write(_structure(structure, "finalpos", " ") + "</modeling>\n")
        self._file.close()

    def _head(self, grids, kpoints: np.ndarray, weights: np.ndarray) -> None:
        inputs, write = self._inputs, self._file.write
        write('<?xml version="1.0" encoding="ISO-8859-1"?>\n<modeling>\n <generator>\n'
              f'  <i name="program" type="string">gpaw-vasp</i>\n  <i name="version" type="string">{VERSION}</i>\n'
              f'  <i name="subversion" type="string">{inputs.identity} (not VASP)</i>\n'
              f'  <i name="platform" type="string">{escape(platform.platform())}</i>\n'
              f'  <i name="date" type="string">{time.strftime("%Y %m %d")}</i>\n'
              f'  <i name="time" type="string">{time.strftime("%H:%M:%S")}</i>\n </generator>\n')
        write(" <incar>\n" + "".join(_incar_line(tag, inputs.incar) for tag in inputs.incar.values) + " </incar>\n")
        self._kpoints(kpoints, weights)
        write(_parameters(inputs, grids))
        write(_atominfo(inputs))
        write(_structure(inputs.structure, "initialpos", " "))

    def _kpoints(self, points: np.ndarray, weights: np.ndarray) -> None:
        kpoints, write = self._inputs.kpoints, self._file.write
        write(" <kpoints>\n")
        if kpoints.divisions:
            write(f'  <generation param="{kpoints.scheme}">\n   <v type="int" name="divisions">'
                  + "".join(f"{n:9d}" for n in kpoints.divisions) + " </v>\n"
                  + _vector("usershift", kpoints.shift, "   "))
            for axis in range(3):
                write(_vector(f"genvec{axis + 1}", np.eye(3)[axis] / kpoints.divisions[axis], "   "))
            write(_vector("shift", (0, 0, 0), "   ") + "  </generation>\n")
        write(_varray("kpointlist", points, "  ") + _varray("weights", weights[:, None], "  ") + " </kpoints>\n")

    def _eigenvalues(self, bands: Bands) -> None:
        write = self._file.write
        write('  <eigenvalues>\n   <array>\n    <dimension dim="1">band</dimension>\n'
              '    <dimension dim="2">kpoint</dimension>\n    <dimension dim="3">spin</dimension>\n'
              "    <field>eigene</field>\n    <field>occ</field>\n    <set>\n")
        for s in range(bands.spins):
            write(f'     <set comment="spin {s + 1}">\n')
            for k in range(len(bands.weights)):
                write(f'      <set comment="kpoint {k + 1}">\n')
                write("".join(f"       <r>{energy:12.6f}{filling:10.6f} </r>\n"
                              for energy, filling in zip(bands.eigenvalues[s, k], bands.occupations[s, k])))
                write("      </set>\n")
            write("     </set>\n")
        write("    </set>\n   </array>\n  </eigenvalues>\n")

    def _dos(self, dos: Dos, fermi_level: float) -> None:
        write = self._file.write
        write(f'  <dos>\n   <i name="efermi">{fermi_level:16.8f} </i>\n   <total>\n    <array>\n'
              '     <dimension dim="1">gridpoints</dimension>\n     <dimension dim="2">spin</dimension>\n'
              "     <field>energy</field>\n     <field>total</field>\n     <field>integrated</field>\n     <set>\n")
        for s in range(len(dos.total)):
            write(f'      <set comment="spin {s + 1}">\n'
                  + _rows(np.column_stack([dos.energies, dos.total[s], dos.integrated[s]]), "       ")
                  + "      </set>\n")
        write("     </set>\n    </array>\n   </total>\n")
        if dos.partial is not None:
            write('   <partial>\n    <array>\n     <dimension dim="1">gridpoints</dimension>\n'
                  '     <dimension dim="2">spin</dimension>\n     <dimension dim="3">ion</dimension>\n'
                  "     <field>energy</field>\n"
                  + "".join(f"     <field>{column:>5s}</field>\n" for column in dos.columns) + "     <set>\n")
            for atom, spins in enumerate(dos.partial):
                write(f'      <set comment="ion {atom + 1}">\n')
                for s, columns in enumerate(spins):
                    write(f'       <set comment="spin {s + 1}">\n'
                          + _rows(np.column_stack([dos.energies, columns.T]), "        ") + "       </set>\n")
                write("      </set>\n")
            write("     </set>\n    </array>\n   </partial>\n")
        write("  </dos>\n")


def _parameters(inputs: Inputs, grids) -> str:
    settings, structure = inputs.settings, inputs.structure
    groups = len(structure.species)
    hubbard = settings.hubbard or (None,) * groups
    lines = [("general", [_string("SYSTEM", settings.system)])]
    lines.append(("electronic", [
        _string("PREC", inputs.incar.word("PREC", "normal")), _real("ENMAX", settings.encut),
        _real("EDIFF", settings.ediff), _integer("NBANDS", settings.bands), _real("NELECT", settings.electrons),
        _integer("ISMEAR", settings.ismear), _real("SIGMA", settings.sigma),
        _integer("ISPIN", settings.spins), _logical("LNONCOLLINEAR", False), _logical("LSORBIT", False),
        _list("MAGMOM", settings.magmoms) if settings.spins == 2 else "",
        _real("NUPDOWN", -1 if settings.fixed_moment is None else settings.fixed_moment),
        _integer("NELM", settings.nelm), _integer("NELMIN", settings.nelmin),
        _integer("LMAXMIX", inputs.incar.integer("LMAXMIX", 2)), _logical("LASPH", True),
        _logical("LDIPOL", settings.dipole), _integer("IDIPOL", 3 if settings.dipole else 0)]))
    lines.append(("grids", [_integer(name, value) for name, value in
                            zip(("NGX", "NGY", "NGZ", "NGXF", "NGYF", "NGZF"), (*grids[0], *grids[1]))]))
    lines.append(("ionic", [_integer("NSW", settings.nsw), _integer("IBRION", settings.ibrion),
                            _integer("ISIF", settings.isif), _real("EDIFFG", settings.ediffg),
                            _real("PSTRESS", 0.0)]))
    lines.append(("symmetry", [_integer("ISYM", settings.isym), _real("SYMPREC", settings.symprec)]))
    lines.append(("dos", [_integer("LORBIT", settings.lorbit), _integer("NEDOS", settings.nedos),
                          _real("EMIN", 10.0 if settings.emin is None else settings.emin),
                          _real("EMAX", -10.0 if settings.emax is None else settings.emax)]))
    lines.append(("writing", [_logical("LWAVE", False), _logical("LCHARG", settings.lcharg),
                              _logical("LAECHG", settings.laechg), _logical("LELF", settings.lelf),
                              _logical("LVTOT", settings.locpot == "total"),
                              _logical("LVHAR", settings.locpot == "hartree")]))
    lines.append(("electronic exchange-correlation", [
        _string("GGA", "PE"), _string("METAGGA", "--"), _logical("LMETAGGA", False), _logical("LHFCALC", False),
        _real("AEXX", 0.0), _real("HFSCREEN", 0.0), _real("AGGAX", 1.0), _real("ALDAX", 1.0), _real("AGGAC", 1.0),
        _real("ALDAC", 1.0)]))
    lines.append(("vdW DFT", [_logical("LUSE_VDW", False), _integer("IVDW", 0)]))
    text = " <parameters>\n"
    for name, entries in lines:
        text += f'  <separator name="{name}" >\n' + "".join(entries) + "  </separator>\n"
    text += _logical("LDAU", settings.ldau)
    if settings.ldau:
        text += _integer("LDAUTYPE", 2)
        text += _list("LDAUL", [-1 if h is None else h.l for h in hubbard], "int")
        text += _list("LDAUU", [0.0 if h is None else h.u for h in hubbard])
        text += _list("LDAUJ", [0.0 if h is None else h.j for h in hubbard])
    return text + " </parameters>\n"


def _atominfo(inputs: Inputs) -> str:
    structure = inputs.structure
    text = (f" <atominfo>\n  <atoms>{len(structure.symbols):8d} </atoms>\n  <types>{len(structure.species):8d} </types>\n"
            '  <array name="atoms" >\n   <dimension dim="1">ion</dimension>\n   <field type="string">element</field>\n'
            '   <field type="int">atomtype</field>\n   <set>\n')
    for symbol, group in zip(structure.symbols, structure.groups):
        text += f"    <rc><c>{symbol:<2s}</c><c>{group + 1:4d}</c></rc>\n"
    text += ('   </set>\n  </array>\n  <array name="atomtypes" >\n   <dimension dim="1">type</dimension>\n'
             '   <field type="int">atomspertype</field>\n   <field type="string">element</field>\n'
             '   <field>mass</field>\n   <field>valence</field>\n   <field type="string">pseudopotential</field>\n'
             "   <set>\n")
    for symbol, count, potential, mass in zip(structure.species, structure.counts, inputs.potentials, inputs.masses):
        text += (f"    <rc><c>{count:4d}</c><c>{symbol:<2s}</c><c>{mass:17.8f}</c>"
                 f"<c>{potential.setup.valence:17.8f}</c><c>  {potential.title:<40s}</c></rc>\n")
    return text + "   </set>\n  </array>\n </atominfo>\n"


def _structure(structure: Structure, name: str, indent: str = "  ") -> str:
    attribute = f' name="{name}"' if name else ""
    return (f"{indent}<structure{attribute} >\n{indent} <crystal>\n"
            + _varray("basis", structure.cell, indent + "  ")
            + f'{indent}  <i name="volume">{structure.volume:17.8f} </i>\n'
            + _varray("rec_basis", structure.reciprocal, indent + "  ") + f"{indent} </crystal>\n"
            + _varray("positions", structure.positions, indent + " ")
            + _selective(structure, indent + " ") + f"{indent}</structure>\n")


def _selective(structure: Structure, indent: str) -> str:
    if structure.movable is None:
        return ""
    rows = "".join(f'{indent} <v type="logical" >' + "".join("  T" if flag else "  F" for flag in row) + " </v>\n"
                   for row in structure.movable)
    return f'{indent}<varray name="selective" type="logical" >\n{rows}{indent}</varray>\n'


def _energies(step, indent: str) -> str:
    return "".join(f'{indent}<i name="{name}">{value:17.8f} </i>\n' for name, value in (
        ("e_fr_energy", step.free_energy), ("e_wo_entrp", step.energy_without_entropy),
        ("e_0_energy", step.energy_sigma_0)))


def _varray(name: str, rows: np.ndarray, indent: str) -> str:
    lines = "".join(f"{indent} <v>" + "".join(f"{value:17.8f}" for value in row) + " </v>\n" for row in rows)
    return f'{indent}<varray name="{name}" >\n{lines}{indent}</varray>\n'


def _rows(table: np.ndarray, indent: str) -> str:
    row = f"{indent}<r>%14.7f" + " %10.6f" * (table.shape[1] - 1) + " </r>\n"
    return (row * len(table)) % tuple(table.ravel().tolist())


def _vector(name: str, values, indent: str) -> str:
    return f'{indent}<v name="{name}">' + "".join(f"{value:17.8f}" for value in values) + "</v>\n"


def _incar_line(tag: str, incar: Incar) -> str:
    if tag in _LOGICAL:
        return _logical(tag, to_logical(tag, incar.word(tag)))
    if tag in _INTEGER:
        return _integer(tag, incar.integer(tag))
    if tag in _REAL:
        return _real(tag, incar.real(tag))
    if tag in _INTEGERS:
        return _list(tag, incar.integers(tag), "int")
    if tag in _REALS:
        return _list(tag, incar.reals(tag))
    return _string(tag, incar.text(tag).strip("\"'"))


def _string(name: str, value: str) -> str:
    return f'  <i type="string" name="{name}">{escape(value)}</i>\n'


def _integer(name: str, value: int) -> str:
    return f'  <i type="int" name="{name}">{value:6d}</i>\n'


def _real(name: str, value: float) -> str:
    text = f"{value:.8f}" if value == 0 or abs(value) >= 1e-4 else f"{value:.8E}"
    return f'  <i name="{name}">{text:>16s}</i>\n'


def _logical(name: str, value: bool) -> str:
    return f'  <i type="logical" name="{name}"> {"T" if value else "F"}  </i>\n'


def _list(name: str, values, kind: str = "") -> str:
    if kind == "int":
        return f'  <v type="int" name="{name}">' + "".join(f"{value:6d}" for value in values) + "</v>\n"
    return f'  <v name="{name}">' + "".join(f"{value:16.8f}" for value in values) + "</v>\n"
