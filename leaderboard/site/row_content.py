"""What the page of a row shows beyond that of every task, as `site.<task>.content` returns it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from leaderboard.ranking.rows import Value


@dataclass(frozen=True)
class RowContent:
    """The part of a row's page that depends on the task.

    Attributes:
      template: extends `row.html`; values: what it needs besides `row_page.write` provides.
      scores: those at the top of the page, by title, that of the training curves first.
      draw: figures by name.
    """

    template: str
    scores: Mapping[str, Value | None]
    draw: Mapping[str, Callable[[], Figure]]
    values: Mapping[str, Any]
