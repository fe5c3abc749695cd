"""Chooses GPAW's setups by the names of VASP's potentials, from the files of GPAW's setup folders alone.

`X` takes the setup of X with the fewest valence electrons, `X_pv` one whose valence holds the p semicore shell,
`X_sv` the s semicore shell, `X_d` a filled d shell below the valence. Names that VASP uses for harder, softer or
otherwise different potentials (`O_s`, `H.5`, `Si_GW`, `Eu_3`) have no counterpart and are refused.
"""
import gzip
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError
from .poscar import Structure

FUNCTIONAL = "PBE"


@dataclass(frozen=True)
class Setup:
    """One of GPAW's setups. `label` is what GPAW calls it (empty for an element's default)."""

    symbol: str
    label: str
    path: Path
    md5: str
    core: float
    valence: float
    shells: tuple[tuple[int, int, float, float], ...]
    """Bound valence states: n, l, occupation, radius of the augmentation sphere in bohr."""

    @property
    def file_name(self) -> str:
        return self.path.name

    @property
    def semicore(self) -> set[str]:
        """Which shells below the outermost are treated as valence: of `s`, `p`, `d`."""
        outermost = max((n for n, l, occupation, _ in self.shells if occupation > 0 and l == 0), default=0)
        kinds = {"spdf"[l] for n, l, occupation, _ in self.shells
                 if l < 2 and n < outermost and occupation == 4 * l + 2}
        if any(l == 2 and n < outermost and occupation == 10 for n, l, occupation, _ in self.shells) and any(
                l == 1 and n == outermost and occupation > 0 for n, l, occupation, _ in self.shells):
            kinds.add("d")
        return kinds

    @property
    def vasp_name(self) -> str:
        """The name of a potential that would choose this setup among those of its element."""
        for kind, suffix in (("s", "_sv"), ("p", "_pv"), ("d", "_d")):
            if kind in self.semicore:
                return self.symbol + suffix
        return self.symbol

    def has_shell(self, l: int) -> bool:
        return any(shell[1] == l for shell in self.shells)


@dataclass(frozen=True)
class Potential:
    """What one group of atoms in POSCAR uses: the name asked for (or made up from the setup) and the setup."""

    name: str
    setup: Setup

    @property
    def title(self) -> str:
        return f"PAW_PBE {self.name}"


def setup_folders() -> list[Path]:
    """GPAW's own search path: GPAW_SETUP_PATH, or the distribution's folders."""
    variable = os.environ.get("GPAW_SETUP_PATH")
    names = variable.split(os.pathsep) if variable else ["/usr/local/share/gpaw-setups", "/usr/share/gpaw-setups"]
    return [Path(name) for name in names if name]


def available_setups(symbol: str) -> list[Setup]:
    """All PBE setups of an element, the fewest valence electrons first."""
    found: dict[str, Setup] = {}
    for folder in setup_folders():
        for path in sorted(folder.glob(f"{symbol}.*{FUNCTIONAL}*")) if folder.is_dir() else []:
            match = re.fullmatch(rf"{symbol}\.(?:([^.]+)\.)?{FUNCTIONAL}(?:\.gz)?", path.name)
            if match and (match[1] or "") not in found:
                found[match[1] or ""] = _read_setup(symbol, match[1] or "", path)
    return sorted(found.values(), key=lambda setup: (setup.valence, setup.label))


def parse_potential_names(text: str) -> list[str]:
    """POTCAR.spec: one name a line, as `Mn_pv`; a leading `PAW_PBE` is allowed, `#` opens a comment."""
    names = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if words and words[0].startswith("PAW"):
            words = words[1:]
        if not words:
            continue
        if not re.fullmatch(r"[A-Z][a-z]?([._][A-Za-z0-9_.]+)?", words[0]):
            raise InputError(f"POTCAR.spec line {number}: '{words[0]}' is no potential's name (such as Mn_pv).")
        names.append(words[0])
    if not names:
        raise InputError("POTCAR.spec names no potential; one name a line is expected, in POSCAR's order.")
    return names


def choose_potentials(structure: Structure, names: list[str] | None) -> list[Potential]:
    """One potential for each group of POSCAR, from POTCAR.spec's names or from GPAW's default for each element."""
    if names is None:
        return [_default(symbol) for symbol in structure.species]
    if len(names) != len(structure.species):
        raise InputError(f"POTCAR.spec names {len(names)} potentials ({' '.join(names)}), POSCAR has "
                         f"{len(structure.species)} groups of atoms ({' '.join(structure.species)}).")
    for name, symbol in zip(names, structure.species):
        if re.split(r"[._]", name)[0] != symbol:
            raise InputError(f"POTCAR.spec has {' '.join(names)} but POSCAR has {' '.join(structure.species)}: "
                             "same elements in the same order are expected.")
    return [_by_name(name, symbol) for name, symbol in zip(names, structure.species)]


def _default(symbol: str) -> Potential:
    for setup in available_setups(symbol):
        if not setup.label:
            return Potential(setup.vasp_name, setup)
    raise InputError(_nothing_for(symbol))


def _by_name(name: str, symbol: str) -> Potential:
    setups = available_setups(symbol)
    if not setups:
        raise InputError(_nothing_for(symbol))
    suffix = name[len(symbol):]
    if not suffix:
        return Potential(name, setups[0])
    needed = {"_sv": "s", "_pv": "p", "_d": "d"}.get(suffix)
    for setup in setups:
        if needed and needed in setup.semicore:
            return Potential(name, setup)
    offered = ", ".join(f"{setup.vasp_name} ({setup.file_name}, {setup.valence:g} valence electrons)"
                        for setup in setups)
    raise InputError(f"POTCAR.spec asks for {name}, for which GPAW has no setup. For {symbol} there is: {offered}. "
                     "Name one of these.")


def _nothing_for(symbol: str) -> str:
    folders = setup_folders()
    if not any(folder.is_dir() for folder in folders):
        return (f"GPAW's setups are not installed: none of {', '.join(map(str, folders))} exists. "
                "Install the package gpaw-data, or set GPAW_SETUP_PATH.")
    return f"GPAW has no {FUNCTIONAL} setup for {symbol} in {', '.join(map(str, folders))}."


def _read_setup(symbol: str, label: str, path: Path) -> Setup:
    raw = path.read_bytes()
    content = gzip.decompress(raw) if path.suffix == ".gz" else raw
    head = content[:20000].decode("ascii", "replace")
    atom = re.search(r"<atom [^>]*>", head)
    if not atom:
        raise InputError(f"{path} is no setup file: it has no <atom> element.")
    shells = []
    for state in re.findall(r"<state ([^>]*)/>", head.split("</valence_states>")[0]):
        values = dict(re.findall(r'(\w+)="\s*([^"]*)"', state))
        if "n" in values:
            shells.append((int(values["n"]), int(values["l"]), float(values.get("f", 0)), float(values["rc"])))
    values = dict(re.findall(r'(\w+)="\s*([^"]*)"', atom[0]))
    return Setup(symbol, label, path, hashlib.md5(content).hexdigest(), float(values["core"]),
                 float(values["valence"]), tuple(shells))
