"""What is said where a file cannot be put in place: its name, not that of the draft."""

import os
from pathlib import Path

import pytest

from leaderboard.files import atomic
from tem_virus_dataset.files import atomic as of_package


@pytest.mark.parametrize("write", [atomic.write_bytes, of_package.write_bytes])
def test_a_file_that_cannot_be_written_is_named(write, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "a.csv"
    folder.mkdir()
    with pytest.raises(OSError) as caught:
        write(folder, b"x")
    assert (Path(caught.value.filename), caught.value.filename2) == (folder, None)
    assert ".tmp" not in str(caught.value)

    def refused(self: Path, *mode: str, **how: bool) -> None:
        raise OSError(30, os.strerror(30), str(self))

    for name in ("open", "unlink"):  # a read-only disk refuses both
        monkeypatch.setattr(Path, name, refused)
    with pytest.raises(OSError) as caught:
        write(tmp_path / "b.csv", b"x")
    assert Path(caught.value.filename) == tmp_path / "b.csv"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]
