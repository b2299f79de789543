"""How a model is compiled: the precision it computes in, and XLA where it makes steps faster."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from benchmark.errors import BenchmarkError
from benchmark.machine import devices
from benchmark.training.recipe import PRECISIONS

SUM = 1e-2  # by which the sum of probabilities may miss 1


@contextlib.contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Let layers created within compute in a recipe's precision; their weights stay float32."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(PRECISIONS[devices.precision(precision)])
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def compute_in_float32(network: keras.Model) -> None:
    """Let the layers of a trained network compute in float32, whatever it was trained in.

    Final predictions are then those of the network that is kept as a file, whose arithmetic is of
    float32: bfloat16 has less than three digits.
    """
    for layer in network._flatten_layers():
        layer.dtype_policy = "float32"
    network.predict_function = None  # what is compiled computes as before


def check_output(name: str, network: Any, classes: int) -> None:
    """Raise `BenchmarkError` where a model does not give the probabilities of the classes.

    Args:
      name: of the model; network: what its function returned; classes: their number.
    """
    output = only_output(name, network)
    if len(output.shape) != 2 or output.shape[-1] != classes:
        raise BenchmarkError(
            f"{name}: its output has the shape {_shape(output)}; expected (batch, {classes}), the "
            "probabilities of the classes. Let it end in keras.layers.Dense(classes, "
            'activation="softmax", dtype="float32").'
        )
    dtype = keras.backend.standardize_dtype(output.dtype)
    if dtype != "float32":
        raise BenchmarkError(
            f"{name}: its probabilities are {dtype}; expected float32, whatever the layers before "
            'compute in. Give its last layer dtype="float32".'
        )
    images = np.random.default_rng(0).normal(size=(2, *network.input_shape[1:]))
    values = ops.convert_to_numpy(network(images.astype(np.float32), training=False))
    if not np.isfinite(values).all():
        raise BenchmarkError(
            f"{name}: before its training it gives numbers that are not finite (NaN, infinity); "
            "expected probabilities. Correct its layers."
        )
    sums = values.sum(axis=1)
    if values.min() < 0 or np.abs(sums - 1).max() > SUM:
        raise BenchmarkError(
            f"{name}: its outputs lie from {values.min():.3g} to {values.max():.3g}, and those of "
            f"an image sum to {sums[0]:.3g}; expected probabilities, which sum to 1. Give its last "
            'layer activation="softmax".'
        )


def only_output(name: str, network: Any) -> Any:
    """Return the one output of a model; raise `BenchmarkError` where it has none, or several."""
    outputs = getattr(network, "outputs", None) or []
    if not isinstance(network, keras.Model) or len(outputs) != 1:
        found = f"a {type(network).__name__} of {len(outputs)} outputs"
        raise BenchmarkError(
            f"{name}: its function returns {found}; expected a keras.Model of one output. Return "
            "keras.Model(inputs, outputs)."
        )
    return outputs[0]


def check_positions(name: str, network: Any, classes: int) -> None:
    """Raise `BenchmarkError` where a detector does not give numbers for each position."""
    output = only_output(name, network)
    if len(output.shape) != 3 or output.shape[-1] != 5 + classes:
        raise BenchmarkError(
            f"{name}: its output has the shape {_shape(output)}; expected (batch, positions, "
            f"{5 + classes}), box, objectness and {classes} classes of each position. See "
            "benchmark/models/layers/yolov5_network.py."
        )


def _shape(output: Any) -> str:
    return f"({', '.join(map(str, ('batch', *output.shape[1:])))})"


def jit() -> bool | str:
    """Return Keras's `jit_compile`: XLA makes steps faster, but TensorFlow's on a CPU slower.

    Those of `custom` take 2.6 times as long there.
    """
    if keras.backend.backend() != "tensorflow":
        return "auto"
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def fused(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let XLA fuse a chain of cheap operations inside a step that is not compiled as a whole.

    TensorFlow on a CPU writes a whole batch to memory after each of them. XLA does not, but is slow
    at convolutions there: so it compiles only this part of the step.
    """
    if jit() is not False:
        return function  # the step is compiled around it
    import tensorflow as tf

    compiled = tf.function(function, autograph=False, jit_compile=True, reduce_retracing=True)
    compiled._omit_frequent_tracing_warning = True  # once for each split and size is expected
    return compiled


def jitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a pure function of arrays as the steps of a training are compiled."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, autograph=False, jit_compile=jit())
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    return function


def wait(array: Any) -> None:
    """Return when an array is computed: accelerators return before they are done."""
    if hasattr(array, "block_until_ready"):
        array.block_until_ready()
    else:
        ops.convert_to_numpy(array[:1])
