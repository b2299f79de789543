"""A micrograph with its particles drawn into it, and a scale bar, as PNG."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmark.detection.decoding import Found
from benchmark.detection.scenes import corners

LEAST, MOST = 1024, 2048  # pixels of the longer side: lines and letters stay legible
COLOURS = (  # told apart by the colour-blind, too: Okabe & Ito 2008, without black
    "#56B4E9", "#E69F00", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#0072B2",
)  # fmt: skip
BAR = 1 / 5  # of the picture's width, at most
POINT = 8  # radius in pixels of the mark of a point
LETTERS = 18  # pixels
STROKE = 3  # pixels of black around letters


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
    picture = _gray(image, factor)
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
        x, y = corner[:2].tolist()
        above = y > 26  # else there is no room above it
        at, anchor = ((x, y - 4), "ls") if above else ((x + 5, y + 3), "la")
        room = picture.width - STROKE - pen.textlength(text, ImageFont.load_default(size=LETTERS))
        _write(pen, (min(at[0], room), at[1]), text, anchor, LETTERS, colour)
    _draw_bar(picture, nm_per_pixel / size[0])
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _gray(image: NDArray[np.integer], factor: float) -> Image.Image:
    low, high = np.percentile(image, (0.5, 99.5))
    shares = (image.astype(np.float32) - np.float32(low)) * np.float32(255 / max(high - low, 1))
    gray = Image.fromarray(shares.clip(0, 255).astype(np.uint8))
    width, height = (max(1, round(side * factor)) for side in (gray.width, gray.height))
    return gray.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3).convert("RGB")


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, anchor: str, size: int, fill: str
) -> None:
    font = ImageFont.load_default(size=size)
    pen.text(at, text, fill, font, anchor, stroke_width=STROKE, stroke_fill="black")


def bar_nm(width_nm: float) -> float:
    """Return the length of the scale bar of a picture so wide: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(width_nm * BAR))
    return float(max(n * power for n in (1, 2, 5) if n * power <= width_nm * BAR))


def _draw_bar(picture: Image.Image, nm_per_pixel: float) -> None:
    """Draw it at the lower left."""
    nm = bar_nm(picture.width * nm_per_pixel)
    pen, length, edge = ImageDraw.Draw(picture), round(nm / nm_per_pixel), 24
    x0, y1 = edge, picture.height - edge
    pen.rectangle((x0 - 3, y1 - 15, x0 + length + 2, y1 + 2), fill="black")
    pen.rectangle((x0, y1 - 12, x0 + length - 1, y1 - 1), fill="white")
    _write(pen, (x0 + length // 2, y1 - 20), f"{nm:g} nm", "mb", 32, "white")
