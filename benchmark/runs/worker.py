"""One run in a process of its own: `python -m benchmark.runs.worker JOB.json [attended]`."""

import os
import signal
import sys
import threading
import traceback
from pathlib import Path

import filelock
import keras

from benchmark import tasks
from benchmark.errors import BenchmarkError
from benchmark.machine import devices
from benchmark.models import registry
from benchmark.runs import record as run_record
from benchmark.runs.job import BUSY, ERROR, LOCK, Job
from benchmark.runs.launch import ATTENDED
from benchmark.training.compiling import computing_in
from leaderboard.results import store as records

LOCK_SECONDS = 5.0  # that the process of a killed command may still hold the run


def run(job: Job) -> Path:
    """Train, score validation and test once, write the predictions and then the record."""
    keras.utils.set_random_seed(job.seed)
    devices.use(job.devices)
    task, model = tasks.of_model(job.model), registry.model(job.model)
    data = task.load(job.data, Path(job.data_dir) if job.data_dir else None)
    weights = Path(job.weights) if job.weights else None
    options = registry.Options(
        job.initialization, weights, job.recipe.freeze_batch_norm, job.recipe.global_pooling
    )
    with computing_in(job.recipe.precision):
        network = model.build(task.input_shape(job.recipe), len(data.classes), options)
    task.check_network(job.model, network)
    origin = {"code": model.code(), "weights": job.origin()}
    scored = task.run(network, data, job.recipe, job.seed, job.folder, origin)
    record = run_record.finished(job, data.content_hash, scored)
    for split, predictions in scored.predictions.items():
        file = records.predictions_path(Path(job.records), record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        task.write_predictions(file, data, split, predictions)
    return records.write(Path(job.records), record)


def _end_with_parent() -> None:
    """End this process and all that it started when the command that started it is gone.

    The command holds the other end of stdin and never writes to it, so that a read returns when the
    command ends, even by SIGKILL. `os.read` and not `sys.stdin`: a thread that waits inside of
    `sys.stdin` holds its lock, and the interpreter could not end.
    """
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


def main() -> int:
    """Do the job; where it fails, leave the reason in the run's folder."""
    job = Job.read(Path(sys.argv[1]))
    if ATTENDED in sys.argv[2:]:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with filelock.FileLock(job.folder / LOCK, timeout=LOCK_SECONDS):
            for unfinished in job.folder.glob(".*.tmp"):  # of a process that was killed
                unfinished.unlink(missing_ok=True)
            if not job.record.exists():
                run(job)
    except filelock.Timeout:
        return BUSY
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not isinstance(error, BenchmarkError):  # its message is complete
            traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        (job.folder / ERROR).write_text(reason, encoding="utf-8")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
