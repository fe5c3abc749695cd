"""Runs gpaw-vasp in a directory made for the purpose. Not a test by itself."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parents[2] / "src" / "gpaw-vasp" / "gpaw-vasp"
sys.path.insert(0, str(PROGRAM.parent))

LIF = """LiF, rock salt
4.03
0.0 0.5 0.5
0.5 0.0 0.5
0.5 0.5 0.0
Li F
1 1
Direct
0.0 0.0 0.0
0.5 0.5 0.5
"""
MGF2 = """MgF2 in a trigonal layer, two equivalent F
1.0
3.2 0.0 0.0
-1.6 2.771281292110204 0.0
0.0 0.0 4.6
Mg F
1 2
Direct
0.0 0.0 0.0
0.333333333333 0.666666666667 0.23
0.666666666667 0.333333333333 0.77
"""
NIO = """NiO, ferromagnetic cell
4.17
0.0 0.5 0.5
0.5 0.0 0.5
0.5 0.5 0.0
Ni O
1 1
Direct
0.0 0.0 0.0
0.5 0.5 0.5
"""


def mesh(n: int) -> str:
    return f"mesh\n0\nGamma\n{n} {n} {n}\n"


class Run:
    """The directory of a run and how it ended."""

    def __init__(self, folder: Path, completed: subprocess.CompletedProcess):
        self.folder, self.status, self.output = folder, completed.returncode, completed.stdout
        self.errors = completed.stderr

    def text(self, name: str) -> str:
        return (self.folder / name).read_text()

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def exists(self, name: str) -> bool:
        return (self.folder / name).exists()


class RunCase(unittest.TestCase):
    """Gives each test directories that vanish with it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls._root = Path(tempfile.mkdtemp(prefix="gpaw vasp "))
        cls.addClassCleanup(shutil.rmtree, cls._root, ignore_errors=True)

    @classmethod
    def directory(cls, name: str, **files: str) -> Path:
        """Files by name; `POTCAR_spec` stands for POTCAR.spec. The path contains spaces."""
        folder = cls._root / name
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file.replace("_spec", ".spec")).write_text(text)
        return folder

    @classmethod
    def run_in(cls, folder: Path, ranks: int = 1, timeout: float = 240) -> Run:
        command = [str(PROGRAM)]
        if ranks > 1:
            command = ["mpirun", "--oversubscribe", "-np", str(ranks), *command]
        return Run(folder, subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True,
                                          timeout=timeout))

    @classmethod
    def calculate(cls, name: str, ranks: int = 1, **files: str) -> Run:
        return cls.run_in(cls.directory(name, **files), ranks)


def environment() -> dict[str, str]:
    return {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def needs_gpaw(test):
    return unittest.skipUnless(Path("/usr/lib/python3/dist-packages/gpaw").exists(), "GPAW is not installed")(test)


def needs_mpi(test):
    return unittest.skipUnless(shutil.which("mpirun"), "mpirun is not installed")(test)
