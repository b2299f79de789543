"""The run command on a small generated config, in real processes."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
import small_data
from project_paths import ROOT
from running import (
    FAST,
    LONGEST,
    command,
    do,
    do_here,
    only_record,
    scores_of_predictions,
    wait_until,
)

from benchmark import run
from benchmark.classification import recipes
from benchmark.classification import train as training
from benchmark.classification.data import Data
from benchmark.classification.read import describe, load
from benchmark.data.address import About
from benchmark.errors import BenchmarkError
from benchmark.runs import options, plans
from benchmark.runs.job import Job
from benchmark.training import loop
from leaderboard.results import network_file
from leaderboard.results import store as records


def test_a_record_says_how_it_came_about(finished: Path) -> None:
    record = only_record(finished)
    assert (record.status, record.provenance) == ("finished", "reproduced")
    assert record.content_hash == small_data.small_data().content_hash
    assert (
        record.recipe == "quick+batch_size=8+epochs=6+image_size=32+patience=9+samples_per_class=8"
    )
    assert record.recipe_settings["image_size"] == 32
    assert (record.epochs, len(record.history)) == (6, 6)
    assert record.device
    assert record.backend == os.environ.get("KERAS_BACKEND", "tensorflow")
    assert record.images_per_second > 0


def test_the_best_epoch_on_validation_is_kept(finished: Path) -> None:
    record = only_record(finished)
    ranks = [(e["validation_f1"], -e["validation_loss"]) for e in record.history]
    assert record.best_epoch == 1 + ranks.index(max(ranks))
    assert record.validation["f1"] == pytest.approx(max(ranks)[0])


def test_the_trained_network_is_beside_the_record(finished: Path) -> None:
    from benchmark.network_files import runtime

    record = only_record(finished)
    if record.backend != "tensorflow":
        assert "TensorFlow" in record.no_network
        return
    network_file.check(finished / "records", [record])
    assert record.network["score_difference"] < 5e-3
    stated = runtime.load(records.network_path(finished / "records", record)).metadata
    assert (stated.run, stated.content_hash) == (record.run, record.content_hash)


def test_scores_are_those_of_the_predictions_beside_the_record(finished: Path) -> None:
    record = only_record(finished)
    for split in ("validation", "test"):
        assert vars(scores_of_predictions(finished, record, split)) == getattr(record, split)


def test_a_finished_run_is_skipped(
    finished: Path, data_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    shutil.copytree(finished / "records", tmp_path / "records")
    file = next((tmp_path / "records").rglob("*.json"))
    before = file.stat().st_mtime_ns
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6"]
    assert do_here(tmp_path, *arguments) == 0
    assert "finished before" in capfd.readouterr().out
    assert not (tmp_path / "runs").exists()
    assert file.stat().st_mtime_ns == before


def same_predictions(one: Path, two: Path, seed: int = 0) -> bool:
    """Whether both folders hold the same bytes for this seed's validation and test split."""
    found = [
        [file.read_bytes() for file in sorted((folder / "records").rglob(f"*-s{seed}.*.csv.gz"))]
        for folder in (one, two)
    ]
    assert [len(files) for files in found] == [2, 2]
    return found[0] == found[1]


def test_killed_it_continues_to_the_same_predictions(
    finished: Path, data_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6"]
    process = subprocess.Popen(
        command(tmp_path, *arguments), cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: list((tmp_path / "runs").rglob("last.npz")), "its first epoch", process)
    (worker,) = psutil.Process(process.pid).children()
    worker.suspend()
    capfd.readouterr()
    assert do_here(tmp_path, *arguments) == 1
    assert "this run is going on in another process" in capfd.readouterr().err
    process.kill()  # the command alone: its worker notices
    process.wait()
    worker.resume()
    worker.wait(60)
    assert not list((tmp_path / "records").rglob("*.json"))
    half = next((tmp_path / "runs").rglob("last.npz")).with_name(".half.tmp")
    half.write_bytes(b"half a checkpoint")
    assert do_here(tmp_path, *arguments) == 0
    first, second = only_record(finished), only_record(tmp_path)
    assert [e["loss"] for e in first.history] == [e["loss"] for e in second.history]
    assert same_predictions(finished, tmp_path)
    (best,) = (tmp_path / "runs").rglob("*.npz")
    assert best.name == f"best-{second.best_epoch}.npz"
    assert not half.exists()


def test_killed_between_predictions_and_record_it_ends_with_the_same(
    finished: Path, data_file: Path, tmp_path: Path
) -> None:
    (file,) = (finished / "runs").rglob("job.json")
    moved = {name: str(tmp_path / name) for name in ("records", "runs")}
    job = dataclasses.replace(Job.read(file), **moved)
    job.folder.mkdir(parents=True)
    job.write(job.folder / "job.json")
    code = (
        "import os; from benchmark.runs import execute, worker\n"
        "execute.records.write = lambda *_: os.kill(os.getpid(), 9)\n"
        "worker.main()"
    )
    described = str(job.folder / "job.json")
    killed = subprocess.run([sys.executable, "-c", code, described], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert same_predictions(finished, tmp_path)
    assert not job.record.exists()
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6"]
    assert do_here(tmp_path, *arguments) == 0
    assert same_predictions(finished, tmp_path)
    assert only_record(tmp_path).test == only_record(finished).test


def test_runs_side_by_side_give_what_each_gives_alone(
    finished: Path, data_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6"]
    assert do_here(tmp_path, *arguments, "--seeds", 0, 1, "--jobs", 2) == 0
    out, err = capfd.readouterr()
    assert same_predictions(finished, tmp_path)
    zero, one = (next((tmp_path / "records").rglob(f"*-s{s}.test.csv.gz")) for s in (0, 1))
    assert zero.read_bytes() != one.read_bytes()
    assert out.count(": finished, see ") == 2
    assert "step" not in out + err  # what the runs report is in their logs
    logs = sorted((tmp_path / "runs").rglob("log.txt"))
    assert [log.parent.name[-3:] for log in logs] == ["-s0", "-s1"]
    for log in logs:
        assert str(log) in out
        assert log.read_text().count("compiling the first step") == 1


def test_interrupted_it_ends_every_run_and_says_how_to_continue(
    data_file: Path, tmp_path: Path
) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=500"]
    process = subprocess.Popen(
        command(tmp_path, *arguments, "--seeds", 0, 1, "--jobs", 2),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        # what runs in the background of a script ignores Ctrl-C, and so would this process
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    described = (tmp_path / "runs").rglob
    wait_until(lambda: len(list(described("job.json"))) == 2, "both runs had begun", process)
    workers = psutil.Process(process.pid).children()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "continues after the last whole epoch" in error
    # one that was just being started sees its command gone, and ends itself
    assert not psutil.wait_procs(workers, LONGEST)[1]
    assert not list((tmp_path / "records").rglob("*.json"))


def test_a_run_that_takes_too_long_is_ended_and_leaves_a_record(
    data_file: Path, tmp_path: Path
) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=500"]
    assert do_here(tmp_path, *arguments, "--time-limit", 0.001) == 1
    assert "not finished after 0.001 minutes (--time-limit)" in only_record(tmp_path).error
    assert "--time-limit" in (tmp_path / "records" / "phantoms.md").read_text()


def test_a_record_made_with_other_settings_is_not_taken_for_this_run(
    finished: Path, data_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    shutil.copytree(finished / "records", tmp_path / "records")
    file = next((tmp_path / "records").rglob("*.json"))
    file.write_text(file.read_text().replace('"learning_rate": 0.001', '"learning_rate": 0.5'))
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6"]
    assert do_here(tmp_path, *arguments) == 1
    error = capfd.readouterr().err
    assert "'learning_rate': 0.5" in error
    assert "Move it away" in error


def test_a_failed_run_leaves_a_record_and_the_others_go_on(data_file: Path, tmp_path: Path) -> None:
    label = "quick+batch_size=8+epochs=1+image_size=32+patience=9+samples_per_class=8"
    broken = tmp_path / "runs" / "phantom_small" / f"plain_cnn-scratch-{label}-s0" / "last.npz"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"half a checkpoint")
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=1"]
    assert do_here(tmp_path, *arguments, "--seeds", 0, 1) == 1
    first, second = records.read_all(tmp_path / "records")
    assert (first.seed, first.status) == (0, "failed")
    assert str(broken) in first.error
    assert "delete" in first.error.lower()
    assert (second.seed, second.status) == (1, "finished")
    assert "plain_cnn-scratch" in (tmp_path / "records" / "phantoms.md").read_text()
    broken.unlink()
    assert do_here(tmp_path, *arguments) == 0
    assert [r.status for r in records.read_all(tmp_path / "records")] == ["finished"] * 2


def test_a_loss_that_is_no_number_is_a_failure_that_says_so(
    data_file: Path, tmp_path: Path
) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "learning_rate=1e38"]
    assert do_here(tmp_path, *arguments) == 1
    assert "the training loss is nan" in only_record(tmp_path).error


def test_a_run_whose_process_is_killed_leaves_a_record(data_file: Path, tmp_path: Path) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=500"]
    process = subprocess.Popen(
        command(tmp_path, *arguments), cwd=ROOT, stderr=subprocess.DEVNULL, text=True
    )
    wait_until(lambda: list((tmp_path / "runs").rglob("last.npz")), "its first epoch", process)
    (worker,) = psutil.Process(process.pid).children()
    worker.kill()
    assert process.wait(60) == 1
    assert "SIGKILL" in only_record(tmp_path).error


def test_it_trains_on_jax_where_tensorflow_is_not_installed(
    data_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jax", reason="jax is not installed")
    block = tmp_path / "block"
    for name in ("tensorflow", "tensorflow_datasets"):
        (block / name).mkdir(parents=True)
        (block / name / "__init__.py").write_text("raise ImportError('not on this machine')")
    (block / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "gone = ('tensorflow', 'tensorflow_datasets')\n"
        "u.find_spec = lambda name, package=None: None if name in gone else find(name, package)\n"
    )
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=1"]
    done = do(tmp_path, *arguments, PYTHONPATH=str(block))
    assert done.returncode == 0, done.stderr
    record = only_record(tmp_path)
    assert record.backend == "jax"
    unread = do(tmp_path, "--models", "plain_cnn", PYTHONPATH=str(block))
    assert unread.returncode == 1
    assert "tensorflow_datasets is not installed" in unread.stderr
    assert "python -m benchmark.export tem_virus/patches_14class FILE.npz" in unread.stderr


def test_training_does_not_look_at_the_test_split(tmp_path: Path) -> None:
    whole = small_data.small_data()
    splits = {name: whole.splits[name] for name in ("train", "validation")}
    data = Data(whole.config, whole.version, whole.classes, whole.content_hash, splits)
    _, recipe = recipes.recipe(
        "quick", "scratch", ["image_size=32", "samples_per_class=8", "epochs=1"]
    )
    import keras

    network = keras.Sequential(
        [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )
    assert len(training.train(network, data, recipe, 0, tmp_path).history) == 1


def test_a_checkpoint_of_other_settings_is_not_continued(tmp_path: Path) -> None:
    import keras

    def begin(*changes: str) -> None:
        network = keras.Sequential(
            [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
        )
        _, recipe = recipes.recipe(
            "quick", "scratch", ["image_size=32", "samples_per_class=8", *changes]
        )
        training.train(network, small_data.small_data(), recipe, 0, tmp_path)

    begin("epochs=1")
    with pytest.raises(BenchmarkError, match=r"last\.npz: was started with .*Delete it"):
        begin("epochs=2")


def test_patience_ends_a_training(tmp_path: Path) -> None:
    import keras

    class Constant(keras.layers.Layer):
        def call(self, x: object) -> object:
            return keras.ops.ones_like(keras.ops.mean(x, (1, 2))) * keras.ops.ones((1, 3)) / 3

    network = keras.Sequential([keras.Input((32, 32, 1)), Constant()])
    _, recipe = recipes.recipe(
        "quick", "scratch", ["image_size=32", "samples_per_class=8", "epochs=9", "patience=2"]
    )
    trained = training.train(network, small_data.small_data(), recipe, 0, tmp_path)
    assert (len(trained.history), loop.best_epoch(trained.history)) == (3, 1)


@pytest.mark.parametrize(
    ("arguments", "message", "status"),
    [
        (["--models", "resnet"], "'resnet': unknown, did you mean 'resnet50'?; expected one of", 2),
        (["--models", "a|b"], "model 'a|b': unknown; expected one of contrast_cnn", 2),
        (
            ["--all", "--data", "tem_virus/miror_11class"],
            "unknown, did you mean 'tem_virus/mirror_11class'?; expected one of tem_virus/",
            2,
        ),
        (["--all", "--data", "fantom"], "tem_virus/fantom: unknown, did you mean 'tem_", 2),
        (["--all", "--data", "gone.npz"], "gone.npz: no such file", 1),
        (["--all", "--set", "epochs=many"], "--set epochs=many", 2),
        (["--all", "--set", "epoch=9"], "no setting 'epoch', did you mean 'epochs'?", 2),
        (["--all", "--weights", "mobilenet_v2=gone.h5"], "no file 'gone.h5'", 2),
        (["--models", "custom", "--start", "transfer"], "no run to do", 2),
        (["--all", "--set", "optimizer=lion"], "optimizer=lion: expected adam, adamw or sgd", 2),
        (["--all", "--set", "weight_decay=0.1"], "weight_decay=0.1: expected 0 with adam", 2),
        (["--all", "--set", "warmup_epochs=2"], "warmup_epochs=2: expected 0 unless cosine", 2),
        (["--all", "--set", "tta=9"], "tta=9: expected 1 or 8", 2),
        (["--all", "--set", "epochs=0"], "epochs=0: expected 1 or more", 2),
        (["--all", "--set", "image_size=100"], "image_size=100: expected a power of 2", 2),
        (["--all", "--set", f"learning_rate=0.{'0' * 150}1"], "expected at most 150", 1),
        (["--all", "--quick", "--recipe", "brief"], "--quick: found --recipe", 2),
        (["--all", "--set", "learning_rate=inf"], "learning_rate=inf: expected a finite numbe", 2),
        (["--all", "--set", "weight_decay=-1"], "weight_decay=-1.0: expected 0 or more", 2),
        (["--all", "--set", "epochs=3", "epochs=4"], "epochs is set twice", 2),
        (["--table2", "--data", "tem_virus/mirror_11class"], "--table2: found --data", 2),
        (["--models", "custom", "--weights", f"vgg16={__file__}"], "no run starts from them", 2),
        (["--models", "custom", "--devices", "3"], "--devices 3: the batch of custom is 32; e", 2),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(
    arguments: list[str],
    message: str,
    status: int,
    capsys: pytest.CaptureFixture,
    tmp_path: Path,
) -> None:
    store = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    assert run.main([*arguments, *store]) == status
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert ("See python -m benchmark.run --help." in error) == (status == 2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one of the arguments --all --models --table2 --list is required"),
        (["--all", "--recipe", "pape"], "unknown 'pape', did you mean 'paper'?"),
        (["--all", "--seed", "1", "--sets", "epochs=3"], "did you mean '--set'?"),
        (["--all", "--jobs", "0"], "0: expected a whole number, 1 or more"),
        (["--all", "--jobs", "x"], "x: expected a whole number, 1 or more"),
        (["--all", "--seeds", "-1"], "-1: expected a whole number, 0 or more"),
        (["--all", "--time-limit", "soon"], "soon: expected minutes, more than 0"),
        (["--all", "--runs", __file__], "is a file; expected a folder"),
    ],
)
def test_mistyped_options_are_usage_errors(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_help_is_grouped_and_has_examples(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(["--help"])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert out.count("\n  python -m benchmark.run --") == 3
    titles = ["what to run:", "data:", "training:", "where and how long:"]
    assert sorted(titles, key=out.index) == titles


def test_the_home_is_expanded_in_every_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    data = ["folder:~/mine", "~/mine.npz", "mirror_11class", "tem_exosome/cbia"]
    paths = ["--data-dir", "~/d", "--records", "~/records", "--runs", "~/runs"]
    args = options.parser(None).parse_args(["--all", "--data", *data, *paths])
    assert args.data == [
        f"folder:{tmp_path}/mine",
        f"{tmp_path}/mine.npz",
        "tem_virus/mirror_11class",
        "tem_exosome/cbia",
    ]
    assert [args.data_dir, args.records, args.runs] == [
        tmp_path / name for name in ("d", "records", "runs")
    ]
    (tmp_path / "vgg.h5").write_bytes(b"weights")
    choice = plans.Choice([0], initialization="transfer", weights=["vgg16=~/vgg.h5"])
    (plan,) = plans.of_models(["tem_virus/mirror_11class"], ["vgg16"], choice)
    assert plan.weights == str(tmp_path / "vgg.h5")


def test_a_config_is_named_with_or_without_its_data_set() -> None:
    prefixed, bare = (
        [plan.data for plan in run._plans(options.parser(None).parse_args(arguments))]
        for arguments in (
            ["--models", "custom", "--data", "tem_virus/mirror_11class"],
            ["--models", "custom", "--data", "mirror_11class"],
        )
    )
    assert prefixed == bare == ["tem_virus/mirror_11class"]


def test_two_runs_never_share_a_record(
    data_file: Path, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    copy = str(shutil.copy(data_file, tmp_path / "copy.npz"))
    store = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    assert run.main(["--models", "custom", "--data", str(data_file), copy, *store]) == 2
    assert "both are tem_virus/phantom_small" in capsys.readouterr().err
    assert not (tmp_path / "records").exists()


def test_a_run_asked_for_twice_is_planned_once() -> None:
    twice = plans.Choice([0, 0, 1])
    assert [plan.seed for plan in plans.of_models(["tem_virus/x"], ["custom"], twice)] == [0, 1]


@pytest.mark.parametrize("command", ["run", "export", "ground_truth"])
def test_a_command_starts_without_keras_and_tensorflow(command: str) -> None:
    """Asked for its options it also knows the recipes of both tasks."""
    code = (
        f"import sys, benchmark.{command}, benchmark.runs.options as options\n"
        "options.parser(None)\n"
        "heavy = {'keras', 'tensorflow', 'benchmark.detection.yolo.nms'}  # the last needs OpenCV\n"
        "sys.exit(str(heavy & set(sys.modules) or ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.stderr.strip() in ("", "set()"), done.stderr


def test_data_that_is_not_prepared_is_refused_before_any_run(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    arguments = ["--models", "plain_cnn", *FAST, "--data-dir", tmp_path / "data"]
    assert do_here(tmp_path, *arguments) == 1
    assert "tem-virus prepare patches_14class" in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_exported_file_gives_back_the_same_data(data_file: Path) -> None:
    one, two = small_data.small_data(), load(str(data_file))
    assert describe(str(data_file)) == About(one.config, one.version, one.classes)
    assert (one.content_hash, one.classes) == (two.content_hash, two.classes)
    for split, patches in one.splits.items():
        for name, values in vars(patches).items():
            np.testing.assert_array_equal(values, getattr(two.splits[split], name))


def test_an_exported_file_whose_pixels_were_changed_is_refused(data_file: Path, tmp_path) -> None:
    with np.load(data_file) as file:
        arrays = dict(file)
    arrays["test_images"] = arrays["test_images"] // 2
    changed = tmp_path / "changed.npz"
    np.savez(changed, **arrays)
    with pytest.raises(BenchmarkError, match=r"changed\.npz: .*content is not that of hash"):
        load(str(changed))


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros(3))
    file = (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    with pytest.raises(BenchmarkError, match=r"one\.npz: cannot be read"):
        load(str(file))


def test_a_recipe_names_what_was_changed() -> None:
    label, found = recipes.recipe("paper", "transfer", ["epochs=3", "cosine=true"])
    assert label == "paper+cosine=true+epochs=3"
    assert (found.epochs, found.cosine, found.learning_rate) == (3, True, 1e-5)
    with pytest.raises(BenchmarkError, match="recipe 'quick' from transfer: unknown"):
        recipes.recipe("quick", "transfer")
