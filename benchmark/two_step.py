"""python -m benchmark.two_step --detector RECORD.json --classifier RECORD.json: a row of both.

The detections of the detector's predictions are classified by the patch classifier. Validation and
test are scored once, and the scores are a record of their own that names both runs. With
--validation-only nothing is written and test is not read.
"""

import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, number, path
from leaderboard.files.names import check_recipe
from leaderboard.files.texts import as_line
from leaderboard.results import bounds
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.tasks import CLASSIFICATION, DETECTION
from tem_virus_dataset.errors import DatasetError

WEIGHT = number(float, "a number from 0 to 1", lambda value: 0 <= value <= 1)
EXAMPLES = (
    "python -m benchmark.two_step --detector leaderboard/records/mirror_11class_boxes/D.json "
    "--classifier leaderboard/records/mirror_11class/C.json",
    "python -m benchmark.two_step --detector D.json --classifier C.json --validation-only",
)


@command(
    "python -m benchmark.two_step", BenchmarkError, DatasetError, RecordError, OSError,
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Score one pair of runs; returns the exit status."""
    args = _parser().parse_args(argv)
    detector = finished.record(args.detector, DETECTION)
    classifier = finished.record(args.classifier, CLASSIFICATION)
    _check_pair(args.classifier, detector, classifier)
    row = _joined(detector, classifier, args.detector_weight)
    environment.start()
    environment.require_backend()
    from benchmark.detection.data import Scenes
    from benchmark.predict import detections_record, models, two_step
    from leaderboard.ground_truth.detection import BoxTruth
    from leaderboard.predictions import detection as predictions
    from tem_virus_dataset.networks.classifier import Classifier
    from tem_virus_dataset.networks.nms import DetectedBoxes

    if not args.validation_only:
        detections_record.check_new(args.records, row)
    data = finished.data(detector, args.data, args.data_dir)
    network = models.load(args.classifier, args.runs)
    assert isinstance(data, Scenes)
    assert isinstance(network, Classifier)
    root = args.detector.resolve().parents[1]

    def detect(table: BoxTruth) -> list[DetectedBoxes]:
        file = records.predictions_path(root, detector, table.split)
        found = predictions.read_for(file, table)
        scenes = data.splits[table.split]
        return two_step.classified(found, table, scenes, network, args.detector_weight)

    if args.validation_only:
        print(detections_record.scores_of_validation(data, detect))
    else:
        print(detections_record.write(args.records, row, data, detect))
    return 0


def _check_pair(file: Path, detector: Record, classifier: Record) -> None:
    """Refuse a classifier of other classes, micrographs, splits or another seed.

    Raises:
      BenchmarkError: the two do not belong together.
    """
    pairs: dict[str, list[str | int]] = {
        "classes": [", ".join(sorted(record.classes)) for record in (detector, classifier)],
        "data": [detector.data.removesuffix("_boxes"), classifier.data],
        "seed": [detector.seed, classifier.seed],
    }
    for name, (expected, found) in pairs.items():
        if found != expected:
            raise BenchmarkError(
                f"{file}: has {name} {found}; expected the {name} of the detector, {expected}. "
                "Name another classifier."
            )


def _joined(detector: Record, classifier: Record, weight: float) -> Record:
    """Return the record of two steps, still with the detector's scores."""
    from benchmark.runs.job import now

    both = (detector, classifier)
    changed = f"+detector_weight={weight:g}" if weight else ""
    transfers = any(record.initialization == "transfer" for record in both)
    pretraining = sorted({r.pretraining for r in both if r.pretraining not in ("", "none")})
    return dataclasses.replace(
        detector,
        model=f"{detector.model}_then_{classifier.model}",
        initialization="transfer" if transfers else "scratch",
        recipe=check_recipe(f"{detector.recipe}_then_{classifier.recipe}{changed}"),
        recipe_settings={
            "detector": detector.run,
            "classifier": classifier.run,
            **({"detector_weight": weight} if weight else {}),
        },
        parameters_trainable=_sum(record.parameters_trainable for record in both),
        parameters_total=_sum(record.parameters_total for record in both),
        epochs=None,
        best_epoch=None,
        history=None,
        seconds=None,
        images_per_second=None,
        weights=None,
        pretraining=", ".join(pretraining) or "none",
        notes=_notes(detector, classifier, weight),
        network=None,
        no_network="it consists of the networks of two other records",
        created=now(),
    )


def _notes(detector: Record, classifier: Record, weight: float) -> str:
    """Return what was done, and the notes of both, as far as they fit."""
    both = (f"{record.row}: {record.notes}" for record in (detector, classifier) if record.notes)
    how = f"have a weight of {weight:g}" if weight else "ignored"
    return as_line(
        f"Two steps: detections of {detector.row}, their classes {how}; the patch around "
        f"each is classified by {classifier.config}/{classifier.row}. " + " ".join(both),
        bounds.LINE,
    )


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = list(numbers)
    return None if None in known else sum(number or 0 for number in known)


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.two_step", description=__doc__, examples=EXAMPLES)
    for name, of in (("detector", "a detector"), ("classifier", "a classifier of patches")):
        parser.add_argument(
            f"--{name}", type=path, required=True, metavar="RECORD.json",
            help=f"record of a finished run of {of}",
        )  # fmt: skip
    parser.add_argument(
        "--detector-weight", type=WEIGHT, default=0.0, metavar="W",
        help="0 to 1: of the detector's class beside the classifier's (default: 0)",
    )  # fmt: skip
    finished.add_new_row(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
