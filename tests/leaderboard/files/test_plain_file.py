"""Devices, pipes and huge files in the place of texts are refused, and never read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from leaderboard.files.plain_file import LIMIT, NoPlainFileError, read_plain
from leaderboard.ground_truth import classification, detection
from leaderboard.ground_truth import conditions as condition_cells
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.open_set import boards, truth
from leaderboard.open_set import folder as open_set_folder
from leaderboard.open_set.folder import RowError
from leaderboard.predictions.text import PredictionsError, read_text
from leaderboard.ranking import published
from leaderboard.results import conditions, detection_conditions, official, store
from leaderboard.results.record import RecordError
from leaderboard.submission import card
from leaderboard.submission.card import CardError
from leaderboard.tables.markers import RenderError, page_text


def huge(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(10 * LIMIT)


DATA = "tem_virus/mirror_11class"
TABLE = "mirror_11class-1.0.0.csv"
NAMES = {"patches": TABLE, "boxes": TABLE, "cells": TABLE}  # those that a reader looks at
PLACED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a device": (lambda file: file.symlink_to("/dev/zero"), "pipe, a socket or a device"),
    "a pipe": (os.mkfifo, "pipe, a socket or a device"),
    "a folder": (Path.mkdir, "Is a directory"),
    "a huge file": (huge, "more than"),
}


def sessions(file: Path) -> object:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(truth, "SESSIONS", file)
        return truth.session_rows()


READERS: dict[str, tuple[Callable[[Path], object], type[Exception]]] = {
    "record": (store.read, RecordError),
    "official scores": (official.read, RecordError),
    "hard conditions": (lambda file: conditions.read(file, []), RecordError),
    "detection under conditions": (
        lambda file: detection_conditions.read(file, []), RecordError
    ),
    "card": (card.read, CardError),
    "patches": (lambda file: classification.read(DATA, "test", file), GroundTruthError),
    "boxes": (lambda file: detection.read(DATA, "test", file), GroundTruthError),
    "cells": (lambda file: condition_cells.read(DATA, file), GroundTruthError),
    "published rows": (lambda file: published.read("classification", file), RecordError),
    "sessions": (sessions, GroundTruthError),
    "page": (page_text, RenderError),
    "predictions": (read_text, PredictionsError),
    "origin": (lambda file: open_set_folder.about(file.parent, boards.OFFICIAL), RowError),
}  # fmt: skip


@pytest.mark.parametrize("what", PLACED)
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_waits_or_fills_the_memory(reader: str, what: str, tmp_path: Path) -> None:
    place, said = PLACED[what]
    read, error = READERS[reader]
    file = tmp_path / NAMES.get(reader, open_set_folder.ORIGIN)
    place(file)
    with pytest.raises(error) as caught:
        read(file)
    assert str(file) in str(caught.value)
    assert said in str(caught.value) or "more than" in str(caught.value)


def test_a_plain_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_plain(file, 5) == b"12345"
    with pytest.raises(NoPlainFileError, match="5 bytes, more than 4"):
        read_plain(file, 4)


@pytest.mark.parametrize("reader", ["published rows", "page", "patches", "sessions"])
def test_bytes_that_are_no_text_are_one_clear_line(reader: str, tmp_path: Path) -> None:
    read, error = READERS[reader]
    file = tmp_path / TABLE
    file.write_bytes(b"a,b\n\xff,1\n")
    with pytest.raises(error, match=r"mirror_11class-1\.0\.0\.csv: .*expected a"):
        read(file)


def test_a_page_of_windows_has_the_same_text(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_bytes(b"# A\r\n<!-- end -->\r\n")
    assert page_text(file) == "# A\n<!-- end -->\n"
