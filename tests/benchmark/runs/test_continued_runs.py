"""Runs that are killed or interrupted, or go on side by side: the same predictions in the end."""

import dataclasses
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from project_paths import ROOT
from running import (
    FAST,
    LONGEST,
    command,
    do_here,
    do_inside,
    only_record,
    tiny_models,
    wait_until,
)

from benchmark.runs import execute, run_result, worker
from benchmark.runs.job import Job
from leaderboard.results import store as records


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
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=6"]
    process = subprocess.Popen(
        command(tmp_path, *arguments), cwd=ROOT, start_new_session=True, stderr=subprocess.DEVNULL
    )
    wait_until(lambda: list((tmp_path / "runs").rglob("last.npz")), "its first epoch", process)
    (own,) = psutil.Process(process.pid).children()
    own.suspend()
    capfd.readouterr()
    assert do_inside(tmp_path, *arguments) == 1
    assert "this run is going on in another process" in capfd.readouterr().err
    process.kill()  # the command alone: its worker notices
    process.wait()
    own.resume()
    own.wait(60)
    assert not list((tmp_path / "records").rglob("*.json"))
    half = next((tmp_path / "runs").rglob("last.npz")).with_name(".half.tmp")
    half.write_bytes(b"half a checkpoint")
    assert do_inside(tmp_path, *arguments) == 0
    first, second = only_record(finished), only_record(tmp_path)
    assert [e["loss"] for e in first.history] == [e["loss"] for e in second.history]
    assert same_predictions(finished, tmp_path)
    (best,) = (tmp_path / "runs").rglob("*.npz")
    assert best.name == f"best-{second.best_epoch}.npz"
    assert not half.exists()


class KilledError(BaseException):
    """Instead of a signal: nothing that a run does heeds it."""


def test_killed_between_predictions_and_record_it_ends_with_the_same(
    finished: Path, data_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = (finished / "runs").rglob("job.json")
    moved = {name: str(tmp_path / name) for name in ("records", "runs")}
    with tiny_models():
        job = dataclasses.replace(Job.read(file), **moved)
    job.folder.mkdir(parents=True)
    job.write(job.folder / "job.json")

    def kill(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch, pytest.raises(KilledError), tiny_models():
        patch.setattr(sys, "argv", ["worker", str(job.folder / "job.json")])
        patch.setattr(execute.records, "write", kill)
        worker.main()
    assert same_predictions(finished, tmp_path)
    assert not job.record.exists()
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=6"]
    assert do_inside(tmp_path, *arguments) == 0
    assert same_predictions(finished, tmp_path)
    assert only_record(tmp_path).test == only_record(finished).test


def test_runs_side_by_side_give_what_each_gives_alone(
    finished: Path, data_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=6"]
    assert do_here(tmp_path, *arguments, "--seeds", 0, 1, "--jobs", 2) == 0
    out, err = capfd.readouterr()
    assert same_predictions(finished, tmp_path)
    zero, one = (next((tmp_path / "records").rglob(f"*-s{s}.test.csv.gz")) for s in (0, 1))
    assert zero.read_bytes() != one.read_bytes()
    assert out.count(": finished, see ") == 2
    assert out.split("test split")[1].count("tiny_classifier") == 1, "the mean of both seeds"
    for record in records.read_all(tmp_path / "records"):
        assert f"{record.run}.json\n  {run_result.learned(record)}\n" in out
    assert "step" not in out + err  # what the runs report is in their logs
    logs = sorted((tmp_path / "runs").rglob("log.txt"))
    assert [log.parent.name[-3:] for log in logs] == ["-s0", "-s1"]
    for log in logs:
        assert str(log) in out
        assert log.read_text().count("compiling the first step") == 1


def test_interrupted_it_ends_every_run_and_says_how_to_continue(
    data_file: Path, tmp_path: Path
) -> None:
    arguments = ["--models", "tiny_classifier", "--data", data_file, *FAST, "epochs=500"]
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
