"""The start page: what this is, and a card for each benchmark."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leaderboard.site.boards.benchmarks import Benchmark, Card, listing
from leaderboard.site.boards.leaderboards import PUBLISHED, Board
from leaderboard.site.text import citation, rendering
from leaderboard.site.text.rendering import value


def write(page: Path, benchmarks: Sequence[Benchmark], **shared: Any) -> None:
    """Write the start page.

    Args:
      shared: what the templates of all pages need.

    Raises:
      OSError: the folder cannot be written to.
    """
    real = [one for one in benchmarks if not one.is_phantom]
    kinds = [
        ("Benchmarks", "", sorted(real, key=lambda one: not one.card.is_scored)),
        (
            "Phantoms",
            "Synthetic micrographs: these scores say nothing about viruses or exosomes. They show "
            "only that a model trains and is scored from end to end.",
            [one for one in benchmarks if one.is_phantom],
        ),
    ]
    kinds = [kind for kind in kinds if kind[2]]
    cite = f"{citation.DATA}\n{citation.project(shared['year'])}"
    rendering.write(page, "index.html", kinds=kinds, up="", cite=cite, **shared)


def card(board: Board) -> Card:
    """Return the card of a table: its best row that was scored here, and its numbers of rows."""
    listed = listing(board.data)
    own = [group for group in board.groups if group.name != PUBLISHED]
    best = own[0].lines[0] if own else None
    first = best or next(iter(board.lines), None)
    number = sum(len(group.lines) for group in own)
    others = len(board.lines) - number
    counts = [f"{number:,} row{'' if number == 1 else 's'} scored here"] if number else []
    counts += [f"{others:,} published"] if others else []
    return Card(
        about=listed.about,
        pictures=listed.pictures,
        best=", ".join(filter(None, (first.row.model, first.under))) if first else "",
        link=first.link if first else "",
        score=(board.score, value(first.row.test["f1"])) if first else ("", ""),
        is_scored=best is not None,
        counts=", ".join(counts) or "No rows yet",
    )
