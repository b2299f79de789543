"""One run of a classifier: train, then predict and score validation and test once."""

from pathlib import Path

import keras
import numpy as np

from benchmark.classification import evaluate, temperature, train
from benchmark.classification.data import Data
from benchmark.training.recipe import Recipe
from benchmark.training.task import FinishedRun
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import classification as predictions_file
from leaderboard.predictions.classification import Predictions


def run(
    network: keras.Model, data: Data, recipe: Recipe, seed: int, folder: Path, origin: object
) -> FinishedRun:
    """Do the run; arguments and errors are those of `training.task.Task.run`.

    Probabilities have the temperature that fits validation best. Scores are those of the
    probabilities as they are written, rounded, so that the predictions file gives the scores of the
    record.
    """
    trained = train.train(network, data, recipe, seed, folder, origin)
    predict = {
        "validation": trained.predict_in_float32(data, recipe),
        "test": evaluate.predictor(trained.network, data.splits["test"], recipe),
    }
    raw = {split: predict[split](recipe.tta) for split in SPLITS}
    fitted = temperature.fitted(raw["validation"], data.splits["validation"].labels)
    probabilities = {
        split: np.round(temperature.applied(values, fitted), predictions_file.DIGITS)
        for split, values in raw.items()
    }
    fields = {**evaluate.record_fields(data, probabilities), "temperature": fitted}
    if data.nm_per_pixel:
        side = data.splits["train"].images.shape[1]
        fields["nm_per_pixel"] = data.nm_per_pixel * side / recipe.image_size
    return FinishedRun(trained.network, trained.history, probabilities, fields)


def write_predictions(file: Path, data: Data, split: str, probabilities: np.ndarray) -> None:
    """Write the probabilities (n, classes) of a split as a predictions file."""
    ids = tuple(map(str, data.splits[split].ids))
    predictions_file.write(file, Predictions(ids, data.classes, probabilities))
