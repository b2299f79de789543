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


def test_a_mark_of_the_byte_order_and_lines_of_windows_are_read(lines, tmp_path):
    expected = read(tmp_path, lines)
    file = tmp_path / "changed.csv"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    np.testing.assert_array_equal(predictions.read(file, CELLS, IDS, CLASSES), expected)


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
        (lambda lines: [*lines[:2], lines[2].rsplit(",", 2)[0] + ",0_1,0"], "probabilities from 0"),
        (lambda lines: [line.replace(",", ";") for line in lines], "save with commas"),
        (
            lambda lines: [f"{n},{x}" if n else f",{x}" for n, x in enumerate(lines)],
            "pandas' index",
        ),
        (lambda lines: lines[1:], "The header is missing"),
        (lambda lines: ["sep=,", *lines], "is Excel's own"),
        (lambda lines: [f"{line}," for line in lines], "The line ends in a comma"),
        (lambda lines: [*lines[:2], lines[2].rsplit(",", 1)[0]], "found 5 columns, expected 6"),
        (changed(0, "Orf", "orf"), "missing: 'Orf', unknown: 'orf'; expected"),
        (changed(0, "Orf", "orf"), "'orf' is written 'Orf'"),
        (changed(3, "defocus", "Defocus"), "'defocus' is meant"),
        (changed(3, "test/Orf/0", "test/Orf/0.png"), "Is 'test/Orf/0' meant"),
        (lambda lines: ["PK\3\4"], "is a zip archive"),
        (lambda lines: ["PAR1"], "is a Parquet file"),
        (lambda lines: ["x" * 99, "\0" * 99], "is a binary file"),
    ],
)
def test_other_files_are_refused(lines, tmp_path, change, text):
    with pytest.raises(PredictionsError, match="changed") as caught:
        read(tmp_path, change(lines))
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zero_may_have_a_minus_sign(lines, tmp_path):
    first = lines[1].split(",")
    first[4:] = ["1", *["-0.0000"] * (len(first) - 5)]
    found = read(tmp_path, [lines[0], ",".join(first), *lines[2:]])
    assert not np.signbit(found).any()


def test_a_damaged_or_missing_file_is_refused(tmp_path):
    file = tmp_path / "changed.csv.gz"
    with pytest.raises(PredictionsError, match="cannot be read"):
        predictions.read(file, CELLS, IDS, CLASSES)
    file.write_bytes(gzip.compress(b"pictures,condition")[:-4])
    with pytest.raises(PredictionsError, match="cannot be read"):
        predictions.read(file, CELLS, IDS, CLASSES)
