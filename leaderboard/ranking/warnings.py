"""What makes a row look implausible, or like another one: shown beside it, and at submission.

A warning is no verdict. Labels are public, so a perfect score can be typed; only a training by
somebody else shows that it is real (docs/rules.md, rule 6). All rows of a table are searched in
linear time, by the signatures of their predictions.
"""

from collections import defaultdict
from collections.abc import Sequence

from leaderboard.files.names import alike
from leaderboard.predictions.signatures import ALIKE, nearest, shared
from leaderboard.ranking.rows import Row
from leaderboard.tasks import TASKS

PERFECT = 0.999  # F1 from here on is perfect
ABOVE = 0.03  # of F1, that test may lie above validation
THIRD = 1 / 3  # of the errors of the best reproduced row


def of_rows(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return the warnings about each row of one table, in the order of the rows."""
    found: list[list[str]] = [of_row(row) for row in rows]
    best = _best_reproduced(rows)
    for warnings, row in zip(found, rows, strict=True):
        warnings += _against_reproduced(row, best)
    for place, text in [*_copies(rows), *_namesakes(rows)]:
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
    """Return the places of rows whose answers are those of another one, with what to say of it.

    The reproduced row counts as the earlier one, then the older record: a record's date can be
    edited, so both rows are named.
    """
    seeds = [
        (row.provenance != "reproduced", one.created, place, signature)
        for place, row in enumerate(rows)
        for one, signature in zip(row.records, row.signatures, strict=False)
    ]
    seeds.sort(key=lambda seed: seed[:3])
    places = [place for _, _, place, _ in seeds]
    pairs: dict[tuple[int, int], float] = {}
    for later, (earlier, share) in nearest([s for *_, s in seeds], places).items():
        pair = places[later], places[earlier]
        pairs[pair] = max(share, pairs.get(pair, 0.0))
    found = []
    for (later, earlier), share in pairs.items():
        original = name_of(rows[earlier])
        found.append((later, f"{share:.0%} of its answers are those of {original}, an earlier row"))
        if rows[earlier].provenance == "submitted":
            found.append(
                (earlier, f"a later row, {name_of(rows[later])}, gives {share:.0%} of its answers")
            )
    return found


def _namesakes(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Return submitted rows that are called like a row of others, with what to say of them."""
    named: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        named[alike(row.model)].append(place)
    found = []
    for places in named.values():
        origins = {(rows[place].provenance, _submission(rows[place])): place for place in places}
        for place in places:
            row = rows[place]
            others = [o for o in origins if o != (row.provenance, _submission(row))]
            if row.provenance == "submitted" and others:
                other = rows[origins[min(others)]]
                found.append((place, f"called like {name_of(other)}, a row of others"))
    return found


def name_of(row: Row) -> str:
    """Return how a row is called in texts: its model, and whose it is."""
    return f"{row.model} ({_submission(row) or row.provenance})"


def _submission(row: Row) -> str:
    return row.records[0].submission if row.records else ""
