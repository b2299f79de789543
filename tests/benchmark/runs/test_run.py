"""The run command on a small generated config: what a finished run leaves."""

import os
import shutil
from pathlib import Path

import pytest
import sample_records
import small_data
from running import (
    FAST,
    do,
    do_here,
    only_record,
    scores_of_predictions,
)

from benchmark.runs import run_result
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


def test_a_line_says_what_a_run_learned() -> None:
    epochs = [
        {"loss": 2.5, "validation_f1": 0.3, "validation_loss": 2.0, "seconds": 1.0, "images": 99},
        {"loss": 1.25, "validation_f1": 0.2, "validation_loss": 2.25, "seconds": 1.0, "images": 99},
    ]
    record = sample_records.change(history=epochs, epochs=2, best_epoch=1, seconds=2.0)
    assert run_result.learned(record) == (
        "2 epochs, loss 2.500 in the first, 1.250 in the last; epoch 1 is kept, "
        "validation loss 2.000, validation F1 0.300"
    )
    del epochs[0]["validation_loss"]  # as of a detector
    record = sample_records.change(history=epochs[:1], epochs=1, best_epoch=1, seconds=1.0)
    line = "1 epoch, loss 2.500; epoch 1 is kept, validation F1 0.300"
    assert run_result.learned(record) == line
    assert run_result.learned(sample_records.change(history=None)) == ""


def test_the_trained_network_is_beside_the_record(finished: Path) -> None:
    from tem_virus_dataset.networks import onnx_network

    record = only_record(finished)
    if record.backend != "tensorflow":
        assert "TensorFlow" in record.no_network
        return
    network_file.check(finished / "records", [record])
    assert record.network["score_difference"] < 5e-3
    stated = onnx_network.load(records.network_path(finished / "records", record)).metadata
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
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=6"]
    assert do_here(tmp_path, *arguments) == 0
    assert "finished before" in capfd.readouterr().out
    assert not (tmp_path / "runs").exists()
    assert file.stat().st_mtime_ns == before


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
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=1"]
    done = do(tmp_path, *arguments, PYTHONPATH=str(block))
    assert done.returncode == 0, done.stderr
    record = only_record(tmp_path)
    assert record.backend == "jax"
    unread = do(tmp_path, "--models", "tiny_classifier", PYTHONPATH=str(block))
    assert unread.returncode == 1
    assert "tensorflow_datasets is not installed" in unread.stderr
    assert "python -m benchmark.export tem_virus/patches_14class FILE.npz" in unread.stderr
