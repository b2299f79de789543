"""Records, rows and tables of detectors."""

import csv
import dataclasses
from pathlib import Path

import made_boxes
import made_detector
import numpy as np
import pytest
from made_detector import MIRROR
from markdown_table import cells_of, columns_of, models_of
from sample_records import FAILED, FINISHED

from leaderboard.ground_truth import configs
from leaderboard.ground_truth import detection as box_truth
from leaderboard.metrics.intervals import FRACTION, of_row
from leaderboard.predictions import detection as detections
from leaderboard.ranking import published
from leaderboard.ranking.comparison import WORSE, against_best
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import ranked
from leaderboard.render import render, summary
from leaderboard.results import detection as evidence
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.tables.tables import section_text, table_text

SCORES = {
    "precision": 0.9, "recall": 0.8, "f1": 0.85, "ap50": 0.7, "ap50_95": 0.5, "count_error": 1.5,
    "count_bias": -0.25,
}  # fmt: skip
DETECTOR = dataclasses.replace(
    FINISHED, data=MIRROR, task="detection", confidence=0.4, test=SCORES, validation=SCORES,
    intervals={"f1": [0.8, 0.9], "ap50": [0.6, 0.75], "count_bias": [-0.5, 0.25]}, confusion=None,
)  # fmt: skip


def change(**fields: object) -> Record:
    return dataclasses.replace(DETECTOR, **fields)


def test_a_detectors_record_is_read_back(tmp_path: Path) -> None:
    assert records.read(records.write(tmp_path, DETECTOR)) == DETECTOR
    failed = dataclasses.replace(
        FAILED, data=MIRROR, task="detection", validation=None, intervals=None
    )
    assert records.read(records.write(tmp_path, failed)).confidence is None


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"task": "segmentation"}, "task: found 'segmentation', expected classification or detec"),
        ({"test": FINISHED.test}, "test: .* expected precision, recall, f1, ap50, ap50_95, each"),
        ({"test": {**SCORES, "accuracy": 0.5}}, "test: "),
        ({"test": {**SCORES, "ap50": 70.0}}, "test: "),
        ({"test": {**SCORES, "count_error": -1}}, "test: .*and count_error, count_bias"),
        ({"test": {**SCORES, "count_bias": True}}, "test: "),
        ({"validation": {**SCORES, "f1": None}}, "validation: "),
        ({"intervals": {"accuracy": [0, 1]}}, "intervals: "),
        ({"intervals": {"count_error": [-1, 1]}}, "intervals: "),
        ({"intervals": {"count_bias": [1, -1]}}, "intervals: "),
        ({"intervals": {"f1": [0, 2]}}, "intervals: "),
        ({"confidence": None}, "confidence: found None, expected a number from 0 to 1"),
        ({"confidence": 1.5}, "confidence: found 1.5"),
    ],
)
def test_a_wrong_field_is_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(RecordError, match=said):
        change(**fields)


def test_a_classifier_has_neither_a_detectors_scores_nor_a_confidence() -> None:
    with pytest.raises(RecordError, match=r"confidence: found 0.4, expected .* none of a classif"):
        dataclasses.replace(FINISHED, confidence=0.4)
    with pytest.raises(RecordError, match=r"test: .* expected accuracy"):
        dataclasses.replace(FINISHED, test=SCORES)


def test_a_row_shows_what_is_known_of_it() -> None:
    titles = columns_of(table_text(rows_of([DETECTOR])))
    (cells,) = cells_of(table_text(rows_of([DETECTOR])))
    assert dict(zip(titles, cells, strict=True)) == {
        "model": "custom (scratch)",
        "F1 [95 %]": "0.850 [0.800, 0.900]",
        "AP50 [95 %]": "0.700 [0.600, 0.750]",
        "validation AP50": "0.700",
        "input": "128 px",
        "provenance, seeds": "reproduced, not rescored, one seed (0)",
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A records folder with three detectors, one of three seeds; only to be read."""
    root = tmp_path_factory.mktemp("detectors") / "records"
    for seed in range(3):
        made_detector.add(root, "finder", seed)
    made_detector.add(root, "alike", 5)
    made_detector.add(root, "worse", 0, right=0.5)
    return root


def test_seeds_are_one_row_and_rows_are_compared_in_pairs(made: Path) -> None:
    rows = ranked(rows_of(records.read_all(made), made))
    assert {row.model for row in rows[:2]} == {"finder", "alike"}
    finder = next(row for row in rows if row.model == "finder")
    assert finder.seeds == "0, 1, 2"
    assert finder.evidence is not None
    value = finder.test["f1"]
    assert value is not None
    f1 = [record.test["f1"] for record in finder.records]
    assert value.interval == of_row(f1, finder.evidence.residuals("f1"), FRACTION)
    assert all(value.interval for value in finder.test.values())
    assert value.std is not None and finder.test["ap50"].std is not None
    assert finder.confidence.mean == pytest.approx(np.mean([r.confidence for r in finder.records]))
    found = dict(zip((row.model for row in rows), against_best(rows), strict=True))
    assert rows[0] is finder  # the others have one seed
    assert found["finder"].best
    assert found["alike"].tied
    assert found["worse"].state == WORSE
    assert found["worse"].interval[1] < 0
    worst = finder.worst_class
    assert worst[1].mean == pytest.approx(
        min(np.mean([s.classes[n].f1 for s in finder.evidence.scored]) for n in range(11))
    )


def test_the_pages_have_a_table_of_detectors(made: Path, tmp_path: Path) -> None:
    records.write(tmp_path / "records", FINISHED)
    for file in made.rglob("*"):
        if file.is_file():
            target = tmp_path / "records" / file.relative_to(made)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(file.read_bytes())
    (page,) = render(tmp_path / "records", tmp_path)
    text = page.read_text()
    parts = text.split("## ")
    classified = next(part for part in parts if part.startswith("tem_virus/recropped_14class\n"))
    detected = next(part for part in parts if part.startswith(MIRROR))
    assert "AP50" not in classified and "accuracy" in classified
    assert "accuracy" not in detected
    assert "Not comparable with scores of patches" in detected
    assert models_of(detected) == ["finder", "alike", "worse", "YOLOv8"]
    assert "tied: " in detected
    assert render(tmp_path / "records", tmp_path) == []
    assert summary(tmp_path / "records", "mirror_11class_boxes").splitlines()[0].split() == [
        "model", "initialization", "precision", "recall", "F1", "AP50", "AP50-95", "count", "error",
        "count", "bias", "parameters", "seconds",
    ]  # fmt: skip


def copied(made: Path, root: Path) -> Record:
    record = next(one for one in records.read_all(made) if one.model == "worse")
    for split in ("test", "validation"):
        file = records.predictions_path(root, record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(records.predictions_path(made, record, split).read_bytes())
    return record


def test_a_record_of_its_detections_is_accepted(made: Path, tmp_path: Path) -> None:
    record = copied(made, tmp_path)
    found = evidence.read_evidence(tmp_path, [record])
    assert found is not None
    assert found.scored[0].scores.known() == record.test
    reordered = dataclasses.replace(record, classes=record.classes[::-1])
    assert evidence.read_evidence(tmp_path, [reordered]) is not None
    for fields in (
        {"classes": [*record.classes[1:], "Nipah virus"]},
        {"data_version": "0.1.0"},
        {"data": "tem_virus/Mirror_11class_boxes"},
        {"data": "tem_virus/mirror_11class"},
    ):
        other = dataclasses.replace(record, **{"predictions": None, **fields})
        with pytest.raises(RecordError, match="ground truth"):
            evidence.read_evidence(tmp_path, [other])
    own = dataclasses.replace(record, data="folder/mine", predictions=None)
    assert evidence.read_evidence(tmp_path, [own]) is None


@pytest.mark.parametrize(
    "split, name, said",
    [
        ("test", "f1", "f1 on test is 0.999000, but its predictions"),
        ("test", "ap50", "ap50 on test is 0.999000"),
        ("test", "count_error", "count_error on test is 0.999000"),
        ("validation", "ap50_95", "ap50_95 on validation is 0.999000"),
    ],
)
def test_a_record_cannot_drift_from_its_detections(
    made: Path, tmp_path: Path, split: str, name: str, said: str
) -> None:
    record = copied(made, tmp_path)
    changed = {split: {**getattr(record, split), name: 0.999}}
    wrong = dataclasses.replace(record, intervals=None, **changed)
    with pytest.raises(RecordError, match=said) as caught:
        rows_of([wrong], tmp_path)
    assert str(records.path(tmp_path, record)) in str(caught.value)


def test_a_confidence_chosen_on_test_is_noticed(made: Path, tmp_path: Path) -> None:
    """The scores are those of the files at that confidence; only it is not validation's best."""
    from leaderboard.scoring.detection import best_confidence, score

    record = copied(made, tmp_path)
    tables = {split: box_truth.read(MIRROR, split) for split in ("test", "validation")}
    found = {
        split: detections.read(
            records.predictions_path(tmp_path, record, split), table.ids.tolist(), table.classes
        )
        for split, table in tables.items()
    }
    chosen = best_confidence(tables["test"], found["test"])
    assert chosen != record.confidence
    scores = {s: score(tables[s], found[s], chosen).scores.known() for s in tables}
    with pytest.raises(RecordError, match="the best confidence on validation is"):
        rows_of([dataclasses.replace(record, confidence=chosen, **scores)], tmp_path)


def test_other_or_missing_detections_are_noticed(made: Path, tmp_path: Path) -> None:
    record = copied(made, tmp_path)
    file = records.predictions_path(tmp_path, record, "test")
    table = box_truth.read(MIRROR, "test")
    detections.write(file, made_boxes.invented(table, 50), table.classes)
    with pytest.raises(RecordError, match=r"on test is .*, but its predictions"):
        rows_of([record], tmp_path)
    file.unlink()
    with pytest.raises(RecordError, match=r"cannot be read.*take the record away"):
        rows_of([record], tmp_path)


@pytest.mark.parametrize("name", ["recall", "ap50", "ap50_95"])
def test_without_faster_coco_eval_every_score_is_compared(
    name: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = copied(made, tmp_path)
    monkeypatch.setattr("leaderboard.metrics.average_precision.is_installed", lambda: False)
    (row,) = rows_of([record], tmp_path)
    assert row.test["ap50"].mean == pytest.approx(record.test["ap50"], abs=1e-12)
    with pytest.raises(RecordError, match=f"{name} on test"):
        changed = {"test": {**record.test, name: 0.1}, "intervals": None}
        rows_of([dataclasses.replace(record, **changed)], tmp_path)


def test_every_published_row_names_its_source_and_what_it_is_not() -> None:
    rows = published.read("detection")
    assert [(row.data, row.model) for row in rows] == [
        (MIRROR, "YOLOv8"),
        ("tem_exosome/cbia", "TEM_ExosomeAnalyzer"),
        ("tem_exosome/cbia", "TEM_ExosomeAnalyzer"),
    ]
    assert [row.test["f1"] and row.test["f1"].mean for row in rows] == [None, 0.9094, 0.7619]
    assert rows[0].validation_ap50.mean == 0.9
    assert rows[0].test["ap50"] is None  # it is of validation
    assert all(row.source and row.provenance == "published" for row in rows)
    assert "0.900" in section_text(MIRROR, [], rows)


def test_a_broken_published_line_is_named(tmp_path: Path) -> None:
    with published.FILES["detection"].open(newline="") as lines:
        header, *rows = csv.reader(lines)
    rows[1][header.index("f1")] = "high"
    path = tmp_path / "published.csv"
    with path.open("w", newline="") as lines:
        csv.writer(lines).writerows([header, *rows])
    with pytest.raises(RecordError, match=r"published\.csv: line 3: .*high"):
        published.read("detection", path)


def test_phantoms_of_exosomes_never_stand_among_real_data() -> None:
    assert configs.is_phantom("tem_exosome/phantom")
    assert not configs.is_phantom("tem_exosome/cbia")
    assert not configs.is_phantom("folder/phantoms")
    assert "nothing about exosomes" in configs.note("tem_exosome/phantom")
