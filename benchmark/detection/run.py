"""One run of a detector: train, then detect and score validation and test once."""

from pathlib import Path

import keras

from benchmark.detection import evaluate, ground_truth, train
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.training.compiling import compute_in_float32
from benchmark.training.task import FinishedRun
from leaderboard.predictions import detection as predictions_file
from leaderboard.predictions.detection import Detections
from leaderboard.results.detection import record_fields
from leaderboard.scoring import detection as scoring
from tem_virus_dataset.networks.nms import DetectedBoxes


def run(
    network: keras.Model,
    data: Scenes,
    recipe: DetectionRecipe,
    seed: int,
    folder: Path,
    origin: object,
) -> FinishedRun:
    """Do the run; arguments and errors are those of `training.task.Task.run`."""
    tables = {table.split: table for table in ground_truth.tables(data)}

    def validation_f1(detected: list[DetectedBoxes]) -> float:
        return evaluate.best_f1(tables["validation"], detected)

    trained = train.train(network, data, recipe, seed, folder, validation_f1, origin)
    compute_in_float32(trained.network)
    detections = {
        split: evaluate.joined(table, evaluate.predict(trained.network, data.splits[split], recipe))
        for split, table in tables.items()
    }
    fields = record_fields(scoring.score_splits(tables, detections))
    return FinishedRun(trained.network, trained.history, detections, fields)


def write_predictions(file: Path, data: Scenes, detections: Detections) -> None:
    """Write the detections of a split as a predictions file."""
    predictions_file.write(file, detections, data.classes)
