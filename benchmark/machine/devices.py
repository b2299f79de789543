"""One model on several devices at once: Keras' data parallelism, which its JAX backend has.

Every device holds the whole model and the patches; each batch is divided among the devices.
"""

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
