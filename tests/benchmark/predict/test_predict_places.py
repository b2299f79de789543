"""Paths as people type them: of micrographs, and of the folder of the results."""

from pathlib import Path

import filelock
import pytest
import small_micrograph
from predicting import PLACES, RADIUS, call, rows, write

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.predict import inputs
from tem_virus_dataset.predict.kept import writable

pytestmark = pytest.mark.usefixtures("fakes")
IMAGE = small_micrograph.discs((220, 300), PLACES, RADIUS)


def test_a_link_that_leads_to_itself_stops_no_other(micrographs, tmp_path, capsys):
    (micrographs / "0.tif").symlink_to("0.tif")
    (micrographs / "loop 1").symlink_to("loop 2")
    (micrographs / "loop 2").symlink_to("loop 1")
    assert call(micrographs, out=tmp_path / "out") == 1
    said = capsys.readouterr()
    assert "micrographs: 3" in said.out
    assert f"error: {micrographs / '0.tif'}: a link that leads to itself" in said.err
    with pytest.raises(DatasetError, match="a link to a file that is not there"):
        inputs.list_images([micrographs, micrographs / "0.tif"], tmp_path / "out")


def test_folders_that_systems_keep_hold_no_micrographs(micrographs, tmp_path):
    for name in ("$RECYCLE.BIN", "@eaDir", "#recycle", "System Volume Information", "lost+found"):
        (micrographs / name).mkdir()
        write(micrographs / name / "deleted.tif", IMAGE)
    (micrographs / "~$a.tif").write_bytes(b"a program has a.tif open")
    files = [image.file for image in inputs.list_images([micrographs], tmp_path / "out").images]
    assert files == ["a.tif", "b.tif", "grid 1/c.tif"]


def test_pictures_of_results_are_no_micrographs(tmp_path, capsys):
    out, copies = tmp_path / "out", tmp_path / "copies"
    write(tmp_path / "a.tif", small_micrograph.discs((220, 300), [], RADIUS))  # its overlay is gray
    assert call(tmp_path / "a.tif", "--formats", "overlays", "overlays-png", out=out) == 0
    copies.mkdir()
    for file in (*out.rglob("*.jpg"), *out.rglob("*.png")):
        file.rename(copies / f"{file.parent.name} {file.name}")
    capsys.readouterr()
    assert call(copies, out=tmp_path / "again") == 1
    said = capsys.readouterr()
    assert "particles: 0, micrographs: 0" in said.out
    assert "failed: 3 of 3 micrographs" in said.err
    assert said.err.count("a figure that tem-virus drew); expected one micrograph. Take the") == 3


def test_results_do_not_go_among_the_micrographs_that_are_named(micrographs, tmp_path, capsys):
    assert call(micrographs / "a.tif", out=micrographs) == 1
    assert "a.tif is in it; expected another folder" in capsys.readouterr().err
    assert not (micrographs / "particles.csv").exists()
    assert call(micrographs / "a.tif", out=micrographs / "new") == 0  # as the message advises
    assert call(micrographs / "new", out=tmp_path / "out") == 1
    assert f"{micrographs / 'new'}: holds results of an earlier" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("*.tif", "Name the folder"),
        ("\u2013nm-per-pixel", "An option begins with two hyphens: --nm-per-pixel."),
        ("pictures'", "at its ends: pictures"),
        ("pictures ", "at its ends: pictures"),
        ('pictures\\" --nm-per-pixel 0.5', "at its ends: pictures"),
        ("picture", "Correct the path, did you mean 'pictures'?"),
        ("gone", "Correct the path."),
    ],
)  # fmt: skip
def test_a_path_that_is_not_there_has_a_remedy(
    micrographs, tmp_path, monkeypatch, capsys, typed, remedy
):
    monkeypatch.chdir(tmp_path)
    assert call(typed) == 1
    said = capsys.readouterr().err
    assert f"error: {typed}: no such file" in said
    assert said.rstrip().endswith(remedy) or (remedy == "Name the folder" and remedy in said)


def test_options_after_two_hyphens_are_taken_for_files(micrographs, tmp_path):
    typed = [micrographs, Path("--invert")]  # of: predict -- micrographs --invert
    with pytest.raises(DatasetError, match=r"two hyphens alone is taken .*: give options before"):
        inputs.list_images(typed, tmp_path / "out")


@pytest.mark.parametrize("arguments", [["", "--out", "out"], [".", "--out", " "]])
def test_an_empty_name_is_no_folder(micrographs, monkeypatch, capsys, arguments):
    monkeypatch.chdir(micrographs)
    with pytest.raises(SystemExit):
        call(*arguments)
    assert "as of a variable that is not set" in capsys.readouterr().err
    assert not (micrographs / "out").exists()


def test_results_in_a_folder_with_dots_after_a_new_one(micrographs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call(micrographs, out="new/../out") == 0
    assert len(rows(tmp_path / "out" / "particles.csv")) == 9
    assert not (tmp_path / "new").exists()


def test_a_disk_that_refuses_to_delete_is_named_by_its_folder(tmp_path, monkeypatch):
    def refuse(path, *_, **__):
        raise OSError(30, "Read-only file system", str(path))

    for name in ("write_bytes", "unlink"):
        monkeypatch.setattr(type(tmp_path), name, refuse)
    with pytest.raises(writable.OutputError, match=r"cannot be written to \(Read-only"):
        writable.try_folders([tmp_path])


def test_two_commands_do_not_mix_their_results(micrographs, tmp_path, capsys):
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    before = {path: path.read_bytes() for path in out.rglob("*.csv")}
    with filelock.FileLock(out / writable.LOCK):
        assert call(micrographs, "--nm-per-pixel", "1", out=out) == 1
    said = capsys.readouterr().err
    assert f"error: {out}: another command is writing to it; expected" in said
    assert {path: path.read_bytes() for path in out.rglob("*.csv")} == before
    assert call(micrographs, "--nm-per-pixel", "1", out=out) == 0
    assert not list(out.glob(".*"))


def test_what_a_killed_command_left_half_written_is_removed(micrographs, tmp_path):
    out = tmp_path / "out"
    folder = out / "overlays" / "g1"
    folder.mkdir(parents=True)
    draft, other = folder / f".{'0f' * 16}.tmp", folder / ".mine.tmp"
    for file in (draft, other, out / writable.LOCK):
        file.write_bytes(b"half")
    with filelock.FileLock(out / writable.LOCK):
        assert call(micrographs, out=out) == 1
    assert draft.exists()  # it may be of the other command
    assert call(micrographs, out=out) == 0
    assert [*out.rglob(".*")] == [other]


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--nm-per-pixel", "0.5nm", "In nm: 0.5."),
        ("--nm-per-pixel", "0,5 nm/px", "In nm: 0.5."),
        ("--nm-per-pixel", "5 \u00c5", "In nm: 0.5."),
        ("--nm-per-pixel", "500", "If it is in pm, write 0.5."),
        ("--nm-per-pixel", "5e-10", "If it is in m, write 0.5."),
        ("--nm-per-pixel", "", "'': expected 0.01 to 100 nm, without a unit"),
        ("--nm-per-pixel", "0,001", "expected 0.01 to 100 nm, without a unit"),
        ("--nm-per-pixel", "0_5", "0_5: expected 0.01 to 100 nm"),
        ("--confidence", "75", "For 75 %, write 0.75."),
        ("--confidence", "75%", "For 75 %, write 0.75."),
    ],
)
def test_a_number_in_another_unit_is_converted(micrographs, capsys, option, text, said):
    with pytest.raises(SystemExit):
        call(micrographs, f"{option}={text}")
    assert said in capsys.readouterr().err


def test_a_table_in_the_folder_states_pixel_sizes(micrographs, tmp_path, capsys):
    out, table = tmp_path / "out", micrographs / "pixel_sizes.csv"
    write(micrographs / "grid 1" / "größe.tif", IMAGE, nm=None)
    table.write_text("file;nm_per_pixel\ngrid 1\\größe.tif;0,8\nb;0.6\ngone.tif;1\n", "utf-8")
    (micrographs / "grid 1" / "Pixel_sizes.csv").write_text("file,nm_per_pixel\nc.tif,0.7\n")
    assert call(micrographs, out=out) == 0
    said = capsys.readouterr()
    sizes = {row["file"]: row["nm_per_pixel"] for row in rows(out / "micrographs.csv")}
    assert sizes == {
        "a.tif": "0.5",
        "b.tif": "0.6",
        "grid 1/c.tif": "0.7",
        "grid 1/größe.tif": "0.8",
    }
    assert "nm per pixel: 0.8 according to pixel_sizes.csv in 1 micrographs" in said.out
    assert "not read" not in said.out
    assert f"warning: {table}: line 4: 'gone.tif': found 0 such images" in said.err
    assert "according to pixel_sizes.csv, which is taken. Take its line out of pixel" in said.err
    # of files that are named, the table may hold others; a pattern such as * names it, too
    named = (micrographs / "b.tif", micrographs / "grid 1" / "c.tif", table)
    assert call(*named, out=tmp_path / "two") == 0
    assert "found 0 such" not in capsys.readouterr().err
    assert {row["nm_per_pixel"] for row in rows(tmp_path / "two" / "micrographs.csv")} == {
        "0.6",
        "0.7",
    }


def test_the_option_overrides_the_table_of_pixel_sizes(micrographs, tmp_path, capsys):
    table = micrographs / "pixel_sizes.csv"
    table.write_text("file,nm_per_pixel\na.tif,0.6\n")
    assert call(micrographs / "a.tif", "--nm-per-pixel", "0.5", out=tmp_path / "out") == 0
    assert (
        "another size than --nm-per-pixel 0.5, which is taken, for 1 of" in capsys.readouterr().err
    )
    table.write_text("file,nm_per_pixel\na.tif,0.6 nm\n")
    assert call(micrographs / "a.tif", "--nm-per-pixel", "0.5", out=tmp_path / "out") == 0
    assert call(micrographs / "a.tif", out=tmp_path / "out") == 1
    assert f"{table}: line 2: 'a.tif': found '0.6 nm'; expected 0.01" in capsys.readouterr().err
