"""The command that writes the network of a record as a file."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmark import export_model
from benchmark.network_files import convert, keep
from leaderboard.results import network_file
from leaderboard.results import store as records


@pytest.fixture
def folder(small: Path, tmp_path: Path) -> Path:
    """A copy of the small run: data.npz, records/ and runs/."""
    return Path(shutil.copytree(small, tmp_path / "small"))


def do(folder: Path, *more: object) -> int:
    """Run the command on the one record of the folder."""
    (file,) = (folder / "records").rglob("*.json")
    options = ["--runs", folder / "runs", "--data", folder / "data.npz", *more]
    return export_model.main([str(file), *map(str, options)])


def test_the_file_is_beside_the_record_which_states_it(
    folder: Path, capsys: pytest.CaptureFixture
) -> None:
    assert do(folder) == 0
    (record,) = records.read_all(folder / "records")
    network_file.check(folder / "records", [record])
    assert f"{record.network['bytes']:,} bytes, weights in float16" in capsys.readouterr().out
    assert do(folder) == 0  # once more
    network_file.check(folder / "records", records.read_all(folder / "records"))


def test_faults_of_the_user_are_one_line_and_change_nothing(
    folder: Path, capsys: pytest.CaptureFixture
) -> None:
    (file,) = (folder / "records").rglob("*.json")
    record, text = records.read(file), file.read_bytes()
    other = dataclasses.replace(record, content_hash="f" * 64)
    moved = folder / "moved.json"
    moved.write_bytes(text)
    faults = {
        "has content hash": lambda: do_with(file, other, folder),
        "the weights of this run, best-2.npz, are not here": lambda: do(folder, "--runs", folder),
        "no such file; expected the record": lambda: export_model.main([str(folder / "none.json")]),
        "expected the place of this record": lambda: export_model.main([str(moved)]),
    }
    for said, command in faults.items():
        assert command() == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
        file.write_bytes(text)
    assert not list((folder / "records").rglob("*.onnx"))


def do_with(file: Path, record: records.Record, folder: Path) -> int:
    """Run the command after a change to the record."""
    records.write(folder / "records", record)
    assert records.read(file) == record
    return do(folder)


def test_weights_of_another_training_are_refused(
    folder: Path, capsys: pytest.CaptureFixture
) -> None:
    (weights,) = (folder / "runs").rglob("best-*.npz")
    with np.load(weights) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["v00000"] = -arrays["v00000"]
    np.savez(weights, **arrays)
    assert do(folder) == 1
    assert "its scores differ by" in capsys.readouterr().err
    assert not list((folder / "records").rglob("*.onnx"))


def test_a_failed_run_has_no_network(folder: Path, capsys: pytest.CaptureFixture) -> None:
    (file,) = (folder / "records").rglob("*.json")
    failed = dataclasses.replace(records.read(file), status="failed", error="it broke")
    file.unlink()
    records.write(folder / "records", failed)
    assert do(folder) == 1
    assert "a run that failed" in capsys.readouterr().err


def test_what_cannot_be_written_is_of_a_record(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(keep, "MOST_BYTES", 10)
        assert do(folder) == 1
    assert ".json: no network is written: its file would have " in capsys.readouterr().err
    monkeypatch.setattr(convert.keras.backend, "backend", lambda: "jax")
    assert do(folder) == 1
    assert "ONNX files; TensorFlow does; expected TensorFlow with" in capsys.readouterr().err
