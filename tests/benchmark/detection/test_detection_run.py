"""A detector's run, from the command to the record, on small generated micrographs."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small_scenes
from running import do_here, do_inside, only_record
from tiny_detector import tiny_detector

from benchmark import run, tasks
from benchmark.detection import evaluate, ground_truth, recipes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.runs import options, plans
from benchmark.runs.job import Job
from leaderboard.predictions import detection as detections
from leaderboard.results import store as records
from leaderboard.scoring import detection as scoring
from leaderboard.tasks import CLASSIFICATION, DETECTION

QUICK = ["--recipe", "quick", "--set", "epochs=3", "samples_per_class=8"]


@pytest.fixture(scope="session")
def detected(scenes_file: Path, once: Callable[..., Path]) -> Path:
    """A folder with records and runs of a detector; only to be read."""

    def fill(folder: Path) -> None:
        assert do_inside(folder, "--models", "tiny_detector", "--data", scenes_file, *QUICK) == 0

    return once("detected", fill)


def test_a_record_says_what_was_found_and_from_which_confidence_on(detected: Path) -> None:
    record = only_record(detected)
    assert (record.task, record.status, record.initialization) == (
        "detection",
        "finished",
        "scratch",
    )
    assert record.content_hash == small_scenes.small_scenes().content_hash
    assert record.recipe_settings["nm_per_pixel"] == 4.0
    assert record.parameters_trainable == 8 * 8**2 + 2 * 8**2 * 2**2 + 3 * (2 * 8 + 9 * 21)
    assert len(record.history) == 3
    assert record.history[-1]["loss"] < record.history[0]["loss"]
    assert 0 < record.confidence <= 1


def test_the_scores_are_those_of_the_detections_beside_it(detected: Path) -> None:
    record, data = only_record(detected), small_scenes.small_scenes()
    for split in ("validation", "test"):
        table = ground_truth.table(data, split)
        file = records.predictions_path(detected / "records", record, split)
        found = detections.read(file, table.ids.tolist(), table.classes)
        scored = scoring.score(table, found, record.confidence)
        assert scored.scores.known() == pytest.approx(getattr(record, split))
        if split == "validation":
            assert scoring.best_confidence(table, found) == pytest.approx(record.confidence)


def test_a_finished_run_is_skipped(
    detected: Path, scenes_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(detected, tmp_path / "copy"))
    assert do_here(folder, "--models", "tiny_detector", "--data", scenes_file, *QUICK) == 0
    assert "finished before" in capfd.readouterr().out


def test_it_begins_with_the_weights_of_another_run(
    detected: Path, scenes_file: Path, tmp_path: Path
) -> None:
    (best,) = (detected / "runs").rglob("best-*.npz")
    fewer = [text.replace("epochs=3", "epochs=1") for text in QUICK]
    more = ["--data", scenes_file, "--start", "transfer", "--weights", f"tiny_detector={best}"]
    assert do_inside(tmp_path, "--models", "tiny_detector", *fewer, *more) == 0
    record = only_record(tmp_path)
    assert (record.initialization, record.weights["file"]) == ("transfer", best.name)
    assert record.history[0]["loss"] < only_record(detected).history[0]["loss"]


def test_a_model_that_leaves_its_weights_aside_is_not_listed_as_begun_from_them(
    detected: Path, scenes_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(shape: tuple, classes: int, options: registry.Options) -> object:
        return tiny_detector(shape, classes, dataclasses.replace(options, weights=None))

    model = registry.Model("forgetful", (registry.SCRATCH,), build, DETECTION)
    monkeypatch.setitem(registry._MODELS, model.name, model)
    (best,) = (detected / "runs").rglob("best-*.npz")
    more = ["--data", scenes_file, "--start", "transfer", "--weights", f"forgetful={best}"]
    assert do_inside(tmp_path, "--models", "forgetful", *QUICK, *more) == 1
    error = only_record(tmp_path).error
    assert f"forgetful: begins with the same values with and without the weights {best};" in error
    assert "Load options.weights in the model's function, or train with --start scratch" in error


@pytest.mark.parametrize(
    "model, data, said",
    [
        ("custom", "scenes", "custom is a classifier, and the data are whole micrographs"),
        ("yolov5n", "patches", "yolov5n is a detector, and the data are patches"),
    ],
)
def test_data_of_another_task_are_refused(
    model: str,
    data: str,
    said: str,
    scenes_file: Path,
    data_file: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file = {"scenes": scenes_file, "patches": data_file}[data]
    assert do_here(tmp_path, "--models", model, "--data", file, "--recipe", "quick") == 1
    assert said in capfd.readouterr().err
    assert not list(tmp_path.rglob("*.json"))


def test_all_means_the_models_of_the_datas_task(scenes_file: Path, data_file: Path) -> None:
    choice = plans.Choice([0], quick=True)
    for file, task in ((scenes_file, DETECTION), (data_file, CLASSIFICATION)):
        planned = plans.of_models([str(file)], [], choice)
        assert {registry.model(one.model).task for one in planned} == {task}
        assert {isinstance(one.recipe, DetectionRecipe) for one in planned} == {task == DETECTION}


@pytest.mark.parametrize(
    "change, said",
    [
        ("image_size=100", "a multiple of 32"),
        ("mosaic=2", "mosaic=2.0: expected 0 to 1"),
        ("nm_per_pixel=0", "nm_per_pixel=0.0: expected 0.1"),
        ("grid=3", "no setting 'grid'"),
        ("optimizer=lion", "adam, adamw or sgd"),
        ("gamma=1", "gamma=1.0: expected none for a detector"),
        ("nms_iou=1", "nms_iou=1.0: expected 0.1 to 0.9"),
        ("final_share=2", "final_share=2.0: expected from 0 to 1"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change: str, said: str) -> None:
    with pytest.raises(BenchmarkError, match=said):
        recipes.recipe("brief", [change])


def test_weights_that_are_missing_or_none_are_known_before_anything_begins(tmp_path: Path) -> None:
    data, models = ["tem_exosome/phantom"], ["yolov5n"]
    with pytest.raises(
        BenchmarkError, match=r"expected --weights virus-detector, or yolov5n=runs/.*Name one"
    ):
        plans.of_models(data, models, plans.Choice([0], initialization="transfer"))
    (tmp_path / "other.npz").write_bytes(b"PK no checkpoint")
    weights = [f"yolov5n={tmp_path / 'other.npz'}"]
    with pytest.raises(BenchmarkError, match=r"other\.npz: cannot be read"):
        plans.of_models(data, models, plans.Choice([0], initialization="transfer", weights=weights))


def test_unknown_recipes_are_refused() -> None:
    with pytest.raises(
        BenchmarkError, match="expected one of paper, modern, brief, steady, finetune, quick"
    ):
        tasks.of_model("yolov5s").recipe("large", "scratch", [], "yolov5s")


@pytest.mark.parametrize(("model", "name"), [("yolov5n", "modern"), ("plain_cnn", "brief")])
def test_a_job_of_either_task_is_read_back_as_it_was_written(
    model: str, name: str, tmp_path: Path
) -> None:
    label, recipe = tasks.of_model(model).recipe(name, "scratch", [], model)
    job = Job(
        data="small.npz", data_dir=None, dataset="tem_virus/small", version="1.0.0",
        classes=("disc", "ring"), model=model, initialization="scratch", weights=None,
        label=label, recipe=recipe, seed=0, note="", records="records", runs="runs",
    )  # fmt: skip
    job.write(tmp_path / "job.json")
    assert Job.read(tmp_path / "job.json") == job


@pytest.mark.parametrize("nm", [1.0, 2.0, 5.0])
def test_a_rescaled_scene_keeps_its_particles_in_their_places(nm: float) -> None:
    scene = small_scenes.scene("train/Mixed/1")
    found = evaluate.rescaled(scene, nm)
    ratio = np.array(found.image.shape) / scene.image.shape
    assert ratio == pytest.approx(2.0 / nm, rel=0.03)
    assert found.boxes == pytest.approx(scene.boxes * np.tile(ratio[::-1], 2), rel=1e-5)
    assert evaluate.rescaled(found, nm) is found


@pytest.mark.parametrize(
    ("models", "data"),
    [
        (["--models", "yolov5n"], "tem_exosome/phantom"),
        (["--models", "plain_cnn"], "tem_virus/phantom_14class"),
        (["--all"], "tem_virus/phantom_14class"),
    ],
)
def test_a_quick_run_is_on_phantoms_of_its_models_task(models: list[str], data: str) -> None:
    args = options.parser(None).parse_args([*models, "--quick"])
    assert {plan.data for plan in run._plans(args)} == {data}


def test_boxes_that_cannot_be_learned_are_a_note_of_the_record() -> None:
    data, task = small_scenes.small_scenes(), tasks.of_model("yolov5n")
    _, plain = task.recipe("quick", "scratch", [], "yolov5n")
    assert task.training_data(data, plain, 0) == (data, "")
    _, small = task.recipe("quick", "scratch", ["image_size=32", "nm_per_pixel=1"], "yolov5n")
    _, note = task.training_data(data, small, 0)
    assert "training boxes are larger than a training image of 32 pixels" in note
