"""Detections of a detector with the classes of a patch classifier, and the record of both."""

import dataclasses
from pathlib import Path

import made_detector
import numpy as np
import pytest
import small_scenes
from sample_records import FINISHED

from benchmark import two_step as command
from benchmark.detection import ground_truth
from benchmark.predict import models
from leaderboard.results import detection as results
from leaderboard.results import store as records
from tem_virus_dataset.files import progress
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.networks.two_step import any_class, with_classes


def boxes(*rows: tuple[float, ...]) -> DetectedBoxes:
    """Detections from rows of x, y, side, class, confidence."""
    table = np.array(rows, np.float64).reshape(-1, 5)
    sides = table[:, [0, 1, 2, 2]].astype(np.float32)
    return DetectedBoxes(sides, table[:, 3].astype(np.int64), table[:, 4].astype(np.float32))


def test_two_classes_of_one_particle_are_one_particle_of_their_summed_confidence() -> None:
    found = any_class(
        boxes(
            (50, 50, 40, 0, 0.5), (52, 50, 40, 1, 0.4), (60, 50, 40, 1, 0.1), (200, 50, 40, 1, 0.6)
        ),
        2,
    )
    assert found.boxes[:, 0].tolist() == [50, 200]
    assert found.confidence.tolist() == pytest.approx([0.9, 0.6])
    assert not found.labels.any()
    assert any_class(boxes((50, 50, 40, 0, 0.9), (50, 50, 40, 1, 0.9)), 2).confidence.tolist() == [
        1
    ]
    assert any_class(boxes(), 2).boxes.shape == (0, 4)


def test_each_class_of_a_particle_has_its_share_of_the_confidence() -> None:
    particles = boxes((50, 50, 40, 0, 0.8), (200, 50, 40, 0, 0.5))
    found = with_classes(particles, np.array([[0.9, 0.1], [0.0, 1.0]]), 300)
    assert found.confidence.tolist() == pytest.approx([0.72, 0.5, 0.08])
    assert found.labels.tolist() == [0, 1, 1]
    assert found.boxes[:, 0].tolist() == [50, 200, 50]


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command's arguments for a detector and a classifier that names every patch a ring."""
    scenes = small_scenes.small_scenes()
    root = tmp_path / "records"
    made_detector.add(root, right=0.9, scenes=scenes)
    (detector,) = root.glob(f"{scenes.config.partition('/')[2]}/finder*.json")
    finder = records.read(detector)
    classifier = dataclasses.replace(
        FINISHED, classes=["ring", "disc"], predictions=None,
        data=finder.data.removesuffix("_boxes"), seed=finder.seed,
    )  # fmt: skip
    file = records.write(root, classifier)
    network = Classifier(
        lambda patches: np.tile([0.9, 0.1], (len(patches), 1)), ("ring", "disc"), "c", "0"
    )
    monkeypatch.setattr(models, "load", lambda *_: network)
    data = small_scenes.write(tmp_path / "scenes.npz")
    options = {"--detector": detector, "--classifier": file, "--records": root, "--data": data}
    return [str(text) for item in options.items() for text in item]


def test_the_record_of_both_names_them_and_gives_the_scores_of_its_detections(
    pair: list[str], tmp_path: Path
) -> None:
    assert command.main(pair) == 0
    root = tmp_path / "records"
    (record,) = (r for r in records.read_all(root) if "_then_" in r.model)
    assert record.model == f"finder_then_{FINISHED.model}"
    assert "Two steps: detections of finder" in record.notes
    assert FINISHED.row in record.notes
    truths = {table.split: table for table in ground_truth.tables(small_scenes.small_scenes())}
    evidence = results.read_evidence(root, [record], truths)  # raises where scores differ
    assert evidence is not None
    by_class = {scores.name: scores for scores in evidence.scored[0].classes}
    assert by_class["ring"].recall > 0
    assert by_class["disc"].precision < 1


def test_a_weight_of_the_detectors_class_is_part_of_the_row(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert command.main([*pair, "--detector-weight", "0.25"]) == 0
    (record,) = (r for r in records.read_all(tmp_path / "records") if "_then_" in r.model)
    assert record.recipe.endswith("+detector_weight=0.25")
    assert record.recipe_settings["detector_weight"] == 0.25
    assert "their classes have a weight of 0.25" in record.notes
    with pytest.raises(SystemExit):
        command.main([*pair, "--detector-weight", "2"])
    assert "a number from 0 to 1" in capsys.readouterr().err


def test_validation_alone_writes_nothing(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    before = set((tmp_path / "records").rglob("*"))
    assert command.main([*pair, "--validation-only"]) == 0
    assert "ap50" in capsys.readouterr().out
    assert set((tmp_path / "records").rglob("*")) == before


def test_it_says_how_far_it_is(pair: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes minutes: a silent one looks like one that hangs."""
    bars, bar = [], progress.bar
    monkeypatch.setattr(progress, "bar", lambda *a, **k: bars.append(bar(*a, **k)) or bars[-1])
    assert command.main([*pair, "--validation-only"]) == 0
    assert [(one.desc, one.n) for one in bars] == [("validation", bars[0].total)]
    assert bars[0].total > 0


def test_records_that_are_no_such_pair_are_refused(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    detector, classifier = pair[1], pair[3]
    assert command.main([*pair, "--detector", classifier]) == 1
    assert "expected a finished run of this repository, of detection" in capsys.readouterr().err
    known = records.read(Path(classifier))
    for field, value in (("classes", ["Ebola", "Orf"]), ("seed", 7), ("data", "tem_virus/other")):
        other = dataclasses.replace(known, model="other", **{field: value})
        file = records.write(tmp_path / "records", other)
        assert command.main([*pair, "--classifier", str(file)]) == 1
        message = capsys.readouterr().err
        assert f"expected the {field} of the detector" in message
        assert "Name another classifier" in message
    assert Path(detector).exists()


def test_a_pair_is_scored_once_on_test(pair: list[str], capsys: pytest.CaptureFixture) -> None:
    assert command.main(pair) == 0
    capsys.readouterr()
    assert command.main(pair) == 1
    assert "this is scored; expected another record" in capsys.readouterr().err
    assert command.main([*pair, "--validation-only"]) == 0
