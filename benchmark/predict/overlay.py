"""A micrograph with its particles drawn into it, and a scale bar, as PNG."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from benchmark.data.boxes import corners
from benchmark.detection.yolo.decoding import Found
from tem_virus_dataset.micrographs import drawing

LEAST, MOST = 1024, 2048  # pixels of the longer side: lines and letters stay legible
COLOURS = (  # told apart by the colour-blind, too: Okabe & Ito 2008, without black
    "#56B4E9", "#E69F00", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#0072B2",
)  # fmt: skip
POINT = 8  # radius in pixels of the mark of a point
LETTERS = 18  # pixels


def png(
    image: NDArray[np.integer], found: Found, classes: Sequence[str], nm_per_pixel: float
) -> bytes:
    """Draw boxes, or marks of points, each with its class and confidence.

    The picture is shown from black at its 0.5th to white at its 99.5th percentile, and scaled so
    that its longer side has 1024 to 2048 pixels.

    Args:
      image: (height, width); found: in its pixels.
    """
    longer = max(image.shape)
    factor = float(np.clip(longer, LEAST, MOST)) / longer
    picture = drawing.gray(image, factor)
    pen = ImageDraw.Draw(picture)
    size = np.array([picture.width, picture.height]) / [image.shape[1], image.shape[0]]
    boxes = found.boxes.astype(np.float64) * np.tile(size, 2)
    marks = np.where(np.isnan(boxes), 2 * POINT, boxes)
    several = len(classes) > 1
    for box, corner, label, sure in zip(
        boxes, corners(marks), found.labels, found.confidence, strict=True
    ):
        colour = COLOURS[label % len(COLOURS)]
        shape = pen.ellipse if np.isnan(box).any() else pen.rectangle
        shape(tuple(corner), outline=colour, width=3)
        text = f"{classes[label]} {sure:.2f}" if several else f"{sure:.2f}"
        drawing.label(picture, corner, text, LETTERS, colour)
    drawing.draw_bar(picture, nm_per_pixel / size[0])
    return drawing.png(picture)
