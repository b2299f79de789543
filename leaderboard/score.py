"""python -m leaderboard.score FILE --data CONFIG: check and score a file of predictions.

The ids in the file name its split, validation or test.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.arguments import Parser, command, fraction, path
from leaderboard.ground_truth import lookup
from leaderboard.ground_truth.table_files import SPLITS, GroundTruthError
from leaderboard.predictions.text import PredictionsError, split_of
from leaderboard.tasks import TASKS, part

EXAMPLES = (
    "python -m leaderboard.score test.csv.gz --data mirror_11class",
    "python -m leaderboard.score validation.csv --data tem_virus/mirror_11class_boxes",
    "python -m leaderboard.score test.csv --data mirror_11class_boxes --confidence 0.35 --json",
)


@command("python -m leaderboard.score", PredictionsError, GroundTruthError)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 where the file cannot be used."""
    parser = Parser(prog="python -m leaderboard.score", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "file", type=path, help="CSV, gzipped or not: id,<class>,<class>,... of classifiers; "
        "id,class,confidence,x,y,width,height of detectors",
    )  # fmt: skip
    parser.add_argument(
        "--data", required=True, metavar="CONFIG", help="such as tem_virus/mirror_11class, or "
        "mirror_11class",
    )  # fmt: skip
    parser.add_argument(
        "--table", type=path, metavar="FILE", help="ground-truth table of a config whose table is "
        "not shipped: see --help of python -m benchmark.ground_truth",
    )  # fmt: skip
    parser.add_argument(
        "--confidence", type=fraction, help="confidence threshold for detections (default on "
        "validation: that of the best F1)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print all scores as JSON")
    args = parser.parse_args(arguments)
    print(_report(args.file, args.data, args.table, args.confidence, args.json))
    return 0


def _report(
    file: Path, data: str, table: Path | None, confidence: float | None, as_json: bool
) -> str:
    task, config = lookup.find(data, table)
    if confidence is not None and not TASKS[task].has_threshold:
        raise PredictionsError(
            f"--confidence: {config} is of patches, whose scores have no threshold; expected it "
            "for detections alone. Leave it out."
        )
    split = split_of(file)
    truth = part("ground_truth", task).read(config, split if split in SPLITS else "test", table)
    predictions = part("predictions", task).read_for(file, truth)
    report = part("scoring.reports", task)
    scored = report.score(truth, predictions, confidence, file)
    for warning in report.warnings(truth, predictions):
        print(f"warning: {warning}", file=sys.stderr)
    return report.as_json(truth, scored) if as_json else report.as_text(truth, scored)


if __name__ == "__main__":
    sys.exit(main())
