"""What tells a particle's class: a function of patches, cut and standardized as in training."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmark.predict.points import Point
from tem_virus_dataset import facts
from tem_virus_dataset.micrographs import patch
from tem_virus_dataset.micrographs.rescale import shape_at_one_nm, to_one_nm


class Classify(Protocol):
    """From patches (n, 256, 256, 1), raw counts at 1 nm per pixel, to probabilities (n, c)."""

    def __call__(self, patches: NDArray[np.integer], /) -> NDArray[np.floating]:
        """Return the probability of each class."""


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A network that is ready for use.

    Attributes:
      classify: the network; classes: names in label order.
      name: of the run; digest: sha256 of its weights; warning: to be said before use, or "".
    """

    classify: Classify
    classes: tuple[str, ...]
    name: str
    digest: str
    warning: str = ""


def cut(
    image: NDArray[np.integer], nm_per_pixel: float, points: Sequence[Point]
) -> NDArray[np.integer]:
    """Cut the patch around each point as the data set's are cut.

    Args:
      image: (height, width) uint8 or uint16; points: in its pixels.

    Returns:
      (n, 256, 256, 1) of its dtype, at 1 nm per pixel, mirrored beyond its border.
    """
    shape = shape_at_one_nm(image.shape, nm_per_pixel)
    moved = [(x * shape[1] / image.shape[1], y * shape[0] / image.shape[0]) for x, y in points]
    picture = to_one_nm(image, nm_per_pixel, [patch.window(shape, x, y) for x, y in moved])
    patches = [patch.cut(picture, x, y) for x, y in moved]
    return np.array(patches, image.dtype).reshape(-1, facts.PATCH, facts.PATCH, 1)


def of_network(network: Any, side: int, views: int, batch: int) -> Classify:
    """Return the function of a `keras.Model` that takes standardized patches (b, side, side, 1).

    Args:
      views: of the eight, averaged; batch: patches at once, always as many, compiled once.
    """
    from keras import ops

    from benchmark.classification import resident_feed
    from benchmark.classification.data import pool
    from benchmark.training.compiling import jitted

    def predicted(patches: Any, view: Any) -> Any:
        shown = resident_feed.turn(patches, view)
        factor = patches.shape[1] // side
        shown = ops.average_pool(shown, factor, factor) if factor > 1 else shown
        return network(shown, training=False)

    compiled = jitted(predicted)

    def classify(patches: NDArray[np.integer]) -> NDArray[np.floating]:
        pool(patches, side)  # refuses what cannot be averaged
        total = np.zeros((len(patches), network.output_shape[-1]))
        for first in range(0, len(patches), batch):
            some = patches[first : first + batch]
            mean, inverse = (part[:, None, None, None] for part in resident_feed.statistics(some))
            shown = np.zeros((batch, *some.shape[1:]), np.float32)
            shown[: len(some)] = (some.astype(np.float32) - mean) * inverse
            for view in range(views):
                given = compiled(ops.convert_to_tensor(shown), np.full(batch, view, np.int32))
                total[first : first + batch] += ops.convert_to_numpy(given)[: len(some)]
        return total / views

    return classify
