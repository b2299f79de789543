"""YOLOv5 as a Keras network: release 5.0, which the exosome paper of 2021 could use.

Sources: Jocher et al., YOLOv5 release 5.0 (April 2021). At 80 classes and three channels the
package yolov5 5.0.10 from PyPI has 7,276,605 parameters (s, 283 layers), 21,375,645 (m, 391),
47,056,765 (l, 499) and 87,775,965 (x, 607), and so has the network built here. The size n came with
release 6.0; here it has the multiples of that release, and the architecture of the others. Blocks:
CSP (Wang et al. 2020), spatial pyramid pooling (He et al. 2015), path aggregation (Liu et al.
2018). Written from the descriptions in these sources: YOLOv5's own code is under the AGPL.
"""

import dataclasses
import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from benchmark.models.layers.local_contrast import LocalContrast
from tem_virus_dataset.networks.grid import PER_CELL, STRIDES

POSITIONS = "positions"  # name of the last layer
BOX = 4  # numbers of a box: x, y, width, height; then follow its objectness and the classes


@dataclasses.dataclass(frozen=True)
class Size:
    """How a size differs from l: multiples of the blocks' repeats and of the channels."""

    depth: float
    width: float

    def repeats(self, count: int) -> int:
        """Return how often a block is repeated."""
        return max(round(count * self.depth), 1)

    def channels(self, count: int) -> int:
        """Return a number of channels, a multiple of 8."""
        return math.ceil(count * self.width / 8) * 8


SIZES = {
    "n": Size(0.33, 0.25),
    "s": Size(0.33, 0.50),
    "m": Size(0.67, 0.75),
    "l": Size(1.0, 1.0),
    "x": Size(1.33, 1.25),
}


def network(
    size: str,
    shape: tuple[int | None, int | None, int],
    classes: int,
    contrast_sigma: float = 0.0,
) -> keras.Model:
    """Build the network with random weights.

    Args:
      size: one of `SIZES`; shape: height and width, multiples of 32 or None, and channels.
      contrast_sigma: standard deviation in pixels of a channel of local contrast beside the image;
        0 for none. The input stays one channel.

    Returns:
      From images (batch, height, width, channels) to (batch, positions, 5 + classes) float32
      logits, in the order of `grid.grid`: x, y, width, height, objectness, classes.
    """
    width, repeats = SIZES[size].channels, SIZES[size].repeats
    image = keras.Input(shape)
    x = image
    if contrast_sigma:
        x = layers.Concatenate()([image, LocalContrast(contrast_sigma, padded=True)(image)])
    x = _conv(_focus(x), width(64), 3)
    x = _conv(x, width(128), 3, 2)
    x = _csp(x, width(128), repeats(3))
    x = _conv(x, width(256), 3, 2)
    fine = x = _csp(x, width(256), repeats(9))
    x = _conv(x, width(512), 3, 2)
    middle = x = _csp(x, width(512), repeats(9))
    x = _conv(x, width(1024), 3, 2)
    x = _csp(_pyramid_pooling(x, width(1024)), width(1024), repeats(3), shortcut=False)
    coarse = x = _conv(x, width(512), 1)
    x = layers.Concatenate()([layers.UpSampling2D()(x), middle])
    x = _csp(x, width(512), repeats(3), shortcut=False)
    neck = x = _conv(x, width(256), 1)
    x = layers.Concatenate()([layers.UpSampling2D()(x), fine])
    small = _csp(x, width(256), repeats(3), shortcut=False)
    x = layers.Concatenate()([_conv(small, width(256), 3, 2), neck])
    medium = _csp(x, width(512), repeats(3), shortcut=False)
    x = layers.Concatenate()([_conv(medium, width(512), 3, 2), coarse])
    large = _csp(x, width(1024), repeats(3), shortcut=False)
    scales = zip((small, medium, large), STRIDES, strict=True)
    maps = [_head(x, classes, stride) for x, stride in scales]
    return keras.Model(image, Positions(name=POSITIONS)(maps))


class Positions(layers.Layer):
    """Concatenates the maps of the three scales, and keeps the anchors of the network."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, trainable=False, dtype="float32")
        shape = (len(STRIDES), PER_CELL, 2)
        self.anchors = self.add_weight(shape=shape, trainable=False, name="anchors")

    def call(self, maps: list[Any]) -> Any:
        """Return (batch, positions, 5 + classes)."""
        return ops.concatenate(maps, axis=1)


def anchors_of(network: keras.Model) -> keras.Variable:
    """Return the anchors of a network: (3, 3, 2) width and height in pixels, zeros at first."""
    return network.get_layer(POSITIONS).anchors


def _focus(image: Any) -> Any:
    """Move each square of 2x2 pixels into one pixel of four times the channels."""
    return layers.Concatenate()([image[:, y::2, x::2] for x in (0, 1) for y in (0, 1)])


def _conv(x: Any, channels: int, kernel: int, stride: int = 1) -> Any:
    """Convolution, batch normalization, SiLU; padded equally on both sides, at stride 2 as well."""
    if stride > 1:
        x = layers.ZeroPadding2D(kernel // 2)(x)
    padding = "same" if stride == 1 else "valid"
    x = layers.Conv2D(channels, kernel, stride, padding, use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.97, epsilon=1e-3)(x)
    return layers.Activation("silu")(x)


def _csp(x: Any, channels: int, repeats: int, shortcut: bool = True) -> Any:
    """Half of the channels go through bottlenecks, half around them ("C3")."""
    around = _conv(x, channels // 2, 1)
    through = _conv(x, channels // 2, 1)
    for _ in range(repeats):
        deeper = _conv(_conv(through, channels // 2, 1), channels // 2, 3)
        through = layers.Add()([through, deeper]) if shortcut else deeper
    return _conv(layers.Concatenate()([through, around]), channels, 1)


def _pyramid_pooling(x: Any, channels: int) -> Any:
    x = _conv(x, x.shape[-1] // 2, 1)
    pooled = [layers.MaxPooling2D(side, 1, "same")(x) for side in (5, 9, 13)]
    return _conv(layers.Concatenate()([x, *pooled]), channels, 1)


def _head(x: Any, classes: int, stride: int) -> Any:
    """One number of each kind for every cell and anchor, (batch, cells * 3, 5 + classes).

    Its bias starts at the odds of eight particles in an image of 640 pixels: the first steps are
    not spent on learning that most cells are empty.
    """
    odds = np.zeros(BOX + 1 + classes)
    odds[BOX] = np.log(8 / (640 / stride) ** 2)
    odds[BOX + 1 :] = np.log(0.6 / (classes - 0.99999))
    bias = np.tile(np.clip(odds, -20, 4), PER_CELL)
    x = layers.Conv2D(
        len(bias),
        1,
        dtype="float32",
        bias_initializer=lambda *_, **__: ops.convert_to_tensor(bias, "float32"),
    )(x)
    return layers.Reshape((-1, BOX + 1 + classes), dtype="float32")(x)
