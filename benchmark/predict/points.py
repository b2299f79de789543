"""Where a user says that particles are: a CSV with columns x and y, and file where it is needed.

The table that this command writes can be given back to it.
"""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from benchmark.errors import BenchmarkError
from benchmark.predict.inputs import Picture

Point = tuple[float, float]  # x, y in pixels of the file, from its top left corner


def read(file: Path, pictures: Sequence[Picture]) -> dict[str, list[Point]]:
    """Return the points of each picture, by its `Picture.file`; one may have none.

    Raises:
      BenchmarkError: a column is missing, a value is no number, a picture is unknown, or there is
        no point at all. OSError: it cannot be read.
    """
    found: dict[str, list[Point]] = {picture.file: [] for picture in pictures}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        try:
            columns = set(rows.fieldnames or ())
            needed = {"x", "y"} | ({"file"} if len(pictures) > 1 else set())
            if needed - columns:
                raise BenchmarkError(
                    f"{file}: no column {', '.join(sorted(needed - columns))}; expected a first "
                    "line file,x,y, in pixels from the top left. file may be left out where only "
                    "one picture is looked at."
                )
            for row in rows:
                where = f"{file}, line {rows.line_num}"
                name = row["file"] if "file" in columns else pictures[0].file
                if name not in found:
                    raise BenchmarkError(
                        f"{where}: file {name!r}; expected one of the pictures that were given, "
                        f"such as {next(iter(found))!r}. Correct or remove the line."
                    )
                found[name].append((_number(row["x"], where), _number(row["y"], where)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise BenchmarkError(
                f"{file}: cannot be read ({error}); expected a table in CSV. Save it as such."
            ) from error
    if not any(found.values()):
        raise BenchmarkError(f"{file}: no point; expected a line for each particle.")
    return found


def _number(text: str | None, where: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BenchmarkError(
            f"{where}: {text!r:.80}; expected a number of pixels. Correct or remove the line."
        )
    return value


def check(points: Sequence[Point], shape: tuple[int, ...], file: str) -> None:
    """Raise `BenchmarkError` where a point lies outside a picture (height, width)."""
    for x, y in points:
        if not (0 <= x <= shape[1] and 0 <= y <= shape[0]):
            raise BenchmarkError(
                f"{file}: a point at {x:g}, {y:g}; expected points in the picture of "
                f"{shape[1]}x{shape[0]} pixels. Are they in nm, or another picture's?"
            )
