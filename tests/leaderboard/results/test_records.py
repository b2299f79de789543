import dataclasses
import json
import subprocess
import sys

import numpy as np
import pytest
from project_paths import ROOT
from sample_records import FAILED, FINISHED, SCORES, change

from leaderboard.results import store as records
from leaderboard.results.record import RecordError
from leaderboard.results.store import predictions_path, read, read_all, write


def test_a_record_is_read_back_from_where_the_design_says(tmp_path):
    path = write(tmp_path, FINISHED)
    folder = tmp_path / "recropped_14class"
    assert path == folder / "custom-scratch-small+epochs=14-s0.json"
    assert read(path) == FINISHED
    assert read_all(tmp_path) == [FINISHED]
    assert list(folder.iterdir()) == [path]  # no temporary file
    assert predictions_path(tmp_path, FINISHED, "test") == tmp_path / FINISHED.predictions


def test_the_key_tells_runs_apart(tmp_path):
    others = [
        change(**{name: value})
        for name, value in {
            "data": "tem_virus/unknown_14class",
            "model": "vgg16",
            "initialization": "transfer",
            "recipe": "paper",
            "seed": 1,
        }.items()
    ]
    assert len({record.key for record in [FINISHED, *others, change(data_version="2.0.0")]}) == 7
    for record in [FINISHED, *others]:
        write(tmp_path, record)
    found = read_all(tmp_path)
    assert len(found) == 6
    assert found == read_all(tmp_path)
    assert found[-1].config == "unknown_14class"  # ordered by path
    assert [one.config for one in read_all(tmp_path, "recropped_14class")] == [
        "recropped_14class"
    ] * 5


def test_two_runs_never_share_a_file():
    one = change(model="m", recipe="scratch-x")
    with pytest.raises(RecordError, match="without '-scratch'"):
        change(model="m-scratch", recipe="x")
    assert one.run == "m-scratch-scratch-x-s0"


def test_no_folder_holds_no_records(tmp_path):
    assert read_all(tmp_path / "none") == []


def test_a_finished_record_removes_the_failed_one(tmp_path):
    failed = write(tmp_path, FAILED)
    assert failed.name == "custom-scratch-small+epochs=14-s0.failed.json"
    assert read_all(tmp_path) == [FAILED]
    write(tmp_path, FINISHED)
    assert not failed.exists()
    assert read_all(tmp_path) == [FINISHED]


def test_a_failed_record_never_replaces_a_finished_one(tmp_path):
    finished = write(tmp_path, FINISHED)
    write(tmp_path, FAILED)
    assert read(finished) == FINISHED
    assert read_all(tmp_path) == [FINISHED]


def test_a_failed_record_of_another_seed_stays(tmp_path):
    other = dataclasses.replace(FAILED, seed=1)
    write(tmp_path, other)
    write(tmp_path, FINISHED)
    assert read_all(tmp_path) == [FINISHED, other]


def test_a_failed_write_leaves_the_old_record(tmp_path, monkeypatch):
    path = write(tmp_path, FINISHED)

    def full(_):
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, change(notes="new"))
    assert read(path) == FINISHED
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"seed": "0"}, "seed: found '0', expected int"),
        ({"seed": True}, "seed: found True, expected int"),
        ({"seed": -1}, "seed: found -1, expected 0 or more"),
        ({"epochs": np.int64(3)}, "epochs: found .*, expected int or NoneType"),
        ({"seconds": float("nan")}, "seconds: found nan, expected a finite number"),
        ({"images_per_second": float("inf")}, "found inf"),
        (
            {"recipe_settings": {"rate": [float("nan")]}},
            r"recipe_settings\['rate'\]\[0\]: found nan",
        ),
        ({"recipe_settings": {"rate": np.float32(1)}}, "a JSON value"),
        ({"recipe_settings": {1: 2}}, "names that are str"),
        ({"test": {**SCORES, "f1": float("nan")}}, r"test\['f1'\]: found nan"),
        ({"test": {**SCORES, "f1": 75.0}}, "test: .* each from 0 to 1"),
        ({"test": {"accuracy": 0.9}}, "test: .* expected accuracy, precision, recall, f1"),
        ({"test": None}, "test: found None, expected scores: it finished"),
        ({"validation": {**SCORES, "auc": 1}}, "validation"),
        ({"intervals": {"f1": [0.8, 0.7]}}, "intervals"),
        ({"intervals": {"f1": 0.8}}, "intervals"),
        ({"intervals": {"auc": [0.7, 0.8]}}, "intervals"),
        ({"confusion": [[1, 2]]}, "confusion: .* expected counts, 2 x 2"),
        ({"confusion": [[1, 2], [3, -4]]}, "confusion"),
        ({"classes": ["Orf", "Orf"]}, "classes: .* each once"),
        ({"classes": [["Orf"], "Ebola"]}, "classes"),
        ({"data": "recropped_14class"}, "data config: found ''"),
        ({"data": "tem_virus/../x"}, "data config"),
        ({"model": "a|b"}, "model: found 'a|b'"),
        ({"recipe": "a/b"}, "recipe: found 'a/b'"),
        ({"initialization": "warm"}, "initialization: found 'warm', expected scratch or transfer"),
        ({"status": "running"}, "status: found 'running'"),
        ({"status": "failed"}, "error: found None, expected the reason"),
        ({"provenance": "guessed"}, "provenance: found 'guessed'"),
        ({"created": "yesterday"}, "created: found 'yesterday'"),
        ({"created": "2026-01-31T12:00:00"}, "created"),
        ({"created": "2026-01-31T12:00:00+02:00"}, "created"),
        ({"content_hash": "abc"}, "content_hash"),
        ({"content_hash": ""}, "content_hash"),
        ({"weights": {"file": 3}}, "weights"),
        ({"predictions": "/a/b.csv"}, "predictions: .* inside the records folder"),
        ({"predictions": "../a.csv"}, "predictions"),
    ],
)
def test_a_wrong_field_is_refused_when_made_and_when_read(tmp_path, fields, said):
    with pytest.raises(RecordError, match=said):
        change(**fields)
    path = tmp_path / "a.json"
    try:
        text = json.dumps({**dataclasses.asdict(FINISHED), **fields})
    except TypeError:
        return  # NumPy scalars cannot even be typed into a file
    if 1 in fields.get("recipe_settings", {}):
        return  # JSON turns the name into a text
    path.write_text(text)
    with pytest.raises(RecordError, match=said) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_run_that_failed_early_may_lack_the_hash():
    assert dataclasses.replace(FAILED, content_hash="").content_hash == ""


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('"seed": 0,', '"seed": 0', "cannot be read"),
        ('"seed": 0,', '"seed": 0, "seed": 1,', "twice there: seed"),
        ('"seed": 0,', "", "missing field 'seed'"),
        ('"seed"', '"sead"', "unknown field 'sead'"),
        ('"seconds": 125.0', '"seconds": NaN', "seconds: found nan"),
        ('"seconds": 125.0', '"seconds": 1e999', "seconds: found inf"),
        ('"seconds": 125.0', '"seconds": 1' + "0" * 5000, "cannot be read"),
        ('"seconds": 125.0', '"seconds": ' + "[" * 99_999 + "]" * 99_999, "seconds|cannot be read"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, old, new, said):
    path = write(tmp_path, FINISHED)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    for reader, where in ((read, path), (read_all, tmp_path)):
        with pytest.raises(RecordError, match=said) as caught:
            reader(where)
        assert str(path) in str(caught.value)
        assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff\xfe", b"{}"])
def test_what_is_no_record_is_refused(tmp_path, data):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(RecordError, match=r"a\.json"):
        read(path)


@pytest.mark.parametrize(
    "name, said",
    [
        ("hard_conditions/mirror_11class/plain_cnn-scratch-steady-s0.json", "hard conditions"),
        ("hard_conditions/mirror_11class_boxes/yolov5n-scratch-steady-s0.json", "hard conditions"),
        ("novelty/open_set_14class/plain_cnn-max_probability/scores.json", "unknown viruses"),
        ("novelty/open_set_14class.json", "official test patches"),
        ("official/mirror_11class/plain_cnn-scratch-steady-s0.json", "official test patches"),
    ],
)
def test_the_scores_of_another_board_are_called_so(name, said):
    file = ROOT / "leaderboard" / name
    with pytest.raises(RecordError, match=f"found scores .*{said}, expected the record of a") as no:
        read(file)
    assert str(no.value).startswith(f"{file}: ")


def test_a_missing_file_is_refused(tmp_path):
    said = r"none\.json: no such file; expected the record of a run, .* Correct the path\."
    with pytest.raises(RecordError, match=said):
        read(tmp_path / "none.json")


def test_a_renamed_record_is_refused(tmp_path):
    path = write(tmp_path, FINISHED)
    path.rename(path.with_name("best.json"))
    with pytest.raises(RecordError, match=r"best\.json.*Do not rename"):
        read_all(tmp_path)


def test_a_failed_record_that_vanishes_while_reading_is_skipped(tmp_path, monkeypatch):
    """Another process finishes that run between our listing the folder and reading it."""
    vanishing = write(tmp_path, FAILED)
    write(tmp_path, change(seed=1))

    def slow_read(path):
        vanishing.unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr(records, "read", slow_read)
    assert read_all(tmp_path) == [change(seed=1)]


WRITER = """
import dataclasses, json, sys
from pathlib import Path
from leaderboard.results.record import Record
from leaderboard.results.store import write
record = Record(**json.loads(sys.argv[2]))
for seed in range(int(sys.argv[3]), int(sys.argv[3]) + 20):
    write(Path(sys.argv[1]), dataclasses.replace(record, seed=seed))
    write(Path(sys.argv[1]), dataclasses.replace(record, seed=99, notes=sys.argv[3]))
"""


def test_two_processes_writing_at_once_lose_nothing(tmp_path):
    text = json.dumps(dataclasses.asdict(FINISHED))
    both = [
        subprocess.Popen([sys.executable, "-c", WRITER, tmp_path, text, first], cwd=ROOT)
        for first in ("0", "20")
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    found = read_all(tmp_path)
    assert {record.seed for record in found} == {*range(40), 99}
    assert len(list((tmp_path / "recropped_14class").iterdir())) == 41
