"""The recipes of classifiers, by name and initialization, and what single models change in them."""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from typing import Any

from benchmark.errors import UsageError
from benchmark.models.registry import SCRATCH, TRANSFER
from benchmark.training.recipe import Recipe, altered
from leaderboard.files.arguments import did_you_mean

_MODERN = Recipe(
    epochs=60, patience=60, learning_rate=2e-3, optimizer="adamw", weight_decay=0.05,
    warmup_epochs=1, cosine=True, label_smoothing=0.05, mixup=0.2, tta=8, precision="bfloat16",
)  # fmt: skip
_BRIEF = dataclasses.replace(_MODERN, epochs=14, patience=14, image_size=128, precision="float32")

_STEADY = Recipe(
    epochs=40, patience=40, learning_rate=1e-3, image_size=128, optimizer="adamw",
    weight_decay=0.05, warmup_epochs=2, cosine=True, label_smoothing=0.05, mixup=0.2, tta=8,
    precision="auto", ema=0.999, gamma=0.5, stain_gradient=0.25, blur=0.5, noise=0.2,
)  # fmt: skip

# paper: Adam, learning rate and epochs as in section 2.4; patience and batch are not stated there.
# modern: for a GPU.  brief: the same in about an hour on two CPU cores.
# steady: the last average of weights, intensity augmentation.
# quick: a few steps, which show that everything works.
RECIPES = types.MappingProxyType(
    {
        ("paper", SCRATCH): Recipe(epochs=300, patience=50, learning_rate=1e-5),
        ("paper", TRANSFER): Recipe(epochs=50, patience=10, learning_rate=1e-5),
        ("modern", SCRATCH): _MODERN,
        ("modern", TRANSFER): dataclasses.replace(
            _MODERN, epochs=20, patience=20, learning_rate=2e-4, global_pooling=True
        ),
        ("brief", SCRATCH): _BRIEF,
        ("steady", SCRATCH): _STEADY,
        ("steady", TRANSFER): dataclasses.replace(
            _STEADY,
            epochs=6,
            patience=6,
            learning_rate=2e-4,
            image_size=256,
            warmup_epochs=1,
            freeze_batch_norm=True,
        ),
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
# The paper states the batch size of DenseNet201. Averaging over the D4 transforms changes nothing
# in networks that are invariant to them. A few steps of the large networks show that they work; two
# of them take no images of 64 pixels.
_INVARIANT = ("d4_cnn", "d4_cnn_wide")
_LARGE = ("densenet201", "mobilenet_v2", "resnet50", "resnet50_v2", "vgg16", "vgg19")
_FEW = {"epochs": 1, "samples_per_class": 4}
OF_MODEL: Mapping[tuple[str, str], dict[str, Any]] = types.MappingProxyType(
    {
        ("paper", "densenet201"): {"batch_size": 12},
        **{("modern", name): {"tta": 1} for name in _INVARIANT},
        # Their first layer halves the image size.
        **{("steady", name): {"tta": 1, "image_size": 256} for name in _INVARIANT},
        **{("brief", name): {"tta": 1, "image_size": 256} for name in _INVARIANT},
        ("steady", "fine_cnn"): {"image_size": 256},
        ("brief", "fine_cnn"): {"image_size": 256},
        **{("quick", name): _FEW for name in _LARGE},
        ("quick", "inception_v3"): {**_FEW, "image_size": 128},
        ("quick", "xception"): {**_FEW, "image_size": 128},
    }
)
NAMES = tuple(dict.fromkeys(name for name, _ in RECIPES))


def recipe(
    name: str, initialization: str, changes: Sequence[str] = (), model: str = ""
) -> tuple[str, Recipe]:
    """Return a recipe with changed settings.

    Args:
      name: one of `NAMES`; initialization: "scratch" or "transfer"; changes: like "epochs=3".
      model: some need settings of their own.

    Returns:
      Its label, which names every change ("brief+epochs=3"), and the recipe.

    Raises:
      UsageError: there is no such recipe or setting. BadNameError: the label is too long.
    """
    if (name, initialization) not in RECIPES:
        known = [n for n, i in RECIPES if i == initialization]
        raise UsageError(
            f"recipe {name!r} from {initialization}: unknown{did_you_mean(name, known)}; expected "
            f"one of {', '.join(known)}."
        )
    base = dataclasses.replace(RECIPES[name, initialization], **OF_MODEL.get((name, model), {}))
    return altered(name, base, changes)
