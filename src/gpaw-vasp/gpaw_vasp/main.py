"""The run from beginning to end, and how it ends when something is wrong."""
import signal
import sys
import time
import traceback
import warnings

from . import identity, parallel
from .errors import InputError, RunError, Terminated
from .files import clear_old_output, clear_temporary, say

NO_GPAW = ("GPAW is not installed for /usr/bin/python3. On Debian or Ubuntu: "
           "apt-get install gpaw gpaw-data libopenblas0-pthread openmpi-bin")


def main() -> int:
    """Returns 0 where the run came to its end, converged or not, and 1 where it did not; 143 after SIGTERM."""
    parallel.share_processors()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _on_signal)
    try:
        _run()
        return 0
    except InputError as error:
        _report(f"Error in the input of {identity()}:\n  {error}", fresh="gpaw.mpi" not in sys.modules)
    except RunError as error:
        _report(f"Error in {identity()}:\n  {error}")
    except Terminated as error:
        _report(f"{identity()} was {error}; the run is incomplete.")
        parallel.end_all(128 + error.signal_number)
    except MemoryError:
        _report(f"Error in {identity()}:\n  the memory does not suffice. Use more nodes, a lower ENCUT or fewer "
                "k-points.")
    except OSError as error:
        _report(f"Error in {identity()}:\n  a file cannot be read or written: {error}")
    except Exception as error:
        _report(f"Error in {identity()}: the calculation failed.\n  {type(error).__name__}: {error}\n"
                "  The trace on standard error says where; the input's structure, cutoff or k-points may be out of the "
                "ordinary.")
        traceback.print_exc()
    parallel.end_all(1)
    return 1


def _run() -> None:
    from .inputs import read_inputs
    inputs = read_inputs()
    warnings.simplefilter("ignore")
    try:
        import gpaw.mpi
    except ImportError as error:
        raise RunError(f"{NO_GPAW} ({error})") from None
    if (copies := parallel.strangers()) > 1:
        raise RunError(f"srun started {copies} copies that do not know of each other: each would write the same files. "
                       "Slurm's PMI does not fit the MPI library ('srun --mpi=list' shows the kinds, --mpi=pmix is often "
                       "the one); or start it with mpirun.")
    from .calculation import Calculation
    Calculation(inputs).run()


def _on_signal(number: int, frame) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise Terminated(number)


def _report(message: str, fresh: bool = False) -> None:
    """Says it on standard output and at the end of OUTCAR, on the root rank.

    Where another rank alone failed, the root does not end it within seconds, and it speaks for itself.
    """
    if parallel.rank() != 0:
        time.sleep(3)
        print(f"rank {parallel.rank()}: {message}", file=sys.stderr, flush=True)
        return
    rule = " " + "-" * 77
    text = f"{rule}\n" + "".join(f"| {line}\n" for line in message.splitlines()) + f"{rule}\n"
    try:
        clear_temporary()
        if fresh:
            clear_old_output()
        with open("OUTCAR", "w" if fresh else "a", encoding="utf-8") as file:
            file.write((f" {identity()} (not VASP; VASP's file formats)\n\n" if fresh else "\n") + text)
    except OSError as error:
        text += f" OUTCAR cannot be written: {error}\n"
    say(text)
