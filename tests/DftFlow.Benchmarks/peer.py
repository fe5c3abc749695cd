"""Times pymatgen on one file: `peer.py KIND FILE` prints the best wall time of three readings in seconds and the peak resident memory in MiB."""
import resource
import sys
import time
import warnings

warnings.simplefilter("ignore")


def reader(kind):
    from pymatgen.io.vasp import outputs

    return {
        "chgcar": lambda path: outputs.Chgcar.from_file(path),
        "vasprun-dos": lambda path: outputs.Vasprun(path, parse_dos=True, parse_eigen=False, parse_potcar_file=False),
        "vasprun-eigenvalues": lambda path: outputs.Vasprun(path, parse_dos=False, parse_eigen=True, parse_potcar_file=False),
        "vasprun-all": lambda path: outputs.Vasprun(path, parse_dos=True, parse_eigen=True, parse_projected_eigen=True, parse_potcar_file=False),
        "procar": lambda path: outputs.Procar(path),
        "eigenval": lambda path: outputs.Eigenval(path),
        "outcar": lambda path: outputs.Outcar(path),
        "xdatcar": lambda path: outputs.Xdatcar(path),
        "oszicar": lambda path: outputs.Oszicar(path),
    }[kind]


def main():
    kind, path = sys.argv[1:]
    read = reader(kind)
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        read(path)
        best = min(best, time.perf_counter() - start)
        if best > 20:
            break
    print(best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


main()
