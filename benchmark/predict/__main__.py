"""python -m benchmark.predict: detect particles in micrographs, or classify them."""

from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, path
from leaderboard.results.store import RecordError
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.predict import options, start

RECORD = "leaderboard/records/mirror_11class_boxes/yolov5n-scratch-steady-s0.json"
EXAMPLES = (
    f"python -m benchmark.predict ~/micrographs --model {RECORD}",
    "python -m benchmark.predict a.tif --model DETECTOR.json --nm-per-pixel 0.5 --confidence 0.4",
    "python -m benchmark.predict ~/micrographs --model CLASSIFIER.json --points particles.csv",
)


@command(
    "python -m benchmark.predict",
    BenchmarkError,
    DatasetError,
    RecordError,
    OSError,
    interrupted="interrupted; the same command continues where it stopped",
)
def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0, 1 after an error, or 130 where it was interrupted."""
    args = _parser().parse_args(argv)
    environment.start()
    start.check_packages()
    environment.require_backend()
    from benchmark.predict import models

    return start.start(args, lambda record: models.load(record, args.runs))


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.predict", description=__doc__, examples=EXAMPLES)
    options.add(
        parser, path, "RECORD", None,
        "record (JSON) of a run that you trained, or with its network (.onnx) beside it",
    )  # fmt: skip
    finished.add_runs(parser)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
