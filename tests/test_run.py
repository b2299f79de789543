"""The run command on a small generated config, in real processes."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import small_data

from benchmark import recipes, run, training
from benchmark.errors import BenchmarkError
from benchmark.patches import About, Data
from benchmark.reading import describe, load
from leaderboard import metrics, predictions, records

ROOT = Path(__file__).resolve().parent.parent
FAST = ["--recipe", "quick", "--set", "side=32", "level=8", "batch=8", "patience=9"]


@pytest.fixture(scope="session")
def data_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_data.write(tmp_path_factory.mktemp("data") / "small.npz")


def command(folder: Path, *arguments: object) -> list[str]:
    store = ["--records", str(folder / "records"), "--runs", str(folder / "runs")]
    return [sys.executable, "-m", "benchmark.run", *map(str, arguments), *store]


def do(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        command(folder, *arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def finished(data_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("finished")
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6"]
    done = do(folder, *arguments)
    assert done.returncode == 0, done.stderr
    assert "plain_cnn" in done.stdout.split("test split")[1]
    return folder


def only_record(folder: Path) -> records.Record:
    (record,) = records.read_all(folder / "records")
    return record


def test_a_record_says_how_it_came_about(finished: Path) -> None:
    record = only_record(finished)
    assert (record.status, record.provenance) == ("finished", "reproduced")
    assert record.content_hash == small_data.small_data().content_hash
    assert record.recipe == "quick+batch=8+epochs=6+level=8+patience=9+side=32"
    assert record.recipe_settings["side"] == 32
    assert (record.epochs, len(record.history)) == (6, 6)
    assert record.device
    assert record.backend == os.environ.get("KERAS_BACKEND", "tensorflow")
    assert record.images_per_second > 0


def test_the_best_epoch_on_validation_is_kept(finished: Path) -> None:
    record = only_record(finished)
    ranks = [(e["validation_f1"], -e["validation_loss"]) for e in record.history]
    assert record.best_epoch == 1 + ranks.index(max(ranks))
    assert record.validation["f1"] == pytest.approx(max(ranks)[0])


def test_scores_are_those_of_the_predictions_beside_the_record(finished: Path) -> None:
    record, data = only_record(finished), small_data.small_data()
    for split in ("validation", "test"):
        patches = data.splits[split]
        file = records.predictions_path(finished / "records", record, split)
        found = predictions.read(file, list(patches.ids), data.classes)
        scores = metrics.scores(patches.labels, found.argmax(axis=1), len(data.classes))
        assert vars(scores) == getattr(record, split)


def test_a_finished_run_is_skipped(finished: Path, data_file: Path) -> None:
    file = next((finished / "records").rglob("*.json"))
    before = file.stat().st_mtime_ns
    again = do(finished, "--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6")
    assert again.returncode == 0
    assert "finished before" in again.stdout
    assert file.stat().st_mtime_ns == before


def test_killed_it_continues_to_the_same_predictions(
    finished: Path, data_file: Path, tmp_path: Path
) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6"]
    process = subprocess.Popen(
        command(tmp_path, *arguments), cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    while not list((tmp_path / "runs").rglob("last.npz")):
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.01)
    (worker,) = psutil.Process(process.pid).children()
    worker.suspend()
    process.kill()  # the command alone: its worker lives on, and keeps the run to itself
    process.wait()
    busy = do(tmp_path, *arguments)
    assert busy.returncode == 1
    assert "this run is going on in another process" in busy.stderr
    worker.kill()
    worker.wait()
    assert not list((tmp_path / "records").rglob("*.json"))
    done = do(tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    first, second = only_record(finished), only_record(tmp_path)
    assert [e["loss"] for e in first.history] == [e["loss"] for e in second.history]
    for split in ("validation", "test"):
        one = records.predictions_path(finished / "records", first, split).read_bytes()
        assert one == records.predictions_path(tmp_path / "records", second, split).read_bytes()
    (best,) = (tmp_path / "runs").rglob("*.npz")
    assert best.name == f"best-{second.best_epoch}.npz"


def test_a_record_made_with_other_settings_is_not_taken_for_this_run(
    finished: Path, data_file: Path, tmp_path: Path
) -> None:
    shutil.copytree(finished / "records", tmp_path / "records")
    file = next((tmp_path / "records").rglob("*.json"))
    file.write_text(file.read_text().replace('"rate": 0.001', '"rate": 0.5'))
    done = do(tmp_path, "--models", "plain_cnn", "--data", data_file, *FAST, "epochs=6")
    assert done.returncode == 1
    assert "'rate': 0.5" in done.stderr
    assert "Move it away" in done.stderr


def test_a_failed_run_leaves_a_record_and_the_others_go_on(data_file: Path, tmp_path: Path) -> None:
    label = "quick+batch=8+epochs=1+level=8+patience=9+side=32"
    broken = tmp_path / "runs" / "phantom_small" / f"plain_cnn-scratch-{label}-s0" / "last.npz"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"half a checkpoint")
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=1"]
    done = do(tmp_path, *arguments, "--seeds", 0, 1)
    assert done.returncode == 1
    first, second = records.read_all(tmp_path / "records")
    assert (first.seed, first.status) == (0, "failed")
    assert str(broken) in first.error
    assert "delete" in first.error.lower()
    assert (second.seed, second.status) == (1, "finished")
    assert "plain_cnn-scratch" in (tmp_path / "records" / "phantoms.md").read_text()
    broken.unlink()
    assert do(tmp_path, *arguments).returncode == 0
    assert [r.status for r in records.read_all(tmp_path / "records")] == ["finished"] * 2


def test_a_loss_that_is_no_number_is_a_failure_that_says_so(
    data_file: Path, tmp_path: Path
) -> None:
    done = do(tmp_path, "--models", "plain_cnn", "--data", data_file, *FAST, "rate=1e38")
    assert done.returncode == 1
    assert "the training loss is nan" in only_record(tmp_path).error


def test_a_run_whose_process_is_killed_leaves_a_record(data_file: Path, tmp_path: Path) -> None:
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=500"]
    process = subprocess.Popen(
        command(tmp_path, *arguments), cwd=ROOT, stderr=subprocess.DEVNULL, text=True
    )
    while not list((tmp_path / "runs").rglob("last.npz")):
        time.sleep(0.05)
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
    _, recipe = recipes.recipe("quick", "scratch", ["side=32", "level=8", "epochs=1"])
    import keras

    network = keras.Sequential(
        [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )
    assert training.train(network, data, recipe, 0, tmp_path).best == 1


def test_a_checkpoint_of_other_settings_is_not_continued(tmp_path: Path) -> None:
    import keras

    def begin(*changes: str) -> None:
        network = keras.Sequential(
            [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
        )
        _, recipe = recipes.recipe("quick", "scratch", ["side=32", "level=8", *changes])
        training.train(network, small_data.small_data(), recipe, 0, tmp_path)

    begin("epochs=1")
    with pytest.raises(BenchmarkError, match=r"last\.npz: begun with .*Delete it"):
        begin("epochs=2")


def test_patience_ends_a_training(tmp_path: Path) -> None:
    import keras

    class Constant(keras.layers.Layer):
        def call(self, x: object) -> object:
            return keras.ops.ones_like(keras.ops.mean(x, (1, 2))) * keras.ops.ones((1, 3)) / 3

    network = keras.Sequential([keras.Input((32, 32, 1)), Constant()])
    _, recipe = recipes.recipe("quick", "scratch", ["side=32", "level=8", "epochs=9", "patience=2"])
    trained = training.train(network, small_data.small_data(), recipe, 0, tmp_path)
    assert (len(trained.history), trained.best) == (3, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "resnet"], "model 'resnet': unknown; expected one of custom"),
        (["--models", "a|b"], "model 'a|b': unknown"),
        (["--all", "--data", "tem_virus/none"], "tem_virus/none: unknown; expected one of tem_vir"),
        (["--all", "--data", "gone.npz"], "gone.npz: cannot be read"),
        (["--all", "--set", "epochs=many"], "--set epochs=many"),
        (["--all", "--set", "speed=9"], "no setting 'speed'"),
        (["--all", "--weights", "mobilenet_v2=gone.h5"], "no file 'gone.h5'"),
        (["--models", "custom", "--start", "transfer"], "no run to do"),
        (["--all", "--set", "optimizer=sgd"], "optimizer=sgd: expected adam or adamw"),
        (["--all", "--set", "decay=0.1"], "decay=0.1: expected 0 unless adamw"),
        (["--all", "--set", "warmup=2"], "warmup=2: expected 0 unless cosine"),
        (["--all", "--set", "views=9"], "views=9: expected 1 or 8"),
        (["--all", "--set", "epochs=0"], "epochs=0: expected 1 or more"),
        (["--all", "--set", "side=100"], "side=100: expected a power of 2"),
        (["--all", "--set", f"rate=0.{'0' * 120}1"], "expected at most 100"),
        (["--all", "--quick", "--recipe", "brief"], "--quick: found --recipe"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    store = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    assert run.main([*arguments, *store]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert not list(tmp_path.iterdir())


def test_data_that_is_not_prepared_is_refused_before_any_run(tmp_path: Path) -> None:
    done = do(tmp_path, "--models", "plain_cnn", *FAST, "--data-dir", tmp_path / "data")
    assert done.returncode == 1
    assert "python -m tem_virus_dataset prepare patches_14class" in done.stderr
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
    assert (found.epochs, found.cosine, found.rate) == (3, True, 1e-5)
    with pytest.raises(BenchmarkError, match="recipe 'quick' from transfer: unknown"):
        recipes.recipe("quick", "transfer")
