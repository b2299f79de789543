"""The learning curve: which micrographs are trained on, equal steps, its log, and a whole run."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import small_scenes
from project_paths import ROOT
from running import runs_inside

from benchmark.detection import npz_file, recipes
from benchmark.detection.data import Scene, Scenes, checksum
from benchmark.errors import BenchmarkError, UsageError
from benchmark.learning_curve import __main__ as command
from benchmark.learning_curve import curve_jobs, log, options, subsets

COUNTS = {"train": 5, "validation": 2, "test": 2}


def of_one_class(name: str, label: int) -> Scene:
    scene = small_scenes.scene(name)
    kept = scene.labels == 0
    labels = np.full(kept.sum(), label)
    return dataclasses.replace(scene, boxes=scene.boxes[kept], labels=labels)


def data() -> Scenes:
    """Micrographs of three classes, each of a single one."""
    names = ("Adenovirus", "Ebola", "Rift Valley")
    splits = {
        split: [
            of_one_class(f"{split}/{name}/{number}", label)
            for label, name in enumerate(names)
            for number in range(count)
        ]
        for split, count in COUNTS.items()
    }
    return Scenes("tem_virus/small_boxes", "1.0.0", names, checksum(splits), splits)


def test_the_base_knows_neither_the_class_nor_its_micrographs() -> None:
    known = subsets.without(data(), "Ebola")
    assert known.classes == ("Adenovirus", "Rift Valley")
    for split, count in COUNTS.items():
        assert [scene.id.split("/")[1] for scene in known.splits[split]] == [
            *["Adenovirus"] * count, *["Rift Valley"] * count
        ]  # fmt: skip
        assert {label for scene in known.splits[split] for label in scene.labels} == {0, 1}


def test_larger_draws_hold_the_smaller_ones_and_leave_test_as_it_is() -> None:
    drawn = [subsets.drawn(data(), "Rift Valley", number, 1) for number in (1, 2, 4)]
    ids = [{scene.id for scene in one.splits["train"]} for one in drawn]
    assert [len(names) for names in ids] == [1, 2, 4]
    assert ids[0] < ids[1] < ids[2]
    for one in drawn:
        assert one.classes == ("Rift Valley",)
        assert [scene.id for scene in one.splits["test"]] == [
            "test/Rift Valley/0", "test/Rift Valley/1"
        ]  # fmt: skip
        assert all((scene.labels == 0).all() for scene in one.splits["test"])
    others = {scene.id for scene in subsets.drawn(data(), "Rift Valley", 4, 2).splits["train"]}
    assert others != ids[2]


def test_classes_and_numbers_that_cannot_be_drawn_are_refused() -> None:
    for name, numbers, message in (
        ("Ebolo", [1], "did you mean 'Ebola'"),
        ("Ebola", [1, 6], "train has 5 of Ebola"),
    ):
        with pytest.raises(UsageError, match=message):
            subsets.check(data(), name, numbers)
    with pytest.raises(UsageError, match="beside another class"):
        subsets.check(small_scenes.small_scenes(), "ring", [1])


def test_both_trainings_have_as_many_steps_of_equal_images() -> None:
    _, fine = recipes.recipe("finetune", ["epochs=3", "image_size=64"])
    label, scratch = curve_jobs.scratch_recipe(fine)
    for name in curve_jobs.SHARED:
        assert getattr(scratch, name) == getattr(fine, name)
    assert label.startswith("steady+epochs=3+image_size=64")
    assert not scratch.fine_tune


def row(start: str, micrographs: int, draw: int, f1: float) -> log.Row:
    numbers = {"f1_low": 0.1, "f1_high": 0.9, "precision": 0.5, "recall": 0.5}
    return log.Row(
        "Ebola", start, micrographs, draw, 3 * micrographs, 300, f1, **numbers, confidence=0.4,
        validation_f1=0.6, recipe="finetune", trained_on="a b",
    )  # fmt: skip


def test_the_log_is_read_as_it_was_written_and_summed_up_by_number(tmp_path: Path) -> None:
    rows = [
        row(log.START, 0, 0, 0.25), row(log.FINE_TUNED, 2, 0, 0.5), row(log.SCRATCH, 2, 0, 0.125),
        row(log.FINE_TUNED, 2, 1, 0.7),
    ]  # fmt: skip
    file = tmp_path / "curve.csv"
    log.write(file, reversed(rows))
    assert log.read(file) == rows
    lines = log.table(rows).splitlines()
    assert [cell.strip() for cell in lines[2].strip("|").split("|")] == ["0", "0", "0.25", "", "1"]
    assert "0.60 (0.50 to 0.70)" in lines[3]
    file.write_text(file.read_text().replace("0.5000", "half"))
    with pytest.raises(BenchmarkError, match="Restore it"):
        log.read(file)


def test_the_document_shows_the_committed_log() -> None:
    if not options.LOG.exists():
        pytest.skip("no learning curve is committed yet")
    text = (ROOT / "docs" / "own-data.md").read_text("utf-8")
    assert log.table(log.read(options.LOG)) in text


def test_a_whole_curve_is_trained_and_a_second_call_trains_nothing(
    tiny_detector: str, tmp_path: Path, capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(curve_jobs, "MODEL", tiny_detector)
    npz_file.write(data(), tmp_path / "data.npz")
    small = ["epochs=1", "image_size=64", "batch_size=2", "samples_per_class=2", "min_steps=1"]
    arguments = [
        "--data", str(tmp_path / "data.npz"), "--class", "Ebola", "--micrographs", "1", "--draws",
        "1", "--runs", str(tmp_path / "runs"), "--log", str(tmp_path / "curve.csv"),
        "--base-set", *small, "nm_per_pixel=4", "--set", *small, "nm_per_pixel=4",
    ]  # fmt: skip
    with runs_inside():
        assert command.main(arguments) == 0
    rows = log.read(tmp_path / "curve.csv")
    assert [(found.start, found.micrographs) for found in rows] == [
        (log.START, 0), (log.FINE_TUNED, 1), (log.SCRATCH, 1)
    ]  # fmt: skip
    assert rows[1].steps == rows[2].steps == 1
    assert capfd.readouterr().err.count("running") == 3
    assert command.main(arguments) == 0
    assert "running" not in capfd.readouterr().err
    assert log.read(tmp_path / "curve.csv") == rows
