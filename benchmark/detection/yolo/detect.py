"""Particles of a whole micrograph of any size: rescaled, tiled, found, merged."""

import itertools

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo.decoding import Found
from benchmark.detection.yolo.detector import Detector, Find
from benchmark.detection.yolo.merging import merged
from benchmark.detection.yolo.scaling import resized
from benchmark.detection.yolo.tiles import Tile, tiles

STEP = 32  # pixels: a tile's side is a multiple of it
AT_ONCE = 4  # tiles: what a network makes of one takes hundreds of MB


def find(
    image: NDArray[np.integer], nm_per_pixel: float, detector: Detector, confidence: float
) -> Found:
    """Return the particles of a micrograph, in its own pixels, the surest first.

    Args:
      image: (height, width) uint8 or uint16; nm_per_pixel: of its pixels.
      confidence: below which nothing is kept.
    """
    picture = resized(image, nm_per_pixel / (detector.nm_per_pixel or nm_per_pixel))
    places = detector.side, detector.largest
    whole = in_tiles(picture, detector.find, *places, confidence, len(detector.classes))
    wide, high = image.shape[1] / picture.shape[1], image.shape[0] / picture.shape[0]
    boxes = whole.boxes * np.array([wide, high, wide, high], np.float32)
    return Found(boxes, whole.labels, whole.confidence)


def in_tiles(
    picture: NDArray[np.integer],
    find: Find,
    most: int,
    largest: float,
    confidence: float,
    classes: int,
) -> Found:
    """Return the particles of a picture that is at the detector's scale, in its pixels.

    Args:
      picture: (height, width) of any size; most: side of a tile, a multiple of 32, in pixels.
      largest: side of a box that must be whole in one tile; classes: how many there are.
    """
    mean, deviation = float(picture.mean(dtype=np.float64)), float(picture.std(dtype=np.float64))
    side = min(most, -(-max(picture.shape) // STEP) * STEP)
    places = tiles(picture.shape, side, largest)
    parts: list[tuple[Tile, Found]] = []
    while some := list(itertools.islice(places, AT_ONCE)):
        shown = np.stack([tile.cut(picture, mean, deviation or 1) for tile in some])[..., None]
        parts += zip(some, find(shown), strict=True)
    return merged(parts, picture.shape, confidence, classes)
