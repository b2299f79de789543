"""What `python -m benchmark.conditions run` can evaluate: a record, a network's file, a model."""

import dataclasses
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.errors import BenchmarkError
from benchmark.runs import finished
from leaderboard.results import network_file
from tem_virus_dataset.networks import classifier, onnx_network
from tem_virus_dataset.networks.classifier import Classified
from tem_virus_dataset.networks.onnx_network import OnnxNetwork
from tem_virus_dataset.predict import models

VIEWS = 1  # D4 transforms: 62 cells in eight views would take an hour on two cores
RELEASED = "released"  # recipe of a model that comes with the package


@dataclasses.dataclass(frozen=True)
class Network:
    """A network and what its row is called.

    Attributes:
      file: of its weights; digest: sha256 of that; onnx: the network.
      model, initialization, recipe, seed: as in records.
      settings: of the recipe; {} where they are not known.
    """

    file: Path
    digest: str
    onnx: OnnxNetwork
    model: str
    initialization: str
    recipe: str
    seed: int
    settings: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name in messages and of files."""
        return f"{self.model}-{self.initialization}-{self.recipe}-s{self.seed}"

    @property
    def classes(self) -> list[str]:
        """Class names in the order of the outputs."""
        return self.onnx.metadata.classes


def load(text: str) -> Network:
    """Return a network by what a user names.

    Args:
      text: file of a record, a network's file (.onnx), or the name of a released model.

    Raises:
      BenchmarkError: a record without a network beside it, or a pair of networks. RecordError: a
        record, or its network, cannot be used. DatasetError: no such model, or a damaged file.
    """
    if text.endswith(".json"):
        return _of_record(Path(text).expanduser())
    file = models.find(text)
    if file.suffix != models.SUFFIX:
        raise BenchmarkError(
            f"{text}: two networks, one after the other; expected a single one. Name one of them: "
            "tem-virus models lists them."
        )
    network = onnx_network.load(file)
    stated = network.metadata
    is_released = text in models.names()
    model = text if is_released else stated.run.partition("-")[0] or file.stem
    start = "scratch" if stated.pretraining in ("", "none") else "transfer"
    recipe = RELEASED if is_released else _recipe(stated.run) or file.stem
    return Network(file, _digest(file), network, model, start, recipe, stated.seed, {})


def _of_record(file: Path) -> Network:
    record = finished.record(file)
    if not record.network:
        raise BenchmarkError(
            f"{file}: no network lies beside it ({record.no_network or 'none was kept'}); expected "
            "an .onnx file. Write it from the run's checkpoint: python -m benchmark.export_model "
            f"{file}, or train it again."
        )
    weights = network_file.check_one(file, record)
    return Network(
        weights, record.network["sha256"], onnx_network.load(weights), record.model,
        record.initialization, record.recipe, record.seed, record.recipe_settings,
    )  # fmt: skip


def _recipe(run: str) -> str:
    """Return the recipe in a run's name, `model-scratch-recipe-s0`; "" where it has none."""
    parts = run.split("-")
    return "-".join(parts[2:-1])


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def examiner(network: Network) -> Callable[[NDArray[np.integer]], Classified]:
    """Return the function from patches (n, 256, 256, 1) to probabilities and novelty, in one view.

    The novelty is nan where the network does not tell.
    """
    stated = network.onnx.metadata
    if stated.novelty_threshold is not None:
        return classifier.of_network_with_novelty(
            network.onnx, stated.image_size, VIEWS, stated.temperature, stated.novelty_threshold
        )
    classify = classifier.of_network(network.onnx, stated.image_size, VIEWS, stated.temperature)
    return lambda patches: Classified(classify(patches), np.full(len(patches), np.nan))
