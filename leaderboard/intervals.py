"""python -m leaderboard.intervals: compute the intervals of all records anew.

A record holds the intervals of its scores. They follow from its predictions, and are written again
where the way of computing them has changed. Nothing else of a record is changed.
"""

import dataclasses
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.listing import check_folder
from leaderboard.results import store
from leaderboard.results.record import Record, RecordError
from leaderboard.tasks import part

RECORDS = Path(__file__).resolve().parent / "records"
EXAMPLES = ("python -m leaderboard.intervals", "python -m leaderboard.intervals --check")
CLOSE = 1e-9  # intervals that are equal but for rounding


def outdated(root: Path) -> Iterator[Record]:
    """Yield the finished records of a folder whose intervals differ, with those that are right.

    A record without a shipped ground truth keeps the intervals that it has.

    Raises:
      RecordError: a record or its predictions cannot be used.
    """
    for record in store.read_all(root):
        if record.status != "finished":
            continue
        evidence = part("results", record.task).read_evidence(root, [record])
        if evidence is None:
            continue
        intervals = {name: list(ends) for name, ends in evidence.scored[0].intervals.items()}
        kept = record.intervals or {}
        if not _are_equal(intervals, kept):
            yield dataclasses.replace(record, intervals=intervals)


def _are_equal(first: dict[str, list[float]], second: dict[str, list[float]]) -> bool:
    return first.keys() == second.keys() and all(
        abs(one - other) <= CLOSE
        for name, ends in first.items()
        for one, other in zip(ends, second[name], strict=True)
    )


@command("python -m leaderboard.intervals", RecordError, OSError)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 after an error, or where `--check` finds old intervals."""
    parser = Parser(prog="python -m leaderboard.intervals", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if one is outdated"
    )
    parser.add_argument("--records", type=path, default=RECORDS, help="folder of records")
    args = parser.parse_args(arguments)
    check_folder(args.records, may_be_empty=False)
    number = 0
    for record in outdated(args.records):
        file = store.path(args.records, record)
        number += 1
        if args.check:
            print(f"{file}: outdated; run python -m leaderboard.intervals", file=sys.stderr)
        else:
            store.write(args.records, record)
            print(f"wrote {file}")
    if not number:
        print("the intervals of all records are up to date")
    return 1 if args.check and number else 0


if __name__ == "__main__":
    sys.exit(main())
