"""python -m leaderboard.open_set: score predictions of the open set, and submit a row.

`score` prints the scores of one predictions file; `submit` checks the folder of a row, and writes
its scores beside the predictions, and nothing else, so that two pull requests never touch the same
file. The page is rendered after the merge: python -m leaderboard.render. `rescore` computes the
scores of all rows anew. docs/open-set.md describes the files.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from leaderboard.files import subcommands
from leaderboard.files.arguments import command, did_you_mean, path
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import BadNameError
from leaderboard.files.plain_file import as_committed, read_plain
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.open_set import (
    boards,
    page,
    predictions,
    row_scores,
    rows,
    scoring,
    truth,
    warnings,
)
from leaderboard.open_set.folder import CARD, ORIGIN, SCORES, RowError, about, folders
from leaderboard.open_set.row_scores import Scores
from leaderboard.open_set.rows import Row
from leaderboard.predictions import hints
from leaderboard.predictions.text import PredictionsError
from leaderboard.scoring import column_order
from leaderboard.submission import pull_request
from leaderboard.submission.card import CardError
from leaderboard.submission.entries import SubmissionError
from leaderboard.submission.folder import left_out
from leaderboard.tables.cells import against_best
from leaderboard.tables.markers import RenderError

PROGRAM = "python -m leaderboard.open_set"
ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {
    "score": ("open_set_14class seed0.csv", "novelty_mirror seed0.Ebola.csv --round Ebola"),
    "submit": ("leaderboard/novelty/open_set_14class/my_cnn", "my_cnn --check"),
    "rescore": ("--check",),
}
HELP = {
    "score": "print the scores of one predictions file",
    "submit": "check a row, write its scores",
    "rescore": "score all rows anew, from their predictions",
}


@command(
    PROGRAM, RowError, PredictionsError, CardError, BadNameError, RenderError,
    GroundTruthError, SubmissionError, OSError,
)  # fmt: skip
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 after an error, or where `--check` finds stale scores."""
    args = _parser().parse_args(arguments)
    return {"score": _score, "submit": _submit, "rescore": _rescore}[args.command](args)


def _parser() -> argparse.ArgumentParser:
    parser, commands = subcommands.parser_of(PROGRAM, __doc__, HELP, EXAMPLES)
    score, submit, rescore = commands.values()
    score.add_argument(
        "board", choices=boards.BOARDS, metavar="BOARD", help=" or ".join(boards.BOARDS)
    )
    score.add_argument("file", type=path, metavar="FILE", help="predictions, CSV or .csv.gz")
    score.add_argument(
        "--round", default="", metavar="ROUND",
        help="of novelty_mirror: the class that is left out, or sessions-0, -1, -2",
    )  # fmt: skip
    submit.add_argument(
        "folder",
        type=path,
        metavar="NAME",
        help="name or path of a folder leaderboard/novelty/BOARD/NAME",
    )
    submit.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if scores are missing "
        "or stale",
    )  # fmt: skip
    rescore.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if scores are stale"
    )
    rescore.add_argument(
        "--root", type=path, default=ROOT, help="folder that holds novelty/ (default: leaderboard)"
    )
    return parser


def _rescore(args: argparse.Namespace) -> int:
    stale = 0
    for board in boards.BOARDS:
        for folder in folders(args.root / page.FOLDER / board):
            scores = rows.score_folder(folder, board)
            if _is_written(folder, scores):
                continue
            stale += 1
            if args.check:
                print(f"{folder / SCORES}: stale; run {PROGRAM} rescore", file=sys.stderr)
            else:
                print(f"wrote {rows.write(folder, scores)}")
    if not args.check:
        _render(args.root)
    elif not stale:
        print("all scores follow from their predictions")
    return int(bool(stale and args.check))


def _render(root: Path) -> None:
    for changed, text in page.changed(root).items():
        write_bytes(changed, text.encode())
        print(f"wrote {changed}")


def _score(args: argparse.Namespace) -> int:
    known = boards.rounds_of(args.board)
    name = boards.file_name(args.round)
    if name not in known:
        meant = hints.of_name(args.round, known)
        raise RowError(
            f"--round {args.round or '(none)'}: expected "
            + (f"one of {', '.join(known)}." if known[0] else f"none for {args.board}.")
            + (f" Is {meant} meant?" if meant else "")
        )
    facts = truth.read(args.board, name)
    predicted = predictions.read(args.file, facts)
    is_sessions = name.startswith("sessions-")
    found = (scoring.unseen_sessions if is_sessions else scoring.score)(facts, predicted)
    scores = row_scores.joined(
        args.board, {}, {"0": found}, "sessions" if is_sessions else row_scores.MAIN
    )
    print(f"{args.file}: {len(facts):,} pictures, {int(facts.known.sum()):,} of known classes")
    _print(scores, found.values)
    value = found.values.get(row_scores.MAIN)
    if value and (
        text := row_scores.reversed_novelty(value, scores.intervals.get(row_scores.MAIN))
    ):
        print(f"warning: {text}", file=sys.stderr)
    order = column_order.of_probabilities(facts.labels, predicted.probabilities, facts.classes)
    if order:
        print(f"warning: {order}", file=sys.stderr)
    return 0


def _print(scores: Scores, names: Iterable[str]) -> None:
    for name in names:
        value, ends = scores.mean(name), scores.intervals.get(name)
        if value is not None:
            print(f"  {name:22}{value:.3f}" + (f"  [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else ""))


def _submit(args: argparse.Namespace) -> int:
    folder, board = _located(args.folder)
    if (folder / ORIGIN).exists() and not args.check:
        raise RowError(
            f"{folder / ORIGIN}: marks a row of this project, which python -m "
            f"benchmark.open_set writes; expected {CARD} in a submission. Remove it."
        )
    said: list[str] = []
    scores = rows.score_folder(folder, board, said.append)
    if args.check:
        return _check(folder, board, scores)
    others = _others(folder, board)
    row = Row(folder.name, about(folder, board), scores)
    table = rows.ordered([*others, row])
    place = table.index(row)
    found = (*said, *warnings.of_rows(table)[place])
    is_written = _is_written(folder, scores)
    if not is_written:
        rows.write(folder, scores)
    for name in left_out(folder):
        print(f"left out: {name}; do not commit it", file=sys.stderr)
    for warning in found:
        print(f"warning: {warning}", file=sys.stderr)
    compared = against_best(rows.verdicts(table)[place])
    print(f"{row.name}: row {place + 1} of {len(table)} of {board} by AUROC; {compared}")
    _print(scores, (row_scores.MAIN, "oscr", "f1", "micrograph auroc", "sessions"))
    changed = (
        "Nothing changed: the scores were there." if is_written else f"wrote {folder / SCORES}"
    )
    path = f"leaderboard/{page.FOLDER}/{board}/{row.name}"
    print(f"\n{changed}\nThe page is rendered after the merge.")
    print(pull_request.text(row.name, [path], found, board))
    return 0


def _others(folder: Path, board: str) -> list[Row]:
    """Return the other rows of a board that have scores, and say which have none yet.

    Of two rows that are prepared side by side one has to be submitted first.
    """
    found = []
    for one in folders(folder.parent):
        if one != folder and _has_fitting_scores(one, board):
            found.append(rows.read(one, board))
        elif one != folder:
            print(
                f"not compared with {one.name}: it has no scores of its predictions yet; then run "
                f"{PROGRAM} submit {one}", file=sys.stderr,
            )  # fmt: skip
    return found


def _has_fitting_scores(folder: Path, board: str) -> bool:
    """Say whether a row has scores; those of a submission may be of files before a change."""
    if (folder / ORIGIN).exists():
        return True  # a row of this project is committed whole
    if not (folder / SCORES).exists():
        return False
    try:
        rows.read(folder, board)
    except rows.StaleError:
        return False
    return True


def _located(given: Path) -> tuple[Path, str]:
    """Return the folder of a row and its board, from its path, or from its name alone."""
    novelty = ROOT / page.FOLDER
    if len(given.parts) == 1 and not given.exists():
        found = [novelty / board / given for board in boards.BOARDS]
        found = [one for one in found if one.is_dir()]
        if len(found) > 1:
            raise RowError(
                f"{given}: found on both boards, {' and '.join(map(str, found))}; expected one "
                "row. Name its folder."
            )
        given = found[0] if found else given
    folder = given.resolve()
    board = folder.parent.name
    if given.is_symlink() or (folder.is_dir() and board in boards.BOARDS and (
        folder.parents[1].name != page.FOLDER
    )):  # fmt: skip
        raise RowError(
            f"{given}: a link, or a folder elsewhere; expected the row itself in {novelty}/"
            f"{board if board in boards.BOARDS else 'BOARD'}. Move it there."
        )
    if not folder.is_dir() or board not in boards.BOARDS:
        known = [one.name for name in boards.BOARDS for one in folders(novelty / name)]
        raise RowError(
            f"{given}: {'no folder of a row' if folder.exists() else 'no such folder'}"
            f"{did_you_mean(folder.name, known) or '.'} Expected leaderboard/novelty/BOARD/NAME, "
            f"where BOARD is {' or '.join(boards.BOARDS)}. Make it, with {CARD} and predictions."
        )
    return folder, board


def _check(folder: Path, board: str, scores: Scores) -> int:
    """Say whether the scores of a valid folder are written; return the exit status."""
    remedy = f"run {PROGRAM} submit {folder}"
    if not (folder / SCORES).exists():
        print(f"{folder}: valid; scores not yet written: {remedy}")
        return 1
    is_stale = rows.read(folder, board).scores != scores
    print(f"{folder}: {f'valid, but its scores are stale: {remedy}' if is_stale else 'valid'}")
    return int(is_stale)


def _is_written(folder: Path, scores: Scores) -> bool:
    file = folder / SCORES
    return file.is_file() and as_committed(read_plain(file)) == rows.text(scores).encode()


if __name__ == "__main__":
    sys.exit(main())
