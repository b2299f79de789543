"""The options of all commands that train several times: how many at once, and how long each."""

import math
from typing import Any

from leaderboard.files.arguments import count, number

A_DAY = 24 * 60  # minutes
minutes = number(float, "minutes, more than 0", lambda value: 0 < value < math.inf)


def add_limits(parser: Any, what: str, jobs: int | None = 1, default: str = "1") -> None:
    """Add `--jobs` and `--time-limit`.

    Args:
      parser: an argparse parser or group; what: is trained, such as "fold".
      jobs: default of `--jobs`; None where the command distinguishes 1 from nothing.
      default: what the help says of it.
    """
    parser.add_argument(
        "--jobs", type=count, metavar="N", default=jobs,
        help=f"do at most N {what}s at once, each on a GPU of its own, or with its part of the "
        f"cores (default: {default})",
    )  # fmt: skip
    parser.add_argument(
        "--time-limit", type=minutes, metavar="MINUTES", default=A_DAY,
        help=f"stop a {what} that takes longer; the same command continues it (default: {A_DAY}, "
        "a day)",
    )  # fmt: skip
