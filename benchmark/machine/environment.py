"""The machine and the software of a run, as a record states them."""

import importlib.metadata
import importlib.util
import os
import platform

from benchmark.errors import BenchmarkError
from tem_virus_dataset.files import quiet

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "scikit-learn", "tensorflow-datasets")


def start() -> None:
    """Set up this process before Keras is imported: its backend, and few log lines."""
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


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that matter, as far as installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
