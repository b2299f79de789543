"""What makes a row of the open set look implausible, reversed or like another row.

As of other tables, see `leaderboard.ranking.warnings`: a warning is no verdict. It is shown at
submission and below the table, so both rows of a pair are named.
"""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from leaderboard.open_set import boards, likeness
from leaderboard.open_set.folder import Origin
from leaderboard.open_set.row_scores import MAIN, reversed_novelty
from leaderboard.open_set.rows import Row
from leaderboard.predictions.signatures import ALIKE, of_text, shared
from leaderboard.ranking import mixtures
from leaderboard.ranking.mixtures import Deviations
from leaderboard.ranking.warnings import PERFECT, Answers, Named, copies, namesakes
from leaderboard.tasks import CLASSIFICATION


def of_rows(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return the warnings about each row of one board, in the order of the rows."""
    found = [of_row(row) for row in rows]
    named = [Named(row.about.model, _owner(row), row.name) for row in rows]
    for place, text in [
        *copies(_answers(rows, likeness.ANSWERS, _network)),
        *copies(_answers(rows, likeness.NOVELTY, lambda row: row.name), "novelty values"),
        *mixtures.of_rows([_deviations(row) for row in rows]),
        *namesakes(named),
    ]:
        found[place].append(text)
    return [tuple(dict.fromkeys(warnings)) for warnings in found]


def of_row(row: Row) -> list[str]:
    """Return what is implausible in a row alone."""
    found = []
    perfect = [
        seed for seed, values in row.scores.seeds.items() if values[MAIN] >= PERFECT
    ]  # fmt: skip
    if perfect:
        found.append(
            f"AUROC of seed {', '.join(perfect)} is perfect: the labels are public, and nobody "
            "else has reproduced it"
        )
    accuracy = row.scores.mean("accuracy")
    if accuracy is not None and accuracy < 2 / len(boards.CLASSES):
        found.append(
            f"accuracy {accuracy:.3f} of known classes is hardly better than guessing: are the "
            "columns in the order of the header?"
        )
    value = row.scores.mean(MAIN)
    if value is not None and (text := reversed_novelty(value, row.scores.intervals.get(MAIN))):
        found.append(text)
    else:
        found += [
            f"seed {seed}: {text}"
            for seed, values in row.scores.seeds.items()
            if (text := reversed_novelty(values[MAIN], row.scores.interval_of(seed)))
        ]
    for kind in likeness.KINDS:
        alike_seeds = [
            f"{one} and {other}"
            for (one, first), (other, second) in itertools.combinations(_signatures(row, kind), 2)
            if shared(first, second) >= ALIKE
        ]
        if alike_seeds:
            found.append(f"seeds {alike_seeds[0]} give nearly the same {kind}")
    return found


def _answers(
    rows: Sequence[Row], kind: str, source: Callable[[Row], object]
) -> list[Answers]:  # fmt: skip
    return [
        Answers(place, row.name, _is_ours(row), _day(row), source(row), signature)
        for place, row in enumerate(rows)
        for _, signature in _signatures(row, kind)
    ]


def _deviations(row: Row) -> Deviations:
    """Return how the seeds of a row deviate; nothing of a row that an earlier version scored."""
    f1 = row.scores.mean("f1")
    return Deviations(
        row.name, _is_ours(row), _day(row), _network(row), -1.0 if f1 is None else f1,
        CLASSIFICATION, tuple(np.array(values) for values in row.scores.sketches.values()),
    )  # fmt: skip


def _signatures(row: Row, kind: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the signature of each seed; none of a row that an earlier version scored."""
    return [
        (seed, of_text(kinds[kind])) for seed, kinds in row.scores.signatures.items()
        if kind in kinds
    ]  # fmt: skip


def _network(row: Row) -> object:
    """Return what rows share whose networks may be the same, under another novelty."""
    return _owner(row), row.about.model, row.about.recipe


def _day(row: Row) -> str:
    """Return the day of a row; one that states none counts as the later."""
    return row.about.created if isinstance(row.about, Origin) else row.about.submitted or "~"


def _is_ours(row: Row) -> bool:
    return isinstance(row.about, Origin)


def _owner(row: Row) -> object:
    return "" if isinstance(row.about, Origin) else row.about.authors
