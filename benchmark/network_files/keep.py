"""The trained network of a run is kept beside its record, as small as its scores allow.

The file is run on validation and test as its users run it, and must give the scores of the record.
Weights in float16 are tried first; where they change a score in its fourth digit, the file has them
in float32. Nothing is chosen by these scores but the type of the weights, and they are no new
scores: they are those of the record, reproduced.
"""

import dataclasses
import hashlib
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

import tem_virus_dataset
from benchmark.errors import BenchmarkError
from benchmark.network_files import convert, onnx_file, rebuild, training_data
from benchmark.network_files.half_precision import stored_in_half
from benchmark.training.compiling import computing_in
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import is_own
from leaderboard.files.texts import as_line
from leaderboard.results import store as records
from leaderboard.results.record import DTYPES, Record
from leaderboard.tasks import TASKS
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.networks.metadata import BY_IMAGE, FORM, Metadata

EQUAL = 5e-5  # difference of scores that are equal to four digits
CLOSE = 1e-2  # difference that rounding may cause: a few predictions at a threshold
AT_THRESHOLD = 2e-3  # change of a confidence that weights in float16 may cause
ROUNDED = 1e-2  # difference of an output, a logit of a detector, that rounding may cause
MOST_BYTES = 10_000_000  # of a file that is kept
PARAMETER_BYTES = 2  # in float16
HALF = DTYPES[0]  # is tried first
Scores = Mapping[str, Mapping[str, float]]  # by split and name


@dataclasses.dataclass(frozen=True)
class _File:
    """A file as it would be written, its scores, and their largest difference from the record's."""

    content: bytes
    scores: Scores
    difference: float


def kept(record: Record, network: keras.Model, data: Any, root: Path) -> Record:
    """Write the file of a finished run and return its record with what it states of the file.

    A file that cannot be written is no failure of the run: the record then has the reason.

    Args:
      network: trained, in any precision; data: that it was trained on; root: of the records.
    """
    try:
        return written(record, network, data, root, has_just_ended=True)
    except Exception as error:  # of any of three libraries
        records.network_path(root, record).unlink(missing_ok=True)  # of an earlier run
        reason = " ".join(str(error).split()) or type(error).__name__
        return dataclasses.replace(record, network=None, no_network=as_line(reason, 500))


def written(
    record: Record, network: keras.Model, data: Any, root: Path, has_just_ended: bool = False
) -> Record:
    """Do what `kept` does.

    Args:
      has_just_ended: the run, so that the network is certainly that of the record.

    Raises:
      BenchmarkError: the file cannot be written here, is too large, or gives other scores.
      OSError: the folder cannot be written to. Exception: of the libraries.
    """
    obstacle = convert.obstacle() or _too_large(network.count_params() * PARAMETER_BYTES)
    if obstacle:
        raise BenchmarkError(obstacle)
    task = importlib.import_module(f"benchmark.network_files.{record.task}")
    recipe = rebuild.recipe(record)
    exact = _in_float32(record, network)
    model = convert.converted(exact, record.task)
    recorded = {"test": record.test or {}, "validation": record.validation or {}}
    files: dict[str, _File] = {}
    for dtype in DTYPES:
        metadata = metadata_of(record, task.metadata_fields, exact, dtype)
        content = onnx_file.written(stored_in_half(model) if dtype == HALF else model, metadata)
        file_network = onnx_network.of_bytes(content, f"{record.run}.onnx")
        scores = task.scores(file_network, data, recipe, record)
        files[dtype] = _File(content, scores, _difference(record.task, scores, recorded))
        if files[dtype].difference < EQUAL:
            break
    else:
        # A run that was scored in bfloat16 has scores that neither file gives. What float16 alone
        # changes, the file in float32 shows.
        if _difference(record.task, files[HALF].scores, files[dtype].scores) < EQUAL:
            dtype = HALF
    content, difference = files[dtype].content, files[dtype].difference
    if difference >= CLOSE and record.confidence is not None:
        # The threshold is the confidence of a detection of validation, which rounding takes to its
        # other side. Of the few boxes of a user's folder one is more than a hundredth. So the file
        # may give the record's scores a little beside the threshold.
        network_of_file = onnx_network.of_bytes(content, f"{record.run}.onnx")
        beside = [
            dataclasses.replace(record, confidence=record.confidence + shift)
            for shift in (-AT_THRESHOLD, AT_THRESHOLD)
        ]
        closest = min(
            _difference(record.task, task.scores(network_of_file, data, recipe, near), recorded)
            for near in beside
        )
    else:
        closest = difference
    is_certain = has_just_ended and is_own(record.data)
    if closest >= CLOSE and not (is_certain and _outputs_are_same(exact, content, record)):
        raise BenchmarkError(f"its scores differ by {difference:.4f} from those of the record")
    obstacle = _too_large(len(content))
    if obstacle:
        raise BenchmarkError(obstacle)
    write_bytes(records.network_path(root, record), content)
    stated = {
        "file": f"{record.run}.onnx",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "dtype": dtype,
        "score_difference": round(difference, 7),
    }
    return dataclasses.replace(record, network=stated, no_network="")


def _outputs_are_same(network: keras.Model, content: bytes, record: Record) -> bool:
    """Return whether a file gives the outputs of a network, but for rounding.

    Of a user's few boxes one at the edge of an IoU is several hundredths of a score, and without
    the file nothing can be predicted. So outputs decide there.
    """
    side = rebuild.recipe(record).image_size
    images = np.random.default_rng(0).normal(size=(2, side, side, 1)).astype(np.float32)
    of_file = onnx_network.of_bytes(content, f"{record.run}.onnx").predict_on_batch(images)
    return np.allclose(of_file, np.asarray(network.predict_on_batch(images)), atol=ROUNDED)


def _too_large(size: int) -> str:
    """Return why a file of so many bytes is not kept, or ""."""
    if size <= MOST_BYTES:
        return ""
    return f"its file would have {size / 1e6:.0f} MB; networks of more than 10 MB are not kept"


def _in_float32(record: Record, network: keras.Model) -> keras.Model:
    """Return a copy of a network that computes in float32, whatever it was trained in."""
    with computing_in("float32"):
        exact = rebuild.untrained(record)
    for variable, values in zip(exact.variables, network.variables, strict=True):
        variable.assign(values)
    return exact


def metadata_of(record: Record, of_task: Any, network: keras.Model, dtype: str) -> Metadata:
    """Return what the file of a run states; `of_task` returns the fields of its task."""
    recipe = rebuild.recipe(record)
    source, licence = training_data.of(record.data)
    return Metadata(
        form=FORM,
        task=record.task,
        classes=record.classes,
        image_size=recipe.image_size,
        standardization=BY_IMAGE,
        tta=recipe.tta,
        dtype=dtype,
        data=record.data,
        data_version=record.data_version,
        content_hash=record.content_hash,
        run=record.run,
        seed=record.seed,
        scores={"test": record.test or {}, "validation": record.validation or {}},
        pretraining=record.pretraining,
        training_data=source,
        licence=licence,
        software=f"tem-virus {tem_virus_dataset.__version__}",
        **of_task(record, recipe, network, is_own(record.data)),
    )


def _difference(task: str, scores: Scores, recorded: Scores) -> float:
    """Return the largest difference of a score from 0 to 1.

    Counts of particles are in other units, and are of the same detections as precision and recall.
    """
    return max(
        abs(by_name[name] - recorded[split][name])
        for split, by_name in scores.items()
        for name in TASKS[task].fractions
        if name in by_name and name in recorded[split]
    )
