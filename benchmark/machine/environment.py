"""The machine and the software of a run, as a record states them."""

import importlib.metadata
import importlib.util
import os
import platform

from benchmark.errors import BenchmarkError
from tem_virus_dataset.files import quiet

BACKENDS = ("tensorflow", "jax", "torch")  # the last one is not tried by us
PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "scikit-learn", "tensorflow-datasets")


def start() -> None:
    """Set up this process before Keras is imported: its backend, and few log lines.

    Raises:
      BenchmarkError: `KERAS_BACKEND` names no backend, or one that is not installed.
    """
    chosen = os.environ.get("KERAS_BACKEND")
    if chosen and not (chosen in BACKENDS and importlib.util.find_spec(chosen)):
        problem = "not installed" if chosen in BACKENDS else "no backend that networks run on here"
        raise BenchmarkError(
            f"KERAS_BACKEND={chosen}: {problem}; expected one that is, "
            f"{' or '.join(BACKENDS[:2])}. Correct it, or unset it."
        )
    os.environ.update(child_environment())
    quiet.tensorflow()


def require_backend() -> None:
    """Raise `BenchmarkError` where Keras is not installed, or no backend that it computes on."""
    backends = [name for name in ("tensorflow", "jax") if importlib.util.find_spec(name)]
    if not (backends and importlib.util.find_spec("keras")):
        missing = "keras is not" if backends else "neither tensorflow nor jax is"
        raise BenchmarkError(
            f"{missing} installed; expected Keras with one of the two, to run a model. Install "
            'them with pip install -e ".[benchmark]", or, smaller, pip install -e ".[jax]".'
        )


def child_environment() -> dict[str, str]:
    """Environment of a run's process: JAX where TensorFlow is not installed; few log lines."""
    chosen = "tensorflow" if importlib.util.find_spec("tensorflow") else "jax"
    defaults = {"KERAS_BACKEND": chosen, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return {**defaults, **os.environ}


def threads_of(at_once: int, shared: int | None = None) -> int:
    """Return how many threads each of so many runs gets: an equal part of the cores, 1 at least.

    Args:
      shared: cores that the runs share; None for those of this machine.
    """
    return max(1, (shared or cores()) // at_once)


def pinned(threads: int) -> dict[str, str]:
    """Return variables that fix the number of threads of a run; those that are set already win.

    A sum depends on how many threads share it. With a fixed number, the same seed gives the same
    network whatever else the machine does. On two cores two runs of one thread also train more
    images together than one of two. TensorFlow reads the first three, JAX the last.
    """
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "PJRT_NPROC")
    return {name: os.environ.get(name, str(threads)) for name in names}


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that matter, as far as installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
