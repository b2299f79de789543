"""Folders as microscopes leave them: previews, equal names, links, and kinds that are not read."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import small_micrograph
from PIL import Image
from predicting import PLACES, RADIUS, call, rows, write

from tem_virus_dataset.corrections import folder as laid_out
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.predict import inputs

pytestmark = pytest.mark.usefixtures("fakes")
IMAGE = small_micrograph.discs((220, 300), PLACES, RADIUS)


def named(*paths, out=Path("out")):
    return [image.file for image in inputs.list_images(paths, out).images]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_is_counted_and_not_opened(tmp_path):
    write(tmp_path / "a.tif", IMAGE)
    os.mkfifo(tmp_path / "b.tif")
    listing = inputs.list_images([tmp_path], tmp_path / "out")
    assert [image.file for image in listing.images] == ["a.tif"]
    assert listing.remarks == ("not read: 1 pipe or device",)


def test_results_of_an_earlier_prediction_are_no_micrographs(tmp_path):
    write(tmp_path / "a.tif", IMAGE)
    assert call(tmp_path, "--nm-per-pixel", "0.5", out=tmp_path / "first") == 0
    listing = inputs.list_images([tmp_path], tmp_path / "second")
    assert [image.file for image in listing.images] == ["a.tif"]
    assert listing.remarks == ("not read: 1 folder of earlier results",)


@pytest.mark.parametrize("formats", [["csv"], ["overlays-png"], ["all"]])
def test_results_of_an_interrupted_prediction_are_no_micrographs(tmp_path, formats):
    """An overlay without a particle is gray, and was predicted as a micrograph."""
    write(tmp_path / "a.tif", IMAGE)
    assert call(tmp_path, "--formats", *formats, out=tmp_path / "first") == 0
    (tmp_path / "first" / "particles.csv").unlink()
    listing = inputs.list_images([tmp_path], tmp_path / "second")
    assert [image.file for image in listing.images] == ["a.tif"]


def test_own_folders_of_the_same_names_hold_micrographs(tmp_path):
    for name in ("done", "particles", "overlays"):
        (tmp_path / "day 1" / name).mkdir(parents=True)
        write(tmp_path / "day 1" / name / f"{name}.tif", IMAGE)
    (tmp_path / "day 1" / "done" / "done.json").write_text("{}")
    assert named(tmp_path) == [f"day 1/{n}/{n}.tif" for n in ("done", "overlays", "particles")]


def test_copies_to_correct_are_no_further_micrographs(tmp_path):
    for number, name in enumerate(("a.tif", "b.tif", "c.tif")):
        write(tmp_path / name, np.roll(IMAGE, number, axis=1))
    assert call(tmp_path, out=tmp_path / "first") == 0
    laid_out.write(tmp_path / "first", tmp_path / "corrected")
    listing = inputs.list_images([tmp_path], tmp_path / "second")
    assert [image.file for image in listing.images] == ["a.tif", "b.tif", "c.tif"]
    assert "1 folder of copies to correct" in listing.remarks[0]
    assert len(inputs.list_images([tmp_path / "corrected"], tmp_path / "second").images) == 3


def test_the_preview_of_a_micrograph_is_left_out_and_told(tmp_path, capsys):
    folder = tmp_path / "grid"
    (folder / "deeper").mkdir(parents=True)
    small_micrograph.write_mrc(folder / "X.mrc", IMAGE, 5.0)
    for name in ("x.jpg", "deeper/X.jpg", "Y.png"):
        Image.fromarray((IMAGE // 256).astype("uint8")).save(folder / name)
    write(folder / "Y.tif", IMAGE)
    out = tmp_path / "out"
    assert call(folder, "--nm-per-pixel", "0.5", out=out) == 0
    said = capsys.readouterr().out
    assert "micrographs: 3" in said
    assert "left out: 1 .jpg, 1 .png, exports of a micrograph of the same name" in said
    assert {row["file"] for row in rows(out / "particles.csv")} == {
        "X.mrc", "Y.tif", "deeper/X.jpg",
    }  # fmt: skip
    assert call(folder / "X.mrc", folder / "x.jpg", "--nm-per-pixel", "0.5", out=out) == 0
    assert {row["file"] for row in rows(out / "particles.csv")} == {"X.mrc", "x.jpg"}
    names = {path.name for path in (out / "labels").iterdir()}
    assert {"x.jpg.txt", "X.mrc.txt"} <= names


def test_kinds_that_are_not_read_are_counted(micrographs, tmp_path, capsys):
    for name in ("a.xyz", "b.XYZ", "grid 1/c.xyz", "notes.doc", "LOG", ".hidden", "Thumbs.db"):
        (micrographs / name).write_text("a")
    assert call(micrographs, out=tmp_path / "out") == 0
    assert "not read: 3 .xyz, 1 .doc, 1 without suffix\n" in capsys.readouterr().out
    with pytest.raises(DatasetError, match=r"no micrograph in it \(not read: 1 \.xyz\)"):
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "a.xyz").write_text("a")
        named(tmp_path / "other")


@pytest.mark.skipif(os.name != "posix", reason="other systems know names of text alone")
def test_a_name_with_bytes_that_are_no_text(tmp_path):
    folder = tmp_path / "grid"
    folder.mkdir()
    write(Path(os.fsdecode(os.fsencode(folder) + b"/a\xff.tif")), IMAGE)
    assert call(folder, "--nm-per-pixel", "0.5", out=tmp_path / "out") == 0
    assert {row["file"] for row in rows(tmp_path / "out" / "particles.csv")} == {"a\\udcff.tif"}


def test_a_corrected_text_beside_an_image_is_a_new_input(tmp_path, capsys):
    folder = tmp_path / "grid"
    folder.mkdir()
    Image.fromarray(IMAGE).save(folder / "a.png")
    text = folder / "a.txt"
    for size in ("0.5", "0.6"):
        text.write_text(f"[TemImageFile]\nPixelSize={size}\n")
        assert call(folder, out=tmp_path / "out") == 0
        (row,) = rows(tmp_path / "out" / "micrographs.csv")
        assert row["nm_per_pixel"] == size
    assert call(folder, out=tmp_path / "out") == 0
    assert "1 of them finished before" in capsys.readouterr().out


def test_pixels_far_larger_than_the_detectors_are_refused(micrographs, tmp_path, capsys):
    assert call(micrographs, "--nm-per-pixel", "99", out=tmp_path / "out") == 1
    said = capsys.readouterr().err
    assert "pixels of 99 nm (--nm-per-pixel)" in said
    assert "Take an image of a higher magnification" in said


def test_the_same_name_in_two_folders(tmp_path):
    for name in ("g1", "g2"):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "0001.tif", IMAGE if name == "g1" else IMAGE[::-1])
    out = tmp_path / "out"
    assert call(tmp_path / "g1", tmp_path / "g2", out=out) == 0
    files = {row["file"] for row in rows(out / "particles.csv")}
    assert files == {"g1/0001.tif", "g2/0001.tif"}
    one, two = (out / "particles" / name / "0001.tif.csv" for name in ("g1", "g2"))
    assert one.read_text().replace("g1/", "g2/") != two.read_text()
    assert named(tmp_path / "g1" / "0001.tif", tmp_path / "g2") == ["g1/0001.tif", "g2/0001.tif"]


def test_names_that_differ_in_case(tmp_path):
    for name in ("a.tif", "A.tif"):
        write(tmp_path / name, IMAGE)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system takes both for one name")
    assert named(tmp_path) == ["A.tif", "a.tif"]


def test_names_in_two_folders_that_differ_in_case(tmp_path):
    for place in ("g1/a.tif", "g2/A.tif", "g2/b.tif"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        write(tmp_path / place, IMAGE)
    assert named(tmp_path / "g1", tmp_path / "g2") == ["g1/a.tif", "g2/A.tif", "g2/b.tif"]
    assert named(tmp_path / "g1" / "a.tif", tmp_path / "g2" / "b.tif") == ["a.tif", "b.tif"]


def test_labels_of_names_that_are_one_on_a_mac(tmp_path):
    names = "Pr\u00fcf.tif", "Pru\u0308f.png"  # both begin with the same word
    for name in names:
        write(tmp_path / name, IMAGE)
    found = inputs.list_images([tmp_path / name for name in names], tmp_path / "out").images
    assert not any(image.is_only for image in found)


def test_folders_in_one_that_differ_in_case(tmp_path):
    for place in ("g1/a.tif", "G1/a.tif"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        write(tmp_path / place, IMAGE)
    if len(list(tmp_path.iterdir())) == 2:  # not on Windows and macOS
        assert named(tmp_path) == ["G1/a.tif", "g1/a.tif"]


def test_results_of_another_folder_are_not_overwritten(tmp_path, capsys):
    for name, image in (("g1", IMAGE), ("g2", IMAGE[::-1]), ("copy", IMAGE)):
        (tmp_path / name).mkdir()
        write(tmp_path / name / "0001.tif", image)
    out = tmp_path / "out"
    assert call(tmp_path / "g1", out=out) == 0
    before = (out / "particles" / "0001.tif.csv").read_bytes()
    assert call(tmp_path / "g2", out=out) == 1
    said = capsys.readouterr().err
    assert f"holds results of {(tmp_path / 'g1' / '0001.tif').resolve()}, which has the" in said
    assert (out / "particles" / "0001.tif.csv").read_bytes() == before
    (tmp_path / "g1").rename(tmp_path / "day 1")  # what it found is not to be lost by that
    assert call(tmp_path / "g2", out=out) == 1
    assert "has the same name and is no longer there; expected a f" in capsys.readouterr().err
    assert (out / "particles" / "0001.tif.csv").read_bytes() == before
    assert call(tmp_path / "copy", out=out) == 0
    assert "1 of them finished before" in capsys.readouterr().out
    write(tmp_path / "copy" / "0001.tif", IMAGE[::-1])  # the same file, as it is now
    assert call(tmp_path / "copy", out=out) == 0
    assert (out / "particles" / "0001.tif.csv").read_bytes() != before


def test_links_count_once(micrographs, tmp_path, capsys):
    other = tmp_path / "elsewhere"
    other.mkdir()
    write(other / "d.tif", IMAGE)
    (micrographs / "0.tif").symlink_to(micrographs / "a.tif")
    (micrographs / "0 grid").symlink_to(micrographs / "grid 1")
    (micrographs / "loop").symlink_to(micrographs)
    (micrographs / "linked").symlink_to(other)
    os.link(micrographs / "b.tif", micrographs / "z.tif")
    assert call(micrographs, micrographs / "a.tif", out=tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "micrographs: 4" in said
    assert "left out: 2 links to files that are predicted" in said
    assert named(micrographs) == ["a.tif", "b.tif", "grid 1/c.tif", "linked/d.tif"]


def test_a_link_to_nothing_is_a_failure(micrographs, tmp_path, capsys):
    (micrographs / "0.tif").symlink_to(tmp_path / "gone.tif")
    assert call(micrographs, out=tmp_path / "out") == 1
    assert f"error: {micrographs / '0.tif'}: is not there; expected a file" in (
        capsys.readouterr().err
    )
    with pytest.raises(DatasetError, match="a link to a file that is not there"):
        named(micrographs / "0.tif")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_opened(micrographs, tmp_path, capsys):
    (micrographs / "a.tif").chmod(0)
    (micrographs / "grid 1").chmod(0)
    try:
        assert call(micrographs, out=tmp_path / "out") == 1
    finally:
        (micrographs / "grid 1").chmod(0o700)
    said = capsys.readouterr().err
    assert f"{micrographs / 'a.tif'}: cannot be read (Permission denied); expected a read" in said
    assert f"{micrographs / 'grid 1'}: cannot be opened (Permission denied); expected a" in said


def test_results_of_an_earlier_version_are_replaced(micrographs, tmp_path, capsys):
    """Version 1 named them without the suffix."""
    out = tmp_path / "out"
    for kind, name in (("particles", "a.csv"), ("overlays", "a.png"), ("labels", "a.txt")):
        (out / kind).mkdir(parents=True)
        (out / kind / name).write_text("old")
    (out / "done").mkdir()
    done = {"made_of": {"version": 1, "file": "a.tif"}, "results": ["particles"]}
    (out / "done" / "a.json").write_text(json.dumps(done))
    assert call(micrographs, out=out) == 0
    assert "1 of them again, after an earlier version" in capsys.readouterr().out
    kept = sorted(path.relative_to(out).as_posix() for path in out.rglob("a.*"))
    assert kept == [
        "done/a.tif.json", "labels/a.txt", "overlays/a.tif.jpg", "particles/a.tif.csv",
        "roi/a.tif.zip",
    ]  # fmt: skip
    assert (out / "labels" / "a.txt").read_text() != "old"


def test_an_image_called_like_the_list_of_classes_keeps_its_labels(micrographs, tmp_path):
    (micrographs / "a.tif").rename(micrographs / "Classes.tif")
    out = tmp_path / "out"
    assert call(micrographs / "Classes.tif", out=out) == 0
    assert (out / "labels" / "Classes.tif.txt").is_file()
    assert (out / "labels" / "classes.txt").read_text()
    assert call(micrographs / "Classes.tif", out=out) == 0
    assert [file.name for file in sorted((out / "labels").iterdir())] == [
        "Classes.tif.txt", "classes.txt",
    ]  # fmt: skip


def test_labels_of_another_image_are_left_alone(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs / "a.tif", out=out) == 0
    before = (out / "labels" / "a.txt").read_bytes()
    small_micrograph.write_mrc(micrographs / "a.mrc", IMAGE[::-1], 5.0)
    assert call(micrographs, out=out) == 0
    assert (out / "labels" / "a.txt").read_bytes() == before
    assert (out / "labels" / "a.mrc.txt").read_bytes() != before
