"""Runs on a Ray cluster: every run is a Ray task, and its files return as bytes.

The workers need this project's dependencies, but neither its files nor prepared data: packages,
data and weights are sent, each once. All workers compute on the Keras backend of this machine. Ray
repeats the task of a lost worker. Where the workers share the folder of the runs, the task
continues after its last epoch; elsewhere it starts again, and the best weights and the log of a run
return with its record.
"""

import collections
import dataclasses
import json
import os
import tempfile
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark import tasks
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs import processes
from benchmark.runs.job import Job
from benchmark.runs.launch import LOG, try_folders
from benchmark.runs.run_result import Ended
from leaderboard.files import atomic
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.results import store as records
from leaderboard.results.store import Record

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("benchmark", "leaderboard", "tem_virus_dataset")
RETRIES = 3  # of a run whose worker was lost


class WorkerLostError(Exception):
    """A run's process was killed from outside, so Ray repeats the run."""


@dataclasses.dataclass(frozen=True)
class Returned:
    """What a worker returns: how the run ended, and the files that it wrote.

    Attributes:
      predictions: by split; network: the trained network, where it is kept.
      kept: files of the run's folder by name, where it is not shared.
    """

    ended: Ended
    record: bytes | None
    predictions: dict[str, bytes]
    network: bytes | None
    kept: dict[str, bytes]


def results(
    jobs: Sequence[Job],
    report: Callable[[str], None],
    address: str,
    minutes: float | None = None,
    at_once: int | None = None,
) -> Generator[Ended, None, None]:
    """Do the jobs on a cluster; a `run_result.Engine` with the other arguments set.

    Args:
      address: as `ray.init` takes it; minutes: that a run may take.
      at_once: limit of submitted tasks; None for no limit.

    Raises:
      BenchmarkError: Ray is not installed, cannot be reached, or has no resources for a run.
      OSError: a folder of this machine cannot be written to.
    """
    if not jobs:
        return
    try_folders(jobs)
    ray = _connected(address)
    try:
        resources = _resources(ray.nodes(), max((job.devices for job in jobs), default=1), at_once)
        task = ray.remote(max_retries=RETRIES, retry_exceptions=[WorkerLostError], **resources)(_do)
        sent, cores = {}, resources["num_cpus"]
        for file in {job.data for job in jobs} | {job.weights for job in jobs if job.weights}:
            data_dir = Path(jobs[0].data_dir) if jobs[0].data_dir else None
            sent[file] = ray.put(_content(file, data_dir))
        waiting, going = collections.deque(jobs), dict[Any, Job]()
        while waiting or going:
            while waiting and len(going) < (at_once or len(jobs)):
                job = waiting.popleft()
                weights = sent[job.weights] if job.weights else None
                job.folder.mkdir(parents=True, exist_ok=True)  # a worker that sees it shares it
                going[task.remote(job, sent[job.data], weights, minutes, cores)] = job
                report(f"{job.name}: submitted to Ray, which needs {_text(resources)}")
            (done,), _ = ray.wait(list(going))
            yield _written(ray, done, going.pop(done))
    finally:
        ray.shutdown()


def _connected(address: str) -> Any:
    try:
        import ray
    except ImportError as error:
        raise BenchmarkError(
            f"--ray {address}: Ray is not installed; expected it here and on the workers. "
            'Install it with `pip install -e ".[cluster]"`.'
        ) from error
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    sent = {
        "py_modules": [str(ROOT / name) for name in PACKAGES],
        "excludes": ["records/", "__pycache__/"],
        "env_vars": {"KERAS_BACKEND": environment.child_environment()["KERAS_BACKEND"]},
    }
    try:
        ray.init(
            address=address,
            include_dashboard=False if address == "local" else None,
            runtime_env=sent,
            log_to_driver=False,
            logging_level="ERROR",
        )
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise BenchmarkError(
            f"--ray {address}: {error}; expected the address of a running cluster (`ray start "
            "--head` shows it), auto, or local."
        ) from error
    return ray


def _resources(nodes: list[dict], devices: int, at_once: int | None) -> dict[str, int]:
    """Return the resources of a task: GPUs where a node has them, else cores.

    All cores of the smallest node; with `at_once` an equal part of the cluster's cores.
    """
    alive = [node["Resources"] for node in nodes if node["Alive"]]
    gpus = [int(node.get("GPU", 0)) for node in alive]
    if any(gpus):
        if max(gpus) < devices:
            raise BenchmarkError(
                f"--devices {devices}: found at most {max(gpus)} GPUs in one node of the cluster; "
                f"expected {devices} or more. Ask for fewer."
            )
        return {"num_gpus": devices, "num_cpus": 1}
    cores = [int(node["CPU"]) for node in alive if node.get("CPU", 0) >= 1]
    if not cores:
        raise BenchmarkError(
            "--ray: found neither GPUs nor cores in the cluster; expected some. Start a worker."
        )
    part = sum(cores) // at_once if at_once else min(cores)
    return {"num_gpus": 0, "num_cpus": max(1, min(part, *cores))}


def _text(resources: dict[str, int]) -> str:
    gpus = resources["num_gpus"]
    return f"{gpus} GPU(s)" if gpus else f"{resources['num_cpus']} core(s)"


def _content(file: str, data_dir: Path | None) -> np.ndarray:
    """Return the bytes of a file, or of the file that a config is exported to, (n,) uint8."""
    if Path(file).is_file():
        return np.fromfile(file, np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "data.npz"
        tasks.of_data(file).export(file, data_dir, written)
        return np.fromfile(written, np.uint8)


def _do(
    job: Job, data: np.ndarray, weights: np.ndarray | None, minutes: float | None, cores: int
) -> Returned:
    """Do one run on this worker, on so many of its cores, in a folder of its own.

    Raises:
      WorkerLostError: its process was killed.
    """
    with tempfile.TemporaryDirectory(prefix="tem-virus-") as name:
        moved = _moved(job, Path(name), data, weights)
        (ended,) = processes.results([moved], lambda _: None, minutes, quiet=True, cores=cores)
        if ended.killed:
            raise WorkerLostError(ended.failed)
        files = {path.name: path.read_bytes() for path in moved.record.parent.glob("*.*")}
        record = files.get(moved.record.name)
        predictions = {split: files.get(f"{job.name}.{split}.csv.gz") for split in SPLITS}
        return Returned(
            dataclasses.replace(ended, job=job),
            record,
            {split: content for split, content in predictions.items() if content and record},
            files.get(f"{job.name}.onnx") if record else None,
            {} if moved.runs == job.runs else _kept(moved.folder),
        )


def _kept(folder: Path) -> dict[str, bytes]:
    """Return the files of a run's folder that are needed after its end."""
    files = [file for pattern in ("best-*.npz", LOG) for file in folder.glob(pattern)]
    return {file.name: file.read_bytes() for file in files}


def _moved(job: Job, folder: Path, data: np.ndarray, weights: np.ndarray | None) -> Job:
    """Write the data and weights that were sent, and return the job with paths of this machine."""
    data.tofile(folder / "data.npz")
    # Where the folder is not shared, a repeated run starts from the beginning.
    shared = job.folder.is_dir() and os.access(job.folder, os.W_OK)
    file = folder / Path(job.weights).name if job.weights else None
    if file is not None and weights is not None:
        weights.tofile(file)
    return dataclasses.replace(
        job,
        data=str(folder / "data.npz"),
        data_dir=None,
        weights=str(file) if file else None,
        records=str(folder / "records"),
        runs=job.runs if shared else str(folder / "runs"),
    )


def _written(ray: Any, done: Any, job: Job) -> Ended:
    """Write the files that a task returned, the record last; return how the run ended."""
    try:
        returned = ray.get(done)
    except ray.exceptions.RayError as error:
        reason = str(getattr(error, "cause", None) or error).strip()
        return Ended(job, failed=f"on Ray: {reason}", killed=True)
    for name, content in returned.kept.items():
        atomic.write_bytes(job.folder / name, content)
    if returned.record is not None:
        record = Record(**json.loads(returned.record))
        store = Path(job.records)
        for split, content in returned.predictions.items():
            atomic.write_bytes(records.predictions_path(store, record, split), content)
        if returned.network is not None:
            atomic.write_bytes(records.network_path(store, record), returned.network)
        records.write(store, record)
    return returned.ended
