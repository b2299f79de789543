"""The tasks that models are compared in, and where each room keeps what only one of them needs.

Every room that treats the tasks apart has a module for each, of the same name and with the same
functions: `leaderboard/scoring/classification.py` and `leaderboard/scoring/detection.py`. Whatever
stands above them asks for the module of a record's task and knows none by name.
"""

import importlib
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CLASSIFICATION, DETECTION = "classification", "detection"


@dataclass(frozen=True)
class Task:
    """What a task is scored by.

    Attributes:
      name: of the task, and of its module in each room.
      titles: of every score, in the order of the tables.
      fractions: scores from 0 to 1; counts: scores in particles per micrograph, from 0.
      signed: those of `counts` that may be negative.
      ranked_by: what `f1` is called in tables.
      has_threshold: its predictions count from a confidence on, which is chosen on validation.
    """

    name: str
    titles: Mapping[str, str]
    fractions: tuple[str, ...]
    ranked_by: str
    counts: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    has_threshold: bool = False

    @property
    def scores(self) -> tuple[str, ...]:
        """Every score of a record, in the order of the tables."""
        return (*self.fractions, *self.counts)


TASKS: Mapping[str, Task] = types.MappingProxyType(
    {
        CLASSIFICATION: Task(
            CLASSIFICATION,
            {
                "accuracy": "accuracy",
                "precision": "macro precision",
                "recall": "macro recall",
                "f1": "macro F1",
            },
            fractions=("accuracy", "precision", "recall", "f1"),
            ranked_by="macro F1",
        ),
        DETECTION: Task(
            DETECTION,
            {
                "precision": "precision",
                "recall": "recall",
                "f1": "F1",
                "ap50": "AP50",
                "ap50_95": "AP50-95",
                "count_error": "count error",
                "count_bias": "count bias",
            },
            fractions=("precision", "recall", "f1", "ap50", "ap50_95"),
            counts=("count_error", "count_bias"),
            signed=("count_bias",),
            ranked_by="F1",
            has_threshold=True,
        ),
    }
)


def part(room: str, task: str) -> Any:
    """Return the module of a task in a room, imported when it is first asked for.

    >>> part("scoring", "detection").__name__
    'leaderboard.scoring.detection'
    """
    return importlib.import_module(f"leaderboard.{room}.{TASKS[task].name}")
