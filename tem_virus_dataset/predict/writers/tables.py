"""The tables of the results: particles, micrographs, and counts by class."""

import csv
import io
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tem_virus_dataset.predict.writers.result import UNKNOWN, MicrographResult, ParticleRow

PARTICLES = (
    "file", "class", "confidence", "x", "y", "width", "height", "x_nm", "y_nm", "width_nm",
    "height_nm", "diameter_nm", "most_similar", "novelty", "uncertain", "nm_per_pixel",
    "nm_per_pixel_from",
)  # fmt: skip
MICROGRAPHS = (
    "file", "particles", "nm_per_pixel", "nm_per_pixel_from", "width", "height", "strip_top",
    "strip_bottom", "strip_left", "strip_right", "inverted", "remarks",
)  # fmt: skip
SUMMARY = (
    "file", "nm_per_pixel", "nm_per_pixel_from", "class", "count", "median_diameter_nm",
    "uncertain",
)  # fmt: skip
NUMBERS = "x", "y", "width", "height", "confidence", "novelty"  # of `ParticleRow`, in its order
YES_OR_NO = {True: "yes", False: "no", None: ""}
UNCERTAIN = {text: value for value, text in YES_OR_NO.items()}


def particles_table(result: MicrographResult) -> str:
    """Return a table with a line for each particle.

    x and y are of the centre, from the top left corner of the image, in its pixels and in nm. The
    diameter is the mean of width and height. Sizes are empty where a particle is only a point, the
    novelty and whether it is uncertain where the model does not tell.
    """
    nm = result.nm_per_pixel
    rows = []
    for particle in result.particles:
        box = (particle.x, particle.y, particle.width, particle.height)
        rows.append(
            (
                result.file,
                result.names[particle.label],
                f"{particle.confidence:.4f}",
                *(_number(value) for value in box),
                *(_number(value * nm) for value in (*box, particle.diameter)),
                result.classes[particle.most_similar],
                _number(particle.novelty, 4),
                YES_OR_NO[particle.is_uncertain],
                f"{nm:.6g}",
                result.nm_per_pixel_from,
            )
        )
    return csv_text(PARTICLES, rows)


def _number(value: float, digits: int = 2) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def read_particles(text: str, classes: Sequence[str]) -> tuple[ParticleRow, ...]:
    """Return the particles of a table that `particles_table` wrote.

    Raises:
      KeyError, ValueError: it is no such table, or of other classes.
    """
    rows = []
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        similar = classes.index(row["most_similar"])
        name = row["class"]
        is_unknown = name == UNKNOWN and name not in classes
        label = len(classes) if is_unknown else classes.index(name)
        x, y, width, height, confidence, novelty = (_read(row[name]) for name in NUMBERS)
        if not all(map(math.isfinite, (x, y, confidence))) or math.isnan(width + height) != (
            math.isnan(width) and math.isnan(height)
        ):
            raise ValueError(f"no number in x, y, width, height or confidence of line {line}")
        is_uncertain = UNCERTAIN[row["uncertain"]]
        rows.append(
            ParticleRow(label, similar, x, y, width, height, confidence, novelty, is_uncertain)
        )
    return tuple(rows)


def _read(text: str) -> float:
    return float(text) if text else math.nan


def micrographs_table(done: Iterable[Mapping[str, Any]]) -> str:
    """Return a table with a line for each micrograph, also for one without particles.

    Args:
      done: what `outputs.write` kept of each.
    """
    return csv_text(
        MICROGRAPHS,
        (
            (
                about["made_of"]["file"],
                about["particles"],
                f"{about['nm_per_pixel']:.6g}",
                about["from"],
                *reversed(about["shape"]),
                *about["info_strip"],
                YES_OR_NO[about["made_of"].get("invert", False)],
                "; ".join(about["remarks"]),
            )
            for about in done
        ),
    )


def summary_table(results: Iterable[MicrographResult]) -> str:
    """Return a table with a line for each class of each micrograph.

    A micrograph without particles has one line, its class empty and its count 0.
    """
    rows: list[Sequence[object]] = []
    for result in results:
        pixels = (result.file, f"{result.nm_per_pixel:.6g}", result.nm_per_pixel_from)
        counts = by_class([result])
        rows += [(*pixels, name, *_counted(group)) for name, group in counts.items()]
        if not counts:
            rows.append((*pixels, "", *_counted([])))
    return csv_text(SUMMARY, rows)


def counts_lines(results: Sequence[MicrographResult]) -> list[str]:
    """Return the counts of all micrographs by class, as lines of aligned columns.

    Those that are uncertain are a column where the model tells them.
    """
    groups = by_class(results)
    if not groups:
        return []
    head = ("class", "count", "median nm", "uncertain")
    rows = [head, *((name, *map(str, _counted(group))) for name, group in groups.items())]
    if not any(uncertain for *_, uncertain in rows[1:]):
        rows = [row[:-1] for row in rows]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        f"  {name:<{wide[0]}}  "
        + "  ".join(f"{text:>{size}}" for text, size in zip(more, wide[1:], strict=True))
        for name, *more in rows
    ]


def by_class(
    results: Sequence[MicrographResult],
) -> dict[str, list[tuple[float, bool | None]]]:
    """Return diameter in nm and whether it is uncertain of all particles, by class.

    Classes are in label order, those without a particle left out.
    """
    groups: dict[tuple[int, str], list[tuple[float, bool | None]]] = {}
    for result in results:
        for particle in result.particles:
            key = particle.label, result.names[particle.label]
            groups.setdefault(key, []).append(
                (particle.diameter * result.nm_per_pixel, particle.is_uncertain)
            )
    by_name: dict[str, list[tuple[float, bool | None]]] = {}
    for label, name in sorted(groups):
        by_name.setdefault(name, []).extend(groups[label, name])
    return by_name


def _counted(group: Sequence[tuple[float, bool | None]]) -> tuple[int, str, str]:
    """Return the count, the median diameter, and the number of uncertain particles, if known."""
    diameters = [diameter for diameter, _ in group if not math.isnan(diameter)]
    median = f"{statistics.median(diameters):.1f}" if diameters else ""
    known = [is_uncertain for _, is_uncertain in group if is_uncertain is not None]
    uncertain = str(sum(known)) if known or not group else ""
    return len(group), median, uncertain


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
