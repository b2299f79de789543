"""Runs on a Ray cluster: one that is started here, with two workers."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from project_paths import ROOT
from running import FAST, LONGEST, command, do_inside

from benchmark import run
from benchmark.classification import npz_file, recipes
from benchmark.errors import BenchmarkError
from benchmark.runs import cluster
from benchmark.runs.job import Job
from benchmark.runs.run_result import Ended
from leaderboard.results import store as records

NAME = (
    "plain_cnn-scratch-quick+batch_size=8+epochs=4+image_size=32+patience=9+samples_per_class=8-s{}"
)
LOOK = 0.5  # seconds between two looks at all processes of the machine, which take long


def workers_of(folders: list[Path]) -> dict[Path, psutil.Process]:
    """The processes that do the runs of these folders, of those that have begun."""
    jobs = {str(folder / "job.json"): folder for folder in folders}
    found = {}
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if "benchmark.runs.worker" in line:
            found |= {jobs[word]: process for word in line if word in jobs}
    return found


def suspended_in_mid_run(process: subprocess.Popen, folders: list[Path]) -> list[psutil.Process]:
    """Stop the process of each of these runs as soon as it has an epoch behind it."""
    found: dict[Path, psutil.Process] = {}
    stopped: dict[Path, psutil.Process] = {}
    looked = time.monotonic()
    last = looked + LONGEST
    while len(stopped) < len(folders):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < last, f"after {LONGEST} seconds only {list(stopped)} had an epoch"
        if len(found) < len(folders) and time.monotonic() > looked + LOOK:
            found |= workers_of(folders)
            looked = time.monotonic()
        for folder, own in found.items():
            if folder not in stopped and (folder / "last.npz").exists():
                own.suspend()
                stopped[folder] = own
        time.sleep(0.01)
    return [stopped[folder] for folder in folders]


def test_every_record_comes_home_though_workers_are_killed(data_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason='ray is not installed: pip install -e ".[cluster]"')
    arguments = ["--models", "plain_cnn", "--data", data_file, *FAST, "epochs=4", "--seeds"]
    folders = [tmp_path / "runs" / "phantom_small" / NAME.format(seed) for seed in range(3)]
    folders[2].mkdir(parents=True)
    np.savez(folders[2] / "last.npz", about=np.array("null"), v00000=np.zeros(3))  # of another
    process = subprocess.Popen(
        command(tmp_path, *arguments, 0, 1, 2, "--ray", "local", "--jobs", 2),
        cwd=ROOT,
        env={**os.environ, "RAY_worker_niceness": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    own, other = suspended_in_mid_run(process, folders[:2])
    shutil.copy(folders[0] / "last.npz", tmp_path / "last.npz")
    own.parent().kill()  # Ray's worker; the run's process sees that it is alone
    own.resume()
    other.kill()  # the run's process; Ray's worker sees it
    output, _ = process.communicate()
    assert process.returncode == 1, output
    found = {record.seed: record for record in records.read_all(tmp_path / "records")}
    assert [found[seed].status for seed in range(3)] == ["finished", "finished", "failed"]
    assert "last.npz: was started with" in found[2].error
    with np.load(tmp_path / "last.npz") as last:
        before = json.loads(str(last["about"]))["history"]
    assert len(before) >= 1
    assert found[0].history[: len(before)] == before  # continued: to the digit, with its seconds
    alone = tmp_path / "alone"
    assert do_inside(alone, *arguments, 0) == 0
    for split in ("validation", "test"):
        file = Path("records", "phantom_small", f"{NAME.format(0)}.{split}.csv.gz")
        assert (tmp_path / file).read_bytes() == (alone / file).read_bytes()
        assert records.predictions_path(tmp_path / "records", found[1], split).exists()
    assert "plain_cnn" in (tmp_path / "records" / "phantoms.md").read_text()


def test_a_prepared_config_is_sent_as_the_file_that_export_writes(
    phantom_dir: Path, tmp_path: Path
) -> None:
    file = tmp_path / "sent.npz"
    cluster._content("tem_virus/phantom_14class", phantom_dir).tofile(file)
    data = npz_file.read(file)
    assert data.config == "tem_virus/phantom_14class"
    assert len(data.splits["train"]) == 292


@pytest.mark.parametrize("shared", [True, False])
def test_weights_and_log_come_home_from_a_worker_that_shares_no_folder(
    shared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, recipe = recipes.recipe("quick", "scratch")
    job = Job(
        data="small.npz", data_dir=None, dataset="tem_virus/phantom_small", version="1.0.0",
        classes=("Ebola", "Orf"), model="plain_cnn", initialization="scratch", weights=None,
        label="quick",
        recipe=recipe, seed=0, note="", records=str(tmp_path / "records"),
        runs=str(tmp_path / "runs"),
    )  # fmt: skip
    written = {"best-2.npz": b"weights", "log.txt": b"a line"}

    def results(jobs, *_, **__):
        jobs[0].folder.mkdir(parents=True, exist_ok=True)
        for name, content in {**written, "last.npz": b"to continue", "lock": b""}.items():
            (jobs[0].folder / name).write_bytes(content)
        yield Ended(jobs[0], failed="too late")

    monkeypatch.setattr(cluster.processes, "results", results)
    if shared:
        job.folder.mkdir(parents=True)
    returned = cluster._do(job, np.zeros(1, np.uint8), None, None, 1)
    assert returned.kept == ({} if shared else written)
    assert (job.folder / "last.npz").exists() is shared
    ended = cluster._written(SimpleNamespace(get=lambda done: done), returned, job)
    assert ended == Ended(job, failed="too late")
    for name, content in written.items():
        assert (job.folder / name).read_bytes() == content


def node(**resources: float) -> dict:
    return {"Alive": True, "Resources": resources}


@pytest.mark.parametrize(
    ("nodes", "devices", "at_once", "asked"),
    [
        ([node(CPU=8), node(CPU=16, GPU=4)], 1, None, (1, 1)),
        ([node(CPU=8), node(CPU=16, GPU=4)], 2, 3, (2, 1)),
        ([node(CPU=8), node(CPU=16), {"Alive": False}], 1, None, (0, 8)),
        ([node(CPU=8), node(CPU=16)], 1, 6, (0, 4)),
        ([node(CPU=8), node(CPU=16)], 1, 1, (0, 8)),
        ([node(CPU=2)], 1, 9, (0, 1)),
    ],
)
def test_a_run_asks_for_gpus_where_there_are_any_else_for_cores(
    nodes: list[dict], devices: int, at_once: int | None, asked: tuple[int, int]
) -> None:
    resources = cluster._resources(nodes, devices, at_once)
    assert (resources["num_gpus"], resources["num_cpus"]) == asked


def test_a_cluster_without_a_place_for_a_run_is_refused() -> None:
    with pytest.raises(BenchmarkError, match="--devices 8: found at most 4 GPUs in one node"):
        cluster._resources([node(CPU=8, GPU=4), node(CPU=8, GPU=4)], 8, None)
    with pytest.raises(BenchmarkError, match="neither GPUs nor cores"):
        cluster._resources([node()], 1, None)


def test_without_ray_one_error_says_how_to_get_it(
    data_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    store = ["--records", str(tmp_path / "records"), "--runs", str(tmp_path / "runs")]
    arguments = ["--models", "plain_cnn", "--data", str(data_file), "--ray", "auto"]
    assert run.main([*arguments, *store]) == 1
    error = capsys.readouterr().err
    assert "error: --ray auto: Ray is not installed" in error
    assert 'pip install -e ".[cluster]"' in error
    assert not list((tmp_path / "records").rglob("*.json"))
