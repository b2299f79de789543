"""python -m benchmark.tta RECORD.json: a trained detector's row with test-time augmentation.

Detections are averaged over the eight D4 transforms of a micrograph. Nothing is trained: the
network is that of the record. Its threshold is chosen on validation again; validation and test are
scored once, and the scores are a record of their own. With --validation-only nothing is written and
test is not read.
"""

import dataclasses
import sys

from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import environment
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.texts import as_line
from leaderboard.results import bounds
from leaderboard.results.record import NETWORK_OF, Record, RecordError
from leaderboard.tasks import DETECTION
from tem_virus_dataset.errors import DatasetError

VIEWS = 8
EXAMPLES = (
    "python -m benchmark.tta leaderboard/records/mirror_11class_boxes/D.json",
    "python -m benchmark.tta leaderboard/records/mirror_11class_boxes/D.json --validation-only",
)


@command(
    "python -m benchmark.tta", BenchmarkError, UsageError, DatasetError, RecordError, OSError,
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Detect in all transforms and score; returns the exit status."""
    args = _parser().parse_args(argv)
    record = finished.record(args.record, DETECTION)
    if "detector" in record.recipe_settings or NETWORK_OF in record.recipe_settings:
        raise BenchmarkError(
            f"{args.record}: has no network of its own, {record.no_network}; expected a run that "
            "trained a detector. Name its record."
        )
    environment.start()
    environment.require_backend()
    from benchmark.detection import evaluate
    from benchmark.detection.data import Scenes
    from benchmark.detection.recipes import DetectionRecipe
    from benchmark.predict import detections_record, models
    from benchmark.runs import trained
    from benchmark.training.recipe import altered
    from leaderboard.ground_truth.detection import BoxTruth
    from tem_virus_dataset.files import progress
    from tem_virus_dataset.networks.detector import Detector
    from tem_virus_dataset.networks.fusion import in_views
    from tem_virus_dataset.networks.nms import DetectedBoxes

    recipe = trained.recipe(record)
    if recipe.tta != 1:
        raise BenchmarkError(
            f"{args.record}: has tta={recipe.tta}; expected the record of a run without test-time "
            "augmentation. Name another record."
        )
    label, changed = altered(record.recipe, recipe, [f"tta={VIEWS}"])
    assert isinstance(changed, DetectionRecipe)
    row = _row(record, label, changed)
    if not args.validation_only:
        detections_record.check_new(args.records, row)
    data = finished.data(record, args.data, args.data_dir)
    network = models.load(args.record, args.runs)
    assert isinstance(data, Scenes)
    assert isinstance(network, Detector)

    def detect(table: BoxTruth) -> list[DetectedBoxes]:
        scenes = data.splits[table.split]
        with progress.bar(desc=table.split, total=len(scenes), unit="micrograph") as bar:
            return evaluate.predict_with(
                in_views(network.detect_batch, VIEWS, table.max_detections),
                network.largest_box, len(network.classes), scenes, changed, bar.update,
            )  # fmt: skip

    if args.validation_only:
        print(detections_record.scores_of_validation(data, detect))
    else:
        print(detections_record.write(args.records, row, data, detect))
    return 0


def _row(record: Record, label: str, recipe: object) -> Record:
    """Return the record of the network with another recipe, still with the old scores."""
    from benchmark.runs.job import now

    settings = {**dataclasses.asdict(recipe), NETWORK_OF: record.run}  # type: ignore[call-overload]
    return dataclasses.replace(
        record,
        recipe=label,
        recipe_settings=settings,
        notes=as_line(
            f"The networks of {record.row}; detections averaged over {VIEWS} rotations and "
            "reflections. "
            f"{record.notes}",
            bounds.LINE,
        ),
        network=None,
        no_network=f"it is that of {record.run}",
        created=now(),
    )


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.tta", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "record", type=path, metavar="RECORD", help="of a finished run of a detector"
    )
    finished.add_new_row(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
