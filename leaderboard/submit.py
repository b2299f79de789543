"""python -m leaderboard.submit NAME: check a submission, write its records, preview its row.

NAME is the name or path of a folder in leaderboard/submissions; docs/submit.md describes its
content. Nothing is written but the records of this submission, so that two pull requests never
touch the same file. The tables are rendered after the merge: python -m leaderboard.render.
"""

import dataclasses
import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.locking import LockedError
from leaderboard.files.names import BadNameError
from leaderboard.predictions.text import PredictionsError
from leaderboard.ranking import warnings
from leaderboard.ranking.grouping import grouped, row_of, rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.submission import accept, pull_request, samples
from leaderboard.submission import card as cards
from leaderboard.submission import folder as submissions
from leaderboard.submission.card import CardError
from leaderboard.submission.folder import Submission, SubmissionError
from leaderboard.tables.tables import row_text, summary_text
from leaderboard.tasks import part

MOST_COMPARED = 200  # other rows that are scored again, to find copies
NEAR = 0.02  # of F1, between a copy and its original
HERE = Path(__file__).resolve().parent
EXAMPLES = (
    "python -m leaderboard.submit --init my_swin --data tem_virus/mirror_11class",
    "python -m leaderboard.submit my_swin",
    "python -m leaderboard.submit leaderboard/submissions/my_swin --check",
)
ERRORS = (
    BadNameError, CardError, LockedError, PredictionsError, RecordError, SubmissionError, OSError,
)  # fmt: skip


@command("python -m leaderboard.submit", *ERRORS)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 after an error, or where `--check` expects other records."""
    parser = Parser(prog="python -m leaderboard.submit", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "folder", type=path, metavar="NAME", help="name or path of a folder in "
        "leaderboard/submissions",
    )  # fmt: skip
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if a record is missing "
        "or stale",
    )  # fmt: skip
    parser.add_argument(
        "--root", type=path, default=HERE, help="folder of submissions/ and records/ (default: "
        "leaderboard)",
    )  # fmt: skip
    parser.add_argument(
        "--init", action="store_true", help="write a new folder with a card and files of all ids "
        "to fill in",
    )  # fmt: skip
    parser.add_argument(
        "--data", metavar="CONFIG", help="with --init: such as tem_virus/mirror_11class"
    )
    args = parser.parse_args(arguments)
    if args.init != (args.data is not None) or (args.init and args.check):
        parser.error("--init and --data CONFIG belong together, without --check")
    root = args.root.resolve()
    if args.init:
        return _init(root, str(args.folder), args.data)
    submission = submissions.read(_located(args.folder, root))
    if args.check:
        return _check(root, submission)
    others = _others(root, submission)  # a damaged one is named before anything is written
    written = accept.write(root, submission)
    found = _warnings(root, submission, others)
    report = _report(root, submission, others, len(written), found)
    for name in submissions.left_out(submission.folder):
        print(f"left out: {name}; do not commit it", file=sys.stderr)
    for warning in found:
        print(f"warning: {warning}", file=sys.stderr)
    print(report)
    return 0


def _init(root: Path, name: str, data: str) -> int:
    """Write the folder of a new submission; return the exit status."""
    card, *files = samples.write(root, name, data)
    print(f"wrote {card} and {len(files)} files of predictions, from {files[0].name} on.")
    print(f"Fill them in, then: python -m leaderboard.submit {name}")
    return 0


def _warnings(root: Path, submission: Submission, others: list[Record]) -> list[str]:
    """Return what is probably wrong, or implausible, or like another row.

    A copy has nearly the scores of its original. So of the other rows only predictions of those of
    about the same F1 are read, and of ours, of which a better mixture can be made.
    """
    store = root / "records"
    (group,) = grouped(records.read_submission(store, submission.folder.name))
    own = row_of(group, store)
    rows = [row_of(other) for other in grouped(others)]
    rows.sort(key=lambda row: _distance(row, own))
    near, rest = rows[:MOST_COMPARED], rows[MOST_COMPARED:]
    compared = [
        _with_likeness(row, store)
        if row.provenance == "reproduced" or _distance(row, own) <= NEAR
        else row
        for row in near
    ]
    of_card = cards.warnings(submission.card)
    return [*of_card, *submission.entries.warnings, *warnings.of_rows([*compared, *rest, own])[-1]]


def _with_likeness(row: Row, store: Path) -> Row:
    """Return a row with what its copies are known by; its scores are not computed again."""
    task = part("results", row.task)
    truths = task.shipped(store, row.records)
    if not truths:
        return row
    predictions = [task.read(store, record, truths["test"]) for record in row.records]
    found, deviations = task.likeness(truths["test"], predictions)
    return dataclasses.replace(row, signatures=found, sketches=deviations)


def _distance(row: Row, own: Row) -> float:
    """Return the smallest difference of F1 between the seeds of two rows."""
    return min(
        abs(one.test["f1"] - other.test["f1"])
        for one in row.records
        for other in own.records
        if one.test and other.test
    )


def _located(folder: Path, root: Path) -> Path:
    """Return the submission's folder from its path, or from its name alone."""
    parent = root / "submissions"
    if len(folder.parts) == 1 and not folder.exists():
        folder = parent / folder
    found = folder.parent.resolve() / folder.name if folder.is_symlink() else folder.resolve()
    if found.parent != parent:
        raise SubmissionError(
            f"{folder}: expected the folder of one submission, {parent}/<name>, with "
            "card.toml in it. Name that, or move the folder there."
        )
    if not found.exists() and parent.is_dir():
        near = difflib.get_close_matches(found.name, [one.name for one in parent.iterdir()], 1)
        if near:
            raise SubmissionError(f"{found}: no folder, did you mean {near[0]}?")
    return found


def _check(root: Path, submission: Submission) -> int:
    """Print whether the records are those of the submission; return the exit status."""
    folder = submission.folder
    stale = [file.name for file in accept.difference(root, submission)]
    print(f"{folder}: the submission is valid.")
    if stale:
        print(
            f"{', '.join(stale)}: missing or stale. Write them: python -m leaderboard.submit "
            f"{folder.name}", file=sys.stderr,
        )  # fmt: skip
    return 1 if stale else 0


def _others(root: Path, submission: Submission) -> list[Record]:
    """Return the records of all other rows of the same table."""
    data = submission.entries.data
    found = records.read_all(root / "records", data.partition("/")[2])
    return [one for one in found if one.data == data and one.submission != submission.folder.name]


def _report(
    root: Path, submission: Submission, others: list[Record], changed: int, found: list[str]
) -> str:
    """Return the scores, the place in the table, and the commands of the pull request."""
    name, card, entries = submission.folder.name, submission.card, submission.entries
    store = root / "records"
    own = records.read_submission(store, name)
    (group,) = grouped(own)
    files = sorted({records.path(store, one).relative_to(root.parent).as_posix() for one in own})
    return "\n".join(
        [
            f"{card.model}, {card.initialization}, {card.recipe} on {entries.data} "
            f"{entries.version}, test: "
            f"mean ± standard deviation over {len(entries.fields)} seeds [95 % over micrographs]",
            "",
            row_text(row_of(group, store)),
            "",
            *_preview([*others, *own], group),
            "",
            f"{changed} files written." if changed else "Nothing changed: the records were there.",
            pull_request.text(
                name, [submission.folder.relative_to(root.parent).as_posix(), *files], found
            ),
        ]
    )


def _preview(of_config: list[Record], group: list[Record]) -> list[str]:
    """Return the rows beside that of a submission, by the scores that the records hold.

    The predictions of all other rows are scored where the tables are rendered, not here: for a
    table of thousands that takes minutes.
    """
    rows = rows_of(of_config)
    own = next(row for row in rows if list(row.records) == group)
    return [
        f"Its place in the table of {len(rows):,} rows, without the published ones; the tables are "
        "rendered after the merge.",
        "",
        summary_text(rows, around=own),
    ]


if __name__ == "__main__":
    sys.exit(main())
