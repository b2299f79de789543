"""The legend of an overlay: the mark of each class with its count, in a margin of the picture."""

import dataclasses
import math

from PIL import Image, ImageDraw, ImageFont

from tem_virus_dataset.predict.writers import marks
from tem_virus_dataset.predict.writers.result import MicrographResult

BACKGROUND, TEXT, FAINT = "#606060", "#FFFFFF", "#E6E6E6"
LETTERS, SMALL_LETTERS = 22, 18  # pixels
ROW, EDGE, GAP = 36, 20, 14  # pixels: a line, around all, between mark and text
MARK = 40, 24  # width and height in pixels
WIDE = 1.6  # width by height, from which on the legend is below


@dataclasses.dataclass(frozen=True)
class Entry:
    """A line: a text, and the mark before it where there is one."""

    text: str
    style: marks.Style | None = None
    is_uncertain: bool = False


def with_legend(picture: Image.Image, result: MicrographResult) -> Image.Image:
    """Return the picture with a legend beside it, or below it where it is wide."""
    entries = _entries(result)
    is_point = any(particle.is_point for particle in result.particles)
    cell = max(map(_width, entries)) + EDGE
    is_below = picture.width >= WIDE * picture.height
    room = picture.width if is_below else picture.height
    if is_below:
        columns = max(1, (room - EDGE) // cell)
        rows = math.ceil(len(entries) / columns)
    else:
        rows = max(1, (room - 2 * EDGE) // ROW)
        columns = math.ceil(len(entries) / rows)
        rows = math.ceil(len(entries) / columns)
    size = columns * cell + EDGE, rows * ROW + 2 * EDGE
    if is_below:
        whole, at = (max(picture.width, size[0]), picture.height + size[1]), (0, picture.height)
    else:
        whole, at = (picture.width + size[0], max(picture.height, size[1])), (picture.width, 0)
    canvas = Image.new("RGB", whole, BACKGROUND)
    canvas.paste(picture, (0, 0))
    pen = ImageDraw.Draw(canvas)
    for place, entry in enumerate(entries):
        # column by column: the classes are read downwards
        x = at[0] + EDGE + place // rows * cell
        y = at[1] + EDGE + place % rows * ROW + ROW // 2
        _draw(pen, x, y, entry, is_point)
    return canvas


def _entries(result: MicrographResult) -> list[Entry]:
    counts: dict[int, int] = {}
    uncertain: dict[int, int] = {}
    for particle in result.particles:
        counts[particle.label] = counts.get(particle.label, 0) + 1
        uncertain[particle.label] = uncertain.get(particle.label, 0) + bool(particle.is_uncertain)
    total = len(result.particles)
    entries = [Entry(f"{total} particle{'' if total == 1 else 's'}")]
    for label in sorted(counts):
        doubts = f" ({uncertain[label]} uncertain)" if uncertain[label] else ""
        style = marks.style(label, label == len(result.classes))
        entries.append(Entry(f"{counts[label]} {result.names[label]}{doubts}", style))
    if any(uncertain.values()):
        entries.append(Entry("thin line: uncertain", marks.Style("#FFFFFF", "solid"), True))
    return entries


def _font(entry: Entry) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=SMALL_LETTERS if entry.is_uncertain else LETTERS)


def _width(entry: Entry) -> int:
    mark = MARK[0] + GAP if entry.style else 0
    return mark + math.ceil(_font(entry).getlength(entry.text))


def _draw(pen: ImageDraw.ImageDraw, x: int, y: int, entry: Entry, is_point: bool) -> None:
    """Draw an entry; x: of its left; y: of its middle."""
    if entry.style:
        width, height = (MARK[1], MARK[1]) if is_point or entry.style.is_unknown else MARK
        left, top = x + (MARK[0] - width) / 2, y - height / 2
        corners = left, top, left + width, top + height
        marks.draw(pen, corners, entry.style, entry.is_uncertain, is_point)
        x += MARK[0] + GAP
    colour = FAINT if entry.is_uncertain else TEXT
    pen.text((x, y), entry.text, colour, _font(entry), "lm")
