"""The folder of a submission, `submissions/<name>/`: all its files checked, read and scored.

`card.toml`, and for every seed `seed<k>.test.csv` and `seed<k>.validation.csv`, gzipped (`.csv.gz`)
or not; of classifiers, those of validation are optional. Nothing else may be in the folder, and
nothing else is ever opened.
"""

import os
import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from leaderboard.files.names import BadNameError, check_name, shown
from leaderboard.ground_truth import lookup
from leaderboard.ground_truth.table_files import SPLITS, GroundTruthError
from leaderboard.results import store as records
from leaderboard.submission import card as cards
from leaderboard.submission import foreign_file
from leaderboard.submission.card import Card
from leaderboard.submission.entries import Entries, SubmissionError
from leaderboard.tasks import part

__all__ = ["Submission", "SubmissionError", "read"]

CARD = "card.toml"
MIN_SEEDS = 3
ENDINGS = (".csv", ".csv.gz")
COMMANDS = {  # by the folder of submissions within `leaderboard`
    "submissions": "leaderboard.submit",
    "hard_conditions/submissions": "leaderboard.submit_conditions",
    "novelty/novelty_mirror": "leaderboard.open_set submit",
    "novelty/open_set_14class": "leaderboard.open_set submit",
}
LEFT_OUT = (".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".ipynb_checkpoints",
            "__pycache__", ".directory", ".gitkeep", ".gitignore")  # fmt: skip


@dataclass(frozen=True)
class Submission:
    """The content of a folder; the folder's name is that of the submission."""

    folder: Path
    card: Card
    entries: Entries


def read(folder: Path) -> Submission:
    """Read and score a submission.

    Raises:
      SubmissionError: the folder holds anything else, too few seeds, copies instead of seeds, or
        predictions on data of which no table is shipped.
      BadNameError: its name. CardError: its card. PredictionsError: a file of predictions.
    """
    card = checked_card(folder, f"{CARD} and predictions", "leaderboard/submissions")
    stored = records.submitted_files(folder.parents[1] / "records")
    check_siblings(folder, (file.name.rpartition("-s")[0] for file in stored))
    try:
        task, data = lookup.find(card.data)
        module = part("submission", task)
        files = _files(folder, card, module.REQUIRED, module.REQUIREMENT)
        entries = module.read(data, files)
    except GroundTruthError as error:
        raise SubmissionError(f"{folder / CARD}: data: {error}") from error
    return Submission(folder, card, entries)


def _elsewhere(folder: Path, place: str) -> str:
    """Return what to do about a folder that is not there: it may be that of another board."""
    root = folder.parents[len(Path(place).parts) - 1]
    for other, command in COMMANDS.items():
        if (root / other / folder.name).is_dir():
            return f"It is in leaderboard/{other}: python -m {command} {folder.name}"
    if place == "leaderboard/submissions" and not os.path.lexists(folder):
        name = shlex.quote(folder.name)
        return f"To make it: python -m leaderboard.submit --init {name} --data DATA"
    return f"Make it in {place}."


def checked_card(folder: Path, files: str, place: str) -> Card:
    """Return the card of a submission, after a check of its folder; predictions are not opened.

    Args:
      files: what the folder should hold, and place: where it should be, for messages.

    Raises:
      SubmissionError: there is no such folder, it holds anything but plain files, its card follows
        a row that it cannot follow, or has too few seeds. BadNameError: its name. CardError: its
        card.
    """
    if folder.is_symlink():
        raise SubmissionError(
            f"{folder}: is a link, which another computer cannot follow; expected the folder "
            f"itself in {place}. Move it there."
        )
    if not folder.is_dir():
        raise SubmissionError(
            f"{folder}: no folder, expected one with {files}. {_elsewhere(folder, place)}"
        )
    check_name(folder.name, "submission")
    for file in sorted(folder.iterdir()):  # before anything is opened
        if is_left_out(file.name):
            continue
        if file.is_symlink() or not file.is_file():
            raise SubmissionError(
                f"{folder}: {shown(file.name)} is no plain file; expected {files} as plain files. "
                "Put the file itself there."
            )
    card = cards.read(folder / CARD)
    check_successor(folder, card)
    if len(card.seeds) < MIN_SEEDS:
        raise SubmissionError(
            f"{folder / CARD}: found {len(card.seeds)} seeds, expected at least {MIN_SEEDS}: one "
            "training may be lucky. Train again with other seeds, and give all that you ran."
        )
    return card


def is_left_out(name: str) -> bool:
    """Say whether a file is one that a system or an editor leaves in every folder."""
    is_backup = name.endswith(("~", ".swp")) and name.lstrip(".").startswith((CARD, "seed"))
    return is_backup or name.lower() in LEFT_OUT or name.startswith(("._", "~$", ".~lock"))


def left_out(folder: Path) -> list[str]:
    """Return the names of the files in a submission's folder that are not looked at."""
    return sorted(file.name for file in folder.iterdir() if is_left_out(file.name))


def check_siblings(folder: Path, others: Iterable[str] = ()) -> None:
    """Refuse a name that another folder beside it, or one of `others`, has but for its case.

    Raises:
      SubmissionError: there is one.
    """
    names = {*(one.name for one in folder.parent.iterdir() if one.is_dir()), *others}
    for name in names - {folder.name}:
        if name.casefold() == folder.name.casefold():
            raise SubmissionError(
                f"{folder}: there is also {name}, which is the same folder on Windows and macOS; "
                "expected a name of its own. Rename yours."
            )


def check_successor(folder: Path, card: Card) -> None:
    """Refuse a follower that is this row again, is not handed in, or is of other authors or data.

    Raises:
      SubmissionError: see above. CardError: the card of a follower.
    """
    name = card.superseded_by
    if not name:
        return
    if card.withdrawn:
        raise SubmissionError(
            f"{folder / CARD}: has both withdrawn and superseded_by, expected one of them."
        )
    try:
        other = folder.parent / check_name(name, "superseded_by") / CARD
    except BadNameError as error:
        raise SubmissionError(f"{folder / CARD}: {error}") from error
    if name == folder.name or not other.is_file():
        raise SubmissionError(
            f"{folder / CARD}: superseded_by: found {shown(name)}, expected the name of another "
            f"submission of yours in {folder.parent}. Hand that in first."
        )
    follower = cards.read(other)
    names, last = [folder.name, name], follower.superseded_by
    while last and last not in names:
        names.append(last)
        file = folder.parent / last / CARD
        last = cards.read(file).superseded_by if file.is_file() else ""
    if last:
        raise SubmissionError(
            f"{folder / CARD}: superseded_by: {shown(name)} is itself superseded, in a ring "
            f"({', '.join([*names, last])}); expected one of them to stand. Take one of the fields "
            "away."
        )
    configs = {one.data.rpartition("/")[2] for one in (card, follower)}  # with its data set or not
    if len(configs) > 1 or not set(follower.authors) & set(card.authors):
        raise SubmissionError(
            f"{folder / CARD}: superseded_by: {shown(name)} is of other data or other authors; "
            "expected a row of the same table with one of your authors."
        )


def _files(
    folder: Path, card: Card, required: Collection[str], requirement: str
) -> dict[str, dict[int, Path]]:
    """Return the predictions by split and seed, after a check of every name in the folder.

    Args:
      required: splits that must be there for every seed; requirement: the same, for the message.
    """
    expected = {
        f"seed{seed}.{split}{ending}": (split, seed)
        for split in SPLITS
        for seed in card.seeds
        for ending in ENDINGS
    }
    found: dict[str, dict[int, Path]] = {}
    for file in sorted(folder.iterdir()):
        if is_left_out(file.name):
            continue
        if file.name not in (CARD, *expected):
            raise SubmissionError(
                f"{folder}: found {shown(file.name)}, expected {CARD} and, for each of the card's "
                f"seeds {shown(list(card.seeds))}, seed<k>.test.csv and seed<k>.validation.csv (or "
                ".csv.gz). " + foreign_file.remedy(file.name, [CARD, *expected], card.seeds)
            )
        if file.name in expected:
            split, seed = expected[file.name]
            if seed in found.setdefault(split, {}):
                raise SubmissionError(
                    f"{file}: there is also {found[split][seed].name}, expected one of them. "
                    "Remove the other."
                )
            found[split][seed] = file
    missing = [
        f"seed{seed}.{split}.csv"
        for split in SPLITS
        for seed in card.seeds
        if (split in required or split in found) and seed not in found.get(split, {})
    ]
    if missing:
        raise SubmissionError(
            f"{folder}: {', '.join(missing[:4])} {'is' if len(missing) == 1 else 'are'} missing, "
            f"expected predictions on {requirement}. Add them, gzipped or not."
        )
    return {split: {seed: found[split][seed] for seed in card.seeds} for split in found}
