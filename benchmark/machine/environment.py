"""The machine and the software of a run, as a record states them."""

import importlib.metadata
import importlib.util
import os
import platform
from pathlib import Path

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


def device() -> str:
    """Name of what the current Keras backend computes on, with the number of cores for a CPU.

    Such as "NVIDIA H100", or "4 x NVIDIA H100" where every batch is divided among four.
    """
    from benchmark.machine import devices

    count = devices.used()
    return f"{count} x {_one_device()}" if count > 1 else _one_device()


def _one_device() -> str:
    import keras

    if keras.backend.backend() == "jax":
        import jax

        found = jax.devices()[0]
        if found.platform != "cpu":
            return str(found.device_kind)
    elif keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        for gpu in tf.config.list_physical_devices("GPU"):
            return str(tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name))
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {usable} cores"


def on_cpu() -> bool:
    """Whether the current Keras backend computes on a CPU."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return bool(jax.devices()[0].platform == "cpu")
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return not tf.config.list_physical_devices("GPU")
    return True


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that matter, as far as installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return (names or [platform.processor() or platform.machine()])[0]
