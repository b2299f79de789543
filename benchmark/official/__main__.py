"""python -m benchmark.official RECORD.json --folder FOLDER: score a network on official patches.

The folder holds the 1,900 official test patches of 14 classes in test/. Those of the classes that
the network knows are predicted once, with the network of a finished run. The scores go into
official/ beside the records, and below the tables as a note. They are never a row, and they choose
nothing: a network that is scored already is not scored again.
"""

import sys
from pathlib import Path

from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs import finished
from leaderboard import render
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.locking import LockedError
from leaderboard.files.writable import try_folder
from leaderboard.results import official
from leaderboard.results import store as records
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import RecordError
from tem_virus_dataset.errors import DatasetError

EXAMPLES = (
    "python -m benchmark.official leaderboard/records/mirror_11class/plain_cnn-scratch-brief-s1"
    ".json --folder ~/official_test_14class",
    "python -m benchmark.official RECORD.json --folder FOLDER --runs ~/runs",
)


@command(
    "python -m benchmark.official", BenchmarkError, DatasetError, RecordError, LockedError,
    render.RenderError, OSError, interrupted="interrupted; nothing was written",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Score the networks of some records; returns the exit status."""
    args = _parser().parse_args(argv)
    waiting = [(file, file.resolve().parents[1]) for file in args.records if not _is_scored(file)]
    if not waiting:
        return 0
    for root in dict.fromkeys(root for _, root in waiting):
        try_folder(root, "RECORD")
    environment.start()
    from benchmark.official import patches, score

    for file, root in waiting:
        record = records.read(file)
        score.check(file, record)
        weights, classify = score.network(file, record, args.runs)
        scores = score.scores(
            record, weights, classify, patches.read(args.folder, tuple(record.classes))
        )
        place = official.path(root, record)
        official.write(place, scores)
        print(f"{_text(scores)}\nwrote {place}", flush=True)
    for root in dict.fromkeys(root for _, root in waiting):
        ours = root == render.HERE / "records"
        for page in render.render_all(render.HERE) if ours else render.render(root, root):
            print(f"wrote {page}")
    return 0


def _is_scored(file: Path) -> bool:
    record = records.read(file)
    place = official.path(file.resolve().parents[1], record)
    if not place.exists():
        return False
    scores = official.read(place)
    if scores.trained != record.created:  # an earlier training of this name
        return False
    print(f"{_text(scores)}\nscored before, see {place}")
    return True


def _text(scores: OfficialScores) -> str:
    values = ", ".join(
        f"{name} {value:.3f} [{scores.intervals[name][0]:.3f}, {scores.intervals[name][1]:.3f}]"
        for name, value in scores.scores.items()
    )
    return (
        f"{scores.run}: {scores.patches:,} official patches of {scores.micrographs} micrographs, "
        f"{len(scores.classes)} of {official.OF_CLASSES} classes: {values}"
    )


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.official", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "records", type=path, nargs="+", metavar="RECORD.json", help="records of finished runs"
    )
    parser.add_argument(
        "--folder", type=path, required=True, metavar="FOLDER",
        help="folder of the official test patches, which holds test/",
    )  # fmt: skip
    finished.add_runs(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
