"""A network on an ImageNet backbone of keras.applications (paper, section 2.4)."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import layers

from benchmark.errors import BenchmarkError
from benchmark.models.registry import SCRATCH, Options

NETWORK_SECONDS = 10
DROPOUT = 0.3


def network(
    application: Callable[..., keras.Model],
    name: str,
    shape: tuple[int, int, int],
    classes: int,
    options: Options,
) -> keras.Model:
    """Gray in three channels, the backbone, the head, softmax.

    The paper's head is Flatten, and twice Dense 1024 with ReLU and Dropout 0.3. Pooled, it is
    the mean over the picture and Dropout 0.3.

    Args:
      application: one of `keras.applications`; name: the model's.
      shape: (side, side, 1) of a patch; classes: number of them.
      options: where it starts from. A weights file replaces the download of
        `weights="imagenet"`; it holds the backbone without top, as keras.applications saves it.

    Raises:
      BenchmarkError: the weights cannot be had, or are not this backbone's.
    """
    inputs = keras.Input(shape)
    backbone = _backbone(application, name, (*shape[:2], 3), options)
    x = layers.Concatenate()([inputs] * 3)
    x = FrozenStatistics(backbone)(x) if options.freeze_batch_norm else backbone(x)
    if options.global_pooling:
        x = layers.Dropout(DROPOUT)(layers.GlobalAveragePooling2D()(x))
    else:
        x = layers.Flatten()(x)
        for _ in range(2):
            x = layers.Dropout(DROPOUT)(layers.Dense(1024, activation="relu")(x))
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(inputs, outputs, name=name)


class FrozenStatistics(layers.Layer):
    """Run a backbone as at test time, always: its weights are trained, its statistics stay.

    `backbone(x, training=False)` inside a functional model does not do it: `fit` overrides it.
    """

    def __init__(self, backbone: keras.Model) -> None:
        super().__init__()
        self.backbone = backbone

    def call(self, inputs: Any) -> Any:
        """Map (batch, side, side, 3) to the backbone's features."""
        return self.backbone(inputs, training=False)


def _backbone(
    application: Callable[..., keras.Model], name: str, shape: tuple[int, ...], options: Options
) -> keras.Model:
    if options.initialization == SCRATCH:
        return application(include_top=False, weights=None, input_shape=shape)
    try:
        if options.weights is None:
            with _answer_within(NETWORK_SECONDS):
                return application(include_top=False, weights="imagenet", input_shape=shape)
        backbone = application(include_top=False, weights=None, input_shape=shape)
        backbone.load_weights(options.weights)
    except Exception as error:  # Keras raises bare Exception without network, ValueError, OSError
        where = options.weights or "the download of keras.applications"
        raise BenchmarkError(
            f"{name}: ImageNet weights from {where} cannot be used ({str(error)[:200]!r}); "
            "expected the weights of this backbone without top. Give a file with --weights "
            f"{name}=FILE, or allow the network."
        ) from error
    return backbone


@contextlib.contextmanager
def _answer_within(seconds: float) -> Iterator[None]:
    """Let no network connection wait longer than this; Keras itself waits for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
