"""The modules of the report that only one task needs: `classification.py` and `detection.py` here.

Both have the same functions; the rest of the report knows no task by name.
"""

import importlib
from typing import Any

from leaderboard.tasks import TASKS


def part(task: str) -> Any:
    """Return the module of a task, imported when it is first asked for.

    >>> part("detection").__name__
    'benchmark.report.detection'
    """
    return importlib.import_module(f"benchmark.report.{TASKS[task].name}")
