"""A detector's file: what it states, and the scores that it gives."""

import math
from typing import Any

import numpy as np

from benchmark.detection import evaluate, ground_truth
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.models.layers.yolov5_network import anchors_of
from benchmark.training.recipe import Recipe
from leaderboard.results.record import Record
from leaderboard.scoring import detection as scoring
from tem_virus_dataset.networks.inference import of_network
from tem_virus_dataset.networks.onnx_network import OnnxNetwork


def metadata_fields(record: Record, recipe: Recipe, network: Any, own: bool) -> dict[str, Any]:
    """Return the fields of `Metadata` that are of this task.

    Args:
      network: `keras.Model`; own: trained on images of the user, rescaled where the record says so.
    """
    assert isinstance(recipe, DetectionRecipe)
    return {
        "nm_per_pixel": record.nm_per_pixel if own else recipe.nm_per_pixel,
        "temperature": None,
        "confidence": record.confidence,
        "nms_iou": recipe.nms_iou,
        "anchors": anchors_of(network).numpy().astype(float).tolist(),
    }


def scores(network: OnnxNetwork, data: Scenes, recipe: Recipe, record: Record) -> dict[str, Any]:
    """Return the scores of validation and test as a record has them, by split."""
    assert isinstance(recipe, DetectionRecipe)
    anchors = np.array(network.metadata.anchors, np.float32)
    confidence = math.nan if record.confidence is None else record.confidence
    result = {}
    for table in ground_truth.tables(data):
        detect = of_network(network, anchors, recipe.nms_iou, table.max_detections, recipe.tta)
        detected = evaluate.predict_with(
            detect, float(anchors.max()), len(data.classes), data.splits[table.split], recipe
        )
        found = scoring.score(table, evaluate.joined(table, detected), confidence)
        result[table.split] = found.scores.known()
    return result
