"""One run in a process of its own: `python -m benchmark.runs.worker JOB.json [attended]`."""

import dataclasses
import os
import signal
import sys
import threading
import traceback
from pathlib import Path

import filelock
import keras
import numpy as np

from benchmark.machine import devices
from benchmark.classification import data as patches, read as reading, train as training
from benchmark.runs import record as recording
from benchmark.models import registry
from benchmark.training.compiling import check_output, computing_in
from benchmark.errors import BenchmarkError
from benchmark.runs.job import BUSY, ERROR, LOCK, Job
from benchmark.runs.launch import ATTENDED
from leaderboard.metrics import intervals, classification as metrics
from leaderboard.predictions import classification as predictions
from leaderboard.results import store as records
from leaderboard.results.store import Record

PATIENCE = 5.0  # seconds that a killed command's process may still hold the run


def run(job: Job) -> Path:
    """Train, score validation and test once, write the predictions and then the record."""
    if registry.model(job.model).task == registry.DETECTION:
        from benchmark.detection import run as running  # OpenCV, which no classifier needs

        return running.run(job)
    keras.utils.set_random_seed(job.seed)
    devices.use(job.devices)
    data = reading.load(job.data, Path(job.data_dir) if job.data_dir else None)
    weights = Path(job.weights) if job.weights else None
    options = registry.Options(job.initialization, weights, job.recipe.freeze_batch_norm, job.recipe.global_pooling)
    shape = (job.recipe.image_size, job.recipe.image_size, 1)
    with computing_in(job.recipe.precision):
        network = registry.model(job.model).build(shape, len(data.classes), options)
    check_output(job.model, network)
    origin = {"code": registry.model(job.model).code(), "weights": job.origin()}
    trained = training.train(network, data, job.recipe, job.seed, job.folder, origin)
    guessed = {split: _predict(job, trained, data, split) for split in ("validation", "test")}
    record = _record(job, data, trained, guessed)
    for split, values in guessed.items():
        ids = tuple(map(str, data.splits[split].ids))
        file = records.predictions_path(Path(job.records), record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        predictions.write(file, predictions.Predictions(ids, data.classes, values))
    return records.write(Path(job.records), record)


def _predict(job: Job, trained: training.Trained, data: patches.Data, split: str) -> np.ndarray:
    predict = training.predictor(trained.network, data.splits[split], job.recipe, job.recipe.tta)
    return np.round(predict(), predictions.DIGITS)


def _record(
    job: Job, data: patches.Data, trained: training.Trained, guessed: dict[str, np.ndarray]
) -> Record:
    classes, test = len(data.classes), data.splits["test"]
    answers = {split: values.argmax(axis=1) for split, values in guessed.items()}
    scores = {
        split: dataclasses.asdict(metrics.scores(data.splits[split].labels, answer, classes))
        for split, answer in answers.items()
    }
    ends = intervals.bootstrap(test.labels, answers["test"], list(test.micrographs), classes)
    return recording.finished(
        job,
        data.content_hash,
        trained.network,
        trained.history,
        test=scores["test"],
        validation=scores["validation"],
        intervals={name: list(pair) for name, pair in ends.items()},
        confusion=metrics.confusion(test.labels, answers["test"], classes).tolist(),
        pretraining="ImageNet" if job.initialization == registry.TRANSFER else "none",
    )


def _end_with_parent() -> None:
    """End this process and all it began when the command that started it is gone.

    That one holds the other end of stdin, and writes nothing to it. No handler, no `sys.stdin`: a
    thread that waits inside of it would disturb the interpreter's end.
    """
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


def main() -> int:
    """Do the job; where it fails, leave the reason in the run's folder."""
    job = Job.read(Path(sys.argv[1]))
    if ATTENDED in sys.argv[2:]:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with filelock.FileLock(job.folder / LOCK, timeout=PATIENCE):
            for half in job.folder.glob(".*.tmp"):  # what a killed process was writing
                half.unlink(missing_ok=True)
            if not job.record.exists():
                run(job)
    except filelock.Timeout:
        return BUSY
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not isinstance(error, BenchmarkError):  # such a one says all
            traceback.print_exc()
        reason = f"{type(error).__name__}: {error}"
        (job.folder / ERROR).write_text(reason, encoding="utf-8")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
