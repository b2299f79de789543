"""A classifier's file: what it states, and the scores that it gives."""

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.classification import temperature
from benchmark.classification.data import Data, pool
from benchmark.data import d4_transforms
from benchmark.network_files.runtime import OnnxNetwork
from benchmark.training.recipe import Recipe
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.metrics import classification as metrics
from leaderboard.predictions.classification import DIGITS
from leaderboard.results.record import Record
from tem_virus_dataset import facts

BATCH = 32  # patches at once


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


def classify(network: OnnxNetwork, images: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the probabilities (n, classes) of patches, as the network's run predicted them.

    Args:
      images: (n, side, side, 1) raw counts, of which the side is a multiple of the network's input.
    """
    stated = network.metadata
    result = np.zeros((len(images), len(stated.classes)))
    for first in range(0, len(images), BATCH):
        batch = standardized(images[first : first + BATCH], stated.image_size)
        for transform in range(stated.tta):
            changed = np.ascontiguousarray(d4_transforms.applied(batch, transform))
            result[first : first + BATCH] += network.predict_on_batch(changed)
    mean = result / stated.tta
    return mean if stated.temperature is None else temperature.applied(mean, stated.temperature)


def standardized(images: NDArray[np.integer], image_size: int) -> NDArray[np.float32]:
    """Return patches with mean 0 and standard deviation 1, averaged down to `image_size` pixels.

    A constant patch is zeros.
    """
    factor = pool(images, image_size)
    values = images.astype(np.float32)
    mean = values.mean(axis=(1, 2, 3), keepdims=True, dtype=np.float64)
    deviation = values.std(axis=(1, 2, 3), keepdims=True, dtype=np.float64)
    inverse = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=deviation > 0)
    values = (values - mean.astype(np.float32)) * inverse.astype(np.float32)
    blocks = values.reshape(len(images), image_size, factor, image_size, factor, 1)
    averaged: NDArray[np.float32] = blocks.mean(axis=(2, 4))
    return averaged
