"""What was compared is known only while all that it follows from is the same."""

from collections.abc import Callable
from pathlib import Path

import pytest

from leaderboard.cached_rows import keys
from leaderboard.cached_rows.compared import compare_once
from leaderboard.files.cache import Cache


@pytest.fixture
def row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a row, beside a package with one table of ground truth."""
    keys.code_version()  # of the real package, from here on known
    monkeypatch.setattr(keys, "PACKAGE", tmp_path / "package")
    folder = tmp_path / "board" / "row"
    for file in (folder / "scores.json", tmp_path / "package" / "ground_truth" / "a" / "t.csv"):
        file.parent.mkdir(parents=True)
        file.write_text("1")
    return folder


def is_compared(row: Path, cache: Cache, change: Callable[[], object] = lambda: None) -> bool:
    """Say whether a comparison is done; change: what happens meanwhile."""
    calls: list[object] = []
    compare_once(cache, row.iterdir, lambda: (calls.append(1), change()))
    return bool(calls)


CHANGES: dict[str, Callable[[Path], object]] = {
    "scores": lambda root: (root / "board" / "row" / "scores.json").write_text("2"),
    "another file": lambda root: (root / "board" / "row" / "card.toml").write_text("1"),
    "ground truth": lambda root: (root / "package/ground_truth/a/t.csv").write_text("2"),
    "a table more": lambda root: (root / "package/ground_truth/a/u.csv").write_text("1"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_compared_again(what: str, row: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", "0")
    assert is_compared(row, cache)
    assert not is_compared(row, cache)
    CHANGES[what](tmp_path)
    assert is_compared(row, cache)


def test_the_same_files_in_another_row_or_board_are_compared(row: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", "0")
    assert is_compared(row, cache)
    board = row.parent.rename(tmp_path / "other_board")
    assert is_compared(board / "row", cache)
    assert is_compared((board / "row").rename(board / "other_row"), cache)


def test_what_was_refused_or_replaced_meanwhile_is_not_known(row: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", "0")
    with pytest.raises(ZeroDivisionError):
        is_compared(row, cache, lambda: 1 / 0)
    assert is_compared(row, cache, lambda: (row / "scores.json").write_text("2"))
    assert is_compared(row, cache)
    assert not is_compared(row, cache)
