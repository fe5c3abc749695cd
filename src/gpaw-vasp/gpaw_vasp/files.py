"""Puts finished files in place whole: written under a temporary name, then renamed."""
import os
from pathlib import Path

OWN_FILES = ("OUTCAR", "OSZICAR", "vasprun.xml", "DOSCAR", "EIGENVAL", "CONTCAR", "CHGCAR", "AECCAR0", "AECCAR2",
             "ELFCAR", "LOCPOT")
_SUFFIX = ".gpaw-vasp-tmp"


def put(name: str, text: str) -> None:
    temporary = Path(name + _SUFFIX)
    with temporary.open("w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(name)


def clear_old_output() -> None:
    """Files of an earlier run in the directory would be taken for this one's."""
    for name in OWN_FILES:
        Path(name).unlink(missing_ok=True)
    clear_temporary()


def clear_temporary() -> None:
    for name in OWN_FILES:
        Path(name + _SUFFIX).unlink(missing_ok=True)
