"""python -m leaderboard.submit_conditions NAME: score a submission to the board of hard conditions.

NAME is the name or path of a folder in leaderboard/hard_conditions/submissions;
docs/hard-conditions.md describes its content. Nothing is written but the scores of this submission,
so that two pull requests never touch the same file. The page is rendered after the merge: python -m
leaderboard.render.
"""

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.locking import LockedError, locked
from leaderboard.files.names import BadNameError
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.predictions.text import PredictionsError
from leaderboard.ranking import condition_warnings
from leaderboard.ranking.conditions import ConditionRow, accuracy, f1, rows_of
from leaderboard.results import conditions as results
from leaderboard.results.conditions import ConditionScores
from leaderboard.results.record import RecordError
from leaderboard.submission import conditions as submissions
from leaderboard.submission import pull_request
from leaderboard.submission.card import CardError
from leaderboard.submission.entries import SubmissionError, far_apart
from leaderboard.submission.folder import left_out
from leaderboard.tables.cells import score

HERE = Path(__file__).resolve().parent
EXAMPLES = (
    "python -m leaderboard.submit_conditions my_swin --check",
    "python -m leaderboard.submit_conditions leaderboard/hard_conditions/submissions/my_swin",
)


@command(
    "python -m leaderboard.submit_conditions", BadNameError, CardError, GroundTruthError,
    LockedError, PredictionsError, RecordError, SubmissionError, OSError,
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
    folder = _located(args.folder, root / "submissions")
    said: list[str] = []
    scored = submissions.read(folder, said.append)
    changed = _difference(root, folder.name, scored)
    if args.check:
        return _check(folder, changed)
    found = [
        *said,
        *_warnings(root, folder.name, scored),
    ]  # a damaged row is named before a file is written
    with locked(root):
        for file, one in changed.items():
            if one:
                results.write(file, one)
            else:
                file.unlink()
    for name in left_out(folder):
        print(f"left out: {name}; do not commit it", file=sys.stderr)
    for warning in found:
        print(f"warning: {warning}", file=sys.stderr)
    print(_report(scored))
    for file, one in changed.items():
        print(f"{'wrote' if one else 'deleted'} {file}")
    if not changed:
        print("Nothing changed: the scores were there.")
    print("The page is rendered after the merge.")
    files = [folder, *(results.path(root, one) for one in scored)]
    files += [file for file, one in changed.items() if one is None]
    paths = [file.relative_to(root.parents[1]).as_posix() for file in files]
    print(pull_request.text(folder.name, paths, found, results.FOLDER))
    return 0


def _check(folder: Path, changed: Mapping[Path, ConditionScores | None]) -> int:
    """Say whether the scores of a valid submission are written; return the exit status."""
    remedy = f"run python -m leaderboard.submit_conditions {folder.name}"
    if not changed:
        print(f"{folder}: valid")
    elif not any(file.exists() for file in changed):
        print(f"{folder}: valid; scores not yet written: {remedy}")
    else:
        print(f"{folder}: valid, but its scores are missing or stale: {remedy}")
        for file in changed:
            print(f"{file}: missing or stale", file=sys.stderr)
    return int(bool(changed))


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


def _difference(
    root: Path, name: str, scored: Sequence[ConditionScores]
) -> dict[Path, ConditionScores | None]:
    """Return the files to be written, with their scores, and with None those to be removed.

    Raises:
      RecordError: a row of somebody else is called so.
    """
    wanted = {results.path(root, one): one for one in scored}
    changed: dict[Path, ConditionScores | None] = {
        file: one for file, one in wanted.items() if _is_stale(file, one)
    }
    data = scored[0].data
    for one in results.read_all(root, data, ground_truth.read(data)):
        file = results.path(root, one)
        if one.submission == name and file not in wanted:
            changed[file] = None
    return changed


def _is_stale(file: Path, scored: ConditionScores) -> bool:
    """Whether other scores are stored, or none; raises `RecordError` for a row of somebody else."""
    if not file.exists():
        return True
    stored = results.read(file, ground_truth.read(scored.data))
    if (stored.provenance, stored.submission) != (scored.provenance, scored.submission):
        owner = f"submission {stored.submission}" if stored.submission else "this project"
        raise RecordError(
            f"{file}: is a row of {owner}; expected a model and recipe of another name. Rename "
            "yours in the card."
        )
    return dataclasses.replace(stored, created="") != dataclasses.replace(scored, created="")


def _warnings(root: Path, name: str, scored: Sequence[ConditionScores]) -> list[str]:
    """Return what is implausible, like another row of the board, or unlike the other seeds."""
    data = scored[0].data
    stored = results.read_all(root, data, ground_truth.read(data))
    rows = rows_of([*(one for one in stored if one.submission != name), *scored])
    place = next(n for n, row in enumerate(rows) if row.first.submission == name)
    by_seed = {
        one.seed: value.mean
        for one in rows[place].seeds
        if (value := ConditionRow((one,)).mean(f1)) is not None
    }
    found = condition_warnings.of_rows(rows)[place]
    return [*found, *far_apart("macro F1 under conditions", by_seed)]


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
