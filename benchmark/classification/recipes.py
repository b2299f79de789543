"""The recipes of classifiers, by name and initialization, and what single models change in them."""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from typing import Any

from benchmark.errors import UsageError
from benchmark.models import registry
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
# Pixels below which the layers of these networks have nothing left of a patch.
SMALLEST = types.MappingProxyType({"custom": 64, "inception_v3": 128, "xception": 128})


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
      UsageError: there is no such recipe or setting, or the model has no use for it.
      BadNameError: the label is too long.
    """
    if (name, initialization) not in RECIPES:
        known = [n for n, i in RECIPES if i == initialization]
        raise UsageError(
            f"recipe {name!r} from {initialization}: unknown{did_you_mean(name, known)}; expected "
            f"one of {', '.join(known)}."
        )
    base = dataclasses.replace(RECIPES[name, initialization], **OF_MODEL.get((name, model), {}))
    label, changed = altered(name, base, changes)
    if model:
        _check_model(model, initialization, changed)
    return label, changed


def _check_model(model: str, initialization: str, recipe: Recipe) -> None:
    """Refuse settings that change nothing in a network, and patches that are too small for it."""
    if recipe.global_pooling and TRANSFER not in registry.model(model).initializations:
        backbones = (n for n, one in registry.models().items() if TRANSFER in one.initializations)
        raise UsageError(
            f"--set global_pooling=true: {model} has no ImageNet backbone, and nothing would "
            f"change; expected {', '.join(backbones)} alone. Leave it out, or name these with "
            "--models."
        )
    if recipe.freeze_batch_norm and initialization != TRANSFER:
        raise UsageError(
            f"--set freeze_batch_norm=true: found {model} from scratch, which has no pretrained "
            "statistics to keep; expected a start from ImageNet weights. Leave it out, or add "
            "--start transfer."
        )
    smallest = SMALLEST.get(model, 0)
    if recipe.image_size < smallest:
        raise UsageError(
            f"--set image_size={recipe.image_size}: too small for {model}; expected {smallest} or "
            "more. Change it, or name other models with --models."
        )
