"""Training patches with windows along filaments: of which micrographs, and what is refused."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import running
import small_archive
import small_data
import small_filaments
from small_filaments import NAME

from benchmark.classification import read
from benchmark.classification.data import Data, Patches
from benchmark.classification.task import TASK
from benchmark.data import filament_micrographs
from benchmark.errors import BenchmarkError, UsageError
from benchmark.run import main
from tem_virus_dataset import Builder

CLASSES = ("Ebola", "Orf")


@pytest.fixture(scope="module")
def prepared_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("filaments")
    small_filaments.write(root / "mirror")
    for config in small_filaments.configs().values():
        small_archive.build(root / "mirror", root / "data", config)
    return root / "data"


@pytest.fixture
def data_dir(prepared_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, config in small_filaments.configs().items():
        monkeypatch.setitem(Builder.builder_configs, name, config)
    return prepared_dir


@pytest.fixture
def data(data_dir: Path) -> Data:
    return read.load(f"tem_virus/{NAME}", data_dir)


def test_windows_are_appended_to_the_train_split_alone(data: Data, data_dir: Path) -> None:
    _, recipe = TASK.recipe("quick", "scratch", ["filament_windows=4"], "plain_cnn")
    longer, note = TASK.training_data(data, recipe, 0, data_dir)
    train = longer.splits["train"]
    assert len(train) == 5 + 3 * 4
    np.testing.assert_array_equal(train.images[:5], data.splits["train"].images)
    assert {name.partition("/")[0] for name in train.ids} == {"train"}
    assert set(train.labels[5:]) == {data.classes.index("Ebola")}
    assert longer.splits["test"] is data.splits["test"]
    assert longer.content_hash == data.content_hash
    assert note.startswith("12 more training windows along the filaments of Ebola, cut")
    _, plain = TASK.recipe("quick", "scratch", [], "plain_cnn")
    assert TASK.training_data(data, plain, 0, data_dir) == (data, "")


def test_held_out_micrographs_give_no_window(data: Data, data_dir: Path) -> None:
    train = data.splits["train"]
    kept = train.micrographs != "train/Ebola/b"
    fold = Patches(*(getattr(train, f.name)[kept] for f in dataclasses.fields(Patches)))
    part = dataclasses.replace(data, splits={**data.splits, "train": fold})
    longer, _ = read.with_filament_windows(part, 4, 0, data_dir)
    assert len(longer.splits["train"]) == 4 + 2 * 4
    assert "train/Ebola/b" not in longer.splits["train"].micrographs


def test_validation_micrographs_of_a_fold_that_trains_on_them_are_used(
    data: Data, data_dir: Path
) -> None:
    joined = Patches(
        *(
            np.concatenate([getattr(data.splits[s], f.name) for s in ("train", "validation")])
            for f in dataclasses.fields(Patches)
        )
    )
    part = dataclasses.replace(data, splits={**data.splits, "train": joined})
    longer, _ = read.with_filament_windows(part, 1, 0, data_dir)
    assert "validation/Ebola/f#window1_1" in longer.splits["train"].ids


def test_boxes_of_other_micrographs_are_refused(data: Data, data_dir: Path) -> None:
    train = data.splits["train"]
    other = dataclasses.replace(
        train, micrographs=np.char.replace(train.micrographs, "Ebola/a", "Ebola/x")
    )
    part = dataclasses.replace(data, splits={**data.splits, "train": other})
    with pytest.raises(BenchmarkError, match=r"without train/Ebola/x .*Prepare both from the same"):
        read.with_filament_windows(part, 1, 0, data_dir)


def test_boxes_that_are_not_prepared_are_refused_before_training(
    tmp_path: Path, capfd: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_filaments.write(tmp_path / "mirror")
    small_archive.build(tmp_path / "mirror", tmp_path / "data", small_filaments.configs()[NAME])
    for name, config in small_filaments.configs().items():
        monkeypatch.setitem(Builder.builder_configs, name, config)
    arguments = ["--models", "plain_cnn", "--data", NAME, "--data-dir", str(tmp_path / "data")]
    folders = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    assert main([*arguments, *folders, *running.FAST, "filament_windows=2"]) == 1
    words = capfd.readouterr().err
    assert "filament_windows" in words
    assert f"tem-virus prepare {NAME}_boxes --manual-dir FOLDER" in words
    assert not (tmp_path / "records").exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("tem_virus/phantom_14class", "no config of boxes"),
        ("small.npz", "it holds patches only"),
        ("folder:patches", "it holds patches only"),
    ],
)
def test_data_without_boxes_are_refused(data: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"filament_windows.*{reason}.*mirror_11class"):
        filament_micrographs.check(data, tmp_path)


def test_the_data_of_a_file_are_refused_when_it_is_trained(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"filament_windows.*phantom_small"):
        read.with_filament_windows(small_data.small_data(), 2, 0, tmp_path)


def test_the_setting_is_a_number_of_windows_and_not_for_detectors() -> None:
    with pytest.raises(UsageError, match="filament_windows=-1: expected 0 or more"):
        TASK.recipe("brief", "scratch", ["filament_windows=-1"], "plain_cnn")
    from benchmark.detection.task import TASK as DETECTION

    with pytest.raises(UsageError, match="filament_windows=2: expected none for a detector"):
        DETECTION.recipe("brief", "scratch", ["filament_windows=2"], "yolov5n")


def test_the_record_of_a_run_states_the_windows(data_dir: Path, tmp_path: Path) -> None:
    from benchmark.runs import execute
    from benchmark.runs.job import Job
    from leaderboard.results import store

    label, recipe = TASK.recipe(
        "quick", "scratch",
        ["image_size=32", "epochs=1", "samples_per_class=4", "filament_windows=3"],
        "tiny_classifier",
    )  # fmt: skip
    job = Job(
        data=f"tem_virus/{NAME}", model="tiny_classifier", initialization="scratch", weights=None,
        label=label, recipe=recipe, seed=0, data_dir=str(data_dir), dataset=f"tem_virus/{NAME}",
        version="1.0.0", classes=CLASSES, note="A note of mine.",
        records=str(tmp_path / "records"), runs=str(tmp_path / "runs"),
    )  # fmt: skip
    job.folder.mkdir(parents=True)
    with running.tiny_models():
        record = store.read(execute.run(job))
    assert record.notes.startswith("A note of mine. 9 more training windows along the filaments")
    assert record.extra_data == "none"
    assert record.recipe_settings["filament_windows"] == 3
