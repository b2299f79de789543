"""A detector's predictions as files."""

import gzip
from pathlib import Path

import made_boxes
import numpy as np
import pytest

from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.detection import FEWEST_ALLOWED
from leaderboard.predictions import detection as detections
from leaderboard.predictions import text
from leaderboard.predictions.detection import read, read_for, write
from leaderboard.predictions.text import PredictionsError

THERE = made_boxes.table([(0, 0, 100, 100, 40, 40)])
A, B, C = IDS = THERE.ids.tolist()
HEADER = "id,class,confidence,x,y,width,height\n"
ROW = f"{A},disc,0.912345,100.50,99.25,40.00,41.50\n"
GOOD = f"{HEADER}{ROW}{A},ring,0.5,-3,0.00,1e1,7\n{B},,,,,,\n{C},disc,1,3,4,5,6\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "found.csv"
    path.write_text(text)
    return path


def test_a_file_is_read(tmp_path: Path) -> None:
    found = read(written(tmp_path, GOOD), IDS, THERE.classes)
    assert found.ids.tolist() == [A, B, C]
    assert found.confidence.tolist() == [1, 0.912345, 0.5]
    assert found.micrographs.tolist() == [2, 0, 0]
    assert found.labels.tolist() == [0, 0, 1]
    assert found.boxes.tolist() == [[3, 4, 5, 6], [100.5, 99.25, 40, 41.5], [-3, 0, 10, 7]]


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_what_was_written_is_read_back_in_any_order_of_rows(tmp_path: Path, name: str) -> None:
    of = box_truth.read("mirror_11class_boxes", "validation")
    found = made_boxes.invented(of)
    path = tmp_path / name
    write(path, found, of.classes)
    again = read(path, of.ids.tolist(), of.classes)
    for part in ("ids", "micrographs", "labels", "confidence", "boxes"):
        assert np.array_equal(getattr(again, part), getattr(found, part)), part
    data = path.read_bytes()
    write(path, again, of.classes)
    assert path.read_bytes() == data
    assert (data[:2] == b"\x1f\x8b") == (name == "a.csv.gz")
    text = gzip.decompress(data).decode() if name.endswith("gz") else data.decode()
    header, *rows = text.splitlines()
    path = written(tmp_path, "\n".join([header, *rows[::-1]]))
    assert np.array_equal(
        np.sort(read(path, of.ids.tolist(), of.classes).confidence), np.sort(found.confidence)
    )


def test_float32_from_a_network_is_rounded_as_the_file_holds_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    boxes = [rng.uniform(1, 999, (5, 4)).astype(np.float32) for _ in range(3)]
    labels = [rng.integers(0, 2, 5) for _ in range(3)]
    sure = [rng.random(5, np.float32) for _ in range(3)]
    found = detections.joined(THERE.ids.tolist(), boxes, labels, sure)
    write(tmp_path / "a.csv", found, THERE.classes)
    again = read(tmp_path / "a.csv", IDS, THERE.classes)
    assert np.array_equal(again.boxes, found.boxes)
    assert np.array_equal(again.confidence, found.confidence)
    assert (np.diff(found.confidence) <= 0).all()
    thin = made_boxes.found(THERE, [(0, 0, 0.5, 9, 9, 1e-4, 3)])
    assert thin.boxes.tolist() == [[9, 9, 0.01, 3]]  # 0.00 could not be read


@pytest.mark.parametrize(
    "old, new, said",
    [
        (HEADER, "", "line 1: found .*expected the header id,class,confidence"),
        (HEADER, HEADER.replace("x,y", "y,x"), "expected the header"),
        (HEADER, HEADER.replace(",", ";"), "expected the header"),
        (A, "test/disc/other", "line 2: unknown id 'test/disc/other', expected a micrograph"),
        ("disc,0.9", "blob,0.9", "line 2: unknown class 'blob', expected one of disc, ring"),
        ("disc,0.9", ",0.9", "line 2: unknown class ''"),
        ("0.912345", "1.01", "line 2: confidence: found '1.01', expected a number from 0 to 1"),
        ("0.912345", "-0.1", "line 2: confidence: found '-0.1'"),
        ("0.912345", "nan", "line 2: confidence: found 'nan'"),
        ("0.912345", "", "line 2: confidence: found ''"),
        ("0.912345", '"0,9"', "Write a decimal point"),
        ("100.50", "inf", "line 2: x: found 'inf', expected pixels"),
        ("100.50", "1e7", "line 2: x: found '1e7'"),
        ("100.50", "1e999", "line 2: x: found '1e999'"),
        ("100.50", "\u0661", "line 2: x: found"),
        ("40.00", "0", "line 2: width: found '0', expected pixels, more than 0"),
        ("41.50", "-1", "line 2: height: found '-1'"),
        (",41.50", "", "line 2: found 6 columns, expected 7"),
        (",41.50", ",41.50,1", "line 2: found 8 columns"),
        (f"{B},,,,,,\n", "", f"1 of 3 micrographs are missing, the first is '{B}'"),
        (f"{B},,,,,,\n", f"{B},,,,,,\n" * 2, f"line 5: '{B}' has a row without a detection"),
        (f"{B},,,,,,\n", f"{B},,,,,,\n{A},,,,,,\n", f"line 5: '{A}' has a row without"),
        (f"{C},", f"{B},", f"line 5: '{B}' has a row without a detection"),
        (
            ROW,
            ROW * (FEWEST_ALLOWED + 1),
            f"line {FEWEST_ALLOWED + 2}: more than {FEWEST_ALLOWED} detections",
        ),
        (ROW, '"' + ROW, "no CSV"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(PredictionsError, match=said) as caught:
        read(path, IDS, THERE.classes)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_a_missing_or_damaged_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PredictionsError, match="cannot be read"):
        read(tmp_path / "none.csv", IDS, THERE.classes)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode())[:-20])
    with pytest.raises(PredictionsError, match="cannot be read"):
        read(path, IDS, THERE.classes)


def test_what_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    path = written(tmp_path, "old")
    for wrong in ((0, 0, 1.5, 1, 1, 1, 1), (0, 0, 0.5, np.nan, 1, 1, 1)):
        with pytest.raises(PredictionsError, match="line 2"):
            write(path, made_boxes.found(THERE, [wrong]), THERE.classes)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_table_with_a_fuller_micrograph_allows_more(tmp_path: Path) -> None:
    boxes = [(0, 0, 10.0 * n, 50.0, 8.0, 8.0) for n in range(200)]
    table = made_boxes.table(boxes)
    assert (table.fullest, table.max_detections, THERE.max_detections) == (200, 400, 300)
    path = written(tmp_path, f"{HEADER}{ROW * 400}{B},,,,,,\n{C},,,,,,\n")
    assert len(read_for(path, table)) == 400
    for refused in (lambda: read_for(path, THERE), lambda: read(path, IDS, THERE.classes)):
        with pytest.raises(PredictionsError, match="more than 300 detections"):
            refused()
    path = written(tmp_path, f"{HEADER}{ROW * 401}{B},,,,,,\n{C},,,,,,\n")
    with pytest.raises(PredictionsError, match="Give the 400 most confident"):
        read_for(path, table)


def test_a_large_file_is_read_where_its_table_allows_so_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "FIRST", 200)
    monkeypatch.setattr(detections, "LIMIT", 1000)
    path = written(tmp_path, f"{HEADER}{ROW * 300}{B},,,,,,\n{C},,,,,,\n")
    assert path.stat().st_size > 10_000
    assert len(read(path, IDS, THERE.classes)) == 300
    assert text.split_of(path) == "test"
    path = written(tmp_path, f"{HEADER}{ROW * 3000}{B},,,,,,\n{C},,,,,,\n")
    with pytest.raises(PredictionsError, match="MiB unpacked"):
        read(path, IDS, THERE.classes)


def test_the_id_of_a_micrograph_without_detections_may_stand_alone(tmp_path: Path) -> None:
    text = GOOD.replace(f"{B},,,,,,\n", f"{B}\n")
    assert text != GOOD
    found = read(written(tmp_path, text), IDS, THERE.classes)
    assert np.array_equal(found.boxes, read(written(tmp_path, GOOD), IDS, THERE.classes).boxes)
