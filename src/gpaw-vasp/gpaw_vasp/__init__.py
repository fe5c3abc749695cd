"""A stand-in for the VASP executable that computes with GPAW. It reads and writes VASP's file formats; it is not VASP."""

VERSION = "1.0.0"
TESTED_GPAW = "22.8.0"


def identity(gpaw_version: str = TESTED_GPAW) -> str:
    """What the program calls itself in every file, e.g. `gpaw-vasp 1.0.0, GPAW 22.8.0`."""
    return f"gpaw-vasp {VERSION}, GPAW {gpaw_version}"
