"""The encodings in which spreadsheets save tables of images."""

import pytest

from tem_virus_dataset import user_table
from tem_virus_dataset.annotations.folders import size_table

IMAGES = ["Häutchen/a.tif", "b ü.tif", "c.tif"]
TABLE = "file;nm_per_pixel\r\nHäutchen/a.tif;0,5\r\nb ü.tif;1\r\nc.tif;2\r\n"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_names_with_accents_are_read(encoding, tmp_path):
    files = [tmp_path / name for name in IMAGES]
    (tmp_path / "pixel_sizes.csv").write_bytes(TABLE.encode(encoding))
    assert size_table.read(tmp_path, files).nm == dict(zip(files, (0.5, 1.0, 2.0), strict=True))


@pytest.mark.parametrize("encoding", ["mac-roman", "cp437", "gbk"])
def test_letters_of_another_code_page_are_not_guessed(encoding, tmp_path):
    file = tmp_path / "table.csv"
    file.write_bytes(TABLE.replace("ä", "ü").encode(encoding))
    with pytest.raises(UnicodeDecodeError):
        user_table.text_of(file, IMAGES)


def test_the_code_page_must_give_a_name_in_each_line_that_depends_on_it(tmp_path):
    file = tmp_path / "table.csv"
    file.write_bytes(TABLE.encode("cp1252") + "d.tif;2;größer\r\n".encode("cp1252"))
    with pytest.raises(UnicodeDecodeError):
        user_table.text_of(file, IMAGES)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(end):
    table = user_table.read(TABLE.replace("\r\n", end), "table")
    assert [(line, row["file"]) for line, row in table.rows] == [*enumerate(IMAGES, 2)]
    assert table.begin == "file;nm_per_pixel"
