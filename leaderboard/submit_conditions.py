"""python -m leaderboard.submit_conditions NAME: score a submission to the board of hard conditions.

NAME is the name or path of a folder in leaderboard/hard_conditions/submissions;
docs/hard-conditions.md describes its content.
"""

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.locking import LockedError, locked
from leaderboard.files.names import BadNameError
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.predictions.text import PredictionsError
from leaderboard.ranking.conditions import ConditionRow, accuracy, f1
from leaderboard.render import HERE, RenderError, render_all
from leaderboard.results import conditions as results
from leaderboard.results.conditions import ConditionScores
from leaderboard.results.record import RecordError
from leaderboard.submission import conditions as submissions
from leaderboard.submission.card import CardError
from leaderboard.submission.entries import SubmissionError
from leaderboard.tables.cells import score

EXAMPLES = (
    "python -m leaderboard.submit_conditions my_swin --check",
    "python -m leaderboard.submit_conditions leaderboard/hard_conditions/submissions/my_swin",
)


@command(
    "python -m leaderboard.submit_conditions", BadNameError, CardError, GroundTruthError,
    LockedError, PredictionsError, RecordError, RenderError, SubmissionError, OSError,
)  # fmt: skip
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 after an error, or where `--check` expects other scores."""
    parser = Parser(
        prog="python -m leaderboard.submit_conditions", description=__doc__, examples=EXAMPLES
    )
    parser.add_argument(
        "folder", type=path, metavar="NAME", help="name or path of a folder in "
        "leaderboard/hard_conditions/submissions",
    )  # fmt: skip
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if scores are missing "
        "or stale",
    )  # fmt: skip
    parser.add_argument(
        "--root", type=path, default=HERE, help="folder of hard_conditions/ (default: leaderboard)"
    )
    args = parser.parse_args(arguments)
    root = args.root.resolve() / results.FOLDER
    scored = submissions.read(_located(args.folder, root / "submissions"))
    print(_report(scored))
    stale = {results.path(root, one): one for one in scored if _is_stale(root, one)}
    if args.check:
        for file in stale:
            print(f"{file}: missing or stale; run the command without --check", file=sys.stderr)
        return 1 if stale else 0
    with locked(root):
        for file, one in stale.items():
            results.write(file, one)
            print(f"wrote {file}")
    for page in render_all(args.root.resolve()):
        print(f"wrote {page}")
    return 0


def _located(folder: Path, parent: Path) -> Path:
    """Return the submission's folder from its path, or from its name alone."""
    if len(folder.parts) == 1 and not folder.exists():
        folder = parent / folder
    if folder.resolve().parent != parent:
        raise SubmissionError(
            f"{folder}: expected the folder of one submission, {parent}/<name>. Name that, or move "
            "the folder there."
        )
    return folder


def _is_stale(root: Path, scored: ConditionScores) -> bool:
    """Whether other scores are stored, or none; raises `RecordError` for a row of somebody else."""
    file = results.path(root, scored)
    if not file.exists():
        return True
    text = file.read_text(encoding="utf-8")
    if f'"provenance": "{scored.provenance}"' not in text:
        raise RecordError(
            f"{file}: is a row of this project; expected a model and recipe of another name. "
            "Rename yours in the card."
        )
    lines = [line for line in text.splitlines() if not line.startswith(' "created"')]
    own = results.text_of(dataclasses.replace(scored, created="")).splitlines()
    return lines != [line for line in own if not line.startswith(' "created"')]


def _report(scored: Sequence[ConditionScores]) -> str:
    row = ConditionRow(tuple(scored))
    clean = score(row.mean(accuracy, "clean"))
    return (
        f"{row.first.model}, {row.first.recipe} on {row.first.data}, {len(scored)} seeds: accuracy "
        f"{clean} clean, {score(row.mean(accuracy))} under conditions; macro F1 "
        f"{score(row.mean(f1))} under conditions"
    )


if __name__ == "__main__":
    sys.exit(main())
