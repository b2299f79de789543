"""python -m benchmark.release: let the network of a record come with the package, with its card.

The network is that of the record. A detector's file states in addition from which confidence on a
detection is rarely wrong. A classifier's has a second output, how new a patch is: the score that
python -m benchmark.novelty chose, fitted on the data of the run. The record of two steps becomes a
pair of networks that are released already. The model card is written from the record and its
committed predictions.
"""

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmark.data.address import address
from benchmark.data.options import add_data_dir
from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import environment
from benchmark.network_files import onnx_file
from benchmark.novelty import choice
from benchmark.novelty.options import LOG
from benchmark.releasing import card, certainty, kinds, novelty, proof
from benchmark.releasing.certainty import Certainty
from benchmark.releasing.texts import INTENDED
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.atomic import write_bytes
from leaderboard.results import network_file
from leaderboard.results.record import NETWORK_OF, Record, RecordError
from leaderboard.tasks import DETECTION
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.networks.metadata import Metadata
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
    kinds.check(args.name, args.record, record)
    _check_options(args, kinds.kind(record))
    pairs_before = kinds.out_of_date(args.name, record.run)
    if kinds.kind(record) == kinds.PAIR:
        target = _release_pair(args, record)
    elif record.task == DETECTION:
        target = _release_detector(args, record)
    elif args.card_only:
        target = _write_card(args, record)
    else:
        target = _release_classifier(args, record)
    print(f"{target}: {target.stat().st_size:,} bytes")
    if pairs_before:
        print(
            f"warning: {' and '.join(pairs_before)} consist of {args.name}, and have the scores "
            "and the threshold of the network before. Release them again, with records of this "
            "one.",
            file=sys.stderr,
        )
    return 0


def _check_options(args: argparse.Namespace, kind: str) -> None:
    """Refuse options that would do nothing."""
    of_classifiers = {"--novelty": args.novelty, "--card-only": args.card_only}
    of_images = {"--data": args.data, "--data-dir": args.data_dir}
    if kind != kinds.CLASSIFIER:
        idle, why = {**of_classifiers, **of_images}, f"the record is of {kind}"
    elif args.card_only:
        idle, why = of_images, "--card-only reads no images"
    else:
        return
    for option, value in idle.items():
        if value:
            raise UsageError(f"{option}: found it, but {why}. Leave it out.")


def _certainty(record: Record, evidence: Any) -> Certainty | None:
    """Return the threshold of certainty; None where validation is synthetic, and tells nothing."""
    if record.data.startswith("tem_exosome/sim_to_real"):
        return None
    return certainty.certainty(evidence)


def _release_detector(args: argparse.Namespace, record: Record) -> Path:
    import onnx

    source = network_file.check_one(args.record, record)
    evidence = proof.read(args.record, record)
    certain = _certainty(record, evidence)
    stated = dataclasses.replace(
        onnx_network.load(source).metadata, certain_confidence=_threshold(certain)
    )
    content = onnx_file.written(onnx.load(source), stated)
    return _write(args, record, evidence, stated, content, models.SUFFIX, _paragraphs(certain))


def _release_classifier(args: argparse.Namespace, record: Record) -> Path:
    import onnx

    source = network_file.check_one(args.record, record)
    model, stated = onnx.load(source), onnx_network.load(source).metadata
    chosen = _choice(args, record)
    evidence = proof.read(args.record, record)
    environment.start()
    data = finished.data(record, args.data, args.data_dir)
    found = novelty.added(model, stated, data, chosen)
    content = onnx_file.written(found.model, found.stated)
    more = novelty.paragraphs(found.stated, content, chosen, args.novelty or LOG)
    return _write(args, record, evidence, found.stated, content, models.SUFFIX, more)


def _choice(args: argparse.Namespace, record: Record) -> choice.Choice:
    """Read the chosen score of novelty; the card says that it was chosen for this network."""
    log = args.novelty or LOG
    chosen = choice.read(log)
    found = f"{chosen.model} on {chosen.data}, {chosen.content_hash[:12]}..."
    expected = f"{record.model} on {record.data}, {record.content_hash[:12]}..."
    if found != expected:
        raise BenchmarkError(
            f"{log / choice.FILE}: is of {found}; expected {expected}, as the record. Choose the "
            "score of novelty with this network, on the data of the record."
        )
    return chosen


def _write_card(args: argparse.Namespace, record: Record) -> Path:
    """Write the card of a classifier that is released: what it cannot do may be known by now."""
    target = models.FOLDER / f"{args.name}{models.SUFFIX}"
    content = target.read_bytes()
    stated = onnx_network.of_bytes(content, str(target)).metadata
    if stated.run != record.run:
        raise BenchmarkError(
            f"{target}: is of {stated.run}; expected {record.run}. Name its record, or leave out "
            "--card-only."
        )
    more: Sequence[str] = ()
    if stated.novelty_threshold is not None:
        chosen = _choice(args, record)
        if chosen.score != stated.novelty_score:
            raise BenchmarkError(
                f"{target}: has the novelty {stated.novelty_score}; expected {chosen.score}, as "
                f"{args.novelty or LOG} chose. Release it again, without --card-only."
            )
        more = novelty.paragraphs(stated, content, chosen, args.novelty or LOG)
    text = card.card(args.name, record, proof.read(args.record, record), stated, more)
    card_file = target.with_suffix(".md")
    write_bytes(card_file, text.encode())
    return card_file


def _write(
    args: argparse.Namespace,
    record: Record,
    evidence: Any,
    stated: Metadata,
    content: bytes,
    suffix: str,
    more: Sequence[str],
) -> Path:
    """Write file and card; the card is made first."""
    text = card.card(args.name, record, evidence, stated, more)
    target = models.FOLDER / f"{args.name}{suffix}"
    write_bytes(target, content)
    write_bytes(target.with_suffix(".md"), text.encode())
    return target


def _release_pair(args: argparse.Namespace, record: Record) -> Path:
    file, parts = args.record, {}
    for part in ("detector", "classifier"):
        run = record.recipe_settings[part]
        if part == "detector":
            run, tta = _network_of(file, run)
        names = [model.name for model in models.released() if model.stated.run == run]
        names = [found for found in names if (models.FOLDER / f"{found}{models.SUFFIX}").exists()]
        if not names:
            raise BenchmarkError(
                f"{file}: consists of {run}, which is not released; expected both networks among "
                "the released ones. Release it first."
            )
        parts[part] = names[0]
    weight = record.recipe_settings.get("detector_weight", 0.0)
    kinds.check_steps(args.name, file, tta, weight)
    evidence = proof.read(file, record)
    certain = _certainty(record, evidence)
    assert record.confidence is not None  # a detector's record has one
    scores = {"test": record.test or {}, "validation": record.validation or {}}
    pair = pairs.Pair(
        pairs.FORM, parts["detector"], parts["classifier"], record.confidence,
        _threshold(certain), record.data, record.data_version, record.content_hash,
        record.run, record.seed, scores, tta, weight,
    )  # fmt: skip
    stated = onnx_network.load(models.FOLDER / f"{parts['detector']}{models.SUFFIX}").metadata
    consists = (
        f"It consists of `{parts['detector']}` and `{parts['classifier']}`, whose cards say more. "
        "A confidence is that of the particle times the probability of its class; detections from "
        f"{record.confidence:.3f} on count, the threshold with the best F1 on validation."
    )
    if pair.tta > 1:
        consists += f" Detections are averaged over {pair.tta} rotations and reflections."
    if pair.detector_weight:
        consists += (
            f" The probability of a class is the classifier's with a weight of "
            f"{1 - pair.detector_weight:g}, the detector's with {pair.detector_weight:g}."
        )
    return _write(
        args, record, evidence, stated, pair.text(), pairs.SUFFIX,
        [consists, *_paragraphs(certain)],
    )  # fmt: skip


def _network_of(file: Path, run: str) -> tuple[str, int]:
    """Return the run whose network a detector's is, and over how many transforms it averages."""
    from leaderboard.results import store

    stated = store.read(file.with_name(f"{run}.json"))
    settings = stated.recipe_settings
    if NETWORK_OF not in settings:
        return run, 1  # what it averages its own file states
    return settings[NETWORK_OF], settings["tta"]


def _threshold(certain: Certainty | None) -> float | None:
    return certain.confidence if certain else None


def _paragraphs(certain: Certainty | None) -> list[str]:
    return [certainty.paragraph(certain)] if certain else []


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.release", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "record", type=path, metavar="RECORD",
        help="of a finished run, with its network beside it, or of two steps",
    )  # fmt: skip
    parser.add_argument(
        "--novelty", type=path, metavar="FOLDER",
        help="of classifiers: log of the choice of a score (default: leaderboard/novelty)",
    )  # fmt: skip
    parser.add_argument(
        "--data", type=address, metavar="CONFIG",
        help="of classifiers: data of the run, where its config is not prepared: FILE.npz",
    )  # fmt: skip
    parser.add_argument(
        "--card-only", action="store_true",
        help="of classifiers: the network is released as it is now, write its card again",
    )  # fmt: skip
    add_data_dir(parser)
    parser.add_argument("name", choices=sorted(INTENDED), metavar="NAME", help=", ".join(INTENDED))
    return parser


if __name__ == "__main__":
    sys.exit(main())
