"""What a long command shows: a bar in a terminal, a line now and then in a log."""

import io
import sys

import pytest

from tem_virus_dataset.files import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which lines are shown; the second number is added at every look."""
    now = [1000.0, 0.0]

    def look() -> float:
        now[0] += now[1]
        return now[0]

    monkeypatch.setattr(progress.time, "monotonic", look)
    return now


def test_a_log_has_a_line_a_minute_however_often_a_bar_is_refreshed(clock, monkeypatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with progress.bar(total=8, desc="training", unit="step") as bar:
        for number in range(8):
            clock[0] += 25
            bar.update()
            bar.set_postfix(loss=f"{number}.5")
            bar.refresh()
    lines = log.getvalue().splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "training: step 3 of 8", "training: step 6 of 8"
    ]  # fmt: skip
    assert lines[1].endswith("loss=5.5")
    assert "\r" not in log.getvalue()


def test_what_takes_less_than_a_minute_leaves_no_line(clock, monkeypatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    assert list(progress.bar(iter("abc"), "images")) == ["a", "b", "c"]
    assert log.getvalue() == ""


def test_a_text_that_changes_has_one_colon(clock, monkeypatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    with progress.bar(total=2, unit="patch") as bar:
        for name in ("drift-4", "drift-5"):
            bar.set_description(name)
            clock[0] += 90
            bar.update()
            bar.refresh()
    lines = log.getvalue().splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "drift-4: patch 1 of 2", "drift-5: patch 2 of 2"
    ]  # fmt: skip


def test_a_terminal_has_a_bar(monkeypatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(progress.bar(range(3), "images", unit="image")) == [0, 1, 2]
    assert "\r" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()


def test_nothing_is_shown_where_there_is_no_stderr(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    assert list(progress.bar(range(3))) == [0, 1, 2]
