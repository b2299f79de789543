"""The row of a trained detector with test-time augmentation."""

import dataclasses
from pathlib import Path

import made_detector
import numpy as np
import pytest
import small_scenes

from benchmark import export_model, release, tta
from benchmark.detection import ground_truth
from benchmark.detection.recipes import RECIPES
from benchmark.predict import detections_record, models
from benchmark.releasing import kinds
from leaderboard.results import detection as results
from leaderboard.results import store as records
from leaderboard.results.record import Record
from tem_virus_dataset.files import progress
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import DetectedBoxes


def corner(images: np.ndarray) -> list[DetectedBoxes]:
    """Detect one disc, always in the first corner of what is shown."""
    box = np.array([[6, 6, 8, 8]], np.float32)
    return [DetectedBoxes(box, np.zeros(1, np.int64), np.array([0.8], np.float32)) for _ in images]


FINDER = Detector(corner, small_scenes.CLASSES, 640, 4.0, 20.0, 0.3, "finder", "0")


@pytest.fixture
def finder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command's arguments for a detector of small micrographs."""
    scenes = small_scenes.small_scenes()
    root = tmp_path / "records"
    made = made_detector.add(root, scenes=scenes)
    recipe = RECIPES["quick"]
    record = dataclasses.replace(
        made, recipe="quick", recipe_settings=dataclasses.asdict(recipe), epochs=2, best_epoch=2
    )
    records.path(root, made).unlink()
    file = records.write(root, dataclasses.replace(record, predictions=None))
    monkeypatch.setattr(models, "load", lambda *_: FINDER)
    data = small_scenes.write(tmp_path / "scenes.npz")
    return [str(file), "--records", str(root), "--data", str(data)]


def row(root: Path) -> Record:
    (found,) = (r for r in records.read_all(root) if r.recipe == "quick+tta=8")
    return found


def test_its_record_names_the_network_and_gives_the_scores_of_its_detections(
    finder: list[str], tmp_path: Path
) -> None:
    assert tta.main(finder) == 0
    root = tmp_path / "records"
    record = row(root)
    (network,) = (r for r in records.read_all(root) if r.recipe == "quick")
    assert record.recipe_settings["network_of"] == network.run
    assert record.no_network == f"it is that of {network.run}"
    assert record.notes.startswith(f"The networks of {network.row}; detections averaged over 8")
    truths = {table.split: table for table in ground_truth.tables(small_scenes.small_scenes())}
    evidence = results.read_evidence(root, [record], truths)  # raises where scores differ
    assert evidence is not None
    # Each corner is seen in two of eight views; three corners are those of the padding.
    (found,) = evidence.predictions
    assert found.confidence.tolist() == pytest.approx([0.2] * len(truths["test"]))


def test_its_record_is_read_as_the_network_in_eight_views(
    finder: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tta.main(finder) == 0
    record = row(tmp_path / "records")
    monkeypatch.undo()
    load = models.load
    monkeypatch.setattr(
        models, "load", lambda file, runs: FINDER if "tta" not in file.name else load(file, runs)
    )
    found = models.load(records.path(tmp_path / "records", record), tmp_path)
    assert isinstance(found, Detector)
    assert (found.name, found.confidence) == (record.run, record.confidence)
    (seen,) = found.detect_batch(np.zeros((1, 64, 96, 1), np.float32))
    assert sorted(map(tuple, seen.boxes[:, :2].tolist())) == [(6, 6), (6, 58), (90, 6), (90, 58)]


def test_validation_alone_writes_nothing(
    finder: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    before = set((tmp_path / "records").rglob("*"))
    assert tta.main([*finder, "--validation-only"]) == 0
    assert "ap50" in capsys.readouterr().out
    assert set((tmp_path / "records").rglob("*")) == before


def test_it_says_how_far_it_is(finder: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes minutes: a silent one looks like one that hangs."""
    bars, bar = [], progress.bar
    monkeypatch.setattr(progress, "bar", lambda *a, **k: bars.append(bar(*a, **k)) or bars[-1])
    assert tta.main([*finder, "--validation-only"]) == 0
    assert [(one.desc, one.n) for one in bars] == [("validation", bars[0].total)]
    assert bars[0].total > 0


def test_a_network_is_scored_once_and_not_augmented_twice(
    finder: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert tta.main(finder) == 0
    assert tta.main(finder) == 1
    assert "this is scored; expected another record" in capsys.readouterr().err
    again = records.path(tmp_path / "records", row(tmp_path / "records"))
    assert tta.main([str(again), *finder[1:]]) == 1
    assert "has no network of its own" in capsys.readouterr().err
    known = records.read(Path(finder[0]))
    settings = known.recipe_settings | {"tta": 8}
    trained = dataclasses.replace(known, recipe="other", recipe_settings=settings)
    file = records.write(tmp_path / "records", trained)
    assert tta.main([str(file), *finder[1:]]) == 1
    assert "has tta=8; expected the record of a run without" in capsys.readouterr().err


def test_a_row_without_a_network_of_its_own_names_the_record_that_has_it(
    finder: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert tta.main(finder) == 0
    file = records.path(tmp_path / "records", row(tmp_path / "records"))
    is_for = {"virus-detector": (kinds.DETECTOR, records.read(file).data)}
    monkeypatch.setattr(kinds, "KINDS", is_for)
    for command in (
        [export_model.main, str(file)],
        [release.main, str(file), "virus-detector"],
        [tta.main, str(file), *finder[1:]],
    ):
        main, *arguments = command
        assert main(arguments) == 1
        said = capsys.readouterr().err
        assert "finder-scratch-quick-s0" in said
        assert said.count("\n") == 1


def test_a_record_that_is_not_there_and_a_folder_that_takes_no_file_are_known_first(
    finder: list[str], tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert tta.main([str(tmp_path / "gone.json")]) == 1
    assert "gone.json: no such file; expected the record of a run" in capsys.readouterr().err
    (tmp_path / "full").write_text("a file where a folder should be")
    wrong = [finder[0], "--records", str(tmp_path / "full" / "records"), *finder[3:]]
    with pytest.raises(NotADirectoryError):
        detections_record.check_new(Path(wrong[2]), records.read(Path(finder[0])))
    assert tta.main(wrong) == 1
    assert "Not a directory" in capsys.readouterr().err
