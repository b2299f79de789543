"""A micrograph as a gray picture, and what is written on it: letters, and a scale bar."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

BAR = 1 / 5  # of the picture's width, at most
STROKE = 3  # pixels of black around letters
LETTERS = 32  # pixels, of the scale bar


def gray(image: NDArray[np.integer], factor: float) -> Image.Image:
    """Return a picture, RGB, from black at its 0.5th to white at its 99.5th percentile.

    Args:
      image: (height, width); factor: so many times the pixels each way.
    """
    low, high = np.percentile(image, (0.5, 99.5))
    shares = (image.astype(np.float32) - np.float32(low)) * np.float32(255 / max(high - low, 1))
    shown = Image.fromarray(shares.clip(0, 255).astype(np.uint8))
    width, height = (max(1, round(side * factor)) for side in (shown.width, shown.height))
    return shown.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3).convert("RGB")


def png(picture: Image.Image) -> bytes:
    """Return the picture as a PNG file."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def label(
    picture: Image.Image, corner: NDArray[np.floating], text: str, size: int, fill: str
) -> None:
    """Write above the upper left of a box, or into it where there is no room above.

    Args:
      corner: (4,) x0, y0, x1, y1 in pixels; size: height of the letters in pixels.
    """
    x, y = corner[:2].tolist()
    at, anchor = ((x, y - 4), "ls") if y > size + 8 else ((x + 5, y + 3), "la")
    room = picture.width - STROKE - ImageFont.load_default(size=size).getlength(text)
    _write(picture, (max(STROKE, min(at[0], room)), at[1]), text, anchor, size, fill)


def _write(
    picture: Image.Image, at: tuple[float, float], text: str, anchor: str, size: int, fill: str
) -> None:
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=size)
    pen.text(at, text, fill, font, anchor, stroke_width=STROKE, stroke_fill="black")


def bar(width: float) -> float:
    """Return how long the scale bar of a picture so wide is: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(width * BAR))
    return float(max(n * power for n in (1, 2, 5) if n * power <= width * BAR))


def draw_bar(picture: Image.Image, per_pixel: float, unit: str = "nm") -> None:
    """Draw the scale bar at the lower left.

    Args:
      per_pixel: how many of the unit a pixel of this picture is.
    """
    found = bar(picture.width * per_pixel)
    pen, long, edge = ImageDraw.Draw(picture), round(found / per_pixel), 24
    x0, y1 = edge, picture.height - edge
    pen.rectangle((x0 - 3, y1 - 15, x0 + long + 2, y1 + 2), fill="black")
    pen.rectangle((x0, y1 - 12, x0 + long - 1, y1 - 1), fill="white")
    text = f"{found:g} {unit}"
    least = STROKE + ImageFont.load_default(size=LETTERS).getlength(text) / 2  # lest it be cut off
    _write(picture, (max(x0 + long // 2, least), y1 - 20), text, "mb", LETTERS, "white")
