"""`splits.csv`: written once, extended at its end, edited by a user, and its faults."""

import errno
from pathlib import Path

import pytest

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic
from tem_virus_dataset.splits import table
from tem_virus_dataset.splits.deal import Item

NAMES = ("a.tif", "b.tif", "day1/a.tif", "day1/c.tif", "day2/é.tif")


def items(*names: str) -> list[Item]:
    return [Item(name, name, {"virus": 1}) for name in names or NAMES]


def test_the_table_is_written_once_and_then_only_extended(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    first = table.divide(tmp_path, items())
    file = tmp_path / "splits.csv"
    text = file.read_bytes()
    assert text.startswith(b"file,split\na.tif,")
    assert first.notice == "3 train, 1 validation, 1 test, as splits.csv has it"
    assert "wrote the split of 5 files (3 train, 1 validation, 1 test)" in capsys.readouterr().err
    assert table.divide(tmp_path, items()[::-1]) == first
    assert capsys.readouterr().err == ""
    more = table.divide(tmp_path, items(*NAMES, "0.tif"))
    assert file.read_bytes().startswith(text)
    assert {name: more.splits[name] for name in NAMES} == first.splits
    assert file.read_text("utf-8").splitlines()[-1] == f"0.tif,{more.splits['0.tif']}"
    assert "added the split of 1 file " in capsys.readouterr().err


def test_a_table_that_a_spreadsheet_saved_is_read_and_extended_in_its_form(tmp_path: Path) -> None:
    file = tmp_path / "Splits.csv"
    before = "\ufeffSplit;File;why\r\nval;B.tif;\r\ntest;day1\\c.tif;blurred\r\nTrain;.\\a.tif;"
    file.write_bytes(before.encode())
    splits = table.divide(tmp_path, items("a.tif", "B.tif", "day1/c.tif", "d.tif")).splits
    assert [splits[name] for name in ("a.tif", "B.tif", "day1/c.tif")] == [
        "train", "validation", "test",
    ]  # fmt: skip
    assert file.read_bytes().decode() == f"{before}\r\n{splits['d.tif']};d.tif;\r\n"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_table_in_another_encoding_is_extended_in_one_that_excel_reads(
    encoding: str, tmp_path: Path
) -> None:
    file = tmp_path / "splits.csv"
    before = "file;split\r\na.tif;test\r\nday2/é.tif;train\r\n"
    file.write_bytes(before.encode(encoding))
    splits = table.divide(tmp_path, items("a.tif", "day2/é.tif", "ł.tif")).splits
    assert (splits["a.tif"], splits["day2/é.tif"]) == ("test", "train")
    assert file.read_bytes().decode("utf-8-sig") == f"{before}ł.tif;{splits['ł.tif']}\r\n"
    assert file.read_bytes()[:1] == b"\xef"  # without the mark Excel would take another code page
    assert table.divide(tmp_path, items("a.tif", "day2/é.tif", "ł.tif")).splits == splits


def test_lines_of_spreadsheets_before_the_table_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "splits.csv"
    before = "sep=;\r\nfile;split\r\na.tif;test\r\n;\r\n"
    file.write_bytes(before.encode())
    splits = table.divide(tmp_path, items("a.tif", "b.tif", "c.tif")).splits
    assert splits["a.tif"] == "test"
    new = [f"{name};{splits[name]}" for name in ("b.tif", "c.tif")]
    assert file.read_bytes().decode() == before + "\r\n".join([*new, ""])
    assert table.divide(tmp_path, items("a.tif", "b.tif", "c.tif")).splits == splits


def test_a_name_alone_is_enough_where_it_is_the_only_one(tmp_path: Path) -> None:
    decomposed = "e\u0301.tif"  # as macOS writes é
    (tmp_path / "splits.csv").write_text(f"file,split\nc.tif,test\n{decomposed},test\n", "utf-8")
    splits = table.divide(tmp_path, items()).splits
    assert splits["day1/c.tif"] == splits["day2/é.tif"] == "test"


def test_where_it_cannot_be_written_the_splits_are_the_same_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = table.divide(tmp_path, items()).splits
    (tmp_path / "splits.csv").unlink()

    def fail(path: Path, data: bytes) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(atomic, "write_bytes", fail)
    found = table.divide(tmp_path, items())
    assert found.splits == wanted
    assert "in memory, since " in found.notice
    assert "splits.csv cannot be written (Read-only file system)" in found.notice
    assert not list(tmp_path.iterdir())


FAULTS = {
    "an unknown split": (
        "file,split\na.tif,train\nb.tif,holdout\n",
        r"splits\.csv: line 3: 'b\.tif' is of split 'holdout'; expected train, validation, test",
    ),
    "a file twice": (
        "file,split\nb.tif,train\n./b.tif,test\n",
        r"line 3: '\./b\.tif' is there a second time, after line 2; expected one line\. Remove one",
    ),
    "files that are gone": (
        "file,split\nx.tif,train\ny.tif,test\n",
        r"line 2: 'x\.tif' is no image of this folder and 1 more such line; .*Correct the line wh",
    ),
    "a name of two files": (
        "file,split\na.tif,train\nday1/a.tif,test\nday2/a.tif,test\n",
        r"line 4: 'day2/a\.tif' is no image",
    ),
    "other columns": (
        "name,set\na.tif,train\n",
        r"splits\.csv: found the columns 'name,set'; expected file,split\. Correct its first line",
    ),
    "a comma in a name": (
        "file,split\na,1.tif,train\n",
        r"line 2: more values than columns; expected file,split\. .*that hold a comma between",
    ),
    "nothing": ("", r"found the columns ''; expected file,split"),
    "no text": (
        b"\xff\xfe\x00",
        r"splits\.csv: cannot be read \(.*utf-16.*Save it as CSV in UTF-8",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_table_is_told_in_one_line_and_the_table_kept(
    fault: str, tmp_path: Path
) -> None:
    content, message = FAULTS[fault]
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "splits.csv").write_bytes(data)
    with pytest.raises(DatasetError, match=message) as raised:
        table.divide(tmp_path, items())
    assert "\n" not in str(raised.value)
    assert (tmp_path / "splits.csv").read_bytes() == data


def test_a_folder_in_its_place_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "splits.csv").mkdir()
    with pytest.raises(DatasetError, match=r"splits\.csv: cannot be read \(Is a directory\)"):
        table.divide(tmp_path, items())


def test_a_micrograph_that_the_user_divided_is_named(tmp_path: Path) -> None:
    (tmp_path / "splits.csv").write_text("file,split\nm/1.tif,train\nm/2.tif,test\n")
    names = [f"m/{n}.tif" for n in (1, 2, 3)] + ["n/1.tif", "o/1.tif"]
    several = [Item(name, name.partition("/")[0], {"virus": 1}) for name in names]
    notice = table.divide(tmp_path, several).notice
    assert "warning: images of 1 micrograph are in several splits (m)" in notice


def test_a_file_may_be_named_without_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "splits.csv").write_text("file,split\nb,test\nday1/c,val\n")
    splits = table.divide(tmp_path, items()).splits
    assert (splits["b.tif"], splits["day1/c.tif"]) == ("test", "validation")
