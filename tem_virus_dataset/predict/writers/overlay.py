"""Overlays: a micrograph with its particles, a scale bar and a legend, as JPEG or PNG."""

import io
import math
import zlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.micrographs import drawing
from tem_virus_dataset.networks.detect import resized, resized_shape
from tem_virus_dataset.predict.writers import legend, marks
from tem_virus_dataset.predict.writers.result import MicrographResult, ParticleRow
from tem_virus_dataset.predict.writers.text_room import Corners, TextRoom

MIN_SIDE, MAX_SIDE = 1024, 1600  # pixels of the longer side: lines and letters stay legible
POINT = 12  # radius in pixels of the mark around a point
NO_STRIP = InfoStrip()
LETTERS = 18  # pixels
STROKE = 2  # pixels of black around letters
GAP = 5  # pixels between a mark and its text
GRAYS = 200  # of the palette
QUALITY = 90  # of the JPEG, with colour in full resolution: lines stay sharp
BAR_HEIGHT = 90  # pixels that the scale bar and its text take, over 2/5 of the picture's width


def jpeg(
    image: NDArray[np.integer], result: MicrographResult, strip: InfoStrip = NO_STRIP
) -> bytes:
    """Return the picture of `draw` as JPEG: smaller than PNG, and packed in a third of the time."""
    out = io.BytesIO()
    picture = draw(image, result, strip)
    picture.save(out, "JPEG", quality=QUALITY, subsampling="4:4:4", comment=drawing.DREW)
    return out.getvalue()


def png(image: NDArray[np.integer], result: MicrographResult, strip: InfoStrip = NO_STRIP) -> bytes:
    """Return the picture of `draw` as PNG, with its 200 grays and its colours as they are."""
    return _palette_png(draw(image, result, strip))


def draw(
    image: NDArray[np.integer], result: MicrographResult, strip: InfoStrip = NO_STRIP
) -> Image.Image:
    """Draw the marks of all particles, and class and confidence where there is room.

    The micrograph is scaled so that its longer side has 1024 to 1600 pixels, and stretched from
    black at its 0.5th to white at its 99.5th percentile, without the info strip. The scale bar is
    at the lower left beside the strip, whose text stays legible. The legend is in a margin at its
    right, or below a wide one.

    Args:
      image: (height, width); strip: what of it is none of the micrograph, drawn all the same.
    """
    longer = max(image.shape)
    factor = float(np.clip(longer, MIN_SIDE, MAX_SIDE)) / longer
    rows, columns = strip.inside(image.shape)
    canvas = _gray(image, factor, (rows, columns)).convert("RGB")
    scale = canvas.width / image.shape[1], canvas.height / image.shape[0]
    corner = round(columns.start * scale[0]), round(rows.stop * scale[1])
    boxes = [_corners(particle, scale) for particle in result.particles]
    pen = ImageDraw.Draw(canvas)
    # The least confident first: where marks cross, the most confident is seen.
    for particle, box in reversed(list(zip(result.particles, boxes, strict=True))):
        style = marks.style(particle.label, result.is_unknown(particle))
        marks.draw(pen, box, style, bool(particle.is_uncertain), particle.is_point)
    _write_labels(canvas, result, boxes, corner)
    drawing.draw_bar(canvas, result.nm_per_pixel / scale[0], corner=corner)
    return legend.with_legend(canvas, result)


def _gray(image: NDArray[np.integer], factor: float, inside: tuple[slice, slice]) -> Image.Image:
    """Return a micrograph in 8 bits; factor: so many times the pixels each way.

    Fewer pixels come first, so that the stretch takes less time and memory. To average areas takes
    several times as long as to interpolate, which is good enough down to half the size.

    Args:
      image: (height, width) uint8 or uint16; inside: rows and columns that the stretch
        goes by.
    """
    small: NDArray[Any] = image
    if factor < 1 / 2:
        small = resized(image, factor)
    elif factor < 1:
        shape = resized_shape(image.shape, factor)
        small = cv2.resize(image, shape[::-1], interpolation=cv2.INTER_LINEAR)
    part = tuple(
        slice(*(round(end * new / old) for end in (along.start, along.stop)))
        for along, new, old in zip(inside, small.shape, image.shape, strict=True)
    )
    low, high = drawing.limits(small, part)
    least, most = math.floor(low), math.ceil(high)
    above = np.clip(small, least, most) - small.dtype.type(least)
    picture = Image.fromarray(cv2.convertScaleAbs(above, alpha=255 / max(most - least, 1)))
    if factor <= 1:
        return picture
    width, height = (max(1, round(side * factor)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def _palette_png(picture: Image.Image) -> bytes:
    """Return a picture of gray and the colours of marks as PNG with a palette.

    It is a third of the size of one in full colour, and is packed in a fifth of the time.
    """
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for colour in _palette() for value in colour])
    indices = np.array(picture.quantize(palette=palette, dither=Image.Dither.NONE))
    # Pillow takes colours in steps of 4: enough for marks, too coarse for gray.
    red, green, blue = np.moveaxis(np.asarray(picture), -1, 0)
    is_gray = (red == green) & (green == blue)
    nearest = np.round(np.arange(256) * ((GRAYS - 1) / 255)).astype(np.uint8)
    indices[is_gray] = nearest[red[is_gray]]
    packed = Image.fromarray(indices, "P")
    packed.putpalette(palette.getpalette() or [])
    out = io.BytesIO()
    # Noise has no repetitions to search for.
    packed.save(out, "PNG", compress_type=zlib.Z_RLE, pnginfo=drawing.png_note())
    return out.getvalue()


def _palette() -> list[tuple[int, ...]]:
    """Return 200 grays, and all colours of marks: pure and lighter ones, and half of both."""
    grays = np.linspace(0, 255, GRAYS).round().astype(int).tolist()
    colours: list[tuple[int, ...]] = [(value, value, value) for value in grays]
    for colour in marks.COLOURS:
        pure = tuple(bytes.fromhex(colour.removeprefix("#")))
        light = marks.letters_colour(marks.Style(colour, "solid"))
        colours += [pure, light, *(tuple(value // 2 for value in c) for c in (pure, light))]
    return colours


def _corners(particle: ParticleRow, scale: tuple[float, float]) -> Corners:
    """Return the corners of a particle's mark in pixels of the picture."""
    if particle.is_point:
        x, y = particle.x * scale[0], particle.y * scale[1]
        return x - POINT, y - POINT, x + POINT, y + POINT
    x0, y0, x1, y1 = particle.corners
    return x0 * scale[0], y0 * scale[1], x1 * scale[0], y1 * scale[1]


def _write_labels(
    canvas: Image.Image,
    result: MicrographResult,
    boxes: list[Corners],
    bar_corner: tuple[int, int],
) -> None:
    """Write class and confidence beside the marks, the confidence alone where there is less room.

    In a dense field most labels would lie on other particles. They are left out there: the mark
    shows the class, and the tables have the confidence.
    """
    room = TextRoom(canvas.width, canvas.height)
    left, bottom = bar_corner
    room.take((left, bottom - BAR_HEIGHT, left + canvas.width * 2 / 5, bottom))
    for box in boxes:
        room.take((box[0] - GAP + 1, box[1] - GAP + 1, box[2] + GAP - 1, box[3] + GAP - 1))
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default(size=LETTERS)
    height = sum(font.getmetrics()) if isinstance(font, ImageFont.FreeTypeFont) else LETTERS
    several = len(result.classes) > 1
    for particle, box in zip(result.particles, boxes, strict=True):
        confidence = f"{particle.confidence:.2f}" + ("?" if particle.is_uncertain else "")
        name = result.names[particle.label]
        for text in (f"{name} {confidence}", confidence) if several else (confidence,):
            width = math.ceil(font.getlength(text)) + 2 * STROKE
            x, y = room.place(box, (width, height), GAP)
            if not math.isnan(x):
                style = marks.style(particle.label, result.is_unknown(particle))
                colour = marks.letters_colour(style)
                at = x + STROKE, y
                pen.text(at, text, colour, font, stroke_width=STROKE, stroke_fill="black")
                break
