"""Detection in a micrograph of any size: rescale, tile, detect, merge."""

import itertools
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks.detector import DetectBatch, Detector
from tem_virus_dataset.networks.fusion import MOST_OF_VIEW
from tem_virus_dataset.networks.merging import merged
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.networks.tiles import Tile, tiles

STEP = 32  # pixels: a tile's side is a multiple of it
ROWS = 256  # of an image, whose sums are taken at a time
TILES_AT_ONCE = 4  # the activations of a network for one tile take hundreds of MB
MOST = 10_000  # detections of a user's micrograph: more would be texture, and no longer countable
MOST_OF_TILE = MOST_OF_VIEW  # of one tile, see `inference.of_network`


def detect(
    image: NDArray[np.integer], nm_per_pixel: float, detector: Detector, min_confidence: float
) -> DetectedBoxes:
    """Return the particles of a micrograph, in its own pixels, the most confident first.

    Args:
      image: (height, width) uint8 or uint16; nm_per_pixel: of its pixels.
      min_confidence: detections below it are dropped.

    Returns:
      At most `MOST`, the most confident; `DetectedBoxes.left_out` counts the rest.
    """
    scaled = resized(image, nm_per_pixel / (detector.nm_per_pixel or nm_per_pixel))
    sizes = detector.tile_size, detector.largest_box
    in_scaled = detect_in_tiles(
        scaled, detector.detect_batch, *sizes, min_confidence, len(detector.classes), MOST
    )
    wide, high = image.shape[1] / scaled.shape[1], image.shape[0] / scaled.shape[0]
    boxes = in_scaled.boxes * np.array([wide, high, wide, high], np.float32)
    return DetectedBoxes(boxes, in_scaled.labels, in_scaled.confidence, in_scaled.left_out)


def detect_in_tiles(
    image: NDArray[np.integer],
    detect_batch: DetectBatch,
    tile_size: int,
    largest_box: float,
    min_confidence: float,
    classes: int,
    max_detections: int,
) -> DetectedBoxes:
    """Return the particles of an image that is at the detector's scale, in its pixels.

    Args:
      image: (height, width) of any size; tile_size: pixels, a multiple of 32; a smaller image is
        one smaller tile.
      largest_box: side of a box that must lie completely in one tile; classes: number of them.
      max_detections: of the image, the most confident.
    """
    mean, deviation = _mean_and_deviation(image)
    side = min(tile_size, -(-max(image.shape) // STEP) * STEP)
    waiting = tiles(image.shape, side, largest_box)
    parts: list[tuple[Tile, DetectedBoxes]] = []
    while batch := list(itertools.islice(waiting, TILES_AT_ONCE)):
        images = np.stack([tile.cut(image, mean, deviation or 1) for tile in batch])[..., None]
        parts += zip(batch, detect_batch(images), strict=True)
    return merged(parts, image.shape, min_confidence, classes, max_detections)


def _mean_and_deviation(image: NDArray[np.integer]) -> tuple[float, float]:
    """Return both in float64, from exact sums of some rows at a time: `std` copies the image."""
    total = squares = 0
    for first in range(0, len(image), ROWS):
        part = image[first : first + ROWS].astype(np.uint64)
        total += int(part.sum())
        squares += int((part * part).sum())
    variance = (squares * image.size - total * total) / image.size**2
    return total / image.size, variance**0.5


def resized(image: NDArray[Any], factor: float) -> NDArray[Any]:
    """Return (height, width) with `factor` times the pixels each way, by OpenCV.

    Areas are averaged where it gets smaller; where larger, the interpolation is cubic. At a factor
    of 1 it is the image itself.
    """
    shape = resized_shape(image.shape, factor)
    if shape == image.shape:
        return image
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(image, shape[::-1], interpolation=method)


def resized_shape(shape: tuple[int, ...], factor: float) -> tuple[int, ...]:
    """Return the height and width that `resized` gives an image of this height and width."""
    if abs(factor - 1) < 1e-6:
        return shape
    return tuple(max(1, round(length * factor)) for length in shape)
