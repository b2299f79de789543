"""Predictions of corrupted images: read in any order, and refused in one clear line."""

import gzip

import made_conditions
import numpy as np
import pytest

from leaderboard.predictions import conditions as predictions
from leaderboard.predictions.text import PredictionsError

IDS, CLASSES = ["test/Orf/0", "test/Orf/1"], ["Ebola", "Orf"]
CELLS = made_conditions.CELLS[:3]


@pytest.fixture
def lines(tmp_path):
    values = np.random.default_rng(0).dirichlet([1, 1], (3, 2)).round(4)
    file = tmp_path / "good.csv.gz"
    predictions.write(file, dict(zip(CELLS, values, strict=True)), IDS, CLASSES)
    np.testing.assert_allclose(predictions.read(file, CELLS, IDS, CLASSES), values, atol=1e-9)
    return gzip.decompress(file.read_bytes()).decode().splitlines()


def read(tmp_path, lines):
    file = tmp_path / "changed.csv"
    file.write_text("\n".join(lines))
    return predictions.read(file, CELLS, IDS, CLASSES)


def test_rows_and_classes_may_stand_in_any_order(lines, tmp_path):
    cells = [line.split(",") for line in lines]
    swapped = [",".join([*row[:4], row[5], row[4]]) for row in cells]
    backwards = [swapped[0], *swapped[:0:-1]]
    np.testing.assert_array_equal(read(tmp_path, backwards), read(tmp_path, lines))


def changed(number, old, new):
    def change(lines):
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new, 1), *lines[number + 1 :]]

    return change


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (changed(3, "b" * 12, "9" * 12), "images of another seed"),
        (changed(3, "b" * 12, "b" * 5), "images of another seed"),
        (changed(3, "b" * 12, ""), "images of another seed"),
        (changed(3, "defocus,1", "defocus,7"), "one of the 3 cells"),
        (changed(3, "defocus", "dose"), "one of the 3 cells"),
        (changed(3, "test/Orf/0", "test/Orf/9"), "unknown id"),
        (changed(2, "test/Orf/1", "test/Orf/0"), "is there twice in clean-0"),
        (lambda lines: lines[:-1], "1 of 6 rows are missing, the first is 'test/Orf/1' in defocus"),
        (lambda lines: lines[:1], "6 of 6 rows are missing"),
        (lambda lines: [], "found the columns"),
        (changed(0, "Orf", "Cowpox"), "found the columns"),
        (changed(0, "pictures,", ""), "found the columns"),
        (lambda lines: [*lines[:2], lines[2] + ",1", *lines[3:]], "found 7 columns"),
        (lambda lines: [*lines[:2], lines[2].rsplit(",", 2)[0] + ",nan,1"], "probabilities from 0"),
        (lambda lines: [*lines[:2], lines[2].rsplit(",", 2)[0] + ",2,-1"], "probabilities from 0"),
        (lambda lines: [*lines[:2], lines[2].rsplit(",", 2)[0] + ",x,1"], "probabilities from 0"),
        (lambda lines: [*lines[:2], lines[2].rsplit(",", 2)[0] + ",0.5,0.4"], "sums to 0.9"),
    ],
)
def test_other_files_are_refused(lines, tmp_path, change, text):
    with pytest.raises(PredictionsError, match="changed") as caught:
        read(tmp_path, change(lines))
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_damaged_or_missing_file_is_refused(tmp_path):
    file = tmp_path / "changed.csv.gz"
    with pytest.raises(PredictionsError, match="cannot be read"):
        predictions.read(file, CELLS, IDS, CLASSES)
    file.write_bytes(gzip.compress(b"pictures,condition")[:-4])
    with pytest.raises(PredictionsError, match="cannot be read"):
        predictions.read(file, CELLS, IDS, CLASSES)
