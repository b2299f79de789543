"""From the record of a run to a network that is ready for use."""

import dataclasses
import difflib
import hashlib
import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.recipes import DetectionRecipe
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.runs import trained
from leaderboard.files.names import is_own
from leaderboard.results import network_file
from leaderboard.results import store as records
from leaderboard.results.record import NETWORK_OF
from leaderboard.results.store import Record
from leaderboard.tasks import CLASSIFICATION, DETECTION
from tem_virus_dataset.networks import classifier, inference, onnx_network, ready
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detect import MOST_OF_TILE
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.fusion import augmented
from tem_virus_dataset.networks.two_step import TwoStep
from tem_virus_dataset.predict import models as released
from tem_virus_dataset.predict.pairs import check_weight

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "leaderboard" / "records"
OWN_RECORDS = "runs/records"  # of a user's own trainings, in the clone


def load(file: Path, runs: Path) -> Detector | Classifier | TwoStep:
    """Build the network of a record's JSON file, or read it from the file beside the record.

    Of a record of two steps these are the networks of its two runs.

    Args:
      runs: folder of the runs, where the weights are.

    Raises:
      RecordError: it is no record, or its network is damaged. BenchmarkError: there is no such
        file, its run failed, it and its network state different things, or neither its weights nor
        its network are there.
    """
    if not file.exists():
        raise BenchmarkError(_unknown(file, [RECORDS, runs / "records"]))
    record = records.read(file)
    if record.submission or record.provenance == "published":
        raise BenchmarkError(
            f"{file}: was not trained here; expected the record of a run of this repository. Name "
            "another record."
        )
    if {"detector", "classifier"} <= set(record.recipe_settings):
        return _pair(file, record, runs)
    if NETWORK_OF in record.recipe_settings:
        return _in_views(file, record, runs)
    weights = trained.weights(record, runs)
    beside = network_file.place(file, record) if record.status == "finished" else None
    # First, as everywhere: a later training of this name leaves its own weights in that folder.
    if beside and (beside.exists() or not weights.exists()):
        return _of_file(file, record, network_file.check_one(file, record))
    registry.model(record.model)  # imports Keras; no command trains an unknown one
    if record.status != "finished" or not weights.exists():
        raise BenchmarkError(_without_weights(file, record, weights))
    network, _ = trained.network(record, runs)
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    return _READY[record.task](record, network, digest)


def _pair(file: Path, record: Record, runs: Path) -> TwoStep:
    """Return the networks of two runs, whose records lie beside that of both."""
    root = file.resolve().parents[1]
    weight = record.recipe_settings.get("detector_weight", 0.0)
    configs = {"detector": record.config, "classifier": record.config.removesuffix("_boxes")}
    detector, classifier = (
        load(root / config / f"{record.recipe_settings[part]}.json", runs)
        for part, config in configs.items()
    )
    if not (isinstance(detector, Detector) and isinstance(classifier, Classifier)):
        raise BenchmarkError(
            f"{file}: names {detector.name} and {classifier.name}; expected a detector and a "
            "classifier. Restore the record."
        )
    check_weight(str(file), detector.classes, classifier.classes, weight)
    confidence = ready.CONFIDENCE if record.confidence is None else record.confidence
    return TwoStep(detector, classifier, confidence, None, record.run, weight)


def _in_views(file: Path, record: Record, runs: Path) -> Detector:
    """Return the network of another record, with this one's test-time augmentation."""
    network = load(file.with_name(f"{record.recipe_settings[NETWORK_OF]}.json"), runs)
    if not isinstance(network, Detector):
        raise BenchmarkError(
            f"{file}: names {network.name}; expected a detector. Restore the record."
        )
    confidence = ready.CONFIDENCE if record.confidence is None else record.confidence
    named = dataclasses.replace(network, name=record.run)
    return augmented(named, trained.recipe(record).tta, confidence)


def _of_file(place: Path, record: Record, file: Path) -> Detector | Classifier:
    """Return the network of a run from the file beside its record, which must state the same.

    Args:
      place: of the record.

    Raises:
      BenchmarkError: one of the two was edited, or is of another run.
    """
    stated, recipe = onnx_network.load(file).metadata, trained.recipe(record)
    pairs = [
        ("run", stated.run, record.run),
        ("classes", stated.classes, record.classes),
        ("confidence", stated.confidence, record.confidence),
        ("temperature", stated.temperature, record.temperature),
        ("tta", stated.tta, recipe.tta),
        ("image_size", stated.image_size, recipe.image_size),
    ]
    if is_own(record.data):
        pairs.append(("nm_per_pixel", stated.nm_per_pixel, record.nm_per_pixel))
    for name, in_file, in_record in pairs:
        if in_file != in_record:
            by_option = " For another threshold give --confidence." * (name == "confidence")
            raise BenchmarkError(
                f"{place}: has {name} {_text(in_record)}, and the network beside it states "
                f"{_text(in_file)}; expected the same. Restore both files as the training wrote "
                f"them.{by_option}"
            )
    return ready.load(file)


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _classifier(record: Record, network: Any, digest: str) -> Classifier:
    recipe = trained.recipe(record)
    classify = classifier.of_network(
        BatchesOfOneSize(OneAtATime(network), recipe.batch_size), recipe.image_size, recipe.tta,
        record.temperature, recipe.batch_size,
    )  # fmt: skip
    stated = ready.patch_size(record.nm_per_pixel, recipe.image_size)
    warning = ready.OWN_IMAGES.format(record.run) if is_own(record.data) and not stated else ""
    return Classifier(
        classify, tuple(record.classes), record.run, digest, warning, stated or ready.PATCH_NM
    )


@dataclasses.dataclass(frozen=True)
class OneAtATime:
    """A `keras.Model` that two threads may use, as a prediction of several micrographs does.

    On JAX each call gives the buffers of the network away and puts others in their place. A second
    thread would meet buffers that are deleted.
    """

    network: Any
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def predict_on_batch(self, images: NDArray[np.float32]) -> Any:
        """Return the outputs of the network."""
        with self.lock:
            return self.network.predict_on_batch(images)


@dataclasses.dataclass(frozen=True)
class BatchesOfOneSize:
    """A `keras.Model` that is compiled once: a batch is filled up to one size."""

    network: Any
    batch_size: int

    def predict_on_batch(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the outputs (n, c) of n images, at most `batch_size`."""
        padding = [(0, self.batch_size - len(images)), *[(0, 0)] * (images.ndim - 1)]
        outputs = self.network.predict_on_batch(np.pad(images, padding))
        return np.asarray(outputs)[: len(images)]


def _detector(record: Record, network: Any, digest: str) -> Detector:
    from benchmark.detection.yolo.fold_batchnorm import folded  # these import Keras
    from benchmark.models.layers.yolov5_network import anchors_of

    recipe = trained.recipe(record)
    if not isinstance(recipe, DetectionRecipe):
        raise BenchmarkError(
            f"{record.run}: its settings are those of a classifier; expected a detector's. Restore "
            "the record."
        )
    own = is_own(record.data)
    anchors = anchors_of(network).numpy()
    in_one_view = Detector(
        detect_batch=inference.of_network(
            OneAtATime(folded(network)), anchors, recipe.nms_iou, MOST_OF_TILE
        ),
        classes=tuple(record.classes),
        tile_size=max(recipe.image_size, ready.TILE_SIZE),
        nm_per_pixel=record.nm_per_pixel if own else recipe.nm_per_pixel,
        largest_box=float(anchors.max()),
        confidence=ready.CONFIDENCE if record.confidence is None else record.confidence,
        name=record.run,
        digest=digest,
        warning=ready.OWN_MICROGRAPHS.format(record.run) if own and not record.nm_per_pixel else "",
    )
    return augmented(in_one_view, recipe.tta)


_READY: Mapping[str, Callable[[Record, Any, str], Classifier | Detector]] = {
    CLASSIFICATION: _classifier,
    DETECTION: _detector,
}


def train_command(record: Record) -> str:
    """Return the command that trains the run of a record, with a record of its own.

    A finished run is not trained again, so the new record must not be where this one is.
    """
    own = is_own(record.data)
    recipe, *changes = record.recipe.split("+")
    arguments = ["--models", record.model, "--start", record.initialization]
    arguments += ["--data", f"folder:{record.config}" if own else record.data, "--recipe", recipe]
    arguments += ["--set", *changes] if changes else []
    arguments += ["--seeds", str(record.seed), "--records", OWN_RECORDS]
    if record.weights:
        arguments += ["--weights", _weights(record.weights) or f"{record.model}={_place(record)}"]
    return shlex.join(["python", "-m", "benchmark.run", *arguments])


def _weights(stated: Mapping[str, str]) -> str:
    """Return the name of the released model that a training began from, or ""."""
    for name in released.names():
        file = released.find(name)
        if hashlib.sha256(file.read_bytes()).hexdigest() == stated["sha256"]:
            return name
    return ""


def _place(record: Record) -> str:
    """Return where a training's weights were: a record has their name alone, not their folder."""
    return f"FOLDER/{record.weights['file']}" if record.weights else ""


def _without_weights(file: Path, record: Record, weights: Path) -> str:
    """Return the message for a record without weights: it holds the command that trains them."""
    if record.status != "finished":
        problem = "this run failed; expected a finished one"
    else:
        reason = f": {record.no_network}" if record.no_network else ""
        problem = f"no weights; expected {weights}. No network is kept beside the record{reason}"
    minutes = f" (about {max(1, round(record.seconds / 60))} min)" if record.seconds else ""
    new = Path(OWN_RECORDS) / record.config / f"{record.run}.json"
    first = "Delete this record, and train" if file.resolve() == ROOT / new else "Train"
    command = train_command(record)
    if record.weights and _place(record) in command:
        sha256 = record.weights["sha256"]
        command += (
            f"\nFOLDER is that of {record.weights['file']} (sha256 {sha256[:12]}...), which the "
            "record does not have."
        )
    return (
        f"{file}: {problem}. {first} it{minutes}: {command}\nThen use --model {new}. "
        "Or name the folder that holds its weights with --runs."
    )


def _unknown(file: Path, folders: Sequence[Path]) -> str:
    """Return the message for a file that is not there: it names the known records."""
    known = [path for folder in folders for path in _finished(folder)]
    by_name = {path.stem.partition("-")[0]: path for path in reversed(known)}  # a model
    by_name |= {path.stem: path for path in known}  # or a run
    near = difflib.get_close_matches(file.name.removesuffix(".json"), by_name, n=1)
    guess = f", did you mean {_short(by_name[near[0]])}?" if near else ""
    paths = "".join(f"\n  {_short(path)}" for path in known)
    return (
        f"{file}: no such file{guess}; expected the record of a finished run. Name the record "
        "of a run that you trained, or one with its network (.onnx) beside it. "
        f"Known:{paths or ' (none here)'}"
    )


def _finished(folder: Path) -> list[Path]:
    """Return the records of finished runs in a folder, but for quick ones, which learn nothing."""
    paths = sorted(folder.glob("*/*.json"))
    return [p for p in paths if not p.stem.endswith(".failed") and "-quick-" not in p.stem]


def _short(path: Path) -> Path:
    """Return a path as it is typed from the working folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
