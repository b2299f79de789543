"""The record of one run: `Record`, whose fields are checked whenever one is created or read."""

import functools
import math
import re
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, get_type_hints

import msgspec

from leaderboard.files.names import BadNameError, check_model, check_name, check_recipe, shown
from leaderboard.files.texts import made_safe
from leaderboard.results import bounds
from leaderboard.tasks import CLASSIFICATION, TASKS, Task

STATUSES = ("finished", "failed")
INITIALIZATIONS = ("scratch", "transfer")
PROVENANCES = ("published", "reproduced", "submitted")
# Of the kept network: name and size of its file, the type that its weights are stored in, and the
# largest difference of a score on validation or test between the file and the record.
NETWORK = ("file", "bytes", "sha256", "dtype", "score_difference")
DTYPES = ("float16", "float32")
NETWORK_OF = "network_of"  # a setting: the run whose network this row uses, see `benchmark.tta`
DEEPEST = 12  # lists and names within one another
_MISMATCH = re.compile(r"Expected `([^`]+)`.* `\$\.(\w+)([^`]*)`")  # of msgspec


class RecordError(Exception):
    """A record that cannot be used; says which field or file, what was found and expected."""


@dataclass(frozen=True)
class Record:
    """One run of one model on one data config; the tables are rendered from records alone.

    All values are plain Python ones as JSON has them (no NumPy scalars), all numbers finite.

    Raises:
      RecordError: a field has the wrong type, or a value it cannot have.
    """

    data: str  # "tem_virus/mirror_11class"
    data_version: str  # "1.0.0"
    content_hash: str  # sha256 of the data, 64 hex digits; "" where it failed or was submitted
    classes: list[str]  # in label order
    model: str
    initialization: str  # "scratch" or "transfer"
    recipe: str  # label, such as "paper" or "small+epochs=14"
    seed: int
    status: str  # "finished" or "failed"
    provenance: str  # "published" or "reproduced" or "submitted"
    created: str  # ISO 8601 in UTC, such as "2026-01-31T12:00:00+00:00"
    recipe_settings: dict[str, Any] = field(default_factory=dict)
    error: str | None = None  # why it failed; its first line is shown below the table
    test: dict[str, float] | None = None  # by tasks.TASKS[task].scores
    validation: dict[str, float] | None = None
    intervals: dict[str, list[float]] | None = None  # score -> [low, high], of the test split
    confusion: list[list[int]] | None = None  # of the test split, rows are the true classes
    parameters_trainable: int | None = None
    parameters_total: int | None = None
    epochs: int | None = None  # that were run
    best_epoch: int | None = None
    history: list[dict[str, Any]] | None = None  # per epoch: loss, penalty, scores, seconds
    seconds: float | None = None  # wall time of the training epochs, without validation
    images_per_second: float | None = None
    device: str = ""
    backend: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    weights: dict[str, str] | None = None  # {"file": name, "sha256": hex} of pretrained weights
    notes: str = ""
    predictions: str | None = None  # predictions on the test split, relative to the records folder
    source: str = ""  # where a published number stands, or who submitted it
    pretraining: str = ""  # "none", or what the weights were trained on before, such as "ImageNet"
    extra_data: str = ""  # "none", or other micrographs that were trained on
    submission: str = ""  # folder in leaderboard/submissions that holds card and predictions
    task: str = "classification"  # or "detection"
    confidence: float | None = None  # threshold of detections, chosen on validation
    temperature: float | None = None  # of the mean probabilities, fitted on validation
    network: dict[str, Any] | None = None  # the kept file: `NETWORK`, see `results.network_file`
    nm_per_pixel: float | None = None  # of the network's input, where images of a user have sizes
    no_network: str = ""  # why the trained network is not kept; "" where it is, or is not known
    # What the authors of a submission say of their row besides; "" where they do not.
    submitted: str = ""  # day, such as "2026-01-31"
    paper: str = ""  # address
    weights_licence: str = ""
    withdrawn: str = ""  # why the authors no longer stand by the row
    superseded_by: str = ""  # another submission of theirs

    def __post_init__(self) -> None:
        _check_types(self)
        _check_identity(self)
        _check_results(self)
        for where, found, expected in bounds.faults(vars(self)):
            _require(False, where, found, expected)

    @property
    def config(self) -> str:
        """Name of the data config, such as "mirror_11class"."""
        return self.data.split("/")[1]

    @property
    def run(self) -> str:
        """Name of the run within its config, and stem of its files."""
        return f"{self.row}-s{self.seed}"

    @property
    def row(self) -> str:
        """Name of the row within its config: that of the run, whatever its seed."""
        return f"{self.model}-{self.initialization}-{self.recipe}"

    @property
    def key(self) -> tuple[str, str, str, str, str, str, int]:
        """What identifies a run: data, version, model, initialization, recipe, submission, seed."""
        names = (self.model, self.initialization, self.recipe, self.submission)
        return self.data, self.data_version, *names, self.seed


@functools.cache
def _schema() -> type[msgspec.Struct]:
    """Return the annotated fields of `Record` as a type that msgspec converts to."""
    hints = {**get_type_hints(Record), "recipe_settings": dict}  # `_check_json` checks its names
    return msgspec.defstruct("RecordFields", list(hints.items()))


def _check_types(record: Record) -> None:
    """Check the type of every field and of all that it holds, by its annotation."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    try:
        msgspec.convert(values, _schema())
    except (RecursionError, OverflowError) as error:
        raise RecordError(f"found {error}, expected numbers and few lists within lists") from error
    except msgspec.ValidationError as error:
        match = _MISMATCH.search(str(error))
        if not match:
            raise RecordError(str(error)) from error
        expected, name, place = match.groups()
        for theirs, ours in (("|", "or"), ("null", "NoneType"), ("array", "list")):
            expected = expected.replace(theirs, ours)
        _require(False, name, values[name], f"{expected} in {name}{place}" if place else expected)
    for name, value in values.items():
        _check_json(name, value)


def _check_json(where: str, value: object, depth: int = 0) -> None:
    """Check that a value and all that it holds can be written as JSON and read back."""
    _require(depth <= DEEPEST, where, value, f"at most {DEEPEST} lists or names within one another")
    if type(value) is dict:
        for name, item in value.items():
            _require(type(name) is str, where, name, "names that are str")
            _check_json(where, name)
            _check_json(f"{where}[{shown(name)}]", item, depth + 1)
    elif type(value) is list:
        for index, item in enumerate(value):
            _check_json(f"{where}[{index}]", item, depth + 1)
    elif type(value) is float:
        _require(math.isfinite(value), where, value, "a finite number")
    elif type(value) is int:
        _require(abs(value) < 2**63, where, value, "a number below 2**63")
    elif type(value) is str:
        is_text = value.isascii() or value == made_safe(value)
        _require(is_text or where == "error", where, value, "text that is read as it is written")
    else:
        _require(value is None or type(value) is bool, where, value, "a JSON value")


def _check_identity(record: Record) -> None:
    part, _, config = record.data.partition("/")
    try:
        for name, what in ((part, "data"), (config, "data config")):
            check_name(name, what)
        check_model(record.model)
        check_name(record.data_version, "data_version")
        for name in ("submission", "superseded_by"):
            if getattr(record, name):
                check_name(getattr(record, name), name)
        check_recipe(record.recipe)
    except BadNameError as error:
        raise RecordError(str(error)) from error
    _require(
        record.initialization in INITIALIZATIONS,
        "initialization",
        record.initialization,
        " or ".join(INITIALIZATIONS),
    )
    of_records = PROVENANCES[1:]  # published rows are typed into `ranking/published_<task>.csv`
    _require(
        record.provenance in of_records, "provenance", record.provenance, " or ".join(of_records)
    )
    try:
        in_utc = datetime.fromisoformat(record.created).utcoffset() == timedelta(0)
    except ValueError:
        in_utc = False
    _require(in_utc, "created", record.created, "a time such as 2026-01-31T12:00:00+00:00")


def _check_results(record: Record) -> None:
    finished = record.status == "finished"
    _require(record.status in STATUSES, "status", record.status, " or ".join(STATUSES))
    _require(not finished or record.test is not None, "test", record.test, "scores: it finished")
    _require(finished or bool(record.error), "error", record.error, "the reason: it failed")
    trained_here = finished and record.provenance != "submitted"
    hashed = re.fullmatch(r"[0-9a-f]{64}", record.content_hash) or not (
        trained_here or record.content_hash
    )
    submitted = record.provenance == "submitted"
    _require(
        submitted == bool(record.submission), "submission", record.submission, "the folder's name "
        "where the provenance is `submitted`, and nothing elsewhere",
    )  # fmt: skip
    _require(bool(hashed), "content_hash", record.content_hash, "a sha256, 64 hex digits")
    count = len(record.classes)
    is_unique = count > 0 and len(set(record.classes)) == count
    _require(is_unique, "classes", record.classes, "the classes' names, each once")
    _require(record.task in TASKS, "task", record.task, " or ".join(TASKS))
    task = TASKS[record.task]
    for name in ("test", "validation"):
        scores = getattr(record, name)
        is_complete = scores is None or (
            set(scores) == set(task.scores)
            and all(_is_possible(task, score, [value]) for score, value in scores.items())
        )
        _require(is_complete, name, scores, _expected_scores(task))
    has_threshold = record.confidence is not None and 0 <= record.confidence <= 1
    _require(
        has_threshold if finished and task.has_threshold
        else record.confidence is None or task.has_threshold,
        "confidence", record.confidence, "a number from 0 to 1 of a detector that finished, and "
        "none of a classifier",
    )  # fmt: skip
    intervals = record.intervals or {}
    is_ordered = set(intervals) <= set(task.scores) and all(
        len(ends) == 2 and _is_possible(task, score, ends) and ends[0] <= ends[1]
        for score, ends in intervals.items()
    )
    _require(is_ordered, "intervals", intervals, "score: [low, high]")
    matrix = record.confusion
    is_square = matrix is None or (
        len(matrix) == count
        and all(len(row) == count for row in matrix)
        and all(cell >= 0 for row in matrix for cell in row)
    )
    _require(is_square, "confusion", matrix, f"counts, {count} x {count}")
    _require(
        record.temperature is None
        or (task.name == CLASSIFICATION and finished and record.temperature > 0),
        "temperature", record.temperature, "a number above 0 of a finished classifier, or none",
    )  # fmt: skip
    size = record.nm_per_pixel
    _require(size is None or size > 0, "nm_per_pixel", size, "a number above 0, or none")
    _check_network(record)


def _check_network(record: Record) -> None:
    kept = record.network
    if kept is None:
        return
    file, size, digest, dtype, difference = (kept.get(name) for name in NETWORK)
    is_complete = (
        set(kept) == set(NETWORK)
        and file == f"{record.run}.onnx"
        and isinstance(size, int) and 0 < size < 2**40
        and isinstance(digest, str) and re.fullmatch(r"[0-9a-f]{64}", digest)
        and dtype in DTYPES
        and isinstance(difference, int | float) and 0 <= difference <= 1
    )  # fmt: skip
    _require(
        bool(is_complete), "network", kept, f"{', '.join(NETWORK)} of the file {record.run}.onnx"
    )
    fits = record.status == "finished" and record.provenance == "reproduced"
    _require(
        fits and not record.no_network, "network", kept, "none: no network of this run is kept"
    )


def _is_possible(task: Task, score: str, values: list[float]) -> bool:
    """Say whether a score of a task can have these values."""
    if score in task.fractions:
        return all(0 <= value <= 1 for value in values)
    return score in task.signed or all(value >= 0 for value in values)


def _expected_scores(task: Task) -> str:
    counts = f", and {', '.join(task.counts)}" if task.counts else ""
    return f"{', '.join(task.fractions)}, each from 0 to 1{counts}"


def _require(fine: bool, where: str, found: object, expected: str) -> None:
    if not fine:
        raise RecordError(f"{where}: found {shown(found)}, expected {expected}")
