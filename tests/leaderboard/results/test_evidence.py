"""Every committed figure, and what a row adds to its records."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.metrics import classification as metrics
from leaderboard.metrics.intervals import FRACTION, of_row
from leaderboard.predictions import classification as predictions
from leaderboard.ranking.comparison import against_best
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import ranked
from leaderboard.render import HERE
from leaderboard.results import classification as evidence
from leaderboard.results import detection as detection_evidence
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.scoring import classification as scoring

MIRROR = "tem_virus/mirror_11class"
FINISHED = [one for one in records.read_all(HERE / "records") if one.status == "finished"]
COMMITTED = [one for one in FINISHED if one.task == "classification"]
DETECTORS = {one.data: one for one in FINISHED if one.task == "detection"}.values()  # one of each


def row_of(data: str, row: str) -> list[Record]:
    """Return the seeds of a row, named as its records are; a model alone may have several rows."""
    return [one for one in COMMITTED if one.data == data and one.run == f"{row}-s{one.seed}"]


@pytest.mark.parametrize("record", COMMITTED, ids=lambda one: f"{one.config}/{one.run}")
def test_a_committed_record_is_what_its_predictions_give(record: Record) -> None:
    found = {}
    for split in SPLITS:
        table = patch_truth.read(record.data, split)
        file = records.predictions_path(HERE / "records", record, split)
        if record.submission and split == "validation" and not file.exists():
            assert record.validation is None
            continue
        values = predictions.read(file, table.ids.tolist(), table.classes)
        assert record.classes == list(table.classes)
        found[split] = scoring.score(table, values)
        said = record.test if split == "test" else record.validation
        assert dataclasses.asdict(found[split].scores) == pytest.approx(said, abs=1e-12)
        reference = metrics.scores(table.labels, values.argmax(axis=1), len(table.classes))
        assert dataclasses.asdict(reference) == pytest.approx(said, abs=1e-12)
    assert found["test"].confusion.tolist() == record.confusion
    for name, pair in found["test"].intervals.items():
        assert list(pair) == pytest.approx(record.intervals[name], abs=1e-9)


@pytest.mark.parametrize("record", DETECTORS, ids=lambda one: f"{one.config}/{one.run}")
def test_a_committed_detector_is_what_its_finds_give(record: Record) -> None:
    """One of each data set: every row of the committed tables is scored when they are rendered."""
    found = detection_evidence.read_evidence(
        HERE / "records", [record]
    )  # raises where a score differs
    assert found is not None
    assert found.scored[0].scores.known() == pytest.approx(record.test, abs=1e-9)
    assert found.validation[0].scores.known() == pytest.approx(record.validation, abs=1e-9)


def test_every_committed_file_of_predictions_belongs_to_a_record() -> None:
    root = HERE / "records"
    belonging = {records.predictions_path(root, one, s) for one in FINISHED for s in SPLITS}
    assert {*root.rglob("*.csv*")} <= belonging


def spoilt(tmp_path: Path, change: str) -> tuple[Path, Record]:
    """Copy one run's record and predictions, and spoil them."""
    record = next(one for one in COMMITTED if one.data == MIRROR and not one.submission)
    root = tmp_path / "records"
    file = records.predictions_path(root, record, "test")
    file.parent.mkdir(parents=True)
    origin = records.predictions_path(HERE / "records", record, "test")
    other = records.predictions_path(HERE / "records", record, "validation")
    (file.parent / other.name).write_bytes(other.read_bytes())
    table = patch_truth.read(MIRROR, "test")
    values = predictions.read(origin, table.ids.tolist(), table.classes)
    if change == "score":
        typed = {"test": {**record.test, "f1": 0.999}, "intervals": None, "confusion": None}
        record = dataclasses.replace(record, **typed)
    if change == "validation":
        record = dataclasses.replace(record, validation={**record.validation, "f1": 0.999})
    if change == "prediction":
        values[0] = np.roll(values[0], 1)
    if change != "missing":
        written = predictions.Predictions(tuple(table.ids), table.classes, values)
        predictions.write(file, written)
    return root, record


def test_predictions_that_are_as_they_were_are_accepted(tmp_path: Path) -> None:
    root, record = spoilt(tmp_path, "nothing")
    found = evidence.read_evidence(root, [record])
    assert found is not None
    assert math.isclose(found.scored[0].scores.f1, record.test["f1"])


@pytest.mark.parametrize(
    "change, said",
    [
        ("score", "f1 on test is 0.999000, but its predictions"),
        ("validation", "f1 on validation is 0.999000, but its"),
        ("prediction", "but its predictions"),
        ("missing", "cannot be read"),
    ],
)
def test_a_table_cannot_drift_from_the_predictions(tmp_path: Path, change: str, said: str) -> None:
    root, record = spoilt(tmp_path, change)
    with pytest.raises(RecordError, match=said) as caught:
        rows_of([record], root)
    assert str(records.path(root, record)) in str(caught.value)


def test_no_seed_of_a_row_is_without_scores_on_validation(tmp_path: Path) -> None:
    root, record = spoilt(tmp_path, "nothing")
    other = dataclasses.replace(record, seed=7, validation=None, predictions=None, network=None)
    with pytest.raises(RecordError, match=r"s7\.json: validation: found none, but seed 0 has them"):
        rows_of([record, other], root)


def test_ones_own_images_may_be_called_as_a_config_is() -> None:
    record = next(one for one in COMMITTED if one.data == MIRROR and not one.submission)
    own = dataclasses.replace(record, data="folder/mirror_11class", data_version="9.0.0")
    assert evidence.read_evidence(HERE / "records", [own]) is None


def test_a_run_without_a_table_has_no_evidence() -> None:
    record = next(one for one in COMMITTED if one.data == MIRROR and not one.submission)
    other = dataclasses.replace(record, data="tem_virus/x", predictions=None)
    assert evidence.read_evidence(HERE / "records", [other]) is None


@pytest.mark.parametrize(
    "change, said",
    [
        ({"data_version": "1.0.1"}, r"found classification, .*, 1\.0\.1; expected .*, 1\.0\.0"),
        ({"data": "tem_virus/Mirror_11class"}, "expected classification, tem_virus/mirror_11class"),
        ({"data": "tem_virus/mirror_11class_boxes"}, "expected detection, "),
        ({"data": "tem_exosome/mirror_11class"}, "expected classification, tem_virus/mirror_11cl"),
        ({"classes": "reversed"}, "expected .*, in this order"),
        ({"classes": "other"}, "classes: found .*Nipah virus; expected Adenovirus"),
        ({"predictions": "mirror_11class/other-scratch-x-s0.test.csv.gz"}, "those of this run"),
    ],
)
def test_no_edited_field_lets_a_record_escape_its_ground_truth(
    change: dict[str, Any], said: str
) -> None:
    record = next(one for one in COMMITTED if one.data == MIRROR and not one.submission)
    orders = {"reversed": record.classes[::-1], "other": [*record.classes[1:], "Nipah virus"]}
    if "classes" in change:
        change = {"classes": orders[change["classes"]], "confusion": None}
    edited = dataclasses.replace(record, **{"predictions": None, **change})
    with pytest.raises(RecordError, match=said) as caught:
        evidence.read_evidence(HERE / "records", [edited])
    assert str(records.path(HERE / "records", edited)) in str(caught.value)


@pytest.mark.parametrize(
    "change, said",
    [
        ({"predictions": "mirror_11class/other-scratch-x-s0.test.csv.gz"}, "those of this run"),
        ({"parameters_trainable": 7}, "parameters_trainable: found 7, expected 1079667 as in seed"),
        ({"extra_data": "more"}, "extra_data: found 'more', expected 'none'"),
        ({"pretraining": "ImageNet"}, "pretraining: found 'ImageNet'"),
        ({"recipe_settings": {"image_size": 64}}, r"\['image_size'\]: found 64, expected 128"),
        ({"validation": None}, r"validation: found none, but .*validation\.csv\.gz is there"),
    ],
)
def test_every_seed_of_a_row_is_checked(change: dict[str, Any], said: str) -> None:
    first, other = row_of(MIRROR, "plain_cnn-scratch-brief")[:2]
    with pytest.raises(RecordError, match=said) as caught:
        rows_of([first, dataclasses.replace(other, **change)], HERE / "records")
    assert str(records.path(HERE / "records", other)) in str(caught.value)


def test_seeds_in_two_steps_name_the_runs_of_their_own_seed() -> None:
    recipe = "steady_then_steady"
    pair = [one for one in FINISHED if one.recipe == recipe][:2]
    pair = sorted(pair, key=lambda one: one.seed)
    assert [one.seed for one in pair] == [0, 1]
    assert rows_of(pair, HERE / "records")
    settings = pair[1].recipe_settings | {"detector": pair[0].recipe_settings["detector"]}
    mixed = dataclasses.replace(pair[1], recipe_settings=settings)
    with pytest.raises(RecordError, match=r"\['detector'\]: found 'yolov5n-scratch-steady-s0'"):
        rows_of([pair[0], mixed], HERE / "records")


@pytest.mark.parametrize(
    "change, said",
    [
        ({"intervals": {"f1": [0.5, 0.95]}}, r"interval of f1 is \[0\.500, 0\.950\]"),
        ({"confusion": "swapped"}, "confusion is not that of its predictions"),
    ],
)
def test_intervals_and_confusion_are_those_of_the_predictions(
    change: dict[str, Any], said: str
) -> None:
    record = next(one for one in COMMITTED if one.data == MIRROR and not one.submission)
    if "confusion" in change:  # of the same scores: two classes in each other's place
        order = [1, 0, *range(2, len(record.classes))]
        change = {"confusion": np.array(record.confusion)[order][:, order].tolist()}
    with pytest.raises(RecordError, match=said):
        rows_of([dataclasses.replace(record, **change)], HERE / "records")


def test_a_seed_copied_over_another_is_refused(tmp_path: Path) -> None:
    root, record = spoilt(tmp_path, "nothing")
    other = dataclasses.replace(record, seed=7, predictions=None, network=None)
    for split in SPLITS:
        file = records.predictions_path(root, record, split)
        records.predictions_path(root, other, split).write_bytes(file.read_bytes())
    with pytest.raises(RecordError, match="its predictions are those of seed 0"):
        rows_of([record, other], root)


def test_the_best_is_the_first_whose_predictions_are_at_hand() -> None:
    rows = ranked(rows_of([one for one in COMMITTED if one.data == MIRROR], HERE / "records"))
    published = dataclasses.replace(rows[0], rescored=None)
    found = against_best([published, *rows])
    assert found[0] is None
    assert found[1] is not None
    assert found[1].best
    assert not any(one.best for one in found[2:] if one)
    assert all(one is not None for one in found[1:])
    assert against_best([published, rows[0]]) == [None, None]


def test_the_interval_of_a_row_is_that_of_the_mean_over_its_seeds() -> None:
    group = row_of(MIRROR, "d4_cnn-scratch-modern+epochs=20+samples_per_class=368")
    (row,) = rows_of(group, HERE / "records")
    assert row.evidence is not None
    assert row.evidence.residuals("f1").shape == (3, 142)
    value = row.test["f1"]
    assert value is not None
    f1 = [one.scores.f1 for one in row.evidence.scored]
    assert value.interval == of_row(f1, row.evidence.residuals("f1"), FRACTION)
    assert row.clean_f1 is not None
    assert row.clean_f1.interval is not None
    assert row.validation_f1 is not None
    assert row.validation_f1.interval is not None
    assert row.clean_f1.mean == pytest.approx(
        np.mean([one.clean.f1 for one in row.evidence.scored if one.clean])
    )
    assert row.worst_class is not None
    assert row.worst_class[1].mean == pytest.approx(
        min(np.mean([s.classes[n].f1 for s in row.evidence.scored]) for n in range(11))
    )
