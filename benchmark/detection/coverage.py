"""What a training of a detector covers: the images of an epoch, and the boxes that can be learned.

A recipe names the images of each class in an epoch. With eleven classes that is an epoch of the
whole data set; with the one class of a user's folder it would be a few steps. `all_images` and
`min_steps` therefore lengthen it. And a box is learned only where an anchor has about its size, and
complete only where the training image is large enough. All of this is known before the training.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import Scene
from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.yolo import anchors

SMALL = 8  # pixels: a cell of the finest map


@dataclasses.dataclass(frozen=True)
class Coverage:
    """What one training covers.

    Attributes:
      classes: (n,) most frequent class of each micrograph of the train split, -1 without a box.
      samples_per_class: training images of each class in an epoch; steps: of an epoch.
      anchors: (3, 3, 2) width and height in pixels, fitted to the boxes.
      boxes: number of training boxes; fullest: of them, those of the micrograph with the most.
      smallest, largest: side in pixels, the longer one of a box.
      smaller: number of boxes smaller than `SMALL`, in which a network hardly sees anything.
      larger: number of boxes larger than a training image, which never shows one completely.
      unlike: number of boxes that have no anchor of about their size.
      recall: share of the boxes that are neither: the best possible recall.
      recipe: of the training.
      are_kept: the anchors are those of the detector that the training goes on from.
    """

    classes: NDArray[np.int64]
    samples_per_class: int
    steps: int
    anchors: NDArray[np.float32]
    boxes: int
    fullest: int
    smallest: float
    largest: float
    smaller: int
    larger: int
    unlike: int
    recall: float
    recipe: DetectionRecipe
    are_kept: bool = False

    def __str__(self) -> str:
        epochs, size = self.recipe.epochs, self.recipe.image_size
        images = self.samples_per_class * len(np.unique(self.classes))
        raised = self.samples_per_class > self.recipe.samples_per_class
        because = (
            f" (samples_per_class {self.recipe.samples_per_class} is raised)" if raised else ""
        )
        return (
            f"{len(self.classes)} micrographs, {images} images an epoch{because}, "
            f"{epochs * self.steps} steps in up to {epochs} epochs; {self.boxes} boxes, up to "
            f"{self.fullest} in a micrograph, of {self.smallest:.0f} to {self.largest:.0f} pixels; "
            f"{self.smaller} of them smaller than {SMALL} pixels, {self.larger} larger than a "
            f"training image of {size} pixels; best possible recall {self.recall:.3f}"
            f"{self._anchors()}"
        )

    def _anchors(self) -> str:
        if not self.recipe.fine_tune:
            return ""
        if self.are_kept:
            return "; anchors of the detector that it goes on from"
        return "; anchors fitted anew: those of the detector that it goes on from fit fewer boxes"

    @property
    def note(self) -> str:
        """One line for the record on boxes that cannot be learned completely; "" without any."""
        parts = [
            f"{count} of {self.boxes} training boxes are {fault}"
            for count, fault in (
                (self.smaller, f"smaller than {SMALL} pixels"),
                (self.larger, f"larger than a training image of {self.recipe.image_size} pixels"),
                (self.unlike, "unlike every anchor"),
            )
            if count
        ]
        return f"{'; '.join(parts)}." if parts else ""


def coverage(
    scenes: Sequence[Scene],
    recipe: DetectionRecipe,
    known: NDArray[np.floating] | None = None,
) -> Coverage:
    """Return what a training on scenes covers.

    Args:
      scenes: at the recipe's scale, with a box in one of them at least.
      known: (3, 3, 2) anchors of the detector that the training goes on from. They are kept unless
        new ones fit more boxes: a box is predicted as a multiple of its anchor, and with others the
        detector would have to learn its boxes again.
    """
    sizes = np.concatenate([scene.boxes[:, 2:] for scene in scenes])
    of_boxes = anchors.fitted(sizes)
    are_kept = known is not None and bool(
        anchors.fit(sizes, known).sum() >= anchors.fit(sizes, of_boxes).sum()
    )
    if known is not None and are_kept:
        of_boxes = np.asarray(known, np.float32)
    classes = np.array([most_frequent_class(scene) for scene in scenes])
    samples_per_class = _samples_per_class(classes, recipe)
    images = samples_per_class * len(np.unique(classes))
    sides, fit = sizes.max(axis=1), anchors.fit(sizes, of_boxes)
    is_larger = sides > recipe.image_size
    return Coverage(
        classes=classes,
        samples_per_class=samples_per_class,
        steps=math.ceil(images / recipe.batch_size),
        anchors=of_boxes,
        boxes=len(sizes),
        fullest=max(len(scene.boxes) for scene in scenes),
        smallest=float(sides.min()),
        largest=float(sides.max()),
        smaller=int((sides < SMALL).sum()),
        larger=int(is_larger.sum()),
        unlike=int((~fit).sum()),
        recall=float((fit & ~is_larger).mean()),
        recipe=recipe,
        are_kept=are_kept,
    )


def class_weights(scenes: Sequence[Scene], classes: int, exponent: float) -> NDArray[np.float32]:
    """Return the weight of a box of each class, (classes,); their mean over the boxes is 1.

    An epoch shows equally many micrographs of each class. One of Papilloma has 36 boxes and one of
    Ebola a single filament: unweighted, the loss of the classes is that of Papilloma.

    Args:
      exponent: `DetectionRecipe.class_balance`.
    """
    counts = np.array([np.bincount(scene.labels, minlength=classes) for scene in scenes])
    per_image = counts.sum(axis=0) / (counts > 0).sum(axis=0).clip(1)
    weights = np.where(per_image > 0, per_image.clip(1) ** -exponent, 1)
    return (weights * per_image.sum() / (weights * per_image).sum()).astype(np.float32)


def most_frequent_class(scene: Scene) -> int:
    """Return the most frequent class of a scene, -1 for an empty one."""
    return int(np.bincount(scene.labels).argmax()) if len(scene.labels) else -1


def _samples_per_class(classes: NDArray[np.int64], recipe: DetectionRecipe) -> int:
    count = len(np.unique(classes))
    images = recipe.batch_size * math.ceil(recipe.min_steps / recipe.epochs)
    if recipe.all_images:
        images = max(images, len(classes))
    return max(recipe.samples_per_class, math.ceil(images / count))
