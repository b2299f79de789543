"""Pixel sizes from a spreadsheet: `resolution.xlsx`, nm per pixel in its second column."""

import io
import re
from collections.abc import Sequence

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import optional, reader_error
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs.tags import LARGEST, SMALLEST

REMEDY = "Put the published file in its place."


def nm_per_pixel(spreadsheet: Blob, stem: str, stems: Sequence[str], part: str = "") -> float:
    """Return the side of a micrograph's pixels in nm.

    A row without a number in column 2 (a header) is skipped. Column 1 names the micrograph,
    as `7`, `07`, `07.tif`, `image 7` or `dataset_01/07.tif`. Where no row names any, and there are
    as many rows as micrographs, they are taken in order. The decimal point may be a comma.

    Args:
      spreadsheet: the spreadsheet.
      stem: the micrograph's name, without suffix; stems: those of its set, in order.
      part: the set, where one spreadsheet serves several: the folder in column 1, or the title
        of the worksheet.

    Raises:
      DatasetError: no spreadsheet, no row or two different ones for the micrograph, an
        implausible size, or names in place of the sizes.
    """
    rows = [(name, size) for folder, name, size in _rows(spreadsheet) if folder.endswith(part)]
    sizes = {size for name, size in rows if _names(name, stem)}
    nameless = not any(_names(name, other) for name, _ in rows for other in stems)
    if nameless and len(rows) == len(stems):
        _refuse_numbering([size for _, size in rows], stems, spreadsheet.where)
        sizes = {rows[stems.index(stem)][1]}
    if len(sizes) != 1:
        raise DatasetError(
            f"{spreadsheet.where}: {len(sizes) or 'no'} pixel sizes of micrograph {stem}; expected "
            f"one row for each, its name in column 1 and nm per pixel in column 2. {REMEDY}"
        )
    (size,) = sizes
    if not SMALLEST <= size <= LARGEST:
        raise DatasetError(
            f"{spreadsheet.where}: {size:g} nm per pixel for micrograph {stem}; expected "
            f"{SMALLEST:g} to {LARGEST:g}. {REMEDY}"
        )
    return size


def _refuse_numbering(sizes: Sequence[float], stems: Sequence[str], where: str) -> None:
    """Refuse numbers of micrographs in column 2, where the columns are in another order."""
    numbers = (range(1, len(sizes) + 1), sorted(int(s) for s in stems if s.isdecimal()))
    if len(sizes) > 1 and any(sorted(sizes) == list(one) for one in numbers):
        raise DatasetError(
            f"{where}: found {min(sizes):g} to {max(sizes):g} in column 2, a number for each "
            "micrograph; expected its name in column 1 and nm per pixel in column 2. Exchange the "
            "columns, or put the published file in its place."
        )


def _rows(spreadsheet: Blob) -> list[tuple[str, str, float]]:
    """Return folder (or title of the worksheet), name and number of each row that has a number."""
    openpyxl = optional.package("openpyxl", "openpyxl", spreadsheet.where)

    try:  # of the cells alone; what they mean is read below
        book = openpyxl.load_workbook(io.BytesIO(spreadsheet.data), read_only=True, data_only=True)
        cells = [
            (page.title, [str(cell).strip() for cell in (*row, "", "")[:2]])
            for page in book.worksheets
            for row in page.iter_rows(min_col=1, max_col=2, values_only=True)
        ]
    except Exception as error:  # openpyxl raises almost any kind for a damaged or another file
        raise DatasetError(
            f"{spreadsheet.where}: cannot be read, {len(spreadsheet.data)} bytes "
            f"({reader_error.reason(error)}); "
            f"expected a spreadsheet (.xlsx) of pixel sizes. {REMEDY}"
        ) from error
    rows = []
    for title, (name, value) in cells:
        folder, _, last = name.replace("\\", "/").rpartition("/")
        if re.fullmatch(r"-?\d+([.,]\d+)?([eE]-?\d+)?", value):
            rows.append((folder or title, last, float(value.replace(",", "."))))
    return rows


def _names(name: str, stem: str) -> bool:
    """Whether a cell names a micrograph: by its name, or by the only number in it."""
    name = re.sub(r"\.(tiff?|0)$", "", name.lower())  # a spreadsheet may keep 7 as 7.0
    numbers = re.findall(r"\d+", name)
    by_number = len(numbers) == 1 and stem.isdigit() and int(numbers[0]) == int(stem)
    return name == stem.lower() or by_number
