"""The diameters of all particles of a call: counted in bins of nm, and drawn by class."""

import dataclasses
import math
import statistics
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from tem_virus_dataset.micrographs import drawing
from tem_virus_dataset.predict.writers import marks, tables
from tem_virus_dataset.predict.writers.result import MicrographResult

FEWEST_BINS = 20  # that the range is cut into; at most 51
STEPS = 1, 2, 5  # times powers of ten, the widths of bins in nm
WIDTH, PANEL, TITLE, AXIS = 1100, 110, 60, 70  # pixels: the picture, a class, above and below
LEFT, RIGHT = 300, 30  # pixels beside the bars
INK, FAINT, PAPER, UNKNOWN_BARS = "#202020", "#D0D0D0", "#FFFFFF", "#808080"
LETTERS, SMALL_LETTERS = 20, 16  # pixels


@dataclasses.dataclass(frozen=True)
class Histogram:
    """Counts of diameters by class.

    Attributes:
      first: lower edge of the first bin in nm; width: of all bins in nm.
      counts: by class, of each bin; medians: by class, in nm.
    """

    first: float
    width: float
    counts: dict[str, list[int]]
    medians: dict[str, float]

    @property
    def edges(self) -> list[float]:
        """Edges of the bins in nm, one more than bins."""
        bins = len(next(iter(self.counts.values()), ()))
        return [round(self.first + place * self.width, 6) for place in range(bins + 1)]


def histogram(results: Sequence[MicrographResult]) -> Histogram:
    """Count diameters in bins; a bin holds its lower edge, and particles without size are none."""
    groups = {
        name: [diameter for diameter, _ in group if not math.isnan(diameter)]
        for name, group in tables.by_class(results).items()
    }
    groups = {name: values for name, values in groups.items() if values}
    if not groups:
        return Histogram(0, 1, {}, {})
    low = min(map(min, groups.values()))
    high = max(map(max, groups.values()))
    width = _bin_width(low, high)
    first = math.floor(low / width)
    bins = math.floor(high / width) - first + 1
    counts = {name: [0] * bins for name in groups}
    for name, values in groups.items():
        for value in values:
            counts[name][min(math.floor(value / width) - first, bins - 1)] += 1
    medians = {name: statistics.median(values) for name, values in groups.items()}
    return Histogram(first * width, width, counts, medians)


def _bin_width(low: float, high: float) -> float:
    """Return the widest of 1, 2 or 5 times a power of ten that gives at least 20 bins.

    >>> _bin_width(20, 120)
    5.0
    """
    span = max(high - low, high / 10, 1e-3)
    power = 10.0 ** math.floor(math.log10(span / FEWEST_BINS))
    return max(step * power for step in STEPS if step * power <= span / FEWEST_BINS * (1 + 1e-9))


def table(found: Histogram) -> str:
    """Return the bins as CSV: edges in nm, and a column with the count of each class."""
    edges = found.edges
    rows = [
        (f"{low:.6g}", f"{high:.6g}", *numbers)
        for low, high, *numbers in zip(
            edges[:-1], edges[1:], *found.counts.values(), strict=True
        )
    ] if found.counts else []  # fmt: skip
    return tables.csv_text(("from_nm", "to_nm", *found.counts), rows)


def png(found: Histogram, classes: Sequence[str]) -> bytes:
    """Draw a row of bars for each class, all with one axis of diameters.

    Args:
      classes: in label order, for their colours.
    """
    rows = max(1, len(found.counts))
    picture = Image.new("RGB", (WIDTH, TITLE + rows * PANEL + AXIS), PAPER)
    pen = ImageDraw.Draw(picture)
    font, small = (ImageFont.load_default(size=size) for size in (LETTERS, SMALL_LETTERS))
    if not found.counts:
        pen.text((WIDTH / 2, picture.height / 2), "no particle has a size", INK, font, "mm")
        return drawing.png(picture)
    title = f"Diameters in nm, in bins of {found.width:g} nm"
    pen.text((LEFT, TITLE / 2), title, INK, font, "lm")
    edges = found.edges
    per_nm = (WIDTH - LEFT - RIGHT) / (edges[-1] - edges[0])
    bottom = TITLE + rows * PANEL
    for tick in _ticks(edges[0], edges[-1]):
        x = LEFT + (tick - edges[0]) * per_nm
        pen.line((x, TITLE, x, bottom + 6), FAINT, 1)
        pen.text((x, bottom + 12), f"{tick:g}", INK, small, "ma")
    pen.text(((LEFT + WIDTH - RIGHT) / 2, bottom + 36), "diameter in nm", INK, small, "ma")
    for place, (name, counts) in enumerate(found.counts.items()):
        base = TITLE + (place + 1) * PANEL
        most = max(counts)
        is_known = name in classes
        colour = marks.style(classes.index(name), False).colour if is_known else UNKNOWN_BARS
        for edge, count in zip(edges, counts, strict=False):
            if count:
                x = LEFT + (edge - edges[0]) * per_nm
                top = base - max(1, (PANEL - 26) * count / most)  # a single particle is seen, too
                right = max(x + 1, x + found.width * per_nm - 1)
                pen.rectangle((x, top, right, base - 1), colour, INK if right - x > 6 else None)
        pen.line((LEFT, base, WIDTH - RIGHT, base), INK, 1)
        x = LEFT + (found.medians[name] - edges[0]) * per_nm
        pen.polygon([(x - 6, base + 9), (x + 6, base + 9), (x, base + 1)], INK)
        _name(pen, base, name, counts, found.medians[name])
        pen.text((LEFT - 8, base - PANEL + 26), f"{most}", INK, small, "rm")
    return drawing.png(picture)


def _name(
    pen: ImageDraw.ImageDraw, base: int, name: str, counts: Sequence[int], median: float
) -> None:
    """Write the name of a class beside its bars, its count and its median below."""
    font, small = (ImageFont.load_default(size=size) for size in (LETTERS, SMALL_LETTERS))
    while font.getlength(name) > LEFT - 70 and len(name) > 4:
        name = f"{name.rstrip('…')[:-1]}…"
    middle = base - PANEL / 2 + 10
    pen.text((20, middle - 14), name, INK, font, "lm")
    pen.text((20, middle + 12), f"{sum(counts)}, median {median:.1f} nm", INK, small, "lm")


def _ticks(low: float, high: float) -> list[float]:
    step = _bin_width(0, (high - low) * FEWEST_BINS / 5)
    return [
        round(place * step, 6)
        for place in range(math.ceil(low / step), math.floor(high / step) + 1)
    ]
