"""A folder that cannot be written to ends every long command before it begins."""

import importlib
from pathlib import Path

import pytest

# `P` is the place that cannot be written to, `W` another folder.
COMMANDS = {
    "conditions": ["run", "virus-classifier", "--out", "P"],
    "conditions cells": ["run", "virus-classifier", "--out", "W", "--runs", "P"],
    "conditions predictions": [
        "run", "virus-classifier", "--out", "W", "--runs", "W", "--predictions", "P/a.csv.gz",
    ],
    "conditions table": ["table", "mirror_11class", "--out", "P"],
    "open_set": ["textures", "--folder", "W", "--log", "P"],
    "open_set pictures": ["pictures", "P/pictures.npz", "--folder", "W"],
    "novelty": ["choose", "--model", "plain_cnn", "--log", "P"],
    "report": ["--records", "W", "--runs", "W", "--out", "P"],
}  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_what_cannot_be_written_is_found_first(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    module = importlib.import_module(f"benchmark.{name.partition(' ')[0]}.__main__")
    place, other = tmp_path / "place", tmp_path / "other"
    place.mkdir()
    other.mkdir()
    monkeypatch.setattr(Path, "open", refusing(place, Path.open))
    given = {"P": str(place), "W": str(other)}
    arguments = [
        str(place) + text[1:] if text.startswith("P/") else given.get(text, text)
        for text in COMMANDS[name]
    ]
    assert module.main(arguments) == 1
    error = capsys.readouterr().err
    assert f"error: {place}: cannot be written to (Read-only file system)" in error
    assert "Nothing was begun." in error
    assert not list(place.iterdir())


def refusing(folder: Path, open_file):
    """As `Path.open`, but nothing is made in this folder: as of a file system without writing."""

    def opened(path: Path, mode: str = "r", *more, **others):
        if path.parent == folder and mode != "r":
            raise OSError(30, "Read-only file system")
        return open_file(path, mode, *more, **others)

    return opened
