"""A micrograph as a gray image, and what is written on it: letters, and a scale bar.

The one place of contrast stretch and scale bar for figures, audit, predictions and reports.
"""

import dataclasses
import io
import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from tem_virus_dataset.micrographs import percentiles

PERCENTILES = (0.5, 99.5)  # of the pixels: black and white
SAMPLE = 2**20  # pixels, evenly placed, from which on percentiles are those of a sample
DREW = "drawn by tem-virus"  # a note in our pictures, so that none is taken for a micrograph
STROKE = 3  # pixels of black around letters


@dataclasses.dataclass(frozen=True)
class BarStyle:
    """Look of a scale bar at the lower left; all lengths in pixels of the image.

    Attributes:
      share: longest bar, as a share of the image's width.
      letters: size of the text above the bar; stroke: black around the letters.
      thickness: of the bar; frame: black around the bar; edge: from bar to the image's border.
      gap: from the bar to its text.
      align: where the text lies above the bar.
      colour: of bar and text.
    """

    share: float = 1 / 5
    letters: int = 32
    stroke: int = STROKE
    thickness: int = 12
    frame: int = 3
    edge: int = 24
    gap: int = 8
    align: Literal["left", "middle"] = "middle"
    colour: str = "white"


LARGE = BarStyle()  # of whole micrographs on a page of their own


def limits(image: NDArray, inside: tuple[slice, ...] = ()) -> tuple[float, float]:
    """Return the values that `stretched` draws black and white.

    Args:
      image: (height, width), real numbers; inside: rows and columns that the percentiles are of.
    """
    part = image[inside]
    step = math.ceil((part.size / SAMPLE) ** 0.5)
    sample = part[::step, ::step] if step > 1 else part
    if image.dtype in (np.uint8, np.uint16):
        low, high = percentiles.of_counts(sample, PERCENTILES)
    else:
        low, high = np.percentile(sample, PERCENTILES).tolist()
    return low, high


def stretched(image: NDArray) -> NDArray[np.uint8]:
    """Stretch the contrast: black at the 0.5th percentile, white at the 99.5th.

    Args:
      image: (height, width), real numbers.

    Returns:
      uint8 of the same shape, 0 to 255.
    """
    low, high = limits(image)

    def to_gray(values: NDArray) -> NDArray[np.uint8]:
        scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(
            255 / max(high - low, 1)
        )
        return scaled.clip(0, 255).round().astype(np.uint8)

    if image.dtype not in (np.uint8, np.uint16):
        return to_gray(image)
    # A table of all counts takes a tenth of the time, and of the memory, of the image in float32.
    return to_gray(np.arange(np.iinfo(image.dtype).max + 1))[image]


def gray(image: NDArray[np.integer], factor: float) -> Image.Image:
    """Return an image, RGB, stretched in contrast and resized.

    Args:
      image: (height, width); factor: so many times the pixels each way.
    """
    picture = Image.fromarray(stretched(image))
    width, height = (max(1, round(side * factor)) for side in (picture.width, picture.height))
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3).convert("RGB")


def png(picture: Image.Image, level: int = 6) -> bytes:
    """Return the image as a PNG file, which says who drew it.

    Args:
      level: of the compression, 0 to 9. Noise, as in micrographs, hardly gets smaller beyond 1.
    """
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=level, pnginfo=png_note())
    return out.getvalue()


def png_note() -> PngImagePlugin.PngInfo:
    """Return what a PNG says of who drew it."""
    note = PngImagePlugin.PngInfo()
    note.add_text("Software", DREW)
    return note


def is_drawn(picture: Image.Image) -> bool:
    """Return whether a PNG or JPEG says that this package drew it: it is no micrograph.

    An overlay of a micrograph without particles is as gray as that.
    """
    return DREW in (picture.info.get("Software"), _text(picture.info.get("comment")))


def _text(value: object) -> object:
    return value.decode("latin-1") if isinstance(value, bytes) else value


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


def bar_length(width: float, share: float = LARGE.share) -> float:
    """Return the length of the scale bar of an image: 1, 2 or 5 times a power of ten.

    Args:
      width: of the image, in nm (or whatever unit the bar has).
      share: of the width that the bar has at most.

    >>> bar_length(256, share=0.45)
    100.0
    """
    power = 10.0 ** np.floor(np.log10(width * share))
    return float(max(digit * power for digit in (1, 2, 5) if digit * power <= width * share))


def draw_bar(
    picture: Image.Image,
    per_pixel: float,
    unit: str = "nm",
    style: BarStyle = LARGE,
    length: float | None = None,
    corner: tuple[int, int] | None = None,
) -> None:
    """Draw the scale bar at the lower left; none where it would be shorter than a pixel.

    Args:
      per_pixel: how many of the unit a pixel of this image is.
      length: of the bar in this unit; None for a round one, see `bar_length`.
      corner: x, y of the lower left corner that is meant; None for that of the picture.
    """
    if length is None:
        length = bar_length(picture.width * per_pixel, style.share)
    long, frame = round(length / per_pixel), style.frame
    if long < 1:  # the picture is a few pixels wide
        return
    left, bottom = corner or (0, picture.height)
    x0, y1 = left + style.edge, bottom - style.edge
    x1, y0 = x0 + long, y1 - style.thickness  # end exclusive
    pen = ImageDraw.Draw(picture)
    pen.rectangle((x0 - frame, y0 - frame, x1 - 1 + frame, y1 - 1 + frame), fill="black")
    pen.rectangle((x0, y0, x1 - 1, y1 - 1), fill=style.colour)
    text, anchor, x = f"{length:g} {unit}", "lb", float(x0)
    if style.align == "middle":
        half = ImageFont.load_default(size=style.letters).getlength(text) / 2
        anchor, x = "mb", max(x0 + long // 2, style.stroke + half)  # never past the left border
    at = x, y0 - style.gap
    _write(picture, at, text, anchor, style.letters, style.colour, style.stroke)


def _write(
    picture: Image.Image,
    at: tuple[float, float],
    text: str,
    anchor: str,
    size: int,
    fill: str,
    stroke: int = STROKE,
) -> None:
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size=size)
    pen.text(at, text, fill, font, anchor, stroke_width=stroke, stroke_fill="black")
