"""The search command on the small config: in real processes, killed, continued, refused."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import psutil
import pytest
import small_folds
import small_search
from project_paths import ROOT
from running import WORKER, runs_inside, tiny_models, wait_until
from tiny_classifier import MODEL

from benchmark.models import checkpoint, registry
from benchmark.search import log, plan_trial
from benchmark.search.fold_job import FoldJob
from benchmark.search.source_hash import file_hashes
from benchmark.training import loop

NEW = ("--what", "a test of the search")


@pytest.fixture(scope="session")
def folds_file(once) -> Path:
    """The small config with sessions as a file; only to be read."""
    return once("folds", lambda folder: small_folds.write(folder / "small.npz")) / "small.npz"


@pytest.fixture(scope="session")
def searched(folds_file: Path, once) -> Path:
    """A folder with the log of a finished trial of two folds; only to be read."""

    def fill(folder: Path) -> None:
        small_search.name_budget(folder)
        arguments = ("run", "first", *NEW, "--data", folds_file, *small_search.FAST, "epochs=6")
        with runs_inside():
            assert small_search.do(folder, *arguments) == 0

    return once("searched", fill)


def trial_of(folder: Path, name: str = "first"):
    return log.named(folder / "log", "phantom_small", name)


def refused(folder: Path, capsys: pytest.CaptureFixture, status: int, *arguments: object) -> str:
    """The one line of a command that ends with this status, and begins no run."""
    assert small_search.do(folder, *arguments) == status
    message = capsys.readouterr().err
    lines = [line for line in message.splitlines() if line and not line.startswith("See ")]
    assert len(lines) == 1, message
    assert not (folder / "runs").exists()
    return lines[0]


def test_every_patch_of_train_and_validation_is_predicted_once_and_none_of_test(
    searched: Path,
) -> None:
    trial = trial_of(searched)
    rows = log.predictions(searched / "log", trial, 0)
    data = small_folds.data()
    learned = [str(name) for s in ("train", "validation") for name in data.splits[s].ids]
    assert rows.ids.tolist() == sorted(learned)
    assert [(run.seed, run.fold) for run in trial.runs] == [(0, 0), (0, 1)]
    assert trial.settings["patience"] == trial.settings["epochs"] == 6
    assert [run.patches_shown for run in trial.runs] == [6 * 24] * 2
    assert all(run.cpu_seconds > 0 for run in trial.runs)
    assert trial.code_files == file_hashes(MODEL)
    assert set(trial.scores) == {"log_loss", "calibrated_log_loss", "accuracy", "f1"}
    page = (searched / "log" / "search.md").read_text("utf-8")
    assert "a test of the search" in page


def test_a_fold_is_neither_seen_in_training_nor_test_read(searched: Path) -> None:
    from benchmark.search import fold_data

    with tiny_models():
        job = FoldJob.read(next((searched / "runs").rglob("s0-fold1/job.json")))
    data = fold_data.of_fold(small_folds.data(), job.groups, job.folds, job.fold, job.assignment)
    assert set(data.splits) == {"train", "validation"}
    sets = [{str(m).partition("/")[2] for m in data.splits[s].micrographs} for s in data.splits]
    assert not sets[0] & sets[1]
    assert len(data.splits["train"]) + len(data.splits["validation"]) == 36


def test_a_finished_trial_is_not_done_twice(
    searched: Path, folds_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    shutil.copytree(searched / "log", tmp_path / "log")
    before = trial_of(tmp_path)
    arguments = ("run", "first", "--data", folds_file, *small_search.FAST, "epochs=6")
    assert small_search.do(tmp_path, *arguments) == 0
    assert "finished before" in capsys.readouterr().out
    assert trial_of(tmp_path) == before
    assert not (tmp_path / "runs").exists()


def test_killed_it_continues_to_the_same_predictions(
    searched: Path, folds_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    small_search.name_budget(tmp_path)
    arguments = ["run", "first", *NEW, "--data", folds_file, *small_search.FAST, "epochs=6"]
    store = ["--log", tmp_path / "log", "--runs", tmp_path / "runs"]
    process = subprocess.Popen(
        [*WORKER, "benchmark.search", *map(str, [*arguments, *store])], cwd=ROOT,
        start_new_session=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    wait_until(lambda: list((tmp_path / "runs").rglob("last.npz")), "its first epoch", process)
    (worker,) = psutil.Process(process.pid).children()
    os.kill(process.pid, signal.SIGKILL)  # the command alone: its worker notices
    process.wait()
    worker.wait(60)
    assert not trial_of(tmp_path).runs
    assert trial_of(tmp_path).what == "a test of the search"
    with runs_inside():
        assert small_search.do(tmp_path, *arguments) == 0
    capsys.readouterr()
    one, two = (
        log.costs_path(folder / "log", trial_of(folder), 0) for folder in (searched, tmp_path)
    )
    assert one.read_bytes() == two.read_bytes()
    (folder,) = (tmp_path / "runs").rglob("s0-fold0")
    assert list(folder.glob("cpu-*.txt"))
    total = sum(float(file.read_text()) for file in folder.glob("cpu-*.txt"))
    assert trial_of(tmp_path).runs[0].cpu_seconds == pytest.approx(total, abs=0.2)


def test_a_result_that_did_not_reach_the_log_is_taken_from_its_folder(
    searched: Path, folds_file: Path, tmp_path: Path
) -> None:
    """As where the command is killed after a fold ended, and before it wrote the log."""
    shutil.copytree(searched / "log", tmp_path / "log")
    shutil.copytree(searched / "runs", tmp_path / "runs")
    done = trial_of(tmp_path)
    log.write(tmp_path / "log", dataclasses.replace(done.runs_without(0, 1), scores={}))
    arguments = ("run", "first", "--data", folds_file, *small_search.FAST, "epochs=6")
    with runs_inside():
        assert small_search.do(tmp_path, *arguments) == 0
    assert trial_of(tmp_path) == done


def test_the_last_epoch_predicts_not_the_best_on_the_held_out_fold(
    searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from benchmark.classification import evaluate
    from benchmark.search import execute, fold_data, out_of_fold

    with tiny_models():
        job = FoldJob.read(next((searched / "runs").rglob("s0-fold0/job.json")))
    recipe = dataclasses.replace(job.recipe, epochs=3, patience=3)
    monkeypatch.setattr(loop, "_rank", lambda epoch: epoch["loss"])  # the first epoch is the best
    job = dataclasses.replace(job, runs=str(tmp_path), recipe=recipe)
    job.folder.mkdir(parents=True)
    with tiny_models():
        execute.run(job)
    _, rows = job.read_result()
    data = fold_data.of_fold(small_folds.data(), job.groups, job.folds, job.fold, job.assignment)
    network = MODEL.build((32, 32, 1), 3, registry.Options())
    predicted = {}
    best = job.folder / "best-1.npz"
    for file in (job.folder / checkpoint.LAST, best):
        arrays = checkpoint.arrays(file)
        for variable, value in zip(network.variables, arrays, strict=False):
            variable.assign(value)
        values = evaluate.predictor(network, data.splits["validation"], recipe)(recipe.tta)
        predicted[file.name] = out_of_fold.costs(values)
    assert np.abs(predicted["last.npz"].astype(int) - rows.costs).max() <= 1
    assert np.abs(predicted[best.name].astype(int) - rows.costs).max() > 1


def test_only_the_named_folds_are_trained_and_a_failure_is_kept(
    folds_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    small_search.name_budget(tmp_path)
    arguments = ("run", "wild", *NEW, "--data", folds_file, "--only", 1, *small_search.FAST)
    with runs_inside():
        assert small_search.do(tmp_path, *arguments, "epochs=3", "learning_rate=1e30") == 1
    assert "wild, seed 0, fold 1: failed" in capsys.readouterr().out
    trial = trial_of(tmp_path, "wild")
    assert not trial.runs
    assert [(stop.seed, stop.fold) for stop in trial.stopped] == [(0, 1)]
    assert trial.stopped[0].cpu_seconds > 0
    assert "number" in trial.stopped[0].reason


def test_no_training_without_a_budget_nor_beyond_it(
    folds_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ("run", "first", *NEW, "--data", folds_file, *small_search.FAST)
    assert "no budget is named" in refused(tmp_path, capsys, 1, *arguments)
    small_search.name_budget(tmp_path, 0.01)
    small_search.write(tmp_path, "before", 0.5)
    message = refused(tmp_path, capsys, 1, *arguments)
    assert "the budget of 0.01 CPU hours is spent: the trials of the log took 0.0" in message


@pytest.mark.parametrize(
    "name, more, message",
    [
        ("a/b", NEW, "trial: found 'a/b', expected at most 64"),
        ("first", (), "trial first: is new; expected a sentence on what it tries. Add --what"),
        ("first", (*NEW, "--only", "2"), "--only 2: found a fold beyond the last; expected 0 to 1"),
        ("first", (*NEW, "--folds", "10"), "--folds 10: found 9 groups of the kind session"),
        ("first", (*NEW, "--set", "lerning_rate=1"), "no setting 'lerning_rate', did you mean"),
        ("first", (*NEW, "--model", "plain_cmn"), "model 'plain_cmn': unknown, did you mean"),
        ("first", (*NEW, "--model", "yolov5n"), "--model yolov5n: found a detector; expected a"),
        ("first", (*NEW, "--model", "vgg16", "--recipe", "brief"), "starts from scratch and"),
        ("first", (*NEW, "--weights", "plain_cnn=no.h5"), "--weights plain_cnn=no.h5: no file"),
        ("first", (*NEW, "--data", "mirror_11clas"), "unknown, did you mean"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_before_training(
    name: str, more: tuple, message: str, folds_file: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    small_search.name_budget(tmp_path)
    arguments = ("run", name, "--data", folds_file, *small_search.FAST, *more)
    status = 1 if name == "a/b" else 2
    assert message in refused(tmp_path, capsys, status, *arguments)
    assert not log.read_all(tmp_path / "log")


def test_an_unknown_recipe_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    arguments = ("run", "first", *NEW, "--model", "plain_cnn", "--recipe", "breif")
    with pytest.raises(SystemExit) as ended:
        small_search.do(tmp_path, *arguments)
    assert ended.value.code == 2
    assert "unknown 'breif', did you mean 'brief'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"code": "0" * 64}, "the trial began with code 000000000000; found "),
        (
            {"code": "0" * 64, "code_files": {"benchmark/old.py": "1"}},
            "which differs in benchmark/",
        ),
        (
            {"code": "0" * 64, "code_files": {"benchmark/old.py": "1"}},
            "benchmark/old.py (only then), ",
        ),
        ({"code": "0" * 64, "code_files": {}}, "(in which files is not known: the trial holds one"),
        ({"content_hash": "f" * 64}, "the trial began with content hash ffffffffffff; found "),
        ({"groups": "micrograph"}, "the trial began with groups 'micrograph'; found 'session'"),
        ({"model": "d4_cnn"}, "the trial began with model 'd4_cnn'; found 'tiny_classifier'"),
    ],
)
def test_a_trial_of_another_code_or_other_data_is_not_continued(
    changes: dict, message: str, searched: Path, folds_file: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture,
) -> None:  # fmt: skip
    shutil.copytree(searched / "log", tmp_path / "log")
    log.write(tmp_path / "log", dataclasses.replace(trial_of(tmp_path), **changes))
    arguments = ("run", "first", "--data", folds_file, *small_search.FAST, "epochs=6")
    assert message in refused(tmp_path, capsys, 1, *arguments)


def test_a_trial_with_another_setting_is_not_continued(
    searched: Path, folds_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    shutil.copytree(searched / "log", tmp_path / "log")
    arguments = ("run", "first", "--data", folds_file, *small_search.FAST, "epochs=7")
    line = refused(tmp_path, capsys, 1, *arguments)
    assert "the trial began with epochs=6; found epochs=7. Name another trial" in line


def test_a_trial_older_than_a_setting_and_than_hashes_of_files_is_continued(
    searched: Path, folds_file: Path, tmp_path: Path
) -> None:
    shutil.copytree(searched / "log", tmp_path / "log")
    file = log.path(tmp_path / "log", "phantom_small", "first")
    values = json.loads(file.read_text("utf-8"))
    del values["settings"]["mixup"], values["code_files"]
    file.write_text(json.dumps(values), "utf-8")
    arguments = ("run", "first", "--data", folds_file, *small_search.FAST, "epochs=6")
    assert small_search.do(tmp_path, *arguments) == 0


def test_without_a_recipe_it_is_short() -> None:
    request = plan_trial.Request(
        name="short", what="", model="plain_cnn", recipe=None, changes=["epochs=5"], start=None,
        weights=(), seeds=(0, 0, 1), groups="session", folds=3, only=(), jobs=1, minutes=1,
        data="tem_virus/phantom_14class", data_dir=None, log=Path("log"), runs=Path("runs"),
    )  # fmt: skip
    first, second = plan_trial.planned(request)
    assert (first.seed, second.seed) == (0, 1)
    assert first.label == "steady+epochs=5+samples_per_class=368"
    assert (first.recipe.epochs, first.recipe.patience) == (5, 5)
