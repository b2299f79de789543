"""python -m benchmark.release: let the network of a record come with the package, with its card.

The file is copied as it is. The model card is written from the record and its committed
predictions; what the model is for and what it cannot do stands in `INTENDED` and `LIMITS`.
"""

import shutil
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.atomic import write_bytes
from leaderboard.metrics import class_intervals, matching
from leaderboard.results import classification, detection, network_file
from leaderboard.results.record import Record, RecordError
from leaderboard.tasks import DETECTION
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.predict import models

EXAMPLES = (
    "python -m benchmark.release leaderboard/records/mirror_11class/R.json virus-classifier",
)
Counts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # as `f1_by_class` takes them
INTENDED = types.MappingProxyType(
    {
        "virus-detector": "Finds particles of eleven viruses in negative-stain micrographs, names "
        "their class, and measures them. For counting and sorting in research, looked over by a "
        "person.",
        "virus-classifier": "Names the virus in the middle of a patch of 256 nm of a negative-"
        "stain micrograph. For particles that somebody has marked, or that a detector has found.",
        "exosome-detector": "Finds extracellular vesicles in negative-stain micrographs. For a "
        "first look: it misses most of them.",
    }
)
LIMITS = types.MappingProxyType(
    {
        "virus-detector": (
            "It knows eleven viruses of one collection. Any other virus gets one of these names, "
            "or no box.",
            "Test micrographs are of the imaging sessions that it was trained on. Another "
            "microscope, stain or session was not tried, and will give lower scores.",
            "Ebola and Marburg virus are filaments; it finds few of them. Viruses of one size, "
            "such as Adenovirus, Rotavirus and Rift Valley virus, are taken for one another.",
            "Ice (cryo-EM), sections and positive stain are not known to it.",
        ),
        "virus-classifier": (
            "It always answers with one of eleven viruses, whatever the patch shows.",
            "Test micrographs are of the imaging sessions that it was trained on. On patches that "
            "another group cut from the same collection its accuracy is .915.",
            "The pixel size must be right: size is what tells many viruses apart.",
        ),
        "exosome-detector": (
            "It was trained on synthetic micrographs alone. On 25 real ones it finds three of ten "
            "vesicles, and half of its detections are wrong.",
            "Dark vesicles that touch are mostly missed.",
        ),
    }
)


@command(
    "python -m benchmark.release", BenchmarkError, DatasetError, RecordError, OSError,
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Release one model; returns the exit status."""
    args = _parser().parse_args(argv)
    record = finished.record(args.record)
    finished.in_place(args.record, record)
    source = network_file.check_one(args.record, record)
    name = args.name
    card = _card(name, args.record.resolve().parents[1], record, source)
    target = models.FOLDER / f"{name}{models.SUFFIX}"
    shutil.copyfile(source, target)
    write_bytes(target.with_suffix(".md"), card.encode())
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.release", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "record", type=path, metavar="RECORD", help="of a finished run, with its network beside it"
    )
    parser.add_argument("name", choices=sorted(INTENDED), metavar="NAME", help=", ".join(INTENDED))
    return parser


def _card(name: str, root: Path, record: Record, source: Path) -> str:
    stated = onnx_network.load(source).metadata
    scale = f"{stated.nm_per_pixel:g} nm per pixel" if stated.nm_per_pixel else "as they are"
    parts = [
        f"# {name}",
        INTENDED[name] + " **Not for diagnosis.**",
        "## What it was trained on",
        f"`{record.model}`, recipe `{record.recipe}`, seed {record.seed}, trained on "
        f"`{record.data}` version {record.data_version}. Images are rescaled to {scale}.",
        f"Source of the data: {stated.training_data}. Their licence: {stated.licence}. "
        f"Pretraining: {stated.pretraining}.",
        f"Record: `{record.config}/{record.run}`, with its predictions. {record.notes}".rstrip(),
        "## Scores on test micrographs",
        "\n".join(_overall(record)),
        "Intervals are of 95 %, by a bootstrap over micrographs.",
        "\n".join(_by_class(root, record)),
        "## What it cannot do",
        "\n".join(f"* {limit}" for limit in LIMITS[name]),
    ]
    return "\n\n".join(parts) + "\n"


def _overall(record: Record) -> list[str]:
    lines = ["| score | |", "|---|---|"]
    for name, value in (record.test or {}).items():
        ends = (record.intervals or {}).get(name)
        between = f" [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else ""
        lines.append(f"| {name} | {value:.3f}{between} |")
    return lines


def _by_class(root: Path, record: Record) -> Sequence[str]:
    of_task: Any = detection if record.task == DETECTION else classification
    evidence = of_task.read_evidence(root, [record])
    if evidence is None:
        raise BenchmarkError(
            f"{record.run}: no ground truth of {record.data} is shipped; expected a table, for the "
            "scores by class. Write it with python -m benchmark.ground_truth."
        )
    (scored,) = evidence.scored
    counts: Any = _counts_detection if record.task == DETECTION else _counts_classification
    intervals = class_intervals.f1_by_class(*counts(evidence, scored))
    what = "boxes" if record.task == DETECTION else "patches"
    lines = [f"| class | {what} | precision | recall | F1 |", "|---|---|---|---|---|"]
    for one, (low, high) in zip(scored.classes, intervals, strict=True):
        number = one.boxes if record.task == DETECTION else one.support
        lines.append(
            f"| {one.name} | {number} | {one.precision:.2f} | {one.recall:.2f} | {one.f1:.2f} "
            f"[{low:.2f}, {high:.2f}] |"
        )
    return lines


def _counts_classification(evidence: Any, scored: Any) -> Counts:
    truth, probabilities = evidence.truth, evidence.predictions[0]
    names, index = np.unique(truth.micrographs, return_inverse=True)
    predicted = probabilities.argmax(axis=1)
    shape = len(names), len(truth.classes)
    true = class_intervals.counts(index, truth.labels, shape)
    right = predicted == truth.labels
    return (
        class_intervals.counts(index[right], predicted[right], shape),
        class_intervals.counts(index, predicted, shape),
        true,
        true.argmax(axis=1),
    )


def _counts_detection(evidence: Any, scored: Any) -> Counts:
    truth, found = evidence.truth, evidence.predictions[0]
    shape = len(truth), len(truth.classes)
    counted = found.confidence >= scored.confidence
    right = counted & (scored.matched != matching.NONE)
    return (
        class_intervals.counts(found.micrographs[right], found.labels[right], shape),
        class_intervals.counts(found.micrographs[counted], found.labels[counted], shape),
        class_intervals.counts(truth.micrographs, truth.labels, shape),
        truth.strata,
    )


if __name__ == "__main__":
    sys.exit(main())
