"""From a run's record to a network that is ready for use."""

import hashlib
from pathlib import Path
from typing import Any

from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.yolo.detector import Detector, of_network
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.predict import classifier
from benchmark.predict.classifier import Classifier
from benchmark.runs import trained
from leaderboard.files.names import is_own
from leaderboard.results import store as records
from leaderboard.results.store import Record

SIDE = 640  # pixels of a tile: a network that was trained on smaller ones takes any
OWN_PICTURES = (
    "{}: trained on pictures of your own; it is shown patches of 256x256 pixels at 1 nm per pixel, "
    "whatever those were. Trust it only where they were the same."
)
OWN_MICROGRAPHS = (
    "{}: trained on micrographs of your own, pixel for pixel; it is shown these as they are, too. "
    "Trust it only where they have the same pixel size."
)
CONFIDENCE = 0.25  # where a record does not say which is best


def load(file: Path, runs: Path) -> Detector | Classifier:
    """Build the network of a record's JSON file.

    Args:
      runs: folder of the runs, where the weights are.

    Raises:
      RecordError: it is no record. BenchmarkError: its run failed, or its weights are not here.
    """
    record = records.read(file)
    weights = trained.weights(record, runs)
    if record.status != "finished" or not weights.exists():
        raise BenchmarkError(
            f"{file}: the weights of this run, {weights}, are not here; expected them from its "
            "training. Name the folder that holds them (--runs)."
        )
    model = registry.model(record.model)  # says what is wrong with it
    network, _ = trained.network(record, runs)
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    if model.task == registry.DETECTION:
        return _detector(record, network, digest)
    recipe = trained.recipe(record)
    classify = classifier.of_network(network, recipe.image_size, recipe.tta, recipe.batch_size)
    warning = OWN_PICTURES.format(record.run) if is_own(record.data) else ""
    return Classifier(classify, tuple(record.classes), record.run, digest, warning)


def _detector(record: Record, network: Any, digest: str) -> Detector:
    from benchmark.detection.yolo.fold_batchnorm import folded  # these import Keras
    from benchmark.models.layers.yolov5_network import anchors_of

    recipe = trained.recipe(record)
    if not isinstance(recipe, DetectionRecipe):
        raise BenchmarkError(
            f"{record.run}: its settings are those of a classifier; expected a detector's. Restore "
            "the record."
        )
    anchors, own = anchors_of(network).numpy(), is_own(record.data)
    return Detector(
        find=of_network(folded(network), anchors),
        classes=tuple(record.classes),
        side=max(recipe.image_size, SIDE),
        nm_per_pixel=None if own else recipe.nm_per_pixel,
        largest=float(anchors.max()),
        confidence=CONFIDENCE if record.confidence is None else record.confidence,
        name=record.run,
        digest=digest,
        warning=OWN_MICROGRAPHS.format(record.run) if own else "",
    )
