"""A stand-in for the VASP executable that computes with GPAW. It reads and writes VASP's formats; it is not VASP."""
from importlib.metadata import PackageNotFoundError, version

VERSION = "1.0.0"


def identity() -> str:
    """What the program calls itself in every file, e.g. `gpaw-vasp 1.0.0, GPAW 22.8.0`."""
    try:
        return f"gpaw-vasp {VERSION}, GPAW {version('gpaw')}"
    except PackageNotFoundError:
        return f"gpaw-vasp {VERSION}, GPAW not installed"
