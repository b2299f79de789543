"""A folder of a submission, checked to the last row: `submissions/<name>/`.

`card.toml`, and for every seed `seed<k>.test.csv` and `seed<k>.validation.csv`, gzipped (`.csv.gz`)
or not; of patches, those of validation are left to the author. Nothing else may lie there, and
nothing else is ever opened.
"""

import difflib
from dataclasses import dataclass
from pathlib import Path

from leaderboard.files.names import check_name, shown
from leaderboard.ground_truth import detection_file
from leaderboard.ground_truth.classification import SPLITS, SplitTableError
from leaderboard.submission import card as cards
from leaderboard.submission import classification as patch_entries
from leaderboard.submission import detection as box_entries
from leaderboard.submission.card import Card
from leaderboard.submission.entries import Entries, SubmissionError

__all__ = ["Submission", "SubmissionError", "read"]

CARD = "card.toml"
FEWEST = 3  # seeds
ENDINGS = (".csv", ".csv.gz")


@dataclass(frozen=True)
class Submission:
    """What a folder holds; its name is the submission's."""

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
    if folder.is_symlink() or not folder.is_dir():
        raise SubmissionError(
            f"{folder}: no folder, expected one with {CARD} and predictions. Make it in "
            "leaderboard/submissions."
        )
    check_name(folder.name, "submission")
    for file in sorted(folder.iterdir()):  # before anything is opened
        if file.is_symlink() or not file.is_file():
            raise SubmissionError(
                f"{folder}: {shown(file.name)} is no plain file, expected {CARD} and predictions "
                "as plain files. Put the file itself there."
            )
    card = cards.read(folder / CARD)
    if len(card.seeds) < FEWEST:
        raise SubmissionError(
            f"{folder / CARD}: found {len(card.seeds)} seeds, expected at least {FEWEST}: one "
            "training may be lucky. Train again with other seeds, and give all that you ran."
        )
    of_boxes = detection_file.shipped(card.data) is not None
    files = _files(folder, card, of_boxes)
    try:
        entries = (box_entries if of_boxes else patch_entries).read(card.data, files)
    except SplitTableError as error:
        boxed = ", ".join(sorted({name for name, _ in detection_file.known()}))
        raise SubmissionError(
            f"{folder / CARD}: data: {error} Tables of boxes: {boxed}."
        ) from error
    return Submission(folder, card, entries)


def _files(folder: Path, card: Card, of_boxes: bool) -> dict[str, dict[int, Path]]:
    """Return the predictions by split and seed, after a look at every name in the folder.

    Args:
      of_boxes: they need those on validation.
    """
    expected = {
        f"seed{seed}.{split}{ending}": (split, seed)
        for split in SPLITS
        for seed in card.seeds
        for ending in ENDINGS
    }
    found: dict[str, dict[int, Path]] = {}
    for file in sorted(folder.iterdir()):
        if file.name not in (CARD, *expected):
            near = difflib.get_close_matches(file.name, {CARD, *expected} - {file.name}, 1)
            raise SubmissionError(
                f"{folder}: found {shown(file.name)}, expected {CARD} and, for each of the card's "
                f"seeds {shown(list(card.seeds))}, seed<k>.test.csv and seed<k>.validation.csv (or "
                ".csv.gz). "
                + (f"Did you mean {near[0]}?" if near else "Move it away; models are never opened.")
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
        if (split == "test" or split in found or of_boxes) and seed not in found.get(split, {})
    ]
    if missing:
        needed = (
            "both splits for every seed of the card: the confidence from which on a find counts is "
            "chosen here, on validation"
            if of_boxes
            else "test for every seed of the card, and on validation for all or none"
        )
        raise SubmissionError(
            f"{folder}: {', '.join(missing[:4])} {'is' if len(missing) == 1 else 'are'} missing, "
            f"expected predictions on {needed}. Add them, gzipped or not."
        )
    return {split: {seed: found[split][seed] for seed in card.seeds} for split in found}
