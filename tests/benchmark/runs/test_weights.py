"""What `--weights` names, and which runs then start from it."""

import json
import shutil
from pathlib import Path

import pytest
from project_paths import ROOT

from benchmark import run
from benchmark.errors import UsageError
from benchmark.runs import plans, weights
from tem_virus_dataset.predict import models as released

RECORD = ROOT / "leaderboard/records/mirror_11class_boxes/yolov5n-scratch-steady-s0.json"
BOXES = "tem_virus/mirror_11class_boxes"


def test_a_released_detector_a_file_and_a_record_are_networks_to_start_from(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "mine.onnx"
    shutil.copyfile(released.find("virus-detector"), copy)
    for text, file in (
        ("virus-detector", released.find("virus-detector")),
        ("yolov5n=virus-detector", released.find("virus-detector")),
        (str(copy), copy),
        (str(RECORD), RECORD.with_suffix(".onnx")),
    ):
        assert weights.by_model([text], ["yolov5n"]) == {"yolov5n": str(file.resolve())}


def test_weights_of_a_detector_need_no_start_option() -> None:
    choice = plans.Choice([0], recipe="finetune", weights=["virus-detector"])
    (plan,) = plans.of_models([BOXES], ["yolov5n"], choice)
    assert (plan.initialization, plan.label) == ("transfer", "finetune")
    assert plan.recipe.fine_tune  # type: ignore[attr-defined]
    assert plan.weights == str(released.find("virus-detector").resolve())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "yolov5n", "--weights", "virus-detectr"], "no file 'virus-detectr'"),
        (["--models", "yolov5n", "yolov5s", "--weights", "virus-detector"], "found 2 models"),
        (["--models", "yolov5n", "--weights", "virus-two-step"], "is a pair of networks"),
        (["--models", "yolov5n", "--weights", "virus-detector"], "expected --recipe finetune"),
        (["--models", "yolov5n", "--recipe", "finetune"], "Add --weights virus-detector"),
        (
            ["--models", "yolov5n", "--recipe", "finetune", "--weights", "virus-classifier"],
            "expected a detector",
        ),
        (["--models", "custom", "--weights", "virus-detector"], "no run starts from them"),
        (["--models", "mobilenet_v2", "--weights", "virus-detector"], "is a classifier"),
        (
            ["--models", "yolov5n", "--weights", "virus-detector", "yolov5n=virus-detector"],
            "yolov5n has two files",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused_before_anything_is_trained(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    store = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    assert run.main([*arguments, "--data", BOXES, *store]) in (1, 2)
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert "Traceback" not in error
    assert error.count("\n") <= 2, "the reason, and where help is"
    assert not any(tmp_path.iterdir())


def test_a_network_of_other_splits_is_not_started_from() -> None:
    own = ROOT / "leaderboard/records/mirror_11class_sessions_boxes/yolov5n-scratch-steady-s0.onnx"
    sessions = "tem_virus/mirror_11class_sessions_boxes"
    for file, fits, other in (
        (own, sessions, BOXES),
        (released.find("virus-detector"), BOXES, sessions),
    ):
        for data in (fits, "folder:micrographs"):
            weights.check_splits(file, data)
        choice = plans.Choice([0], recipe="finetune", weights=[str(file)])
        with pytest.raises(UsageError, match=f"train split may hold test micrographs of {other};"):
            plans.of_models([other], ["yolov5n"], choice)


def test_a_checkpoint_of_other_splits_is_not_started_from(tmp_path: Path) -> None:
    file = tmp_path / "best-12.npz"
    file.touch()
    weights.check_splits(file, BOXES)  # of no run
    for text in ("{", "[]", "{}"):
        (tmp_path / "job.json").write_text(text)
        weights.check_splits(file, BOXES)
    sessions = "tem_virus/mirror_11class_sessions_boxes"
    for trained_on, fits in (
        (BOXES, True), (sessions, False), ("folder:/of/a/user", True), ("own_sessions.npz", True),
    ):  # fmt: skip
        (tmp_path / "job.json").write_text(json.dumps({"data": trained_on}))
        if fits:
            weights.check_splits(file, BOXES)
            continue
        with pytest.raises(UsageError, match=f"best-12.npz: was trained on {trained_on}, whose"):
            weights.check_splits(file, BOXES)


def test_a_record_without_a_network_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / RECORD.parent.name / RECORD.name
    kept.parent.mkdir()
    shutil.copyfile(RECORD, kept)
    with pytest.raises(Exception, match="expected the network of"):
        weights.by_model([str(kept)], ["yolov5n"])
