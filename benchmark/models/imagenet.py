"""The eight ImageNet networks of Table 2 (Matuszewski & Sintorn 2021), all layers trainable."""

import contextlib
import socket
import types
from collections.abc import Callable, Iterator
from typing import Any

import keras
from keras import layers

from benchmark.errors import BenchmarkError
from benchmark.models.registry import SCRATCH, TRANSFER, Build, Options, register

APPLICATIONS = types.MappingProxyType(
    {
        "densenet201": keras.applications.DenseNet201,  # Huang et al. 2017
        "inception_v3": keras.applications.InceptionV3,  # Szegedy et al. 2016
        "mobilenet_v2": keras.applications.MobileNetV2,  # Sandler et al. 2018, width 1
        "resnet50": keras.applications.ResNet50,  # He et al. 2016
        "resnet50_v2": keras.applications.ResNet50V2,  # He et al. 2016, identity mappings
        "vgg16": keras.applications.VGG16,  # Simonyan & Zisserman 2015
        "vgg19": keras.applications.VGG19,
        "xception": keras.applications.Xception,  # Chollet 2017
    }
)
FROM_SCRATCH_TOO = ("densenet201", "vgg16")  # in Table 2
DOWNLOAD_SECONDS = 10
DROPOUT = 0.3


def _build(name: str) -> Build:
    def build(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
        return network(name, shape, classes, options)

    return build


for _name in APPLICATIONS:
    _starts = (TRANSFER, SCRATCH) if _name in FROM_SCRATCH_TOO else (TRANSFER,)
    register(_name, _starts)(_build(_name))


def network(name: str, shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """Return the gray image in three channels, the backbone, the head and softmax.

    The paper's head (section 2.4) is Flatten, and twice Dense 1024 with ReLU and Dropout 0.3. With
    global pooling it is the mean over the image and Dropout 0.3.

    Args:
      name: one of `APPLICATIONS`; shape: (side, side, 1) of a patch; classes: number of them.
      options: where it starts from. A weights file replaces the download of
        `weights="imagenet"`; it holds the backbone without top, as keras.applications saves it.

    Raises:
      BenchmarkError: the weights cannot be had, or are not this backbone's.
    """
    inputs = keras.Input(shape)
    backbone = _backbone(name, (*shape[:2], 3), options)
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
    """Run a backbone in inference mode, always: its weights are trained, its statistics stay.

    `backbone(x, training=False)` inside a functional model does not do it: `fit` overrides it.
    """

    def __init__(self, backbone: keras.Model) -> None:
        super().__init__()
        self.backbone = backbone

    def call(self, inputs: Any) -> Any:
        """Map (batch, side, side, 3) to the backbone's features."""
        return self.backbone(inputs, training=False)


def _backbone(name: str, shape: tuple[int, ...], options: Options) -> keras.Model:
    application: Callable[..., keras.Model] = APPLICATIONS[name]
    if options.initialization == SCRATCH:
        return application(include_top=False, weights=None, input_shape=shape)
    try:
        if options.weights is None:
            with _answer_within(DOWNLOAD_SECONDS):
                return application(include_top=False, weights="imagenet", input_shape=shape)
        backbone = application(include_top=False, weights=None, input_shape=shape)
        backbone.load_weights(options.weights)
    except Exception as error:  # Keras raises bare Exception without network, ValueError, OSError
        source = options.weights or "the download of keras.applications"
        raise BenchmarkError(
            f"{name}: ImageNet weights from {source} cannot be used ({str(error)[:200]!r}); "
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
