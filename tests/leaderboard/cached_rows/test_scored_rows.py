"""Rows from the cache are those that were scored, whatever happens to the cache."""

import dataclasses
import shutil
from pathlib import Path

import made_submission
import numpy as np
import pytest
from sample_records import FAILED

from leaderboard.cached_rows import keys, packing, scored_rows
from leaderboard.cached_rows.keys import code_version
from leaderboard.files.cache import Cache
from leaderboard.ground_truth import classification as ground_truth
from leaderboard.predictions import classification as predictions
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results import classification as results
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.scoring import classification as scoring

DATA = "tem_virus/mirror_11class"


def add(root: Path, model: str, seed: int) -> Record:
    """Write the record and predictions of a made classifier."""
    truths = {split: ground_truth.read(DATA, split) for split in ("test", "validation")}
    values = {
        split: np.round(made_submission.probabilities(truth, seed, 0.9), 6)
        for split, truth in truths.items()
    }
    record = dataclasses.replace(
        FAILED, status="finished", error=None, model=model, seed=seed, data=DATA,
        data_version="1.0.0", predictions=None,
        classes=list(truths["test"].classes),
        **results.record_fields(scoring.score_splits(truths, values)),
    )  # fmt: skip
    for split, truth in truths.items():
        written = predictions.Predictions(tuple(truth.ids), truth.classes, values[split])
        predictions.write(records.predictions_path(root, record, split), written)
    records.write(root, record)
    return record


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cached") / "records"
    for model, seed in (("one", 0), ("one", 1), ("two", 5)):
        add(root, model, seed)
    return root


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", code_version())


def read(root: Path, cache: Cache | None) -> list[bytes]:
    """Return all rows with their keys as bytes, which hold every digit."""
    found = scored_rows.scored_rows(records.read_all(root), root, cache)
    return [packing.packed(one.row) + one.key.encode() for one in found]


@pytest.fixture
def scorings(monkeypatch: pytest.MonkeyPatch) -> list[list[Record]]:
    """Return a list that holds the records of every row that is scored from now on."""
    found: list[list[Record]] = []

    def row_of(group: list[Record], root: Path) -> Row:
        found.append(group)
        return rows_of(group, root)[0]

    monkeypatch.setattr(scored_rows, "row_of", row_of)
    return found


def test_a_second_time_nothing_is_scored_and_every_digit_is_the_same(made, cache, scorings):
    without = read(made, None)
    assert read(made, cache) == without
    del scorings[:]
    assert read(made, cache) == without
    assert scorings == []


def test_rows_are_those_of_the_records(made, cache):
    plain = rows_of(records.read_all(made), made)
    for _ in range(2):
        found = list(scored_rows.scored_rows(records.read_all(made), made, cache))
        for one, row in zip(found, plain, strict=True):
            assert one.row.evidence is None
            assert one.row.test == row.test and one.row.records == row.records
            assert one.row.worst_class == row.worst_class
            assert np.array_equal(one.row.rescored.residuals, row.rescored.residuals)


def test_a_changed_file_of_predictions_is_scored_again(made, cache, tmp_path):
    root = tmp_path / "records"
    shutil.copytree(made, root)
    read(root, cache)
    files = [
        next(root.rglob(f"{model}-*-s{s}.test.csv.gz")) for model, s in (("one", 1), ("two", 5))
    ]
    files[0].write_bytes(files[1].read_bytes())
    with pytest.raises(RecordError, match="but its predictions"):
        read(root, cache)
    files[0].unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        read(root, cache)


def test_a_changed_record_is_checked_again(made, cache, tmp_path):
    root = tmp_path / "records"
    shutil.copytree(made, root)
    read(root, cache)
    record = next(one for one in records.read_all(root) if one.model == "two")
    records.write(
        root,
        dataclasses.replace(
            record, test={**record.test, "f1": 0.999}, intervals=None, confusion=None
        ),
    )
    with pytest.raises(RecordError, match=r"f1 on test is 0\.999"):
        read(root, cache)


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_damaged_entries_are_scored_again_and_replaced(made, cache, scorings, damage):
    without = read(made, cache)
    for file in [one for one in cache.folder.rglob("*") if one.is_file()]:
        content = file.read_bytes()
        file.write_bytes(content[:-9] if damage is None else damage)
    del scorings[:]
    assert read(made, cache) == without
    assert len(scorings) == 2
    del scorings[:]
    assert read(made, cache) == without
    assert scorings == []


def test_an_entry_of_other_content_with_a_right_checksum_is_no_row(made, cache):
    without = read(made, cache)
    for file in [one for one in cache.folder.rglob("*") if one.is_file()]:
        cache.put(file.name, b"\x80")
    assert read(made, cache) == without


def test_another_version_of_the_code_or_ground_truth_has_other_keys(made, monkeypatch, tmp_path):
    before = read(made, None)
    table = ground_truth.known()[DATA, "1.0.0"]
    edited = tmp_path / table.name
    edited.write_bytes(table.read_bytes().replace(b",1\n", b",0\n", 1))
    with monkeypatch.context() as patch:
        patch.setattr(ground_truth, "known", lambda: {(DATA, "1.0.0"): edited})
        assert keys.Keys(made).of_row(records.read_all(made)[:1]) not in str(before)
    monkeypatch.setattr(keys, "code_version", lambda: "other")
    assert not set(read(made, None)) & set(before)


def test_a_cache_that_cannot_be_written_says_so_and_changes_nothing(made, tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file", code_version())
    assert read(made, cache) == read(made, None)
    assert "cannot be written" in cache.problem


def test_a_table_of_another_case_or_task_changes_the_key(made, monkeypatch):
    (record, *_) = records.read_all(made)
    other = [dataclasses.replace(record, data=DATA.upper().replace("TEM_VIRUS", "tem_virus"))]
    before = keys.Keys(made).of_row(other)
    monkeypatch.setattr(ground_truth, "known", dict)
    assert keys.Keys(made).of_row(other) != before
