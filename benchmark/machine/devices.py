"""What Keras computes on: its device, or several at once.

Several are Keras' data parallelism, which its JAX backend has: every device holds the whole model
and the patches, and each batch is divided among the devices.
"""

import os
import platform
from pathlib import Path

from benchmark.errors import BenchmarkError
from benchmark.machine import environment


def check(count: int) -> None:
    """Raise `BenchmarkError` where Keras cannot do it on the backend that runs have."""
    backend = environment.child_environment()["KERAS_BACKEND"]
    if count > 1 and backend != "jax":
        raise BenchmarkError(
            f"--devices {count}: the backend is {backend}, on which Keras cannot divide a batch "
            "among devices; expected jax. Set KERAS_BACKEND=jax, or leave --devices out."
        )


def use(count: int) -> None:
    """Divide every batch among the first `count` devices; to be called before a model is built.

    Raises:
      BenchmarkError: there are fewer devices, or Keras cannot do it on its current backend.
    """
    check(count)
    if count == 1:
        return
    import keras

    found = keras.distribution.list_devices()
    if len(found) < count:
        raise BenchmarkError(
            f"--devices {count}: found {', '.join(found)}; expected {count} devices or more. Ask "
            "for fewer."
        )
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=found[:count]))


def used() -> int:
    """Return how many devices a batch is divided among; its length is to be a multiple of it."""
    import keras

    chosen = keras.distribution.distribution()
    return chosen.num_model_replicas if chosen else 1


def device() -> str:
    """Name of what the current Keras backend computes on, with the number of cores for a CPU.

    Such as "NVIDIA H100", or "4 x NVIDIA H100" where every batch is divided among four.
    """
    count = used()
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
    cores = environment.cores()
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS", str(cores))
    return f"{_processor()}, {cores if threads == str(cores) else f'{threads} of {cores}'} cores"


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


def precision(wanted: str) -> str:
    """Return "float32" or "bfloat16": what a recipe names, or what suits the device for "auto".

    GPUs have bfloat16 from compute capability 8.0 on. A CPU has it where it has instructions for
    it: others convert every number, and take several times as long. JAX gains nothing on a CPU.
    """
    if wanted != "auto":
        return wanted
    has_it = _cpu_has_bfloat16() if on_cpu() else _compute_capability() >= 8
    return "bfloat16" if has_it else "float32"


def described(wanted: str) -> str:
    """Return the device, with the precision where a recipe leaves it to the device ("auto")."""
    return f"{device()}, {precision(wanted)}" if wanted == "auto" else device()


def _cpu_has_bfloat16() -> bool:
    import keras

    instructions = {"avx512_bf16", "amx_bf16"} & set(_cpuinfo("flags").split())
    return keras.backend.backend() == "tensorflow" and bool(instructions)


def _compute_capability() -> float:
    """Return that of the first GPU; 0 where it is not known."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return float(getattr(jax.devices()[0], "compute_capability", 0))
    import tensorflow as tf

    gpu = tf.config.list_physical_devices("GPU")[0]
    details = tf.config.experimental.get_device_details(gpu)
    return float(details.get("compute_capability", (0, 0))[0])


def _processor() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _cpuinfo(field: str) -> str:
    """Return what Linux says of the first core, or ""."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(field))
    return next(values, "")
