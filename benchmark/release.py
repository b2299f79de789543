"""python -m benchmark.release: let the network of a record come with the package, with its card.

The network is that of the record; what the file states grows by the confidence from which on a
detection is rarely wrong. The record of two steps becomes a pair of networks that are released
already. The model card is written from the record and its committed predictions.
"""

import dataclasses
import sys
from pathlib import Path

from benchmark.errors import BenchmarkError
from benchmark.network_files import onnx_file
from benchmark.releasing import card, certainty
from benchmark.releasing.certainty import Certainty
from benchmark.releasing.texts import INTENDED
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.atomic import write_bytes
from leaderboard.results import network_file
from leaderboard.results.record import Record, RecordError
from leaderboard.tasks import DETECTION
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.predict import models, pairs

EXAMPLES = (
    "python -m benchmark.release leaderboard/records/mirror_11class/R.json virus-classifier",
    "python -m benchmark.release leaderboard/records/mirror_11class_boxes/A_then_B.json "
    "virus-two-step",
)


@command(
    "python -m benchmark.release", BenchmarkError, DatasetError, RecordError, OSError,
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Release one model; returns the exit status."""
    args = _parser().parse_args(argv)
    record = finished.record(args.record)
    finished.in_place(args.record, record)
    root = args.record.resolve().parents[1]
    is_pair = {"detector", "classifier"} <= set(record.recipe_settings)
    known = is_pair or record.task == DETECTION
    certain = certainty.certainty(root, record) if known and not _is_synthetic(record) else None
    release = _release_pair if is_pair else _release_network
    target = release(args.name, args.record, record, certain)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")
    return 0


def _is_synthetic(record: Record) -> bool:
    """Return whether validation says nothing of real micrographs."""
    return record.data.startswith("tem_exosome/sim_to_real")


def _release_network(name: str, file: Path, record: Record, certain: Certainty | None) -> Path:
    import onnx

    source = network_file.check_one(file, record)
    stated = onnx_network.load(source).metadata
    stated = dataclasses.replace(stated, certain_confidence=certain and certain.confidence)
    text = card.card(name, file.resolve().parents[1], record, stated, _paragraphs(certain))
    target = models.FOLDER / f"{name}{models.SUFFIX}"
    write_bytes(target, onnx_file.written(onnx.load(source), stated))
    write_bytes(target.with_suffix(".md"), text.encode())
    return target


def _release_pair(name: str, file: Path, record: Record, certain: Certainty | None) -> Path:
    parts = {}
    for part in ("detector", "classifier"):
        run = record.recipe_settings[part]
        names = [model.name for model in models.released() if model.stated.run == run]
        names = [found for found in names if (models.FOLDER / f"{found}{models.SUFFIX}").exists()]
        if not names:
            raise BenchmarkError(
                f"{file}: consists of {run}, which is not released; expected both networks among "
                "the released ones. Release it first."
            )
        parts[part] = names[0]
    assert record.confidence is not None  # a detector's record has one
    scores = {"test": record.test or {}, "validation": record.validation or {}}
    pair = pairs.Pair(
        pairs.FORM, parts["detector"], parts["classifier"], record.confidence,
        certain and certain.confidence, record.data, record.data_version, record.content_hash,
        record.run, record.seed, scores,
    )  # fmt: skip
    stated = onnx_network.load(models.FOLDER / f"{parts['detector']}{models.SUFFIX}").metadata
    consists = (
        f"It consists of `{parts['detector']}` and `{parts['classifier']}`, whose cards say more. "
        "A confidence is that of the particle times the probability of its class; detections from "
        f"{record.confidence:.3f} on count, the threshold with the best F1 on validation."
    )
    text = card.card(
        name, file.resolve().parents[1], record, stated, [consists, *_paragraphs(certain)]
    )
    target = models.FOLDER / f"{name}{pairs.SUFFIX}"
    write_bytes(target, pair.text())
    write_bytes(target.with_suffix(".md"), text.encode())
    return target


def _paragraphs(certain: Certainty | None) -> list[str]:
    return [certainty.paragraph(certain)] if certain else []


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.release", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "record", type=path, metavar="RECORD",
        help="of a finished run, with its network beside it, or of two steps",
    )  # fmt: skip
    parser.add_argument("name", choices=sorted(INTENDED), metavar="NAME", help=", ".join(INTENDED))
    return parser


if __name__ == "__main__":
    sys.exit(main())
