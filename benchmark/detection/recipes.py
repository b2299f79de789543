"""The recipes of detectors: the settings of every recipe, and those of scale and augmentation."""

import dataclasses
import types
from collections.abc import Collection, Sequence

from benchmark.errors import UsageError
from benchmark.training.recipe import Recipe, altered
from leaderboard.files.arguments import did_you_mean

LARGEST = 1280  # pixels of a side
OF_CLASSIFIERS = (  # settings
    "gamma", "stain_gradient", "blur", "noise", "mixup", "label_smoothing", "filament_windows",
    "freeze_batch_norm", "global_pooling",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class DetectionRecipe(Recipe):
    """Settings of one training of a detector.

    Attributes:
      image_size: pixels of a training image, a multiple of 32; samples_per_class: training images
        for each class in an epoch, around its micrographs.
      nm_per_pixel: scale that micrographs are resampled to before the network.
      mosaic: share of training images composed of four micrographs; close_mosaic: share of the
        epochs, the last ones, without any.
      scale_jitter: largest change of scale, as a logarithm to base 2; shear: largest, in degrees.
      contrast, brightness: largest changes, in standard deviations of the image.
      free_rotation: rotation by any angle, else by a multiple of 90 degrees.
      local_contrast: standard deviation in nm of the neighbourhood that a second channel inside
        the network relates each pixel to, see `models.layers.local_contrast`; 0 for none.
      class_gain: weight of the class loss beside 0.05 of the box loss; 0 takes YOLOv5's, which is
        0.5 for 80 classes and proportional to their number.
      class_balance: exponent b of the weight n**-b of a box, where a micrograph has n boxes of its
        class on average; at 0 every box counts alike, at 1 every class.
      loss_times_batch: the loss is multiplied by the images of the batch, as YOLOv5's is.
      ignore_confidence: objectness from which on a detection far from every box is not trained as
        background, since it may be a particle that nobody annotated; 0 trains all.
      ignore_from: share of the epochs after which this begins.
      all_images: an epoch has at least as many images as there are micrographs; min_steps: of the
        whole training, at least. Epochs are lengthened for both, see `detection.coverage`.
      nms_iou: IoU from which on two boxes of one class are one detection.
      fine_tune: the training goes on from a detector: it keeps that one's anchors where the boxes
        fit them, and its batch normalization is adapted, see `detection.first_statistics`.
    """

    nm_per_pixel: float = 2.0
    mosaic: float = 1.0
    scale_jitter: float = 0.5
    shear: float = 0.0
    contrast: float = 0.2
    brightness: float = 0.2
    free_rotation: bool = False
    close_mosaic: float = 0.0
    local_contrast: float = 0.0
    class_gain: float = 0.0
    class_balance: float = 0.0
    loss_times_batch: bool = False
    ignore_confidence: float = 0.0
    ignore_from: float = 0.5
    all_images: bool = False
    min_steps: int = 0
    nms_iou: float = 0.6
    fine_tune: bool = False

    @property
    def contrast_sigma(self) -> float:
        """Standard deviation of the local contrast in pixels of the network's input; 0 for none."""
        return self.local_contrast / self.nm_per_pixel

    def _side(self) -> tuple[str, bool]:
        fine = 32 <= self.image_size <= LARGEST and self.image_size % 32 == 0
        return f"a multiple of 32 up to {LARGEST}", fine

    def __post_init__(self) -> None:
        """Refuse settings that would not be what is trained."""
        super().__post_init__()
        for name in OF_CLASSIFIERS:
            if getattr(self, name):
                raise UsageError(
                    f"recipe: {name}={getattr(self, name)}: expected none for a detector, it is a "
                    "setting of classifiers. Leave it out."
                )
        for name, low, high in (
            ("nm_per_pixel", 0.1, 100), ("mosaic", 0, 1), ("scale_jitter", 0, 3), ("shear", 0, 45),
            ("contrast", 0, 1), ("brightness", 0, 3), ("close_mosaic", 0, 1),
            ("local_contrast", 0, 100), ("class_gain", 0, 10), ("class_balance", 0, 1),
            ("ignore_confidence", 0, 1), ("ignore_from", 0, 1), ("min_steps", 0, 1_000_000),
            ("nms_iou", 0.1, 0.9),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise UsageError(
                    f"recipe: {name}={getattr(self, name)}: expected {low} to {high}. Change it "
                    "with --set."
                )


# paper: the defaults of YOLOv5, as in the exosome paper.  modern: for a GPU.  brief: about an hour
# on two CPU cores.  steady: whole micrographs and an average of weights; 40 CPU minutes of steps.
# finetune: steady, from a detector, on a few micrographs; 5 CPU minutes.  quick: a few steps, which
# show that everything works.
_MODERN = DetectionRecipe(
    epochs=100, patience=100, learning_rate=2e-3, batch_size=16, samples_per_class=64,
    image_size=640, nm_per_pixel=1.0, optimizer="adamw", weight_decay=0.05, warmup_epochs=3,
    cosine=True, precision="bfloat16", all_images=True, min_steps=4000,
)  # fmt: skip
_STEADY = DetectionRecipe(
    epochs=20, patience=20, learning_rate=1e-3, batch_size=4, samples_per_class=76,
    image_size=512, nm_per_pixel=2.0, optimizer="adamw", weight_decay=0.05, warmup_epochs=1,
    cosine=True, ema=0.998, mosaic=0.0, scale_jitter=0.05, contrast=0.3, brightness=0.3,
    local_contrast=16.0, class_gain=0.4, class_balance=0.5, all_images=True, min_steps=2000,
    nms_iou=0.5,
)  # fmt: skip
RECIPES = types.MappingProxyType(
    {
        "paper": DetectionRecipe(
            epochs=300, patience=100, learning_rate=1e-2, batch_size=16, samples_per_class=64,
            image_size=640, nm_per_pixel=1.0, optimizer="sgd", weight_decay=5e-4, warmup_epochs=3,
            cosine=True, final_share=0.2, loss_times_batch=True, all_images=True, min_steps=12000,
        ),
        "modern": _MODERN,
        "brief": dataclasses.replace(
            _MODERN, epochs=20, patience=20, samples_per_class=48, image_size=256, nm_per_pixel=2.0,
            mosaic=0.5, scale_jitter=0.3, warmup_epochs=1, precision="float32", all_images=False,
            min_steps=0,  # as the committed records of this recipe were trained
        ),
        "steady": _STEADY,
        "finetune": dataclasses.replace(
            _STEADY, epochs=5, patience=5, learning_rate=1e-4, samples_per_class=40,
            image_size=384, min_steps=300, fine_tune=True,
        ),
        "quick": DetectionRecipe(
            epochs=2, patience=2, learning_rate=1e-3, batch_size=4, samples_per_class=4,
            image_size=64, nm_per_pixel=4.0,
        ),
    }
)  # fmt: skip
NAMES = tuple(RECIPES)


def recipe(name: str, changes: Sequence[str] = ()) -> tuple[str, DetectionRecipe]:
    """Return a recipe with changed settings; the same from scratch and by transfer.

    Args:
      name: one of `NAMES`; changes: like "epochs=3".

    Returns:
      Its label, which names every change ("brief+epochs=3"), and the recipe.

    Raises:
      UsageError: there is no such recipe or setting. BadNameError: the label is too long.
    """
    if name not in RECIPES:
        raise UsageError(
            f"recipe {name!r} of detectors: unknown{did_you_mean(name, RECIPES)}; expected one of "
            f"{', '.join(RECIPES)}."
        )
    label, changed = altered(name, RECIPES[name], changes)
    _refuse_idle(changed, {change.partition("=")[0].strip() for change in changes})
    return label, changed


def _refuse_idle(recipe: DetectionRecipe, given: Collection[str]) -> None:
    """Refuse settings that change nothing beside the others; given: names of those with --set."""
    for name, needed in (("close_mosaic", "mosaic"), ("ignore_from", "ignore_confidence")):
        if name in given and not getattr(recipe, needed):
            raise UsageError(
                f"--set {name}={getattr(recipe, name)}: found {needed}=0 beside it, where it "
                f"changes nothing; expected {needed} of more than 0. Set that, or leave it out."
            )
