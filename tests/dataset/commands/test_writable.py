"""Folders of results that cannot be written to are refused before the work."""

from pathlib import Path

import pytest

from tem_virus_dataset.__main__ import main
from tem_virus_dataset.commands import audit, writable
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder without permission to write, for root, too."""
    folder = tmp_path / "locked"
    folder.mkdir()
    whole = atomic.write_bytes

    def write_bytes(path: Path, data: bytes) -> None:
        if folder in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        whole(path, data)

    monkeypatch.setattr(atomic, "write_bytes", write_bytes)
    return folder


def test_a_folder_that_can_be_made_is_not_made(tmp_path: Path) -> None:
    writable.try_folder(tmp_path / "a" / "b", "--out")
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_named_and_not_a_draft(locked: Path) -> None:
    with pytest.raises(DatasetError, match="Nothing was begun") as raised:
        writable.try_folder(locked / "new", "--out")
    assert str(raised.value).startswith(f"{locked / 'new'}: cannot be written to (Permission")


@pytest.mark.parametrize(
    "arguments",
    [
        "audit mirror_11class --manual-dir {0} --out {1}/new",
        "audit mirror_11class --recall --manual-dir {0} --out {1}/new",
        "corrupt phantom_14class --data-dir {0} --out {1}/new",
        "figure phantom_14class --data-dir {0} --out {1}/new.png",
        "correct {0} {1}/new",
    ],
)
def test_no_command_begins_its_work(
    arguments: str, locked: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """The search of the audit takes half an hour; its results would be lost at the end."""
    monkeypatch.setattr(audit, "audited_micrographs", lambda *_: pytest.fail("it has begun"))
    words = [word.format(tmp_path, locked) for word in arguments.split()]
    assert main(words) == 1
    assert "cannot be written to (Permission denied)" in capsys.readouterr().err
