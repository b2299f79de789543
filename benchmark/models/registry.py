"""Every model of the benchmark: one registered function each.

@register("my_model", initializations=("scratch",))
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

from benchmark.errors import BenchmarkError
from leaderboard.files.names import check_name

INITIALIZATIONS = SCRATCH, TRANSFER = "scratch", "transfer"
CLASSIFICATION, DETECTION = "classification", "detection"


@dataclasses.dataclass(frozen=True)
class Options:
    """What a model's function may depend on beside shape and classes.

    Attributes:
      initialization: "scratch" or "transfer" (from ImageNet weights).
      weights: file of ImageNet weights without top; None takes keras.applications' own.
      freeze_batch_norm: batch normalization keeps the statistics that it started with.
      global_pooling: the features of an ImageNet backbone are averaged before the head.
    """

    initialization: str = SCRATCH
    weights: Path | None = None
    freeze_batch_norm: bool = False
    global_pooling: bool = False


Build = Callable[[Any, int, Options], Any]


@dataclasses.dataclass(frozen=True)
class Model:
    """A registered model: its name, how it can start, and the function that builds it.

    `build(shape, classes, options)` returns a `keras.Model` from standardized patches
    (batch, side, side, 1) float32 to probabilities (batch, classes); of a detector, from
    micrographs of any size to what `detection.yolov5.network` gives.

    Attributes:
      initializations: those done by default; task: "classification" or "detection".
    """

    name: str
    initializations: tuple[str, ...]
    build: Build
    task: str = CLASSIFICATION

    def code(self) -> str:
        """Return the sha256 of the files that the model is written in.

        That is its own module's, and those of the benchmark's modules that it takes from.
        """
        own = inspect.getmodule(self.build)
        taken = {inspect.getmodule(value) for value in vars(own).values()}
        modules = [own, *(one for one in taken if one and one.__name__.startswith("benchmark."))]
        files = {str(one.__file__) for one in modules if one and one.__name__ not in _BORDERS}
        digest = hashlib.sha256()
        for file in sorted(files):
            digest.update(Path(file).read_bytes())
        return digest.hexdigest()


_BORDERS = (__name__, "benchmark.errors")  # every model takes from them, none is built by them
_MODELS: dict[str, Model] = {}


def register(
    name: str, initializations: tuple[str, ...] = (SCRATCH,), task: str = CLASSIFICATION
) -> Callable[[Build], Build]:
    """Register a model's function under a name."""

    def keep(build: Build) -> Build:
        check_name(name, "model")
        place = (build.__module__, build.__qualname__)
        known = _MODELS.get(name)
        if known and (known.build.__module__, known.build.__qualname__) != place:
            raise BenchmarkError(f"model {name} is registered twice; choose another name.")
        _MODELS[name] = Model(name, initializations, build, task)
        return build

    return keep


def models() -> dict[str, Model]:
    """Return all models by name: importing a module of `benchmark.models` registers its own."""
    from benchmark import models as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_MODELS.items()))


def trainable_parameters(network: Any) -> int:
    """Count the numbers that training changes in a `keras.Model`."""
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def model(name: str) -> Model:
    """Return one model; `BenchmarkError` names the known ones where it is unknown."""
    known = models()
    if name not in known:
        raise BenchmarkError(f"model {name!r}: unknown; expected one of {', '.join(known)}.")
    return known[name]
