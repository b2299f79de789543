"""A classifier's file: what it states, and the scores that it gives."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Data
from benchmark.training.recipe import Recipe
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.metrics import classification as metrics
from leaderboard.predictions.classification import DIGITS
from leaderboard.results.record import Record
from tem_virus_dataset import facts
from tem_virus_dataset.networks import classifier
from tem_virus_dataset.networks.onnx_network import OnnxNetwork


def metadata_fields(record: Record, recipe: Recipe, network: Any, own: bool) -> dict[str, Any]:
    """Return the fields of `Metadata` that are of this task.

    Args:
      network: `keras.Model`; own: trained on images of the user, of the record's pixel size.
    """
    return {
        "nm_per_pixel": record.nm_per_pixel if own else facts.PATCH / recipe.image_size,
        "temperature": record.temperature,
        "confidence": None,
        "anchors": None,
    }


def scores(network: OnnxNetwork, data: Data, recipe: Recipe, record: Record) -> dict[str, Any]:
    """Return the scores of validation and test as a record has them, by split."""
    result = {}
    for split in SPLITS:
        patches = data.splits[split]
        values = np.round(classify(network, patches.images), DIGITS)
        found = metrics.scores(patches.labels, values.argmax(axis=1), len(data.classes))
        result[split] = dataclasses.asdict(found)
    return result


def classify(network: OnnxNetwork, images: NDArray[np.integer]) -> NDArray[np.floating]:
    """Return the probabilities (n, classes) of patches, as the network's run predicted them.

    Args:
      images: (n, side, side, 1) raw counts, of which the side is a multiple of the network's input.
    """
    stated = network.metadata
    return classifier.of_network(network, stated.image_size, stated.tta, stated.temperature)(images)
