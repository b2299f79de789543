"""Runs in processes of their own: each way of ending is told apart, and nothing is left behind."""

import json
import signal
import sys
from pathlib import Path

import psutil
import pytest
from project_paths import HELPERS
from running import wait_until

from benchmark.classification import recipes
from benchmark.errors import BenchmarkError
from benchmark.machine import gpus
from benchmark.runs import launch, processes
from benchmark.runs.job import BUSY, Job

_, RECIPE = recipes.recipe("quick", "scratch")


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = HELPERS / "stubs" / "stub_worker.py"
    monkeypatch.setattr(launch, "WORKER", (sys.executable, str(worker)))
    monkeypatch.setattr(launch, "GRACE", 0.5)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


def job(folder: Path, way: str, seed: int = 0, devices: int = 1) -> Job:
    return Job(
        data="small.npz", data_dir=None, dataset="tem_virus/phantom_small", version="1.0.0",
        classes=("Ebola", "Orf"), model=way,
        initialization="scratch", weights=None, label="quick", recipe=RECIPE, seed=seed, note="",
        records=str(folder / "records"), runs=str(folder / "runs"), devices=devices,
    )  # fmt: skip


def pids(folder: Path) -> list[int]:
    """Of the hanging runs and of what they began, once all of them wait."""

    def all_wait() -> bool:
        return all(file.with_name("pids.json").exists() for file in folder.rglob("job.json"))

    wait_until(all_wait, "all runs hung")
    return [pid for file in folder.rglob("pids.json") for pid in json.loads(file.read_text())]


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pids: list[int]) -> None:
    """Return once they are: those killed with their parent may need a moment more than it."""
    wait_until(lambda: not any(map(alive, pids)), "all that was begun had gone")


@pytest.mark.parametrize("at_once", [1, 3])
def test_each_way_of_ending_is_told_apart_and_the_others_go_on(
    tmp_path: Path, at_once: int
) -> None:
    ways = [
        ("signal", signal.SIGSEGV, "ended by SIGSEGV", False),
        (
            "signal",
            signal.SIGKILL,
            "ended by SIGKILL; systems do so where the memory is full",
            True,
        ),
        ("exit", 3, "exit status 3, without a record", False),
        ("exit", 0, "exit status 0, without a record", False),
        ("error", 0, "BenchmarkError: not a number", False),
        ("exit", BUSY, None, False),
        ("late", 0, None, False),
        ("fine", 0, None, False),
    ]
    jobs = [job(tmp_path, way, int(seed)) for way, seed, _, _ in ways]
    said: list[str] = []
    ends = {end.job.name: end for end in processes.results(jobs, said.append, at_once=at_once)}
    assert len(ends) == len(said) == len(ways)
    for one, (_, _, failed, killed) in zip(jobs, ways, strict=True):
        end = ends[one.name]
        assert end.killed == killed
        assert (failed is None and end.failed is None) or failed in end.failed
        assert ("going on in another process" in (end.busy or "")) == (one.seed == BUSY)
    assert [one.record.exists() for one in jobs] == [False] * 6 + [True] * 2


def test_a_run_that_hangs_is_ended_with_all_it_began_and_the_next_goes_on(tmp_path: Path) -> None:
    run = launch.Run(job(tmp_path, "hang"), minutes=60)
    hanging = pids(tmp_path)
    assert run.poll() is None
    assert all(map(alive, hanging))
    run.last = 0  # its time is over
    end = run.poll()
    assert "not finished after 60 minutes (--time-limit)" in end.failed
    assert not end.killed
    wait_until_gone(hanging)
    jobs = [job(tmp_path, "hang", 1), job(tmp_path, "fine")]
    late, fine = processes.results(jobs, lambda _: None, minutes=0.05)
    assert "0.05 minutes" in late.failed
    assert fine.failed is None


def test_whoever_stops_listening_ends_every_run(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "fine"), job(tmp_path, "hang", 1), job(tmp_path, "hang", 2)]
    ends = processes.results(jobs, lambda _: None, at_once=3)
    assert next(ends).job.model == "fine"
    (tmp_path / "runs" / "phantom_small" / jobs[0].name / "job.json").unlink()
    hanging = pids(tmp_path)
    assert len(hanging) == 4
    ends.close()
    wait_until_gone(hanging)


def test_a_quiet_run_writes_its_output_to_its_folder(
    tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    list(processes.results([job(tmp_path, "fine")], lambda _: None, quiet=True))
    assert capfd.readouterr().out == ""
    assert "the output of fine" in (job(tmp_path, "fine").folder / launch.LOG).read_text()


def test_runs_at_once_have_gpus_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5,6,7,9")
    jobs = [job(tmp_path, "together", seed, devices=2) for seed in range(2)]
    assert [end.failed for end in processes.results(jobs, lambda _: None, at_once=4)] == [None] * 2
    seen = {(one.folder / "gpus.txt").read_text() for one in jobs}
    assert seen == {"3,5", "6,7"}


def test_without_gpus_the_variable_is_left_alone(tmp_path: Path) -> None:
    jobs = [job(tmp_path, "together", seed) for seed in range(2)]
    assert [end.failed for end in processes.results(jobs, lambda _: None, at_once=2)] == [None] * 2
    assert {(one.folder / "gpus.txt").read_text() for one in jobs} == {""}


LISTED = """\
GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-aaaa)
GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-bbbb)
  MIG 3g.40gb     Device  0: (UUID: MIG-cccc)
  MIG 3g.40gb     Device  1: (UUID: MIG-dddd)
GPU 2: NVIDIA H100 80GB HBM3 (UUID: GPU-eeee)
"""


def test_gpus_are_asked_for_by_name_and_a_divided_one_by_its_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus.found() == []
    (tmp_path / "listed").write_text(LISTED)
    tool = tmp_path / "nvidia-smi"
    tool.write_text(f"#!{sys.executable}\nprint(open({str(tmp_path / 'listed')!r}).read())\n")
    tool.chmod(0o755)
    assert gpus.found() == ["GPU-aaaa", "MIG-cccc", "MIG-dddd", "GPU-eeee"]
    assert gpus.places(at_once=9, devices=1) == gpus.found()
    tool.write_text(f"#!{sys.executable}\nraise SystemExit(9)\n")
    assert gpus.places(at_once=2, devices=4) == [None, None]


@pytest.mark.parametrize(("value", "names"), [("0, 2", ["0", "2"]), ("", []), ("1,-1,2", ["1"])])
def test_the_users_choice_of_gpus_stands(
    value: str, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert gpus.found() == names


def test_fewer_gpus_than_a_run_needs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    with pytest.raises(BenchmarkError, match=r"--devices 4: found 2 GPUs \(0, 1\)"):
        gpus.places(at_once=1, devices=4)
