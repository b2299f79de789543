"""Every model of the benchmark: one registered function each.

To add a model, put one new file into `benchmark/models/`:

    from benchmark.models.registry import register

    @register("my_model")
    def my_model(shape, classes, options):
        return keras.Sequential([...])
"""

import dataclasses
import hashlib
import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmark.errors import BenchmarkError, UsageError
from leaderboard.files.arguments import did_you_mean
from leaderboard.files.names import check_name
from leaderboard.tasks import CLASSIFICATION, DETECTION

__all__ = ["CLASSIFICATION", "DETECTION", "INITIALIZATIONS", "SCRATCH", "TRANSFER", "Build",
           "Model", "Options", "model", "models", "register", "trainable_parameters"]  # fmt: skip

INITIALIZATIONS = SCRATCH, TRANSFER = "scratch", "transfer"
IMAGENET = "ImageNet"


@dataclasses.dataclass(frozen=True)
class Options:
    """What a model's function may depend on beside shape and classes.

    Attributes:
      initialization: "scratch" or "transfer" (from pretrained weights).
      weights: file of pretrained weights without top; None takes those that the function itself
        names, such as keras.applications' own.
      freeze_batch_norm: batch normalization keeps its pretrained statistics.
      global_pooling: the features of an ImageNet backbone are averaged over the image before the
        head.
      contrast_sigma: standard deviation in pixels of a detector's channel of local contrast; 0 for
        no such channel.
    """

    initialization: str = SCRATCH
    weights: Path | None = None
    freeze_batch_norm: bool = False
    global_pooling: bool = False
    contrast_sigma: float = 0.0


Build = Callable[[Any, int, Options], Any]


@dataclasses.dataclass(frozen=True)
class Model:
    """A registered model: its name, its initializations, and the function that builds it.

    `build(shape, classes, options)` returns a `keras.Model` from standardized patches
    (batch, side, side, 1) float32 to probabilities (batch, classes); of a detector, from
    micrographs of any size to what `layers.yolov5_network.network` gives.

    Attributes:
      initializations: those run by default; task: "classification" or "detection".
      pretraining: what the weights of "transfer" were trained on, as the record of a classifier
        states it; that of a detector names the run of its weights.
    """

    name: str
    initializations: tuple[str, ...]
    build: Build
    task: str = CLASSIFICATION
    pretraining: str = IMAGENET

    def code(self) -> str:
        """Return the sha256 of the model's source files.

        These are its own module and the modules of the benchmark that it imports from.
        """
        own = inspect.getmodule(self.build)
        imported = {inspect.getmodule(value) for value in vars(own).values()}
        modules = [own, *(m for m in imported if m and m.__name__.startswith("benchmark."))]
        files = {str(m.__file__) for m in modules if m and m.__name__ not in _NOT_ITS_CODE}
        digest = hashlib.sha256()
        for file in sorted(files):
            digest.update(Path(file).read_bytes())
        return digest.hexdigest()


# Models import from these, but no network is built by them.
_NOT_ITS_CODE = (__name__, "benchmark.errors", "benchmark.models.checkpoint")
_MODELS: dict[str, Model] = {}


def register(
    name: str,
    initializations: tuple[str, ...] = (SCRATCH,),
    task: str = CLASSIFICATION,
    pretraining: str = IMAGENET,
) -> Callable[[Build], Build]:
    """Register a model's function under a name; see `Model`."""

    def keep(build: Build) -> Build:
        check_name(name, "model")
        source = (build.__module__, build.__qualname__)
        known = _MODELS.get(name)
        if known and (known.build.__module__, known.build.__qualname__) != source:
            raise BenchmarkError(f"model {name} is registered twice; choose another name.")
        _MODELS[name] = Model(name, initializations, build, task, pretraining)
        return build

    return keep


def models() -> dict[str, Model]:
    """Return all models by name, after importing every module of `benchmark.models`."""
    from benchmark import models as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_MODELS.items()))


def trainable_parameters(network: Any) -> int:
    """Count the trainable parameters of a `keras.Model`."""
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def model(name: str) -> Model:
    """Return the model of a name.

    Raises:
      UsageError: the name is unknown; the message has the known ones.
    """
    known = models()
    if name not in known:
        raise UsageError(
            f"model {name!r}: unknown{did_you_mean(name, known)}; expected one of "
            f"{', '.join(known)}."
        )
    return known[name]
