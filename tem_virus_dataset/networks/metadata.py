"""What a network's file states of itself, so that it can be used wherever it travels.

Each field is one entry of the ONNX file's metadata, its value as JSON. The name of every entry
begins with `tem_virus.`.
"""

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any, get_type_hints

import msgspec

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks.grid import PER_CELL, STRIDES

FORM = 1  # of the metadata; a reader refuses what it does not know
UNKNOWN = "unknown"  # the class of a particle that is unlike all classes of the training
PREFIX = "tem_virus."
D4 = 8  # transforms of a square: rotations by 90 degrees and reflections
BY_IMAGE = "image"  # each image minus its mean, divided by its standard deviation
REMEDY = "Restore it from version control, or write it again: python -m benchmark.export_model"


@dataclasses.dataclass(frozen=True)
class Metadata:
    """The entries of a file.

    Attributes:
      task: "classification" or "detection"; classes: in the order of the outputs.
      image_size: pixels of a side; of detectors that of training images, any multiple of 32 works.
      nm_per_pixel: of the input; None where the pixel size of the training images is not known.
      standardization: `BY_IMAGE`: a patch, or a whole micrograph before it is cut into tiles.
      tta: number of D4 transforms over which probabilities or detections are averaged, 1 to 8.
      temperature: of classifiers, by which the logarithms of the mean probabilities over the D4
        transforms are divided; None: not fitted.
      confidence: of detectors, threshold from which on detections count.
      anchors: of detectors, (3, 3, 2) width and height in pixels at strides 8, 16 and 32.
      dtype: that the weights are stored in; the arithmetic is of float32.
      data, data_version, content_hash, run, seed: the record that it belongs to.
      scores: of that record, by split.
      pretraining, training_data, licence: what it was trained on, and under which terms.
      software: what wrote it.
      nms_iou: of detectors, IoU from which on two boxes of a class are one.
      certain_confidence: of detectors, from which on nine in ten detections of validation are
        correct.
      novelty_score: of classifiers, name of the second output, by which unknown classes are found.
      novelty_threshold: its value above which the class is unknown; positive.
      novelty_accepted: share of known patches of validation that are not above it.

    The last ones are None where they are not known, as in older files.
    """

    form: int
    task: str
    classes: list[str]
    image_size: int
    nm_per_pixel: float | None
    standardization: str
    tta: int
    temperature: float | None
    confidence: float | None
    anchors: list[list[list[float]]] | None
    dtype: str
    data: str
    data_version: str
    content_hash: str
    run: str
    seed: int
    scores: dict[str, dict[str, float]]
    pretraining: str
    training_data: str
    licence: str
    software: str
    nms_iou: float | None = None
    certain_confidence: float | None = None
    novelty_score: str | None = None
    novelty_threshold: float | None = None
    novelty_accepted: float | None = None

    def properties(self) -> dict[str, str]:
        """Return the entries of the ONNX file."""
        return {
            f"{PREFIX}{name}": json.dumps(value) for name, value in dataclasses.asdict(self).items()
        }


def read(properties: Mapping[str, str], file: str) -> Metadata:
    """Return what the entries of a file state.

    Args:
      file: its name, for the message.

    Raises:
      DatasetError: entries are missing, of a wrong type or value, or of another form.
    """
    try:
        values: dict[str, Any] = {
            name.removeprefix(PREFIX): json.loads(text)
            for name, text in properties.items()
            if name.startswith(PREFIX)
        }
        if not values:
            raise DatasetError(
                f"{file}: a network that states neither classes nor pixel size, such as one of "
                "another program, which cannot be used here; expected one that a training of this "
                f"project wrote beside its record. {REMEDY}, if it is one of these."
            )
        form = values.get("form")
        if form != FORM:
            raise DatasetError(
                f"{file}: its metadata have form {form}; expected {FORM}, as this version writes. "
                f"{REMEDY}."
            )
        values = {**_DEFAULTS, **values}
        kind = msgspec.defstruct("Entries", list(get_type_hints(Metadata).items()))
        entries = msgspec.convert(values, kind)
    except (ValueError, msgspec.ValidationError) as error:
        raise DatasetError(
            f"{file}: its metadata cannot be read ({error}); expected those of a network of this "
            f"project. {REMEDY}."
        ) from error
    stated = Metadata(**msgspec.structs.asdict(entries))
    _check(stated, file)
    return stated


def _check(stated: Metadata, file: str) -> None:
    """Refuse what no training states: a file that somebody edited would give other results."""
    for name, expected in _faults(stated):
        raise DatasetError(
            f"{file}: states {name} {getattr(stated, name)!s:.80}; expected {expected}. {REMEDY}."
        )


def _faults(stated: Metadata) -> Iterator[tuple[str, str]]:
    """Yield entries of a wrong value, with what is expected of them."""
    positive = ("nm_per_pixel", "temperature")
    shares = ("confidence", "certain_confidence", "nms_iou")
    names = [name.strip() for name in stated.classes]
    if not all(names) or len(set(names)) < max(len(names), 1):
        yield "classes", "one or more names, each once"
    if stated.standardization != BY_IMAGE:
        yield "standardization", BY_IMAGE
    if not 1 <= stated.tta <= D4:
        yield "tta", f"1 to {D4}"
    for name in positive:
        value = getattr(stated, name)
        if value is not None and not 0 < value < math.inf:
            yield name, "a number above 0, or none"
    for name in shares:
        value = getattr(stated, name)
        if value is not None and not 0 <= value <= 1:
            yield name, "a number from 0 to 1, or none"
    if stated.task == "classification":
        if stated.image_size < 1 or facts.PATCH % stated.image_size:
            yield "image_size", f"a number of pixels that divides {facts.PATCH}"
    elif stated.task == "detection":
        if stated.image_size < 1 or stated.image_size % STRIDES[-1]:
            yield "image_size", f"a multiple of {STRIDES[-1]} pixels"
        scales = stated.anchors or []
        sides = [side for scale in scales for anchor in scale for side in anchor]
        found = [len(scale) for scale in scales] + [len(a) for scale in scales for a in scale]
        whole = [PER_CELL] * len(STRIDES) + [2] * PER_CELL * len(STRIDES)
        if found != whole or not all(0 < side < math.inf for side in sides):
            yield "anchors", "three widths and heights at each of three strides, in pixels"


_DEFAULTS = {
    field.name: field.default
    for field in dataclasses.fields(Metadata)
    if field.default is not dataclasses.MISSING
}
