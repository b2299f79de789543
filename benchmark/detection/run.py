"""One run of a detector: train, then detect and score validation and test once."""

import sys
from pathlib import Path

import keras

from benchmark.detection import evaluate, ground_truth, train
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.training.compiling import compute_in_float32
from benchmark.training.task import FinishedRun
from leaderboard.files.names import is_own
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
    detections = {}
    for split, table in tables.items():
        detected = evaluate.predict(trained.network, data.splits[split], recipe)
        if cut := evaluate.left_out(table, detected):
            print(cut, file=sys.stderr, flush=True)
        detections[split] = evaluate.joined(table, detected)
    scored = scoring.score_splits(tables, detections)
    if few := evaluate.few_boxes(tables["validation"], scored["validation"].confidence):
        print(few, file=sys.stderr, flush=True)
    fields = record_fields(scored)
    if all(scene.nm_per_pixel for scene in data.splits["train"]) and is_own(data.config):
        fields["nm_per_pixel"] = recipe.nm_per_pixel
    return FinishedRun(trained.network, trained.history, detections, fields)


def write_predictions(file: Path, data: Scenes, split: str, detections: Detections) -> None:
    """Write the detections of a split as a predictions file."""
    most = ground_truth.table(data, split).max_detections
    predictions_file.write(file, detections, data.classes, most)
