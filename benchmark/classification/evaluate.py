"""Predict the classes of patches with a network, and score the predictions."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from benchmark.classification.data import Data, Patches
from benchmark.classification.resident_feed import fed
from benchmark.classification.step_inputs import Evaluation
from benchmark.training.compiling import jit
from benchmark.training.recipe import Recipe
from leaderboard.metrics import classification as metrics
from leaderboard.metrics import intervals
from tem_virus_dataset.files import progress

Predict = Callable[[int], np.ndarray]


def predictor(network: keras.Model, patches: Patches, recipe: Recipe) -> Predict:
    """Return a function that gives (n, classes) float64 probabilities; the model is compiled once.

    Its argument is the test-time augmentation: the mean is over so many of the eight D4 transforms.
    """
    model = fed(network, patches, recipe.image_size, 1)
    model.compile(jit_compile=jit())

    def predict(tta: int) -> np.ndarray:
        total = np.zeros((len(patches), network.output_shape[-1]))
        for transform in progress.bar(range(tta), "TTA", unit="pass", disable=tta == 1):
            batches = Evaluation(len(patches), transform, recipe.batch_size)
            total += model.predict(batches, verbose=0)[: len(patches)]
        return total / tta

    return predict


def validation_scores(
    probabilities: np.ndarray, labels: np.ndarray, classes: int
) -> dict[str, float]:
    """Return macro F1 and mean cross-entropy of an epoch, as `training.loop` ranks by.

    Args:
      probabilities: (n, classes) float64; labels: (n,) int32.
    """
    of_label = np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1)
    f1 = metrics.scores(labels, probabilities.argmax(axis=1), classes).f1
    return {"validation_f1": f1, "validation_loss": float(-np.log(of_label).mean())}


def record_fields(data: Data, probabilities: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return scores, intervals and confusion matrix as a record has them.

    Args:
      probabilities: (n, classes) float64 by split, for validation and test.
    """
    classes, test = len(data.classes), data.splits["test"]
    predicted = {split: values.argmax(axis=1) for split, values in probabilities.items()}
    scores = {
        split: dataclasses.asdict(metrics.scores(data.splits[split].labels, labels, classes))
        for split, labels in predicted.items()
    }
    bounds = intervals.of_predictions(
        test.labels, predicted["test"], list(test.micrographs), classes
    )
    return {
        "test": scores["test"],
        "validation": scores["validation"],
        "intervals": {name: list(pair) for name, pair in bounds.items()},
        "confusion": metrics.confusion(test.labels, predicted["test"], classes).tolist(),
    }
