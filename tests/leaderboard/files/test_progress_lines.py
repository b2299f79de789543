"""What a long command of the leaderboard shows: states in a terminal, lines in a log."""

import io
import sys

import pytest

from leaderboard.files import progress
from leaderboard.files.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in seconds, which a test moves."""
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("stream", "shown"),
    [
        (Terminal(), "".join(f"\rscored {n} of 5 rows" for n in range(1, 6)) + "\n"),
        (io.StringIO(), "scored 3 of 5 rows\n"),
    ],
)
def test_a_terminal_shows_every_state_and_a_log_one_a_minute(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, shown: str
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    show = Progress("scored {} of {} rows")
    for number in range(1, 6):
        clock[0] += 20
        show(number, 5)
    assert stream.getvalue() == shown


def test_nothing_fails_where_there_is_no_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    Progress("{} of {}")(1, 1)
