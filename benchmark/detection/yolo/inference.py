"""From pictures to what a trained detector says of every position in them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from benchmark.detection.yolo import grid

# (n, p, 4) boxes, x, y of the centre, width, height in pixels; (n, p, 1 + classes) probabilities,
# that of a particle first
Said = tuple[NDArray[np.float32], NDArray[np.float32]]


def look(network: Any, anchors: NDArray[np.floating]) -> Callable[[NDArray[np.float32]], Said]:
    """Return the function of a `keras.Model` that `yolov5.network` built.

    Args:
      anchors: (3, 3, 2) width and height in pixels.

    Returns:
      A function of pictures (n, height, width, 1) float32, whose sides are multiples of 32.
    """

    def said(pictures: NDArray[np.float32]) -> Said:
        numbers = network.predict_on_batch(pictures)
        where = grid.grid(pictures.shape[1], pictures.shape[2], anchors)
        boxes = ops.convert_to_numpy(grid.boxes(numbers, where))
        return boxes, ops.convert_to_numpy(ops.sigmoid(numbers[..., 4:]))

    return said
