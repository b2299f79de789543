"""Names, pixel sizes and messages of uploaded files."""

from pathlib import Path

import pytest
from driven_window import write_phantom

from tem_virus_dataset.app import messages, uploads


@pytest.mark.parametrize(
    ("name", "taken", "kept"),
    [
        ("a.tif", [], "a.tif"),
        ("../../etc/a.tif", [], "a.tif"),
        (r"C:\images\a.tif", [], "a.tif"),
        ("a\nb\0:*?.tif", [], "a_b____.tif"),
        (".hidden.tif", [], "_hidden.tif"),
        ("NUL.tif", [], "micrograph_NUL.tif"),
        ("", [], "micrograph"),
        ("...", [], "micrograph"),
        ("a.mrc.gz", ["A.MRC.GZ", "a (2).mrc.gz"], "a (3).mrc.gz"),
        (f"{'x' * 300}.tif", [], f"{'x' * 116}.tif"),
        (f"a.{'x' * 300}", [], f"a.{'x' * 118}"),
        (f"{'日' * 100}.tif", [], f"{'日' * 66}.tif"),
        ("a.tif. .", [], "a.tif"),
        ("con .tif", [], "micrograph_con .tif"),
    ],
)
def test_a_name_is_valid_everywhere_and_of_no_other_file(
    name: str, taken: list[str], kept: str
) -> None:
    assert uploads.safe_name(name, taken) == kept


def test_the_pixel_size_is_the_files_own(tmp_path: Path) -> None:
    stated = uploads.examined(write_phantom(tmp_path / "a.tif", nm=0.5))
    assert stated.nm_per_pixel == pytest.approx(0.5, rel=1e-3)
    assert stated.remark == "is from the file (ImageJ's unit)"
    assert uploads.examined(write_phantom(tmp_path / "b.tif", nm=None)).nm_per_pixel is None
    damaged = tmp_path / "c.tif"
    damaged.write_bytes(b"II*\0\x08\0\0\0")
    assert uploads.examined(damaged).remark == "cannot be read from the file"
    notes = tmp_path / "notes.txt"
    notes.write_text("notes")
    assert not uploads.examined(notes).is_read


def test_lines_name_files_and_fields(tmp_path: Path) -> None:
    folder, out = tmp_path / "micrographs", tmp_path / "predictions"
    line = f"{folder}/a.tif: no size.\nGive --nm-per-pixel"
    assert messages.shown(line, folder) == 'a.tif: no size. Give the field "nm per pixel"'
    assert messages.shown(f"particles: 3; see {out}", folder, out) == "particles: 3"
