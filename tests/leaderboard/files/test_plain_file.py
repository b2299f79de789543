"""Devices, pipes and huge files in the place of texts are refused, and never read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from leaderboard.files.plain_file import LIMIT, NoPlainFileError, read_plain
from leaderboard.open_set import boards
from leaderboard.open_set import folder as open_set_folder
from leaderboard.open_set.folder import RowError
from leaderboard.results import conditions, detection_conditions, official, store
from leaderboard.results.record import RecordError
from leaderboard.submission import card
from leaderboard.submission.card import CardError


def huge(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(10 * LIMIT)


PLACED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a device": (lambda file: file.symlink_to("/dev/zero"), "pipe, a socket or a device"),
    "a pipe": (os.mkfifo, "pipe, a socket or a device"),
    "a folder": (Path.mkdir, "Is a directory"),
    "a huge file": (huge, "more than"),
}
READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "record": (store.read, RecordError),
    "official scores": (official.read, RecordError),
    "hard conditions": (lambda file: conditions.read(file, []), RecordError),
    "detection under conditions": (
        lambda file: detection_conditions.read(file, []), RecordError
    ),
    "card": (card.read, CardError),
    "origin": (lambda file: open_set_folder.about(file.parent, boards.OFFICIAL), RowError),
}  # fmt: skip


@pytest.mark.parametrize("what", PLACED)
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_waits_or_fills_the_memory(reader: str, what: str, tmp_path: Path) -> None:
    place, said = PLACED[what]
    read, error = READERS[reader]
    file = tmp_path / open_set_folder.ORIGIN
    place(file)
    with pytest.raises(error) as caught:
        read(file)
    assert str(file) in str(caught.value)
    assert said in str(caught.value) or "more than 32 kB" in str(caught.value)


def test_a_plain_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_plain(file, 5) == b"12345"
    with pytest.raises(NoPlainFileError, match="5 bytes, more than 4"):
        read_plain(file, 4)
