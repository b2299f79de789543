"""The command where something is wrong: one error, and the other images go on."""

import errno
import importlib.util
import zlib
from pathlib import Path

import pytest
import small_micrograph
import tifffile
from predicting import PLACES, RADIUS, call, rows, write

from tem_virus_dataset.files import atomic
from tem_virus_dataset.formats import read as formats
from tem_virus_dataset.predict.kept import writable
from tem_virus_dataset.predict.writers import overlay

pytestmark = pytest.mark.usefixtures("fakes")


def test_a_damaged_file_stops_none_of_the_others(micrographs, tmp_path, capsys):
    (micrographs / "a.tif").write_bytes(b"damaged")
    write(micrographs / "a2.tif", small_micrograph.discs((220, 300), PLACES, RADIUS), nm=None)
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 1
    said = capsys.readouterr()
    assert "particles: 6, micrographs: 2" in said.out
    failed = said.err[said.err.index("failed: 2 of 4 micrographs") :].splitlines()
    assert failed[1].startswith(f"error: {micrographs / 'a.tif'}: cut off")
    assert failed[2].startswith(f"error: {micrographs / 'a2.tif'}: does not state its pix")
    files = [row["file"] for row in rows(out / "particles.csv")]
    assert files == ["b.tif"] * 3 + ["grid 1/c.tif"] * 3


def test_a_text_that_cannot_be_opened_does_not_stop_its_image(micrographs, tmp_path, monkeypatch):
    opened = Path.open

    def refuse(path, *args, **kwargs):
        if path.name == "a.txt" and path.parent == micrographs:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *args, **kwargs)

    (micrographs / "a.txt").write_text("notes")
    monkeypatch.setattr(Path, "open", refuse)
    assert call(micrographs, out=tmp_path / "out") == 0


def test_a_name_that_is_too_long_for_its_results(micrographs, tmp_path, capsys):
    long = micrographs / f"{'x' * 247}.tif"
    (micrographs / "a.tif").rename(long)
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 1
    said = capsys.readouterr().err
    assert f"{long}: its name is so long" in said
    assert "expected at most 250 bytes. Rename it." in said
    assert not list(out.rglob("xxx*"))
    long.rename(micrographs / f"{'x' * 246}.tif")
    assert call(micrographs, out=out) == 0


def test_a_fault_of_the_program_stops_none_of_the_others(
    micrographs, tmp_path, capsys, monkeypatch
):
    def broken(image, *others):
        if image[0, 0] == 0:
            raise ZeroDivisionError("nothing")
        return b""

    monkeypatch.setattr(overlay, "jpeg", broken)
    image = small_micrograph.discs((220, 300), PLACES, RADIUS)
    image[0, 0] = 0
    write(micrographs / "b.tif", image)
    assert call(micrographs, out=tmp_path / "out") == 1
    assert f"error: {micrographs / 'b.tif'}: ZeroDivisionError: nothing" in capsys.readouterr().err
    assert len(rows(tmp_path / "out" / "particles.csv")) == 6


def test_results_of_a_file_that_is_now_damaged_stay_and_are_in_no_table(
    micrographs, tmp_path, capsys
):
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    (micrographs / "b.tif").write_bytes(b"damaged")
    assert call(micrographs, out=out) == 1
    assert "also has results of 1 micrographs of earlier calls" in capsys.readouterr().out
    assert (out / "overlays" / "b.tif.jpg").is_file()
    assert len(rows(out / "particles.csv")) == 6


@pytest.mark.parametrize(
    ("model", "more", "said"),
    [
        ("detector", ["--detector", "better"], "detects particles itself"),
        ("detector", ["--points", "points.csv"], "detects particles itself"),
        ("classifier", [], "expected their positions from exactly one of two options"),
        ("classifier", ["--points", "points.csv", "--detector", "detector"], "exactly one of two"),
        ("classifier", ["--detector", "classifier"], "expected a network that detects particles"),
        (
            "classifier",
            ["--points", "points.csv", "--confidence", "0.5"],
            "--confidence: found with --points",
        ),
        ("detector", ["--points", "gone.csv"], "gone.csv"),
    ],
)
def test_options_that_do_not_go_together(
    micrographs, tmp_path, monkeypatch, capsys, model, more, said
):
    monkeypatch.chdir(tmp_path)
    Path("points.csv").write_text("x,y\n1,2\n")
    assert call(micrographs / "a.tif", *more, model=model) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert not Path("predictions").exists()


@pytest.mark.parametrize(
    "more",
    [["--nm-per-pixel", "0"], ["--nm-per-pixel", "500"], ["--nm-per-pixel", "nan"],
     ["--confidence", "1.5"], ["--confidence", "-1"], ["--confidence", "high"]],
)  # fmt: skip
def test_numbers_that_cannot_be(micrographs, capsys, more):
    with pytest.raises(SystemExit) as ended:
        call(micrographs, *more)
    assert ended.value.code == 2
    assert more[0] in capsys.readouterr().err


def test_images_that_are_not_there(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("a")
    for path, said in (("gone.tif", "no such file"), ("empty", "no micrograph in it")):
        assert call(tmp_path / path, out=tmp_path / "out") == 1
        assert f"{tmp_path / path}: {said}" in capsys.readouterr().err


def test_results_that_cannot_be_written(micrographs, tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(SystemExit):
        call(micrographs / "a.tif", out=tmp_path / "out")
    assert f"{tmp_path / 'out'} is a file; expected a folder" in capsys.readouterr().err


def test_results_beside_the_images(micrographs, capsys):
    assert call(micrographs, out=micrographs) == 1
    said = capsys.readouterr().err
    assert f"--out {micrographs}: the images of {micrographs} are in it; expected another" in said


@pytest.mark.parametrize("package", ["cv2", "ncempy"])
def test_a_package_that_is_missing(micrographs, monkeypatch, capsys, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else find(name)
    )
    assert call(micrographs) == 1
    said = capsys.readouterr().err
    assert f"error: {package} is not installed; expected it, to read micrographs" in said
    assert 'pip install -e ".[predict]" in a clone of the repository' in said


def test_the_folder_of_the_results_is_tried_first(micrographs, tmp_path, capsys, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    out = tmp_path / "deeper" / "out"
    monkeypatch.setattr(atomic, "write_bytes", full)
    monkeypatch.setattr(formats, "read", lambda path: pytest.fail("it is read too early"))
    assert call(micrographs, out=out) == 1
    assert f"error: {out}: cannot be written to (No space left on device); expected a folder" in (
        capsys.readouterr().err
    )
    assert not (tmp_path / "deeper").exists()


def test_results_that_cannot_be_written_end_the_command(micrographs, tmp_path, capsys, monkeypatch):
    """A full disk fails all micrographs: nothing more is detected in vain."""
    written, whole = [], atomic.write_bytes

    def full_after_four(path, data):
        written.append(path)
        if len(written) > 4:
            raise OSError(errno.EDQUOT, "Disk quota exceeded", str(path))
        whole(path, data)

    out = tmp_path / "out"
    monkeypatch.setattr(writable, "write_bytes", full_after_four)
    assert call(micrographs, out=out) == 1
    assert len(written) == 5
    assert "cannot be written to (Disk quota exceeded)" in capsys.readouterr().err
    monkeypatch.undo()


def test_an_exception_of_a_library_is_one_line(micrographs, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(tifffile, "TiffFile", lambda *_: zlib.decompress(b"x"))
    assert call(micrographs / "a.tif", out=tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert f"error: {micrographs / 'a.tif'}: cannot be read" in said


def test_an_image_that_does_not_fit_into_memory(micrographs, tmp_path, capsys, monkeypatch):
    def large(image, *others):
        raise MemoryError

    monkeypatch.setattr(overlay, "jpeg", large)
    assert call(micrographs / "a.tif", out=tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert f"error: {micrographs / 'a.tif'}: needs more memory than there is; expected an" in said
    assert "Traceback" not in said
