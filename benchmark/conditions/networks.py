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
from leaderboard.ground_truth import configs
from leaderboard.render import HERE
from leaderboard.results import network_file
from leaderboard.results import store as records
from leaderboard.tasks import DETECTION
from tem_virus_dataset.networks import classifier, onnx_network, ready
from tem_virus_dataset.networks.classifier import Classified, Classifier
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.metadata import Metadata
from tem_virus_dataset.networks.two_step import TwoStep
from tem_virus_dataset.predict import models, pairs

VIEWS = 1  # D4 transforms: 62 cells in eight views would take an hour on two cores
RECORDS = HERE / "records"
RELEASED = "released"  # recipe of a model that comes with the package


@dataclasses.dataclass(frozen=True)
class Named:
    """A network, or a pair of two, and what its row is called.

    Attributes:
      task: of `leaderboard.tasks`; file: of the weights, or of the pair; digest: sha256 of that.
      classes: names in the order of the outputs.
      model, initialization, recipe, seed: as in records.
      settings: of the recipe; {} where they are not known; trained_on: data of the training.
      note: for the reader of the row, or "".
    """

    task: str
    file: Path
    digest: str
    classes: tuple[str, ...]
    model: str
    initialization: str
    recipe: str
    seed: int
    settings: Mapping[str, Any]
    trained_on: str
    note: str = ""

    @property
    def name(self) -> str:
        """Name in messages and of files."""
        return f"{self.model}-{self.initialization}-{self.recipe}-s{self.seed}"


def named(text: str) -> Named:
    """Return what a user names.

    Args:
      text: file of a record, a network's file (.onnx), or the name of a released model.

    Raises:
      BenchmarkError: a record without a network beside it. RecordError: a record, or its network,
        cannot be used. DatasetError: no such model, or a damaged file.
    """
    if text.endswith(".json"):
        return _of_record(Path(text).expanduser())
    file = models.find(text)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if file.suffix == pairs.SUFFIX:
        return _of_pair(text, file, digest)
    stated = onnx_network.load(file).metadata
    model, recipe = (text, RELEASED) if text in models.names() else _names(stated, file)
    note = f"the network of {stated.run}" if recipe == RELEASED else ""
    return Named(
        stated.task, file, digest, tuple(stated.classes), model, _start(stated), recipe,
        stated.seed, _settings(stated), stated.data, note,
    )  # fmt: skip


def _of_pair(name: str, file: Path, digest: str) -> Named:
    """Return a released pair; what either training changed in its images, the pair has met."""
    pair = pairs.read(file)
    of_both = [onnx_network.load(models.find(n)).metadata for n in (pair.detector, pair.classifier)]
    start = "transfer" if any(_start(one) == "transfer" for one in of_both) else "scratch"
    first, second = map(_settings, of_both)
    either = {key: first.get(key) or second.get(key) for key in (*first, *second)}
    return Named(
        DETECTION, file, digest, tuple(of_both[1].classes), name, start, RELEASED, pair.seed,
        either if first and second else {}, of_both[1].data, f"the networks of {pair.run}",
    )  # fmt: skip


def _start(stated: Metadata) -> str:
    return "scratch" if stated.pretraining in ("", "none") else "transfer"


def _settings(stated: Metadata) -> Mapping[str, Any]:
    """Return the settings of the recipe of the record that a network belongs to; {} without one."""
    file = records.path_of_run(RECORDS, stated.data, stated.run)
    if not file.exists():
        return {}
    record = records.read(file)
    is_own = record.data == stated.data and record.content_hash == stated.content_hash
    return record.recipe_settings if is_own else {}


def _names(stated: Metadata, file: Path) -> tuple[str, str]:
    """Return model and recipe of a run, from its name `model-scratch-recipe-s0`."""
    model, *rest = stated.run.split("-")
    return model or file.stem, "-".join(rest[1:-1]) or file.stem


def _of_record(file: Path) -> Named:
    record = finished.record(file)
    if not record.network:
        raise BenchmarkError(network_file.without(file, record))
    weights = network_file.check_one(file, record)
    return Named(
        record.task, weights, str(record.network["sha256"]), tuple(record.classes), record.model,
        record.initialization, record.recipe, record.seed, record.recipe_settings, record.data,
    )  # fmt: skip


def check(network: Named, data: str, classes: tuple[str, ...]) -> None:
    """Refuse a network of other classes, or one that may have been trained on the test split.

    Args:
      data: that it is scored on, such as `tem_virus/mirror_11class`; classes: of it.

    Raises:
      BenchmarkError: the classes or the division into splits differ.
    """
    if configs.split_of(network.trained_on) != configs.split_of(data):
        raise BenchmarkError(
            f"{network.file}: was trained on {network.trained_on}, whose train split may hold test "
            f"micrographs of {data}; expected a network of the same splits. Name another network, "
            "or its own data with --data."
        )
    if sorted(network.classes) != sorted(classes):
        raise BenchmarkError(
            f"{network.file}: knows {len(network.classes)} classes ({', '.join(network.classes)}); "
            f"expected the {len(classes)} of the data ({', '.join(classes)}). Name another network."
        )


def examiner(
    network: Named, classes: tuple[str, ...]
) -> Callable[[NDArray[np.integer]], Classified]:
    """Return the function from patches (n, 256, 256, 1) to probabilities and novelty, in one view.

    The novelty is nan where the network does not tell.

    Args:
      network: a classifier; classes: in the order of the probabilities.
    """
    onnx = onnx_network.load(network.file)
    stated = onnx.metadata
    order = [network.classes.index(name) for name in classes]
    form = stated.image_size, VIEWS, stated.temperature
    if stated.novelty_threshold is None:
        classify = classifier.of_network(onnx, *form)
        return lambda x: Classified(classify(x)[:, order], np.full(len(x), np.nan))
    examine = classifier.of_network_with_novelty(onnx, *form, stated.novelty_threshold)

    def examined(patches: NDArray[np.integer]) -> Classified:
        found = examine(patches)
        return Classified(found.probabilities[:, order], found.novelty)

    return examined


def detector(network: Named) -> Detector | TwoStep:
    """Return a detector, or a pair, that is ready for use."""
    is_pair = network.file.suffix == pairs.SUFFIX
    model = models.load(network.model) if is_pair else ready.load(network.file)
    assert not isinstance(model, Classifier)
    return model
