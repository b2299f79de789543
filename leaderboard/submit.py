"""python -m leaderboard.submit DIR: check a submission, write its records, render the tables.

DIR is leaderboard/submissions/<name>; what has to be in it, leaderboard/README.md says.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from leaderboard import cells, records, submission, submitted
from leaderboard.card import CardError
from leaderboard.locking import LockedError
from leaderboard.names import BadNameError
from leaderboard.predictions import PredictionsError
from leaderboard.record import RecordError
from leaderboard.render import HERE, RenderError, render_all
from leaderboard.rows import rows_of
from leaderboard.submission import Submission, SubmissionError

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
    args = parser.parse_args(arguments)
    try:
        root = _root(args.folder.resolve())
        found = submission.read(args.folder.resolve())
        if args.check:
            stale = [str(file) for file in submitted.difference(root, found)]
            if stale:
                print(f"not as {args.folder} says: {', '.join(stale)}", file=sys.stderr)
            return 1 if stale else 0
        written = submitted.write(root, found)
        changed = render_all(root)
    except ERRORS as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(_said(root, found, [*written, *changed]))
    return 0


def _root(folder: Path) -> Path:
    if folder.parent.name != "submissions":
        raise SubmissionError(
            f"{folder}: lies in {folder.parent}, expected in {HERE / 'submissions'} of your clone. "
            "Move it there, its name is that of the submission."
        )
    return folder.parent.parent


def _said(root: Path, found: Submission, changed: list[Path]) -> str:
    """Return the scores, and what to do next."""
    (row,) = rows_of(
        [one for one in records.read_all(root / "records") if one.submission == found.folder.name],
        root / "records",
    )
    names = {"accuracy": "accuracy", "precision": "macro precision", "recall": "macro recall"}
    lines = [[title, cells.score(row.test[name])] for name, title in names.items()]
    lines += [
        ["macro F1", cells.score(row.test["f1"])],
        ["macro F1 of clean patches", cells.score(row.clean_f1)],
        ["validation F1", cells.score(row.validation_f1) or "no predictions given"],
        ["expected calibration error", cells.score(row.calibration_error)],
        ["worst class", f"{row.worst_class[0]} {row.worst_class[1].mean:.3f}"]
        if row.worst_class
        else [],
    ]
    name, card = found.folder.name, found.card
    base = root.parent
    paths = sorted({str(path.relative_to(base)) for path in (found.folder, *changed)})
    return "\n".join(
        [
            f"{card.model}, {card.start}, {card.recipe} on {card.data} {found.version}, test: "
            f"mean ± standard deviation over {len(found.test)} seeds [95 % over micrographs]",
            "",
            tabulate(lines, tablefmt="plain", disable_numparse=True),
            "",
            f"{len(changed)} files written." if changed else "Nothing changed: it was there.",
            "For the pull request:",
            "",
            f"  git checkout -b submit-{name}",
            f"  git add {' '.join(paths)}",
            f'  git commit -m "Submit {name}"',
            "",
            "In its text: that test was scored once, after everything was chosen on validation;",
            "how to get the predictions from your code; and whether weights can be had.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
