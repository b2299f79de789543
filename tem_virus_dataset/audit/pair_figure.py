"""The figure of a pair: both micrographs whole, and their common part side by side."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tem_virus_dataset.audit import common_part
from tem_virus_dataset.audit.pair import Pair
from tem_virus_dataset.files import atomic
from tem_virus_dataset.micrographs import drawing

WIDTH = 800  # pixels, of each of the two columns
LINE = 30  # pixels, of text
BELOW = "Below: the common part, the right one resampled onto the left."
YELLOW = "#ffdc00"
BAR = drawing.BarStyle(
    letters=18, stroke=1, thickness=4, frame=1, edge=10, align="left", colour=YELLOW
)


def draw(pair: Pair) -> Image.Image:
    """Draw a pair; both micrographs are read again.

    Returns:
      An RGB image: above, both micrographs with the common part outlined; below, this part cut
      out of both, the second rotated and scaled onto the first, at one scale; with scale bars.
    """
    first, second = pair.first.read(), pair.second.read()
    x0, y0, x1, y1 = pair.box
    corners = [complex(x, y) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    longest = max(*first.shape, *second.shape)
    zoom = WIDTH / longest
    micrographs = [
        _outlined(first, corners, zoom),
        _outlined(second, [pair.similarity(corner) for corner in corners], zoom),
    ]
    resampled, _ = common_part.resample(second, pair.similarity, pair.box, 1)
    zoom = min(WIDTH / (x1 - x0), WIDTH / (y1 - y0), 3.0)
    parts = [_outlined(part, [], zoom) for part in (first[y0:y1, x0:x1], resampled)]
    heights = [max(picture.height for picture in row) for row in (micrographs, parts)]
    page = Image.new("RGB", (2 * WIDTH + 10, sum(heights) + 3 * LINE + 10), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(20)
    for text, y in zip(_caption(pair), (2, 2 + LINE), strict=True):
        pen.text((4, y), text, "black", font)
    top = 2 * LINE
    for row, height in zip((micrographs, parts), heights, strict=True):
        for column, picture in enumerate(row):
            page.paste(picture, (column * (WIDTH + 10), top))
        top += height + 10
    pen.text((4, top - 4), BELOW, "black", font)
    return page


def _caption(pair: Pair) -> tuple[str, str]:
    left, right = (f"{picture.split}/{picture.stem}" for picture in (pair.first, pair.second))
    shift = pair.shift
    return (
        f"{pair.first.class_name}: {left} (left), {right} (right)",
        f"correlation {pair.correlation:.2f}; {pair.agreeing} of {pair.blocks} blocks agree; shift "
        f"{shift.real:.0f}, {shift.imag:.0f} nm; scale {pair.similarity.scale:.3f}; "
        f"rotated {pair.similarity.degrees:.1f} degrees",
    )


def _outlined(image: np.ndarray, corners: list[complex], zoom: float) -> Image.Image:
    """Stretch the contrast, resize, outline a polygon and add a scale bar."""
    gray = Image.fromarray(drawing.stretched(image))
    height, width = (max(1, round(length * zoom)) for length in image.shape)
    picture = gray.resize((width, height), Image.Resampling.LANCZOS).convert("RGB")
    pen = ImageDraw.Draw(picture)
    if corners:
        pen.polygon([(c.real * zoom, c.imag * zoom) for c in corners], outline=YELLOW, width=3)
    drawing.draw_bar(picture, 1 / zoom, style=BAR, length=100 if image.shape[1] >= 200 else 20)
    return picture


def write(path: Path, pair: Pair) -> None:
    """Write the figure of a pair as PNG, whole or not at all."""
    page = draw(pair)
    with atomic.replacing(path) as out:
        page.save(out, "PNG")
