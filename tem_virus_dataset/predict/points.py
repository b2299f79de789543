"""Points that a user gives: a CSV with columns x and y, and file where there are several images.

The table that this command writes can be given back to it.
"""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import did_you_mean
from tem_virus_dataset.predict.inputs import InputImage

Point = tuple[float, float]  # x, y in pixels of the file, from its top left corner


def read(file: Path, images: Sequence[InputImage]) -> dict[str, list[Point]]:
    """Return the points of each image, by its `InputImage.file`; an image may have none.

    Raises:
      DatasetError: a column is missing, a value is no number, an image is unknown, or there is
        no point at all. OSError: the file cannot be read.
    """
    points: dict[str, list[Point]] = {image.file: [] for image in images}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        try:
            columns = set(rows.fieldnames or ())
            needed = {"x", "y"} | ({"file"} if len(images) > 1 else set())
            if needed - columns:
                raise DatasetError(
                    f"{file}: no column {', '.join(sorted(needed - columns))}; expected a first "
                    "line file,x,y, in pixels from the top left. file may be left out for a single "
                    "image."
                )
            for row in rows:
                line = f"{file}, line {rows.line_num}"
                name = row["file"] if "file" in columns else images[0].file
                if name not in points:
                    raise DatasetError(
                        f"{line}: file {name!r}{did_you_mean(str(name), points)}; expected one of "
                        f"the images that were given, such as {next(iter(points))!r}. Correct or "
                        "remove the line."
                    )
                points[name].append((_number(row["x"], line), _number(row["y"], line)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise DatasetError(
                f"{file}: cannot be read ({error}); expected a table in CSV. Save it as CSV."
            ) from error
    if not any(points.values()):
        raise DatasetError(f"{file}: no point; expected a line for each particle.")
    return points


def _number(text: str | None, line: str) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DatasetError(
            f"{line}: {text!r:.80}; expected a number of pixels. Correct or remove the line."
        )
    return value


def check(points: Sequence[Point], shape: tuple[int, ...], file: str) -> None:
    """Raise `DatasetError` where a point lies outside an image (height, width)."""
    for x, y in points:
        if not (0 <= x <= shape[1] and 0 <= y <= shape[0]):
            raise DatasetError(
                f"{file}: a point at {x:g}, {y:g}; expected points in the image of "
                f"{shape[1]}x{shape[0]} pixels. Are they in nm, or of another image?"
            )
