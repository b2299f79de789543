"""What makes a row of the hard conditions look implausible, or like another one.

As of other tables, see `leaderboard.ranking.warnings`: a warning is no verdict.
"""

import itertools
from collections.abc import Sequence

from leaderboard.ground_truth.conditions import CLEAN
from leaderboard.predictions.signatures import ALIKE, of_text, shared
from leaderboard.ranking.conditions import ConditionRow, accuracy
from leaderboard.ranking.warnings import PERFECT, Answers, Named, copies, namesakes


def of_rows(rows: Sequence[ConditionRow]) -> list[tuple[str, ...]]:
    """Return the warnings about each row of one config, in the order of the rows."""
    found = [of_row(row) for row in rows]
    seeds = [
        Answers(
            place, name_of(row), _is_ours(row), seed.created, _owner(row), of_text(seed.signature)
        )
        for place, row in enumerate(rows)
        for seed in row.seeds
    ]
    named = [Named(row.first.model, _owner(row), name_of(row)) for row in rows]
    for place, text in [*copies(seeds), *namesakes(named)]:
        found[place].append(text)
    return [tuple(dict.fromkeys(warnings)) for warnings in found]


def of_row(row: ConditionRow) -> list[str]:
    """Return what is implausible in a row alone."""
    found = []
    clean, mean = row.mean(accuracy, CLEAN), row.mean(accuracy)
    if mean and mean.mean >= PERFECT:
        found.append(
            "mean accuracy is perfect: the labels are public, and nobody else has reproduced it"
        )
    if clean and clean.mean < 2 / len(row.first.classes):
        found.append(
            f"accuracy {clean.mean:.3f} of clean images is hardly better than guessing: are the "
            "columns in the order of the header?"
        )
    pairs = [
        f"{one.seed} and {other.seed}"
        for one, other in itertools.combinations(row.seeds, 2)
        if shared(of_text(one.signature), of_text(other.signature)) >= ALIKE
    ]
    if pairs:
        found.append(f"seeds {pairs[0]} give nearly the same answers")
    return found


def name_of(row: ConditionRow) -> str:
    """Return how a row is called in texts of others: its model, and whose it is."""
    return f"{row.first.model} ({row.first.submission or row.first.provenance})"


def _is_ours(row: ConditionRow) -> bool:
    return row.first.provenance != "submitted"


def _owner(row: ConditionRow) -> str:
    """Return the submission, "" of this project: one network of it may stand in several rows."""
    return "" if _is_ours(row) else row.first.submission or row.first.name
