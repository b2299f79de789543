"""The note below a table: its networks on the official test patches."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from leaderboard.ranking.rows import value_of
from leaderboard.results.official import OF_CLASSES, OfficialScores
from leaderboard.results.record import Record
from leaderboard.tables import cells
from leaderboard.tasks import CLASSIFICATION, TASKS

TITLES = TASKS[CLASSIFICATION].titles  # by score


@dataclass(frozen=True)
class Note:
    """What was scored; a warning, which Markdown shows in bold; how; name and scores of each row.

    The texts hold no markup, and the names are those of the records, not escaped.
    """

    scored: str
    warning: str
    how: str
    rows: list[tuple[str, str]]


def note(data: str, found: Iterable[tuple[Record, OfficialScores]]) -> str:
    """Return the note of one data config in Markdown, a line for each row; "" without scores."""
    known = content(data, found)
    if known is None:
        return ""
    lines = [f"* {cells.escaped(name)}: {scores}" for name, scores in known.rows]
    return "\n".join([f"{known.scored} **{known.warning}** {known.how}", "", *lines])


def content(data: str, found: Iterable[tuple[Record, OfficialScores]]) -> Note | None:
    """Return the note of one data config, None without scores.

    Args:
      found: of any config; only the scores of `data` are taken.
    """
    groups: dict[tuple[str, str, str], list[tuple[Record, OfficialScores]]] = defaultdict(list)
    for record, scores in found:
        if record.data == data:
            groups[record.model, record.initialization, record.recipe].append((record, scores))
    if not groups:
        return None
    first = next(iter(groups.values()))[0][1]
    return Note(
        scored=f"On the official test patches, {len(first.classes)} of {OF_CLASSES} classes: "
        f"{first.patches:,} patches of {first.micrographs} micrographs, cut by another group, "
        "of filaments at each point of the centre line.",
        warning=f"A note on the shift: never comparable with scores of {OF_CLASSES} classes.",
        how="Each network was scored once; intervals are of single seeds.",
        rows=[_row(names, seeds) for names, seeds in sorted(groups.items())],
    )


def _row(
    names: tuple[str, str, str], seeds: list[tuple[Record, OfficialScores]]
) -> tuple[str, str]:
    ordered = sorted(seeds, key=lambda pair: pair[0].seed)
    values = [
        f"{TITLES[name]} {cells.score(value_of(scores.scores[name] for _, scores in ordered))}"
        for name in ("f1", "accuracy", "precision", "recall")
    ]
    intervals = ", ".join(
        "[{:.3f}, {:.3f}]".format(*scores.intervals["f1"]) for _, scores in ordered
    )
    which = ", ".join(str(record.seed) for record, _ in ordered)
    return (
        f"{', '.join(names)}, seed{'s' if len(seeds) > 1 else ''} {which}",
        f"{'; '.join(values)}; {TITLES['f1']} 95 %: {intervals}",
    )
