"""Folders that are not there, or may not be read: no row is left out of the tables for it."""

import os
from collections.abc import Callable
from pathlib import Path

import made_submission
import pytest
from made_submission import submitted

from benchmark.report import record_files
from leaderboard import intervals, render
from leaderboard.files.atomic import replacing_folder, write_bytes
from leaderboard.files.listing import files_below, files_in
from leaderboard.site import __main__ as site_command


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A leaderboard with one submission and its page."""
    folder = made_submission.write(tmp_path / "leaderboard")
    assert submitted(folder) == 0
    made_submission.page(folder.parents[1])
    return folder.parents[1]


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Return a function that makes a folder one that may not be read, to root as well."""

    def closed(folder: Path) -> None:
        for name in ("scandir", "listdir"):
            original = getattr(os, name)

            def read(place: object = ".", original: Callable = original) -> object:
                if not isinstance(place, int) and Path(os.fsdecode(place)) == folder:
                    raise PermissionError(13, "Permission denied", str(folder))
                return original(place)

            monkeypatch.setattr(os, name, read)

    return closed


def test_files_are_listed_by_path(tmp_path: Path) -> None:
    for name in ("b/c/2.json", "b/1.json", "a.json", "a.txt"):
        write_bytes(tmp_path / name, b"")
    names = [str(file.relative_to(tmp_path)) for file in files_below(tmp_path, ".json")]
    assert names == ["a.json", "b/1.json", "b/c/2.json"]
    assert files_in(tmp_path, ".json") == [tmp_path / "a.json"]
    assert files_below(tmp_path / "none", "") == files_in(tmp_path / "none", "") == []


@pytest.mark.parametrize("closed", ["records", "records/mirror_11class/submitted"])
def test_no_record_is_passed_over_because_its_folder_cannot_be_read(
    closed: str, root: Path, close: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / "README.md").read_bytes()
    close(root / closed)
    arguments = ["--records", str(root / "records"), "--out", str(root), "--no-cache"]
    for more in ([], ["--check"], ["--check", "records"]):
        assert render.main([*arguments, *more]) == 1
        assert f"{root / closed}: Permission denied" in capsys.readouterr().err
    assert submitted(root / "submissions" / "made") == 1
    with pytest.raises(PermissionError):
        record_files.files(root / "records", [])
    assert (root / "README.md").read_bytes() == before


def test_a_mistyped_folder_of_records_empties_no_table(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (root / "README.md").read_bytes()
    other = root.parent / "other"
    (other / "runs").mkdir(parents=True)
    (other / "runs" / "notes.txt").write_text("none of these is a record")
    commands = (
        (render, ["--out", str(root)]), (render, ["--check", "records"]), (intervals, ["--check"]),
        (site_command, ["--out", str(root.parent / "site")]),
    )  # fmt: skip
    for folder, what in (
        (root / "recods", "no such folder, expected that of the records"),
        (other, "found no record in it, expected CONFIG/RUN.json"),
    ):
        for command, more in commands:
            assert command.main(["--records", str(folder), *more]) == 1
            said = capsys.readouterr()
            assert (said.out, said.err.count(f"{folder}: {what}")) == ("", 1)
    assert (root / "README.md").read_bytes() == before
    assert not (root.parent / "site").exists()


def test_a_folder_that_cannot_be_replaced_is_named_as_the_user_knows_it(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught, replacing_folder(tmp_path / "site", []) as new:
        raise OSError(28, "No space left on device", str(new / "index.html"))
    assert caught.value.filename == str(tmp_path / "site" / "index.html")
    assert not list(tmp_path.iterdir())
