"""Points that a user gives: a CSV with columns x and y, and file where there are several images.

The table that this command writes can be given back to it. Spreadsheets may have put semicolons or
tabs for the commas, and commas for the decimal points.
"""

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PureWindowsPath

from tem_virus_dataset import typed_number, user_table
from tem_virus_dataset.annotations.folders.entries import spelling
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import did_you_mean
from tem_virus_dataset.predict.inputs import InputImage

Point = tuple[float, float]  # x, y in pixels of the file, from its top left corner
SHOWN = 60  # characters of a first line
FILES = ("file", "filename", "image", "imagename", "micrograph", "micrographname", "path")
SLICES = ("slice", "frame", "page", "z", "t")
SIDES, OWN = ({"width", "height"}, {"w", "h"}), "x_nm"  # columns of boxes; of our own tables
LENGTH = re.compile(r"\b[xy][ _]?[(\[]?(nm|um|µm|μm|micron|angst|å|mm)|_rln", re.IGNORECASE)
NUMBERS = r"[,;\s]+"  # what is between them
NUMBER = re.compile(r"\s*\"?[-+]?[0-9.]+\"?\s*")


def read(file: Path, images: Sequence[InputImage]) -> dict[str, list[Point]]:
    """Return the points of each image, by its `InputImage.file`; an image may have none.

    Raises:
      DatasetError: a column is missing, a value is no number, an image is unknown, or there is
        no point at all. OSError: the file cannot be read.
    """
    points: dict[str, list[Point]] = {image.file: [] for image in images}
    try:
        text = user_table.text_of(file, points)
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{file}: cannot be read ({error}); expected a table in CSV. Save it as CSV, in UTF-8."
        ) from error
    try:
        table = user_table.read(text, str(file))
    except csv.Error as error:
        raise DatasetError(
            f"{file}: cannot be read ({error}); expected a table in CSV. Save it as CSV."
        ) from error
    columns = {name for name in table.columns if name}
    needed = {"x", "y"} | ({"file"} if len(images) > 1 else set())
    if needed - columns:
        raise DatasetError(
            f"{file}: no column {', '.join(sorted(needed - columns))} (found "
            f"{_found(table.begin)}); expected a first line file,x,y, in pixels from the top left. "
            f"file may be left out for a single image. {_remedy(table.begin, columns)}"
        )
    _check_columns(file, table.columns, [row for _, row in table.rows])
    listed = {spelling(name): name for name in points}
    for number, row in table.rows:
        line = f"{file}: line {number}"
        stated = row["file"] if "file" in columns else images[0].file
        name = listed.get(spelling(stated.strip()))
        if name is None:
            raise DatasetError(f"{line}: file {_unknown(stated, points)}")
        x, y = (_number(row[axis], line, table.separator != ",") for axis in "xy")
        points[name].append((x, y))
    if not any(points.values()):
        raise DatasetError(
            f"{file}: no point; expected a line for each particle. Add them, or leave --points out "
            "to detect particles."
        )
    if all(0 <= value <= 1 for several in points.values() for point in several for value in point):
        raise DatasetError(
            f"{file}: all points lie within the first pixel of an image, as where they are "
            "fractions of it; expected pixels. Multiply x by its width, and y by its height."
        )
    return points


def _check_columns(file: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Refuse a table whose points would be taken for those of another image, or place."""
    known = {name.casefold() for name in columns}
    if any(sides <= known for sides in SIDES) and OWN not in known:
        raise DatasetError(
            f"{file}: columns of a width and a height beside x and y, which may then be the corner "
            "of a box; expected its centre. Add half of the width and height where they are, and "
            "take these two columns out."
        )
    for name in ("x", "y", "file"):
        if columns.count(name) > 1:
            raise DatasetError(
                f"{file}: {columns.count(name)} columns {name}; expected one. Remove the others."
            )
    for name in columns:
        if "file" not in columns and _plain(name) in FILES and (most := _most(name, rows)) > 1:
            raise DatasetError(
                f"{file}: points of {most} images in the column {name}; expected the name "
                "of the image in a column file. Rename the column."
            )
        if _plain(name) in SLICES and (most := _most(name, rows)) > 1:
            raise DatasetError(
                f"{file}: points of {most} images of a stack in the column {name}; expected "
                "points of one. Save that image as a file, and its points as a table."
            )


def _most(column: str, rows: Iterable[Mapping[str, str]]) -> int:
    """Return how many values a column has for one file, at most; blank ones do not count."""
    values: dict[str, set[str]] = {}
    for row in rows:
        if value := row[column].strip():
            values.setdefault(row.get("file", "").strip(), set()).add(value)
    return max(map(len, values.values()), default=0)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _found(text: str) -> str:
    """Return what a table begins with, in words."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return f"{first[:SHOWN]!r}{'...' * (len(first) > SHOWN)}" if first else "an empty file"


def _remedy(text: str, columns: set[str]) -> str:
    """Return what to do about a table without the columns x and y, as a sentence."""
    start = text.lstrip()
    if not start:
        return "Write the points to it."
    if start.startswith(("data_", "#", "{", "[", "<")):
        return "Save the centres as such a table: no other kind of file is read."
    if {"x", "y"} <= columns:
        other = next((name for name in sorted(columns) if _plain(name) in FILES), None)
        if other:
            return f"Rename the column {other} to file."
        return "Add the column file, or give one image."
    numbers = re.split(NUMBERS, start.partition("\n")[0].strip())
    if len(numbers) > 3 and all(map(NUMBER.fullmatch, numbers)):  # EMAN's boxes, YOLO's labels
        return "Save the centres as such a table: no other kind of file is read."
    if re.fullmatch(r"(\S+ +)?x +y( .*)?", start.partition("\n")[0].strip()):
        return "Separate the columns by commas, not by blanks."
    if any(map(NUMBER.fullmatch, columns)):
        return "The first line holds numbers: put the line with the names above it."
    if LENGTH.search(text.partition("\n")[0]):
        return "Divide lengths by the length of a pixel, and name the columns x and y."
    if {"axis-0", "axis-1"} <= columns:
        return "Name axis-1 x and axis-0 y, if they are in pixels: napari states rows first."
    if "|" in text.partition("\n")[0]:
        return "Separate the columns by commas, semicolons or tabs."
    if {"x", "y"} <= {name.casefold() for name in columns}:
        return "Write x and y small, if they are pixels: ImageJ writes X and Y in the image's unit."
    return "Name the columns of the centres x and y, if they are in pixels."


def _unknown(name: str | None, known: Iterable[str]) -> str:
    """Return what is wrong with the name of an image, and what to write."""
    names = list(known)
    bare = PureWindowsPath(name or "").name.casefold()  # both kinds of slash
    alike = [
        one
        for one in names
        if bare
        and bare in (PureWindowsPath(one).name.casefold(), PureWindowsPath(one).stem.casefold())
    ]
    if len(alike) == 1:
        return f"{name!r}; expected an image as the tables name it. Write {alike[0]!r}."
    return (
        f"{name!r}{did_you_mean(str(name), names)}; expected one of the images that were given, "
        f"such as {names[0]!r}. Correct or remove the line, or give that image, too."
    )


def _number(text: str, line: str, has_decimal_commas: bool) -> float:
    """Return a number; a comma in a table of commas may also stand between thousands."""
    try:
        point = text.replace(",", ".") if has_decimal_commas else text
        value = typed_number.read(point, float)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        remedy = "Write a decimal point, and nothing between thousands." if "," in text else ""
        raise DatasetError(
            f"{line}: {text or 'nothing'!r:.80}; expected a number of pixels, such as 12.5. "
            f"{remedy or 'Correct or remove the line.'}"
        )
    return value


def check(points: Sequence[Point], shape: tuple[int, ...], file: str) -> None:
    """Raise `DatasetError` where a point lies outside an image (height, width)."""
    for x, y in points:
        if not (0 <= x <= shape[1] and 0 <= y <= shape[0]):
            raise DatasetError(
                f"{file}: a point at {x:g}, {y:g}; expected points in the image of "
                f"{shape[1]}x{shape[0]} pixels, from its top left corner. Divide points in nm by "
                "the nm per pixel; correct or remove those of another image."
            )
