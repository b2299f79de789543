"""python -m leaderboard.submit NAME: check a submission, write its records, render the tables.

NAME is the name or path of a folder in leaderboard/submissions; docs/submit.md describes its
content.
"""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.locking import LockedError
from leaderboard.files.names import BadNameError
from leaderboard.predictions.text import PredictionsError
from leaderboard.ranking.grouping import rows_of
from leaderboard.render import HERE, RenderError, render_all
from leaderboard.results import store as records
from leaderboard.results.record import RecordError
from leaderboard.submission import accept
from leaderboard.submission import folder as submissions
from leaderboard.submission.card import CardError
from leaderboard.submission.folder import Submission, SubmissionError
from leaderboard.tables.tables import row_text

EXAMPLES = (
    "python -m leaderboard.submit my_swin",
    "python -m leaderboard.submit leaderboard/submissions/my_swin --check",
)
ERRORS = (
    BadNameError, CardError, LockedError, PredictionsError, RecordError, RenderError,
    SubmissionError, OSError,
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
    args = parser.parse_args(arguments)
    root = args.root.resolve()
    submission = submissions.read(_located(args.folder, root))
    if args.check:
        return _check(root, submission)
    written = accept.write(root, submission)
    changed = render_all(root)
    report = _report(root, submission, len(written) + len(changed))
    for warning in submission.entries.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    print(report)
    return 0


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


def _report(root: Path, submission: Submission, changed: int) -> str:
    """Return the scores, and the commands of the pull request."""
    name, card, entries = submission.folder.name, submission.card, submission.entries
    own = [one for one in records.read_all(root / "records") if one.submission == name]
    (row,) = rows_of(own, root / "records")
    return "\n".join(
        [
            f"{card.model}, {card.initialization}, {card.recipe} on {entries.data} "
            f"{entries.version}, test: "
            f"mean ± standard deviation over {len(entries.fields)} seeds [95 % over micrographs]",
            "",
            row_text(row),
            "",
            f"{changed} files written." if changed else "Nothing changed: the records were there.",
            "For the pull request:",
            "",
            f"  git checkout -b submit-{name}",
            "  git add -A leaderboard README.md",
            f'  git commit -m "Submit {name}"',
            "",
            "Its text states that test was scored once, after everything was chosen on validation;",
            "how your code produces the predictions; and whether weights are available.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
