"""The detector that a training began from, scored beside the new one on the same micrographs.

A user who corrects boxes and trains on them wants to know whether that made a better detector. The
starting one is used as its file states it, from its own confidence on; nothing is chosen by its
scores. Where it shares no class with the boxes, both are scored as if all classes were one.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmark.detection import evaluate, ground_truth
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.training.task import COMPARED
from leaderboard.files.names import is_own
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions.detection import Detections, joined
from leaderboard.scoring import detection as scoring
from leaderboard.scoring.detection import Scores
from tem_virus_dataset.networks import inference, onnx_network
from tem_virus_dataset.networks.nms import IOU_THRESHOLD, DetectedBoxes, one_of_each_particle
from tem_virus_dataset.networks.ready import CONFIDENCE
from tem_virus_dataset.predict.pipeline import SAME_PARTICLE

ANY = "any particle"  # the class where none is shared
SPLITS = ("validation", "test")
SHOWN = 5  # classes that the text names


def compared(
    file: Path,
    data: Scenes,
    recipe: DetectionRecipe,
    new: Mapping[str, Detections],
    confidence: float,
) -> str:
    """Return the scores of a kept detector and of the one trained from it, and which is better.

    Args:
      file: of the starting one; data: with validation and test micrographs.
      new: detections of the trained one by split; confidence: its threshold.

    Returns:
      One line that begins with `COMPARED`, whose clauses end with `; `.

    Raises:
      DatasetError: the file cannot be read. OSError: it is not there.
    """
    network = onnx_network.load(file)
    stated = network.metadata
    threshold = CONFIDENCE if stated.confidence is None else stated.confidence
    anchors = np.array(stated.anchors, np.float32)
    classes, numbers = _numbered(stated.classes, data.classes)
    is_shared = bool(set(stated.classes) & set(data.classes))
    before, after = {}, {}
    for split in SPLITS:
        table, scenes = ground_truth.table(data, split), data.splits[split]
        detect_batch = inference.of_network(
            network, anchors, stated.nms_iou or IOU_THRESHOLD, evaluate.limit(scenes), stated.tta
        )
        detected = evaluate.predict_with(
            detect_batch, float(anchors.max()), len(stated.classes), scenes, recipe
        )
        renamed = [dataclasses.replace(one, labels=numbers[one.labels]) for one in detected]
        old, own = evaluate.joined(table, renamed), new[split]
        table = dataclasses.replace(table, classes=classes)
        if not is_shared:
            table = _of_one_class(table)
            old, own = _any_particle(table, old), _any_particle(table, own)
        before[split] = scoring.score(table, old, threshold, with_ap=False).scores
        after[split] = scoring.score(table, own, confidence, with_ap=False).scores
    unknown = set(data.classes) - set(stated.classes)
    return _text(file, is_shared, unknown, _seen(file, stated.data, data.config), [
        (f"before ({file.stem}, from confidence {threshold:.3f} on)", before),
        (f"after (from {confidence:.3f} on)", after),
    ])  # fmt: skip


def skipped(why: str) -> str:
    """Return the line where a starting detector is not scored."""
    return f"{COMPARED} not done, {why}"


def _numbered(known: list[str], wanted: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray]:
    """Return all classes, those of the boxes first, and the place of each known one among them.

    A detection of a class that has no box is a false positive.
    """
    classes = (*wanted, *(name for name in known if name not in wanted))
    return classes, np.array([classes.index(name) for name in known], np.int64)


def _of_one_class(table: BoxTruth) -> BoxTruth:
    return dataclasses.replace(table, classes=(ANY,), labels=np.zeros_like(table.labels))


def _any_particle(table: BoxTruth, detections: Detections) -> Detections:
    """Return detections as of one class, each particle once, as `predict` counts them."""
    kept = []
    for number in range(len(table)):
        chosen = detections.micrographs == number
        boxes, confidence = detections.boxes[chosen], detections.confidence[chosen]
        found = DetectedBoxes(
            boxes.astype(np.float32),
            np.zeros(len(boxes), np.int64),
            confidence.astype(np.float32),
        )
        kept.append(one_of_each_particle(found, SAME_PARTICLE))
    return joined(
        table.ids.tolist(),
        [one.boxes for one in kept],
        [one.labels for one in kept],
        [one.confidence for one in kept],
    )


def _seen(file: Path, trained_on: str, config: str) -> str:
    """Return a warning where other folders of the user divide the same micrographs otherwise."""
    if not is_own(trained_on) or trained_on == config:
        return ""
    return (
        f"warning: {file.stem} was trained on {trained_on}, which may be divided otherwise: where "
        "micrographs of its train are in validation or test here, all these scores are too high. "
        "Move such micrographs into train"
    )


def _text(
    file: Path,
    is_shared: bool,
    unknown: set[str],
    seen: str,
    rows: list[tuple[str, dict[str, Scores]]],
) -> str:
    parts = [f"{COMPARED} {file.stem}, on the same micrographs"]
    if not is_shared:
        parts.append(
            f"{file.stem} knows none of your classes, so every particle counts, of any class, and "
            "these scores are no others of this run"
        )
    elif unknown:
        names = ", ".join(sorted(unknown)[:SHOWN]) + ", ..." * (len(unknown) > SHOWN)
        parts.append(f"{file.stem} does not know {names}: these count as missed by it")
    if seen:
        parts.append(seen)
    for name, by_split in rows:
        scores = ", ".join(
            f"{split} F1 {one.f1:.3f} (precision {one.precision:.3f}, recall {one.recall:.3f})"
            for split, one in by_split.items()
        )
        parts.append(f"{name}: {scores}")
    (_, before), (_, after) = rows
    old, new = before["validation"].f1, after["validation"].f1
    if new > old:
        parts.append(f"better on validation, by {new - old:.3f} F1")
    else:
        word = "worse" if new < old else "no better"
        parts.append(f"the new detector is {word} on validation: keep {file.stem}")
    return "; ".join(parts)
