"""Files of the test suites of other projects, where they lie beside this one."""

import ast
import csv
from pathlib import Path

import numpy as np
import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats import read as micrograph

SMALLEST, LARGEST = 0.01, 100.0  # nm, of what is taken for a pixel size
DIFFERENT = {  # what is expected other than the table says, and why
    # "n_m" is NCEM's spelling of nm, which the table's reader does not know
    "openNCEM__Acquisition_18.emd": 0.0122465,
}
NOT_SQUARE = {  # read where the user gives the size, which goes first; else it is not known
    "openNCEM__dmTest_float32_nonSquare_diffPixelSize.dm4",
}
GRAY = {  # the table refuses colour images; in these the channels are equal, so they are gray
    "rosettasciio__dm_2D_test-8.dm3",
    "rosettasciio__dm_2D_test-8.dm4",
    "rosettasciio__dm_2D_test-23.dm4",
}


@pytest.fixture(scope="module")
def rows(shared_data: Path) -> list[dict[str, str]]:
    table = shared_data / "em_files" / "index.tsv"
    if not table.is_file():
        pytest.skip("needs the files of other projects beside the shared data")
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def expected_nm(row: dict[str, str]) -> float | None:
    """Return the size that a reader is to state, or None for none, or one that is not possible."""
    if row["file"] in DIFFERENT:
        return DIFFERENT[row["file"]]
    text = row["expected_nm_per_pixel"]
    nm = None if text.startswith("none") else float(text)
    return nm if nm is not None and SMALLEST <= nm <= LARGEST else None


def test_files_with_a_micrograph(rows: list[dict[str, str]], shared_data: Path) -> None:
    wrong, count = [], 0
    for row in rows:
        if not (row["expected_of_a_reader"].startswith("read") or row["file"] in GRAY):
            continue
        count += 1
        try:
            found = micrograph.read(shared_data / "em_files" / row["file"])
        except (DatasetError, OSError) as error:
            wrong.append(str(error))
            continue
        shapes = [ast.literal_eval(text) for text in row["expected_shape"].split(" | ")]
        size, nm = found.pixel_size, expected_nm(row)
        if found.image.shape not in shapes or (size is None) != (nm is None):
            wrong.append(f"{row['file']}: {found.image.shape}, {size}; expected {shapes}, {nm}")
        elif size is not None and not np.isclose(size.nm, nm, rtol=1e-4):
            wrong.append(f"{row['file']}: {size}; expected {nm}")
    assert count >= 20
    assert not wrong, "\n".join(wrong)


def test_files_without_one(rows: list[dict[str, str]], shared_data: Path) -> None:
    wrong, count = [], 0
    for row in rows:
        if not row["expected_of_a_reader"].startswith("refuse") or row["file"] in GRAY:
            continue
        count += 1
        try:
            found = micrograph.read(shared_data / "em_files" / row["file"])
        except DatasetError as error:
            if "\n" in str(error) or row["file"] not in str(error):
                wrong.append(str(error))
            continue
        if row["file"] in NOT_SQUARE and found.pixel_size is None and found.size_remarks:
            continue
        wrong.append(f"{row['file']}: read, {found.image.shape}")
    assert count >= 20
    assert not wrong, "\n".join(wrong)
