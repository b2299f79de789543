"""Runs that fail: each leaves a record that says why, or is refused."""

import errno
import os
import shutil
import sys
import types
from concurrent import futures
from pathlib import Path

import numpy as np
import psutil
import pytest
from running import (
    FAST,
    do_here,
    do_inside,
    only_record,
    wait_until,
)

from benchmark import run
from benchmark.runs import launch, worker
from benchmark.runs.job import ERROR
from leaderboard.results import store as records


def test_a_run_that_takes_too_long_is_ended_and_leaves_a_record(
    data_file: Path, tmp_path: Path
) -> None:
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=500"]
    assert do_here(tmp_path, *arguments, "--time-limit", 0.001) == 1
    assert "not finished after 0.001 minutes (--time-limit)" in only_record(tmp_path).error
    assert "--time-limit" in (tmp_path / "records" / "phantoms.md").read_text()


def test_a_record_made_with_other_settings_is_not_taken_for_this_run(
    finished: Path, data_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    shutil.copytree(finished / "records", tmp_path / "records")
    file = next((tmp_path / "records").rglob("*.json"))
    file.write_text(file.read_text().replace('"learning_rate": 0.001', '"learning_rate": 0.5'))
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=6"]
    assert do_here(tmp_path, *arguments) == 1
    error = capfd.readouterr().err
    assert "with learning_rate=0.5; expected learning_rate=0.001" in error
    assert "Move it away" in error


def test_a_failed_run_leaves_a_record_and_the_others_go_on(data_file: Path, tmp_path: Path) -> None:
    label = "quick+batch_size=8+epochs=1+image_size=32+patience=9+samples_per_class=8"
    broken = (
        tmp_path / "runs" / "phantom_small" / f"tiny_classifier-scratch-{label}-s0" / "last.npz"
    )
    broken.parent.mkdir(parents=True)
    np.savez(broken, about=np.array("null"), v00000=np.zeros(3))  # of another network
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=1"]
    assert do_inside(tmp_path, *arguments, "--seeds", 0, 1) == 1
    first, second = records.read_all(tmp_path / "records")
    assert (first.seed, first.status) == (0, "failed")
    assert str(broken) in first.error
    assert "Delete it" in first.error
    assert (second.seed, second.status) == (1, "finished")
    assert "tiny_classifier-scratch" in (tmp_path / "records" / "phantoms.md").read_text()
    broken.unlink()
    assert do_inside(tmp_path, *arguments) == 0
    assert [r.status for r in records.read_all(tmp_path / "records")] == ["finished"] * 2


def test_a_loss_that_is_no_number_is_a_failure_that_says_so(
    data_file: Path, tmp_path: Path
) -> None:
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "learning_rate=1e38"]
    assert do_inside(tmp_path, *arguments) == 1
    assert "the training loss is nan" in only_record(tmp_path).error


def test_a_run_whose_process_is_killed_leaves_a_record(data_file: Path, tmp_path: Path) -> None:
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=500"]

    def kill() -> None:
        wait_until(lambda: list((tmp_path / "runs").rglob("last.npz")), "its first epoch")
        own = [c for c in psutil.Process().children() if str(tmp_path) in " ".join(c.cmdline())]
        assert len(own) == 1
        own[0].kill()

    with futures.ThreadPoolExecutor(1) as beside:
        killed = beside.submit(kill)
        assert do_here(tmp_path, *arguments) == 1
        killed.result()
    assert "SIGKILL" in only_record(tmp_path).error


def test_two_runs_never_share_a_record(
    data_file: Path, capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    copy = str(shutil.copy(data_file, tmp_path / "copy.npz"))
    store = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    assert run.main(["--models", "custom", "--data", str(data_file), copy, *store]) == 2
    assert "both are tem_virus/phantom_small" in capsys.readouterr().err
    assert not (tmp_path / "records").exists()


def test_data_that_is_not_prepared_is_refused_before_any_run(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    arguments = ["--models", "plain_cnn", *FAST, "--data-dir", tmp_path / "data"]
    assert do_here(tmp_path, *arguments) == 1
    assert "tem-virus prepare patches_14class" in capfd.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_called_so_without_a_traceback(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("checkpoint") from OSError(number, os.strerror(number))

    assert worker_status(fail, tmp_path, monkeypatch) == 1
    reason = (tmp_path / ERROR).read_text()
    assert reason.startswith(f"{tmp_path}: the disk is full, or your share of it (")
    assert os.strerror(number) in reason
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 9.1 TiB"),
        type("ResourceExhaustedError", (Exception,), {})(
            "Graph execution error:\n\n  File x, line 3\n\nOOM when allocating tensor\nHint: none"
        ),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate"),
    ],
)
def test_a_full_memory_is_called_so_without_a_traceback(
    error: Exception,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
) -> None:
    def fail(_: object) -> None:
        raise error

    assert worker_status(fail, tmp_path, monkeypatch) == 1
    reason = (tmp_path / ERROR).read_text()
    assert any(line in reason for line in ("Unable to", "OOM when", "Out of memory while"))
    assert len(reason.splitlines()) == 1
    assert "The memory is full; expected space for the network and its batches. Lower " in reason
    assert "Traceback" not in capsys.readouterr().err


def test_the_first_line_of_an_error_in_a_compiled_step_says_what_happened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    text = (
        "Graph execution error:\n\nDetected at node a/b defined at (most recent call last):\n"
        '  File "layer.py", line 3, in call\n    raise x\n    ^^^^^^^\n\n'
        "ValueError: the model's own words\n\n\t [[{{node a/b}}]] [Op:step]"
    )

    def fail(_: object) -> None:
        raise type("UnknownError", (Exception,), {})(text)

    assert worker_status(fail, tmp_path, monkeypatch) == 1
    first, *others = (tmp_path / ERROR).read_text().splitlines()
    assert first == "UnknownError: ValueError: the model's own words"
    assert "\n".join(others) == text
    assert "Traceback" in capsys.readouterr().err


def worker_status(execute: object, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the exit status of a worker whose run is this function."""
    job = types.SimpleNamespace(folder=folder, record=folder / "absent.json")
    kind = types.SimpleNamespace(read=lambda _: job)
    module = types.ModuleType("stub_execute")
    module.run = execute
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(sys, "argv", ["worker", "job.json"])
    monkeypatch.setattr(worker.environment, "start", lambda: None)
    return worker.main(kind, module.__name__)


@pytest.mark.parametrize("option", ["records", "runs"])
def test_a_folder_that_cannot_be_written_is_reported_before_training(
    option: str, data_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    (tmp_path / option).mkdir()
    (tmp_path / option / "phantom_small").write_text("a file where a folder is to be")
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=1"]
    assert do_here(tmp_path, *arguments) == 1
    error = capfd.readouterr().err
    assert f"{tmp_path / option / 'phantom_small'}: cannot be written to (" in error
    assert (
        f"Nothing was begun. Change its permissions, free space, or name another (--{option})."
        in (error)
    )
    assert "compiling" not in error
    assert "Traceback" not in error


@pytest.mark.parametrize("year", [1970, 2019])
def test_a_clock_that_no_record_can_state_is_reported_before_training(
    year: int,
    data_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(launch, "now", lambda: f"{year}-01-01T00:00:00+00:00")
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=1"]
    assert do_here(tmp_path, *arguments) == 1
    error = capfd.readouterr().err
    assert f"this machine's clock says {year}-01-01 00:00 UTC, expected a day from 2020 on" in error
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir())
