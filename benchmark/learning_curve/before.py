"""The scores of a detector on a class that it does not know, before any training on it."""

import math
from pathlib import Path

from benchmark.detection import evaluate, ground_truth, kept_weights
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.learning_curve.curve_jobs import MODEL
from benchmark.learning_curve.log import START, Row
from benchmark.models import registry
from leaderboard.results.detection import record_fields
from leaderboard.scoring import detection as scoring


def row(weights: Path, data: Scenes, recipe: DetectionRecipe) -> Row:
    """Score a detector as a fine-tuning begins: whatever it detects counts as the class.

    Args:
      weights: its file; data: of `subsets.drawn`; recipe: of the fine-tuning.
    """
    options = registry.Options(contrast_sigma=recipe.contrast_sigma)
    network = registry.model(MODEL).build((None, None, 1), len(data.classes), options)
    kept_weights.begin(network, weights, MODEL, data.classes, recipe)
    tables = {table.split: table for table in ground_truth.tables(data)}
    detections = {
        split: evaluate.joined(table, evaluate.predict(network, data.splits[split], recipe))
        for split, table in tables.items()
    }
    fields = record_fields(scoring.score_splits(tables, detections))
    test, confidence = fields["test"], fields["confidence"]
    low, high = fields["intervals"]["f1"]
    return Row(
        class_name=data.classes[0],
        start=START,
        micrographs=0,
        draw=0,
        boxes=0,
        steps=0,
        f1=test["f1"],
        f1_low=low,
        f1_high=high,
        precision=test["precision"],
        recall=test["recall"],
        confidence=0.0 if math.isnan(confidence) else confidence,
        validation_f1=fields["validation"]["f1"],
        recipe="",
        trained_on="",
    )
