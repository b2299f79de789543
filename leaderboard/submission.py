"""A folder of a submission, checked to the last row: `submissions/<name>/`.

`card.toml`, and for every seed `seed<k>.test.csv` and, if the author gives it,
`seed<k>.validation.csv`, gzipped (`.csv.gz`) or not. Nothing else may lie there, and nothing else
is ever opened.
"""

import difflib
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from leaderboard import card as cards
from leaderboard import predictions, split_table
from leaderboard.card import Card
from leaderboard.detection import box_table_file
from leaderboard.names import check_name, shown
from leaderboard.scoring import Scored, score
from leaderboard.split_table import SPLITS, UNKNOWN, SplitTable, SplitTableError

CARD = "card.toml"
FEWEST = 3  # seeds
APART = 0.1  # macro F1; more than seeds of one model differ by
ENDINGS = (".csv", ".csv.gz")


class SubmissionError(Exception):
    """A folder that is no submission; names it, what was found and what is expected."""


@dataclass(frozen=True)
class Submission:
    """What a folder holds.

    Attributes:
      folder: its name is the submission's; data: with the data set's name; version: of it.
      classes: names in label order; test: by seed; validation: by seed, empty if not given.
    """

    folder: Path
    card: Card
    data: str
    version: str
    classes: tuple[str, ...]
    test: dict[int, Scored]
    validation: dict[int, Scored]


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
    if box_table_file.shipped(card.data):
        raise SubmissionError(
            f"{folder / CARD}: {card.data} is detection, of which no submissions are taken yet; "
            "expected data of patches. Score your detections with python -m leaderboard.score."
        )
    files = _files(folder, card)
    try:
        tables = {split: split_table.read(card.data, split) for split in files}
    except SplitTableError as error:
        raise SubmissionError(f"{folder / CARD}: data: {error}") from error
    scored = {split: _scored(tables[split], by_seed) for split, by_seed in files.items()}
    table = tables["test"]
    if (table.labels == UNKNOWN).any():
        raise SubmissionError(
            f"{folder / CARD}: {card.data} has classes that a model cannot know, and no table "
            "here; expected another config. What such predictions give, leaderboard.score says."
        )
    return Submission(
        folder,
        card,
        table.data,
        table.version,
        table.classes,
        scored["test"],
        scored.get("validation", {}),
    )


def doubts(found: Submission) -> list[str]:
    """Return what looks wrong, though nothing forbids it."""
    f1 = {seed: scored.scores.f1 for seed, scored in found.test.items()}
    said = [
        f"seed {seed}: macro F1 {value:.3f} is hardly better than guessing. Do its columns stand "
        "in the header's order?"
        for seed, value in f1.items()
        if value < 2 / len(found.classes)
    ]
    if max(f1.values()) - min(f1.values()) > APART:
        listed = ", ".join(f"{seed}: {value:.3f}" for seed, value in f1.items())
        said.append(f"the seeds' macro F1 lie far apart ({listed}). Is one of them another model?")
    if all(
        math.isclose(one.calibration_error, 1 - one.scores.accuracy) for one in found.test.values()
    ):
        said.append("all probabilities are 0 or 1: the calibration error says nothing.")
    return said


def _files(folder: Path, card: Card) -> dict[str, dict[int, Path]]:
    """Return the predictions by split and seed, after a look at every name in the folder."""
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
        if (split == "test" or split in found) and seed not in found.get(split, {})
    ]
    if missing:
        raise SubmissionError(
            f"{folder}: {', '.join(missing[:4])} {'is' if len(missing) == 1 else 'are'} missing, "
            "expected predictions on test for every seed of the card, and on validation for all or "
            "none. Add them, gzipped or not."
        )
    return {split: {seed: found[split][seed] for seed in card.seeds} for split in found}


def _scored(table: SplitTable, files: dict[int, Path]) -> dict[int, Scored]:
    seen: dict[bytes, Path] = {}
    scored = {}
    for seed, file in files.items():
        values = predictions.read(file, table.ids.tolist(), table.classes)
        twin = seen.setdefault(np.ascontiguousarray(values).tobytes(), file)
        if twin != file:
            raise SubmissionError(
                f"{file}: the same predictions as {twin.name}, expected those of another training. "
                "A seed is a training of its own, from the first weight on."
            )
        scored[seed] = score(table, values)
    return scored
