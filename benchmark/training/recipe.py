"""How a model is trained: every setting that is not the model, the data or the seed."""

import dataclasses
import math
import types
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from benchmark.errors import BenchmarkError
from benchmark.models.registry import SCRATCH, TRANSFER
from benchmark.training.sampling import SAMPLES_PER_CLASS
from leaderboard.files.names import check_recipe

OPTIMIZERS = ("adam", "adamw", "sgd")
PRECISIONS = types.MappingProxyType({"float32": "float32", "bfloat16": "mixed_bfloat16"})  # Keras'


@dataclasses.dataclass(frozen=True)
class Recipe:
    """Settings of one training.

    Attributes:
      epochs: at most; patience: epochs without a better validation score before it stops.
      batch_size: patches a step; samples_per_class: training patches of each class in an epoch.
      image_size: pixels; patches are averaged down to it (256: as they are).
      optimizer: "adam", "adamw", or "sgd" with Nesterov's momentum; weight_decay: of AdamW or SGD.
      learning_rate: its peak; warmup_epochs: of linear rise; cosine: then decay to 0 by a cosine.
      label_smoothing: share of each label given to all classes; mixup: alpha of the beta
        distribution, 0 for none.
      tta: test-time augmentation, the number of D4 transforms averaged (1 or 8).
      freeze_batch_norm: batch normalization keeps its pretrained statistics.
      global_pooling: an ImageNet backbone's features are averaged over the image before the head,
        in place of the paper's Flatten and two layers of 1024.
      precision: "float32", or "bfloat16" for the arithmetic, with weights in float32: faster on
        GPUs and on CPUs that have it, far slower on others.
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
                ("optimizer", "adam, adamw or sgd", self.optimizer in OPTIMIZERS),
                ("precision", "float32 or bfloat16", self.precision in PRECISIONS),
                ("weight_decay", "0 or more", self.weight_decay >= 0),
                *(
                    (name, "a finite number", math.isfinite(getattr(self, name)))
                    for name in ("learning_rate", "weight_decay", "label_smoothing", "mixup")
                ),
                ("weight_decay", "0 with adam", self.weight_decay == 0 or self.optimizer != "adam"),
                ("warmup_epochs", "0 unless cosine", self.warmup_epochs == 0 or self.cosine),
                ("warmup_epochs", "from 0 to epochs", 0 <= self.warmup_epochs <= self.epochs),
                ("learning_rate", "more than 0", self.learning_rate > 0),
                ("label_smoothing", "0 or more, less than 1", 0 <= self.label_smoothing < 1),
                ("mixup", "0 or more", self.mixup >= 0),
            )
            if not fine
        ]
        if wrong:
            raise BenchmarkError(f"recipe: {'; '.join(wrong)}. Change it with --set.")


_R = TypeVar("_R", bound=Recipe)
_MODERN = Recipe(
    epochs=60, patience=60, learning_rate=2e-3, optimizer="adamw", weight_decay=0.05,
    warmup_epochs=1, cosine=True, label_smoothing=0.05, mixup=0.2, tta=8, precision="bfloat16",
)  # fmt: skip
_BRIEF = dataclasses.replace(_MODERN, epochs=14, patience=14, image_size=128, precision="float32")

# paper: Adam, rate and epochs as in section 2.4; patience and batch are not stated there.
# modern: a GPU's work.  brief: the same in what two CPU cores can do in about an hour.
# quick: shows that everything works.
RECIPES = types.MappingProxyType(
    {
        ("paper", SCRATCH): Recipe(epochs=300, patience=50, learning_rate=1e-5),
        ("paper", TRANSFER): Recipe(epochs=50, patience=10, learning_rate=1e-5),
        ("modern", SCRATCH): _MODERN,
        ("modern", TRANSFER): dataclasses.replace(
            _MODERN, epochs=20, patience=20, learning_rate=2e-4, global_pooling=True
        ),
        ("brief", SCRATCH): _BRIEF,
        ("brief", TRANSFER): dataclasses.replace(
            _BRIEF, epochs=3, patience=3, learning_rate=2e-4, image_size=256, freeze_batch_norm=True
        ),
        ("quick", SCRATCH): Recipe(
            epochs=4,
            patience=4,
            learning_rate=1e-3,
            batch_size=16,
            samples_per_class=16,
            image_size=64,
        ),
    }
)
# The paper states DenseNet201's batch; d4_cnn answers the same in every view. A few steps of the
# large networks show that they work; two of them take no picture of 64 pixels.
_LARGE = ("densenet201", "mobilenet_v2", "resnet50", "resnet50_v2", "vgg16", "vgg19")
_FEW = {"epochs": 1, "samples_per_class": 4}
OF_MODEL: Mapping[tuple[str, str], dict[str, Any]] = types.MappingProxyType(
    {
        ("paper", "densenet201"): {"batch_size": 12},
        ("modern", "d4_cnn"): {"tta": 1},
        ("brief", "d4_cnn"): {"tta": 1, "image_size": 256},  # it halves the side itself
        **{("quick", name): _FEW for name in _LARGE},
        ("quick", "inception_v3"): {**_FEW, "image_size": 128},
        ("quick", "xception"): {**_FEW, "image_size": 128},
    }
)
NAMES = tuple(dict.fromkeys(name for name, _ in RECIPES))


def recipe(
    name: str, start: str, changes: Sequence[str] = (), model: str = ""
) -> tuple[str, Recipe]:
    """Look up a recipe, and change settings of it.

    Args:
      name: one of `NAMES`; start: "scratch" or "transfer"; changes: like "epochs=3".
      model: some need settings of their own.

    Returns:
      Its label, which names every change ("brief+epochs=3"), and the recipe.

    Raises:
      BenchmarkError: there is no such recipe or setting. BadNameError: the label is too long.
    """
    if (name, start) not in RECIPES:
        known = ", ".join(n for n, s in RECIPES if s == start)
        raise BenchmarkError(f"recipe {name!r} from {start}: unknown; expected one of {known}.")
    base = dataclasses.replace(RECIPES[name, start], **OF_MODEL.get((name, model), {}))
    return altered(name, base, changes)


def altered(name: str, base: _R, changes: Sequence[str]) -> tuple[str, _R]:
    """Change settings of a recipe; returns and raises what `recipe` does."""
    changed = dict[str, Any]()
    for change in sorted(changes):
        field, _, text = change.partition("=")
        if field in changed:
            raise BenchmarkError(f"--set {change}: {field} is set twice; expected once. Keep one.")
        changed[field] = _value(base, field, text)
        name += f"+{field}={text}"
    return check_recipe(name), dataclasses.replace(base, **changed)


def defaults(kind: type[Recipe] = Recipe) -> dict[str, Any]:
    """Return the settings of a recipe that names none of those that have a default."""
    known = {field.name: field.default for field in dataclasses.fields(kind)}
    return {name: value for name, value in known.items() if value is not dataclasses.MISSING}


def _value(base: Recipe, field: str, text: str) -> int | float | str | bool:
    known = dataclasses.asdict(base)
    try:
        if field not in known:
            raise ValueError(f"no setting {field!r}")
        if isinstance(known[field], bool):
            return {"true": True, "false": False}[text.lower()]
        return type(known[field])(text)
    except (ValueError, KeyError) as error:
        raise BenchmarkError(
            f"--set {field}={text}: {error}; expected one of {', '.join(known)} with a value of "
            f"its type, such as epochs=3."
        ) from error
