"""Overlays: a micrograph with its particles and a scale bar drawn into it, as PNG."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.micrographs import drawing
from tem_virus_dataset.networks.boxes import corners
from tem_virus_dataset.networks.detect import resized
from tem_virus_dataset.predict.particles import Particles

MIN_SIDE, MAX_SIDE = 1024, 2048  # pixels of the longer side: lines and letters stay legible
COLOURS = (  # distinct to the colour-blind, too: Okabe & Ito 2008, without black
    "#56B4E9", "#E69F00", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#0072B2",
)  # fmt: skip
POINT = 8  # radius in pixels of the circle around a point
NO_STRIP = InfoStrip()
LETTERS = 18  # pixels


def png(
    image: NDArray[np.integer],
    particles: Particles,
    classes: Sequence[str],
    nm_per_pixel: float,
    strip: InfoStrip = NO_STRIP,
) -> bytes:
    """Draw boxes, or circles around points, with class and confidence.

    The image is scaled so that its longer side has 1024 to 2048 pixels, and stretched from black at
    its 0.5th to white at its 99.5th percentile, without the info strip.

    Args:
      image: (height, width); particles: in its pixels; strip: rows of it that are none of the
        micrograph, drawn all the same.
    """
    longer = max(image.shape)
    factor = float(np.clip(longer, MIN_SIDE, MAX_SIDE)) / longer
    # Fewer pixels first: the stretch takes a copy in float32, too large of a complete image.
    small = resized(image, min(factor, 1.0))
    rows = strip.rows(len(image))
    part = slice(*(round(row * len(small) / len(image)) for row in (rows.start, rows.stop)))
    canvas = drawing.gray(small, max(factor, 1.0), part)
    pen = ImageDraw.Draw(canvas)
    size = np.array([canvas.width, canvas.height]) / [image.shape[1], image.shape[0]]
    boxes = particles.boxes.astype(np.float64) * np.tile(size, 2)
    outlines = np.where(np.isnan(boxes), 2 * POINT, boxes)
    several = len(classes) > 1
    for box, corner, label, confidence in zip(
        boxes, corners(outlines), particles.labels, particles.confidence, strict=True
    ):
        colour = COLOURS[label % len(COLOURS)]
        shape = pen.ellipse if np.isnan(box).any() else pen.rectangle
        shape(tuple(corner), outline=colour, width=3)
        text = f"{classes[label]} {confidence:.2f}" if several else f"{confidence:.2f}"
        drawing.label(canvas, corner, text, LETTERS, colour)
    drawing.draw_bar(canvas, nm_per_pixel / size[0])
    return drawing.png(canvas, level=1)  # a fifth of the time of level 6
