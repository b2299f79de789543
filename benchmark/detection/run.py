"""One run of a detector: train, score validation and test once, write detections and record."""

from pathlib import Path

import keras

from benchmark.detection import evaluate as whole
from benchmark.detection import ground_truth
from benchmark.detection import read as reading
from benchmark.detection import train as training
from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.yolo.nms import DetectedBoxes
from benchmark.machine import devices
from benchmark.models import registry
from benchmark.runs import record as recording
from benchmark.runs.job import Job
from benchmark.training.compiling import computing_in
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions import detection as detections
from leaderboard.predictions.detection import Detections
from leaderboard.results import store as records
from leaderboard.results.detection import record_fields
from leaderboard.scoring import detection as scoring


def run(job: Job) -> Path:
    """Do the job; raises what `training.train` raises."""
    assert isinstance(job.recipe, DetectionRecipe)
    keras.utils.set_random_seed(job.seed)
    devices.use(job.devices)
    data = reading.load(job.data, Path(job.data_dir) if job.data_dir else None)
    weights = Path(job.weights) if job.weights else None
    model = registry.model(job.model)
    with computing_in(job.recipe.precision):
        options = registry.Options(job.initialization, weights)
        network = model.build((None, None, 1), len(data.classes), options)
    tables = {one.split: one for one in ground_truth.tables(data)}
    validation = tables["validation"]

    def f1(found: list[DetectedBoxes]) -> float:
        one = _joined(validation, found)
        best = scoring.best_confidence(validation, one)
        return scoring.score(validation, one, best, with_ap=False).scores.f1

    origin = {"code": model.code(), "weights": job.origin()}
    trained = training.train(network, data, job.recipe, job.seed, job.folder, f1, origin)
    found = {
        split: _joined(
            table,
            whole.predict(trained.network, data.splits[split], job.recipe),
        )
        for split, table in tables.items()
    }
    record = recording.finished(
        job,
        data.content_hash,
        trained.network,
        trained.history,
        task=registry.DETECTION,
        pretraining=_before(weights) if weights else "none",
        **record_fields(scoring.score_splits(tables, found)),
    )
    for split, one in found.items():
        file = records.predictions_path(Path(job.records), record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        detections.write(file, one, data.classes)
    return records.write(Path(job.records), record)


def _joined(table: BoxTruth, found: list[DetectedBoxes]) -> Detections:
    return detections.joined(
        table.ids.tolist(),
        [one.boxes for one in found],
        [one.labels for one in found],
        [one.confidence for one in found],
    )


def _before(weights: Path) -> str:
    """Say of which run the weights are: they lie in `runs/<config>/<run>/`."""
    return f"detector {'/'.join(weights.parent.parts[-2:])}"
