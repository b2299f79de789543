"""python -m leaderboard.submit DIR: check a submission, write its records, render the tables.

DIR is leaderboard/submissions/<name>; what has to be in it, leaderboard/README.md says.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.locking import LockedError
from leaderboard.files.names import BadNameError
from leaderboard.predictions.classification import PredictionsError
from leaderboard.ranking.rows import rows_of
from leaderboard.render import HERE, RenderError, render_all
from leaderboard.results import store as records
from leaderboard.results.record import RecordError
from leaderboard.submission import accept
from leaderboard.submission import folder as submission
from leaderboard.submission.card import CardError
from leaderboard.submission.folder import Submission, SubmissionError
from leaderboard.tables.tables import row_text

ERRORS = (
    BadNameError, CardError, LockedError, PredictionsError, RecordError, RenderError,
    SubmissionError, OSError,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 when `--check` finds other records, or 2 after an error."""
    parser = argparse.ArgumentParser(prog="python -m leaderboard.submit", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="leaderboard/submissions/<name>")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; 1 if the records are not as they must"
    )
    parser.add_argument(
        "--root", type=Path, default=HERE, help="folder of submissions/ and records/"
    )
    args = parser.parse_args(arguments)
    try:
        root = args.root.resolve()
        found = submission.read(_checked_place(args.folder, root))
        if args.check:
            stale = [file.name for file in accept.difference(root, found)]
            print(f"{args.folder}: nothing is wrong with it.")
            if stale:
                print(
                    f"{', '.join(stale)}: not as it says. Write them: python -m leaderboard.submit "
                    f"{args.folder}", file=sys.stderr,
                )  # fmt: skip
            return 1 if stale else 0
        written = accept.write(root, found)
        changed = render_all(root)
        said = _said(root, found, len(written) + len(changed))
    except ERRORS as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for doubt in found.entries.doubts:
        print(f"warning: {doubt}", file=sys.stderr)
    print(said)
    return 0


def _checked_place(folder: Path, root: Path) -> Path:
    found = folder.parent.resolve() / folder.name if folder.is_symlink() else folder.resolve()
    if found.parent != root / "submissions":
        raise SubmissionError(
            f"{folder}: expected the folder of one submission, {root / 'submissions'}/<name>, with "
            "card.toml in it. Name that, or move the folder there."
        )
    return found


def _said(root: Path, found: Submission, changed: int) -> str:
    """Return the scores, and what to do next."""
    (row,) = rows_of(
        [one for one in records.read_all(root / "records") if one.submission == found.folder.name],
        root / "records",
    )
    name, card, entries = found.folder.name, found.card, found.entries
    return "\n".join(
        [
            f"{card.model}, {card.initialization}, {card.recipe} on {entries.data} "
            f"{entries.version}, test: "
            f"mean ± standard deviation over {len(entries.fields)} seeds [95 % over micrographs]",
            "",
            row_text(row),
            "",
            f"{changed} files written." if changed else "Nothing changed: it was there.",
            "For the pull request:",
            "",
            f"  git checkout -b submit-{name}",
            "  git add -A leaderboard README.md",
            f'  git commit -m "Submit {name}"',
            "",
            "In its text: that test was scored once, after everything was chosen on validation;",
            "how to get the predictions from your code; and whether weights can be had.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
