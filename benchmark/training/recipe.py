"""How a model is trained: every setting that is not the model, the data or the seed."""

import argparse
import dataclasses
import math
import types
from collections.abc import Sequence
from typing import Any, TypeVar

from benchmark.errors import UsageError
from benchmark.training.sampling import SAMPLES_PER_CLASS
from leaderboard.files.arguments import did_you_mean, number
from leaderboard.files.names import check_recipe

OPTIMIZERS = ("adam", "adamw", "sgd")
PRECISIONS = types.MappingProxyType({"float32": "float32", "bfloat16": "mixed_bfloat16"})  # Keras'
AUTO = "auto"  # bfloat16 where the device computes faster in it
READERS = types.MappingProxyType(  # of what is typed for a setting of each kind
    {
        int: number(int, "a whole number", lambda value: True),
        float: number(float, "a number", lambda value: True),
    }
)


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Settings of one training.

    Attributes:
      epochs: at most; patience: epochs without a better validation score before it stops.
      batch_size: patches a step; samples_per_class: training patches of each class in an epoch.
      image_size: pixels; patches are averaged down to it (256: as they are).
      optimizer: "adam", "adamw", or "sgd" with Nesterov's momentum; weight_decay: of AdamW or SGD.
      learning_rate: its peak; warmup_epochs: of linear rise; cosine: then decay by a cosine
        to `final_share` of it.
      label_smoothing: share of each label given to all classes; mixup: alpha of the beta
        distribution, 0 for none.
      tta: test-time augmentation, the number of D4 transforms averaged (1 or 8).
      freeze_batch_norm: batch normalization keeps its pretrained statistics.
      global_pooling: an ImageNet backbone's features are averaged over the image before the head,
        in place of the paper's Flatten and two layers of 1024.
      precision: "float32", or "bfloat16" for the arithmetic, with weights in float32: faster on
        GPUs and on CPUs that have it, far slower on others; "auto" takes what the device has.
      ema: decay of an exponential moving average of the weights; the average after the last epoch
        is kept, in place of the best epoch. 0: none.
      gamma, stain_gradient, blur, noise: intensity augmentation, see `classification.tone`: half
        range of the exponent's logarithm; standard deviation of the field's logarithm; largest
        share of blurring or sharpening; largest noise, as a share of a patch's standard deviation.
        0: none.
      filament_windows: of classifiers, more training windows along each filament, of the same
        micrographs; see `data.filament_windows`.
    """

    epochs: int
    patience: int
    learning_rate: float
    batch_size: int = 32
    samples_per_class: int = SAMPLES_PER_CLASS
    image_size: int = 256
    optimizer: str = "adam"
    weight_decay: float = 0.0
    warmup_epochs: int = 0
    cosine: bool = False
    label_smoothing: float = 0.0
    mixup: float = 0.0
    tta: int = 1
    freeze_batch_norm: bool = False
    global_pooling: bool = False
    precision: str = "float32"
    final_share: float = 0.0
    ema: float = 0.0
    gamma: float = 0.0
    stain_gradient: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    filament_windows: int = 0

    @property
    def contrast_sigma(self) -> float:
        """Standard deviation in pixels of a detector's channel of local contrast; 0 for none."""
        return 0.0

    def _side(self) -> tuple[str, bool]:
        """Say what the side must be, and whether it is."""
        return "a power of 2 from 32 to 256", self.image_size in (32, 64, 128, 256)

    def __post_init__(self) -> None:
        """Refuse settings that would not be what is trained."""
        wrong = [
            f"{name}={getattr(self, name)}: expected {wanted}"
            for name, wanted, fine in (
                ("epochs", "1 or more", self.epochs >= 1),
                ("patience", "1 or more", self.patience >= 1),
                ("batch_size", "1 or more", self.batch_size >= 1),
                ("samples_per_class", "1 or more", self.samples_per_class >= 1),
                ("image_size", *self._side()),
                ("tta", "1 or 8", self.tta in (1, 8)),
                ("filament_windows", "0 or more", self.filament_windows >= 0),
                ("optimizer", "adam, adamw or sgd", self.optimizer in OPTIMIZERS),
                (
                    "precision",
                    "float32, bfloat16 or auto",
                    self.precision in (*PRECISIONS, AUTO),
                ),
                ("ema", "0 or more, less than 1", 0 <= self.ema < 1),
                *(
                    (name, "from 0 to 2", 0 <= getattr(self, name) <= 2)
                    for name in ("gamma", "stain_gradient", "blur", "noise")
                ),
                ("weight_decay", "0 or more", self.weight_decay >= 0),
                *(
                    (name, "a finite number", math.isfinite(getattr(self, name)))
                    for name in ("learning_rate", "weight_decay", "label_smoothing", "mixup")
                ),
                ("weight_decay", "0 with adam", self.weight_decay == 0 or self.optimizer != "adam"),
                ("final_share", "from 0 to 1", 0 <= self.final_share <= 1),
                ("final_share", "0 unless cosine", self.final_share == 0 or self.cosine),
                ("warmup_epochs", "0 unless cosine", self.warmup_epochs == 0 or self.cosine),
                ("warmup_epochs", "from 0 to epochs", 0 <= self.warmup_epochs <= self.epochs),
                ("learning_rate", "more than 0", self.learning_rate > 0),
                ("label_smoothing", "0 or more, less than 1", 0 <= self.label_smoothing < 1),
                ("mixup", "0 or more", self.mixup >= 0),
            )
            if not fine
        ]
        if wrong:
            raise UsageError(f"recipe: {'; '.join(wrong)}. Change it with --set.")


_R = TypeVar("_R", bound=Recipe)


def altered(name: str, base: _R, changes: Sequence[str]) -> tuple[str, _R]:
    """Change settings of a recipe.

    Args:
      name: of the recipe; base: its settings; changes: like "epochs=3".

    Returns:
      Its label, which names every change ("brief+epochs=3"), and the recipe.

    Raises:
      UsageError: there is no such setting, or it would change nothing. BadNameError: the label is
        too long.
    """
    changed = dict[str, Any]()
    for change in sorted(changes):
        field, sign, text = (part.strip() for part in change.partition("="))
        if not sign:
            raise UsageError(
                f"--set {change}: found no value; expected SETTING=VALUE. Write it without blanks, "
                "such as epochs=3."
            )
        if field in changed:
            raise UsageError(f"--set {change}: {field} is set twice; expected once. Keep one.")
        changed[field] = _value(base, field, text)
        name += f"+{field}={text}"
    recipe = dataclasses.replace(base, **changed)
    if "patience" in changed and recipe.ema and recipe.patience < recipe.epochs:
        raise UsageError(
            f"--set patience={recipe.patience}: found ema={recipe.ema:g} beside it; expected no "
            "patience: the last average is kept, and no epoch is chosen. Leave it out, set fewer "
            "epochs, or add ema=0."
        )
    return check_recipe(name), recipe


def defaults(kind: type[Recipe] = Recipe) -> dict[str, Any]:
    """Return the settings of a recipe that names none of those that have a default."""
    known = {field.name: field.default for field in dataclasses.fields(kind)}
    return {name: value for name, value in known.items() if value is not dataclasses.MISSING}


def distinctive(recipe: Recipe) -> dict[str, Any]:
    """Return the settings that have no default or another value: a new setting changes none."""
    known = defaults(type(recipe))
    values = dataclasses.asdict(recipe)
    return {n: value for n, value in values.items() if n not in known or value != known[n]}


def _value(base: Recipe, field: str, text: str) -> int | float | str | bool:
    known = dataclasses.asdict(base)
    if field not in known:
        raise UsageError(
            f"--set {field}={text}: no setting {field!r}{did_you_mean(field.lower(), known)}; "
            f"expected one of {', '.join(known)}. Correct it."
        )
    kind = type(known[field])
    if kind is str:
        return text
    if kind is bool:
        if text.lower() not in ("true", "false"):
            raise UsageError(f"--set {field}={text}: expected true or false. Correct it.")
        return text.lower() == "true"
    try:
        return READERS[kind](text)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"--set {field}={str(error).rstrip('.')}. Correct it.") from error
