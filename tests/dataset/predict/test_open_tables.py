"""Tables that another program has open, as Windows locks them, and folders of many results."""

from pathlib import Path

import pytest

from tem_virus_dataset.predict import outputs
from tem_virus_dataset.predict.inputs import InputImage
from tem_virus_dataset.predict.kept import writable
from tem_virus_dataset.predict.kept.writable import OutputError


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of results whose summary is open in another program, as on Windows."""
    summary = tmp_path / "summary.csv"
    summary.write_text("file\n")
    true_open, true_replace = Path.open, Path.replace

    def open_it(self, mode="r", *args, **more):
        if self == summary and mode != "r":
            raise PermissionError(13, "Permission denied", str(self))
        return true_open(self, mode, *args, **more)

    def replace(self, target):
        if Path(target) == summary:
            raise PermissionError(13, "Access is denied", str(target))
        return true_replace(self, target)

    monkeypatch.setattr(writable, "LOCKS_FILES", True)
    monkeypatch.setattr(Path, "open", open_it)
    monkeypatch.setattr(Path, "replace", replace)
    return tmp_path


def test_an_open_table_is_refused_at_the_start(locked: Path) -> None:
    with pytest.raises(OutputError, match=r"summary\.csv: cannot be replaced .* Close it in Excel"):
        outputs.try_folder(locked, ("csv",))


def test_a_table_that_is_opened_meanwhile_has_the_same_remedy(locked: Path) -> None:
    with pytest.raises(OutputError, match="Close it in Excel"):
        writable.write(locked / "summary.csv", b"file\na\n")
    assert (locked / "summary.csv").read_text() == "file\n"
    assert [file.name for file in locked.iterdir()] == ["summary.csv"]  # no draft is left


def test_a_folder_of_results_is_listed_once_a_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "done").mkdir()
    for number in range(20):
        (tmp_path / "done" / f"a{number}.tif.json").write_text("{}")
    outputs.try_folder(tmp_path, ("csv",))
    listed = []
    true_iterdir = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda self: listed.append(self) or true_iterdir(self))
    for number in range(20):
        outputs.path(tmp_path, "labels", InputImage(Path(f"a{number}.png"), f"a{number}.png"))
    assert listed == [tmp_path / "done"]
