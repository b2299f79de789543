"""What makes a row look implausible, or like another one: shown beside it, and at submission.

A warning is no verdict. Labels are public, so a perfect score can be typed; only a training by
somebody else shows that it is real (docs/rules.md, rule 6). All rows of a table are searched in
linear time, by the signatures of their predictions.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.files.names import alike
from leaderboard.predictions.signatures import ALIKE, Signature, nearest, shared
from leaderboard.ranking import mixtures
from leaderboard.ranking.mixtures import Deviations
from leaderboard.ranking.rows import Row
from leaderboard.tasks import TASKS

PERFECT = 0.999  # F1 from here on is perfect
ABOVE = 0.03  # of F1, that test may lie above validation
THIRD = 1 / 3  # of the errors of the best reproduced row


@dataclass(frozen=True)
class Answers:
    """What a seed answers, and whose it is.

    Attributes:
      place: of its row among those compared; name: of the row in texts.
      is_ours: whether this project ran it; created: time or day.
      source: answers of one source are not compared; signature: of the answers.
    """

    place: int
    name: str
    is_ours: bool
    created: str
    source: object
    signature: Signature


@dataclass(frozen=True)
class Named:
    """The model of a row; owner: of the row, "" of this project; name: of the row in texts."""

    model: str
    owner: object
    name: str


def of_rows(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return the warnings about each row of one table, in the order of the rows."""
    found: list[list[str]] = [of_row(row) for row in rows]
    best = _best_reproduced(rows)
    for warnings, row in zip(found, rows, strict=True):
        warnings += _against_reproduced(row, best)
    for place, text in [*_copies(rows), *_namesakes(rows), *mixtures.of_rows(_deviations(rows))]:
        found[place].append(text)
    return [tuple(dict.fromkeys(warnings)) for warnings in found]


def of_row(row: Row) -> list[str]:
    """Return what is implausible in a row alone.

    That is a perfect score, test far above validation, or seeds that agree on everything.
    """
    title = TASKS[row.task].ranked_by
    tests = {one.seed: one.test["f1"] for one in row.records if one.test}
    perfect = [str(seed) for seed, f1 in tests.items() if f1 >= PERFECT]
    found = []
    if perfect:
        found.append(
            f"{title} of seed {', '.join(perfect)} is perfect: the labels are public, and nobody "
            "else has reproduced it"
        )
    on_validation = [
        str(one.seed) for one in row.records if one.validation and one.validation["f1"] >= PERFECT
    ]
    if on_validation:
        found.append(
            f"{title} of seed {', '.join(on_validation)} on validation is perfect: was it trained "
            "on validation?"
        )
    test, validation = row.test["f1"], row.validation_f1
    if row.records and test and validation and test.mean > validation.mean + ABOVE:
        found.append(
            f"{title} {test.mean:.3f} on test is far above {validation.mean:.3f} on validation"
        )
    if len(tests) > 1 and len(set(tests.values())) == 1:
        found.append(f"all seeds have the same {title}")
    pairs = [
        f"{row.records[b].seed} and {row.records[a].seed}"
        for a, one in enumerate(row.signatures)
        for b, other in enumerate(row.signatures[:a])
        if shared(one, other) >= ALIKE
    ]
    if pairs:
        found.append(f"seeds {pairs[0]} give nearly the same answers")
    return found


def _against_reproduced(row: Row, best: float | None) -> list[str]:
    """Return a warning about a submitted row with far fewer errors than all reproduced ones."""
    test = row.test["f1"]
    if row.provenance != "submitted" or not test:
        return []
    if best is None or 1 - test.mean >= THIRD * (1 - best):
        return []
    return [
        f"it makes less than a third of the errors of the best reproduced row, F1 {best:.3f}; "
        "nobody else has reproduced it"
    ]


def _best_reproduced(rows: Sequence[Row]) -> float | None:
    known = [r.test["f1"] for r in rows if r.provenance == "reproduced" and r.is_complete]
    return max((value.mean for value in known if value), default=None)


def _copies(rows: Sequence[Row]) -> list[tuple[int, str]]:
    return copies(
        [
            Answers(
                place, name_of(row), row.provenance != "submitted", one.created, place, signature
            )
            for place, row in enumerate(rows)
            for one, signature in zip(row.records, row.signatures, strict=False)
        ]
    )


def _deviations(rows: Sequence[Row]) -> list[Deviations]:
    return [
        Deviations(
            name_of(row), row.provenance != "submitted",
            row.records[0].created if row.records else "", place,
            row.test["f1"].mean if row.test["f1"] else -1.0, row.task, row.sketches,
        )
        for place, row in enumerate(rows)
    ]  # fmt: skip


def copies(seeds: Sequence[Answers], words: str = "answers") -> list[tuple[int, str]]:
    """Return the places of rows whose answers are those of another one, with what to say of it.

    The reproduced row counts as the earlier one, then the older record: a record's date can be
    edited, so both rows are named.

    Args:
      words: what the answers are called.
    """
    ordered = sorted(seeds, key=lambda seed: (not seed.is_ours, seed.created, seed.place))
    numbers: dict[object, int] = {}
    sources = [numbers.setdefault(seed.source, len(numbers)) for seed in ordered]
    pairs: dict[tuple[int, int], float] = {}
    first = {seed.place: seed for seed in ordered}
    for later, (earlier, share) in nearest([seed.signature for seed in ordered], sources).items():
        pair = ordered[later].place, ordered[earlier].place
        pairs[pair] = max(share, pairs.get(pair, 0.0))
    found = []
    for (later, earlier), share in pairs.items():
        original, copy = first[earlier], first[later]
        found.append(
            (later, f"{share:.0%} of its {words} are those of {original.name}, an earlier row")
        )
        if not original.is_ours:
            found.append((earlier, f"a later row, {copy.name}, gives {share:.0%} of its {words}"))
    return found


def _namesakes(rows: Sequence[Row]) -> list[tuple[int, str]]:
    return namesakes(
        [
            Named(row.model, _submission(row) if row.provenance == "submitted" else "",
                  name_of(row))
            for row in rows
        ]
    )  # fmt: skip


def namesakes(rows: Sequence[Named]) -> list[tuple[int, str]]:
    """Return the places of submitted rows that are called like a row of others, with a sentence."""
    named: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        named[alike(row.model)].append(place)
    found = []
    for places in named.values():
        for place in places:
            others = [rows[o].name for o in places if rows[o].owner != rows[place].owner]
            if rows[place].owner and others:
                found.append((place, f"called like {others[0]}, a row of others"))
    return found


def name_of(row: Row) -> str:
    """Return how a row is called in texts: its model, and whose it is."""
    return f"{row.model} ({_submission(row) or row.provenance})"


def _submission(row: Row) -> str:
    return row.records[0].submission if row.records else ""
