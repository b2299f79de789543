"""A picture of a pair: both micrographs whole, and the part they share brought together."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tem_virus_dataset.audit import align
from tem_virus_dataset.audit.pair import Pair
from tem_virus_dataset.files import atomic

WIDTH = 800  # pixels, of each of the two columns
LINE = 30  # pixels, of text
BELOW = "Below: the common part, the right one brought onto the left."
YELLOW = (255, 220, 0)


def draw(pair: Pair) -> Image.Image:
    """Draw a pair; the micrographs are read again.

    Returns:
      An RGB picture: above, both micrographs with the common part outlined; below, this part cut
      out of both, the second turned and scaled onto the first, at one scale; with scale bars.
    """
    first, second = pair.first.read(), pair.second.read()
    x0, y0, x1, y1 = pair.box
    corners = [complex(x, y) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
    longest = max(*first.shape, *second.shape)
    zoom = WIDTH / longest
    whole = [
        _outlined(first, corners, zoom),
        _outlined(second, [pair.similarity(corner) for corner in corners], zoom),
    ]
    brought, _ = align.sampled(second, pair.similarity, pair.box, 1)
    zoom = min(WIDTH / (x1 - x0), WIDTH / (y1 - y0), 3.0)
    parts = [_outlined(part, [], zoom) for part in (first[y0:y1, x0:x1], brought)]
    heights = [max(picture.height for picture in row) for row in (whole, parts)]
    page = Image.new("RGB", (2 * WIDTH + 10, sum(heights) + 3 * LINE + 10), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(20)
    for text, y in zip(_caption(pair), (2, 2 + LINE), strict=True):
        pen.text((4, y), text, "black", font)
    top = 2 * LINE
    for row, height in zip((whole, parts), heights, strict=True):
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
        f"turned {pair.similarity.degrees:.1f} degrees",
    )


def _outlined(image: np.ndarray, corners: list[complex], zoom: float) -> Image.Image:
    """Stretch the contrast, scale, outline a polygon and add a scale bar."""
    low, high = np.percentile(image, (0.5, 99.5))
    gray = np.clip((image - low) / max(high - low, 1) * 255, 0, 255).astype(np.uint8)
    height, width = (max(1, round(length * zoom)) for length in image.shape)
    picture = Image.fromarray(gray).resize((width, height), Image.Resampling.LANCZOS).convert("RGB")
    pen = ImageDraw.Draw(picture)
    if corners:
        pen.polygon([(c.real * zoom, c.imag * zoom) for c in corners], outline=YELLOW, width=3)
    bar = 100 if image.shape[1] >= 200 else 20  # nm
    y = picture.height - 12
    pen.rectangle((10, y, 10 + bar * zoom, y + 5), YELLOW, "black")
    font = ImageFont.load_default(18)
    pen.text((10, y - 24), f"{bar} nm", YELLOW, font, stroke_width=1, stroke_fill="black")
    return picture


def write(path: Path, pair: Pair) -> None:
    """Write the picture of a pair as PNG, at once or not at all."""
    page = draw(pair)
    with atomic.replacing(path) as out:
        page.save(out, "PNG")
