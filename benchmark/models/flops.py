"""FLOPs: the floating-point operations of a network's forward pass on one image.

Parameters say little about the work: a convolution uses its kernel at every position of its output,
a dense layer once, and a layer that is called twice works twice. The network is therefore run on
symbolic shapes, without values, and every layer that has kernels reports the size of its kernels
times the positions of its output at each call. Keras has no such count; frameworks that profile a
real run count what a backend happens to execute, which differs between machines.
"""

import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import layers

from benchmark.errors import BenchmarkError

# The work of these is that of their kernels at every position of their output.
COUNTED = (layers.Dense, layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D)
FREE = (layers.PReLU, layers.LayerNormalization, layers.Embedding)  # many weights, little work


def flops(network: keras.Model) -> int:
    """Return the forward floating-point operations of one image, 2 a multiply-add.

    Convolutions and dense layers are counted as often as they are called, nested models and
    layers inside layers among them; pooling, normalization, activations and biases count as
    nothing. A layer of another kind reports its own through a method `multiply_adds() -> int`, for
    one image; layers inside it are then not counted.

    Args:
      network: built; (batch, side, side, channels) in.

    Raises:
      BenchmarkError: a layer with kernels is neither known nor has that method.
    """
    traced = _Traced(network)
    with _watched(network, traced.add):
        traced(keras.Input(network.input_shape[1:], batch_size=1))
    return 2 * traced.multiply_adds


def flops_if_known(network: keras.Model) -> int | None:
    """Return what `flops` does, or None where it cannot count a layer: a table then shows "-"."""
    try:
        return flops(network)
    except BenchmarkError:
        return None


class _Traced(layers.Layer):
    """Runs a network on shapes alone: Keras traces a layer that it meets for the first time."""

    def __init__(self, network: keras.Model) -> None:
        super().__init__()
        self.network = network
        self.multiply_adds = 0

    def add(self, multiply_adds: int) -> None:
        self.multiply_adds += multiply_adds

    def call(self, inputs: Any) -> Any:
        self.multiply_adds = 0  # some backends trace more than once
        return self.network(inputs)


@contextlib.contextmanager
def _watched(network: keras.Model, add: Callable[[int], None]) -> Iterator[None]:
    """Let every layer that computes something report it at each call."""
    counted = list(_working(network))
    for layer in counted:
        layer.call = _reporting(layer, layer.call, add)
    try:
        yield
    finally:
        for layer in counted:
            del layer.call  # so that the method of the class is used again


def _reporting(
    layer: layers.Layer, call: Callable[..., Any], add: Callable[[int], None]
) -> Callable[..., Any]:
    def reporting(*args: Any, **kwargs: Any) -> Any:
        outputs = call(*args, **kwargs)
        own = getattr(layer, "multiply_adds", None)
        add(own() if own else _kernels(layer) * math.prod(outputs.shape[1:-1]))
        return outputs

    return reporting


def _working(layer: layers.Layer) -> Iterator[layers.Layer]:
    """Yield every layer below this one that computes something, once."""
    for part in dict.fromkeys(layer._flatten_layers(include_self=False, recursive=False)):
        if hasattr(part, "multiply_adds") or type(part) in COUNTED:
            yield part
            continue
        if _has_kernels(part) and not isinstance(part, FREE):
            raise BenchmarkError(
                f"layer {part.name} ({type(part).__name__}): its operations cannot be counted; "
                f"expected one of {', '.join(kind.__name__ for kind in COUNTED)}, or a method "
                "multiply_adds() that returns those of one image. Give it one."
            )
        yield from _working(part)


def _has_kernels(layer: layers.Layer) -> bool:
    """Whether a layer has matrices of its own, not of the layers inside it."""
    parts = layer._flatten_layers(include_self=False, recursive=False)
    inner = {id(weight) for part in parts for weight in part.weights}
    return any(len(w.shape) > 1 for w in layer.weights if id(w) not in inner)


def _kernels(layer: layers.Layer) -> int:
    return sum(math.prod(weight.shape) for weight in layer.weights if len(weight.shape) > 1)
