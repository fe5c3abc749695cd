"""What has to be known of MPI before GPAW starts it, and how a failing rank ends all of them."""
import os
import sys

_RANK = ("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "MV2_COMM_WORLD_RANK")
_SIZE = ("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE")


def rank() -> int:
    return _world().rank if _world() else _first(_RANK, 0)


def size() -> int:
    return _world().size if _world() else _first(_SIZE, 1)


def strangers() -> int:
    """How many copies of this program Slurm started together that MPI does not know as one; 1 where all is well."""
    return _first(("SLURM_STEP_NUM_TASKS",), 1) if size() == 1 else 1


def share_processors() -> None:
    """One BLAS thread a rank, and no spinning where a rank waits, unless the environment says otherwise.

    Has to run before numpy is imported and before MPI starts.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMPI_MCA_mpi_yield_when_idle"):
        os.environ.setdefault(name, "1")


def end_all(status: int) -> None:
    """Ends this process, and under MPI all ranks, with the status."""
    sys.stdout.flush()
    sys.stderr.flush()
    if _world() and size() > 1:
        _world().abort(status)
    os._exit(status)


def _world():
    """GPAW's communicator, once it is there."""
    return getattr(sys.modules.get("gpaw.mpi"), "world", None)


def _first(names: tuple[str, ...], default: int) -> int:
    for name in names:
        if os.environ.get(name, "").isdigit():
            return int(os.environ[name])
    return default
