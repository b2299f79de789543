"""Detectors on whole micrographs under four conditions, of one level each.

A wrong pixel size is no change of the image: the detector is told a size that is 10 % too large.
The boxes of the ground truth stay where they are, in pixels.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmark.detection import ground_truth
from benchmark.detection.data import Scene, Scenes
from benchmark.errors import BenchmarkError
from leaderboard.predictions import detection as predictions
from leaderboard.predictions.detection import Detections
from leaderboard.predictions.text import PredictionsError
from tem_virus_dataset.conditions import corrupt, levels
from tem_virus_dataset.conditions.cell_hash import cell_hash
from tem_virus_dataset.conditions.levels import Cell
from tem_virus_dataset.files import progress
from tem_virus_dataset.networks import two_step
from tem_virus_dataset.networks.classifier import patches_around
from tem_virus_dataset.networks.detect import detect
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import MIN_CONFIDENCE, DetectedBoxes
from tem_virus_dataset.networks.two_step import TwoStep

PIXEL_SIZE = "pixel_size_too_large"
CELLS = (
    Cell(levels.CLEAN, 0), Cell("defocus", 3), Cell("dose", 3), Cell(PIXEL_SIZE, 3),
    Cell(levels.INVERSION, 1),
)  # fmt: skip


def scene_under(scene: Scene, cell: Cell, seed: int = corrupt.SEED) -> Scene:
    """Return a micrograph under a condition, with the pixel size that is stated.

    Raises:
      BenchmarkError: its pixels are not of 1 nm.
    """
    if scene.nm_per_pixel != 1:
        raise BenchmarkError(
            f"{scene.id}: {scene.nm_per_pixel} nm per pixel; expected 1, as conditions are defined "
            "at that. Name data at 1 nm per pixel."
        )
    nm_per_pixel, image = 1.0, scene.image
    if cell.condition == PIXEL_SIZE:
        nm_per_pixel = 1 + levels.condition(PIXEL_SIZE).amount(cell.level) / 100
    else:
        image = corrupt.corrupted(image, scene.id, cell.condition, cell.level, seed)
    return Scene(scene.id, image, scene.boxes, scene.labels, nm_per_pixel)


def pictures_of(scenes: Sequence[Scene], cell: Cell, seed: int = corrupt.SEED) -> str:
    """Return the hash of the micrographs of a cell."""
    images = (scene_under(scene, cell, seed).image for scene in scenes)
    return cell_hash(images, [scene.id for scene in scenes])


def evaluate(
    model: Detector | TwoStep,
    data: Scenes,
    hashes: Mapping[Cell, str],
    folder: Path,
) -> dict[Cell, Detections]:
    """Return the detections of every cell, those of finished cells from their files.

    Args:
      model: with all classes of the data; hashes: of the micrographs by cell.
      folder: of the finished cells of this model.

    Raises:
      BenchmarkError: the micrographs have another hash. OSError: the folder cannot be written to.
    """
    table = ground_truth.table(data, "test")
    scenes, most = data.splits["test"], table.max_detections
    found = {}
    for cell in hashes:
        file = folder / f"{cell.name}-{hashes[cell][:12]}.csv.gz"
        try:
            found[cell] = predictions.read_for(file, table)
            continue
        except PredictionsError:  # not finished
            pass
        pictures = pictures_of(scenes, cell)
        if pictures != hashes[cell]:
            raise BenchmarkError(
                f"{cell.name}: its micrographs have the hash {pictures[:12]}...; expected "
                f"{hashes[cell][:12]}..., that of the table. Write the table again: python -m "
                "benchmark.conditions table."
            )
        boxes = [
            detections_of(model, scene_under(scene, cell), data.classes, most)
            for scene in progress.bar(scenes, cell.name)
        ]
        joined = predictions.joined(
            table.ids.tolist(),
            [one.boxes for one in boxes],
            [one.labels for one in boxes],
            [one.confidence for one in boxes],
        )
        predictions.write(file, joined, data.classes, most)
        found[cell] = joined
    return found


def detections_of(
    model: Detector | TwoStep, scene: Scene, classes: Sequence[str], most: int
) -> DetectedBoxes:
    """Return the detections in one micrograph, as `tem-virus predict` makes them.

    But of a particle it writes the most likely class alone; here all are kept, as in records.

    Args:
      classes: in the order of the ground truth; most: number of detections, the most confident.
    """
    detector = model.detector if isinstance(model, TwoStep) else model
    order = np.array([list(classes).index(name) for name in detector.classes])
    nm_per_pixel = scene.nm_per_pixel or 1.0
    found = detect(scene.image, nm_per_pixel, detector, MIN_CONFIDENCE)
    found = dataclasses.replace(found, labels=order[found.labels])
    if isinstance(model, TwoStep):
        return _classified(model, scene, classes, found, most)
    kept = slice(most)
    return DetectedBoxes(found.boxes[kept], found.labels[kept], found.confidence[kept])


def _classified(
    model: TwoStep, scene: Scene, classes: Sequence[str], found: DetectedBoxes, most: int
) -> DetectedBoxes:
    particles = two_step.any_class(found, len(model.detector.classes))
    if not len(particles.boxes):
        return particles
    points = [(float(x), float(y)) for x, y in particles.boxes[:, :2]]
    patches = patches_around(
        scene.image, scene.nm_per_pixel or 1.0, points, model.classifier.nm_per_pixel
    )
    order = [model.classifier.classes.index(name) for name in classes]
    probabilities = model.classifier.classify(patches)[:, order]
    probabilities = two_step.weighted(particles, probabilities, found, model.detector_weight)
    return two_step.with_classes(particles, probabilities, most)
