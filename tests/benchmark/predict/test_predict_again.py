"""A second call into the same folder: nothing that is worth something is lost without a word."""

import json
import zipfile

import numpy as np
import pytest
import small_micrograph
from predicting import PLACES, RADIUS, call, rows, state, write

from tem_virus_dataset.predict import outputs

pytestmark = pytest.mark.usefixtures("fakes")
IMAGE = small_micrograph.discs((220, 300), PLACES, RADIUS)
ADDED = "0 0.5 0.5 0.1 0.1\n"


def test_labels_that_were_edited_are_kept(tmp_path, capsys):
    write(tmp_path / "a.tif", IMAGE)
    out = tmp_path / "out"
    assert call(tmp_path / "a.tif", out=out) == 0
    labels = out / "labels" / "a.txt"
    written = labels.read_text()
    labels.write_text(written + ADDED)
    assert call(tmp_path / "a.tif", out=out) == 0  # the same call changes nothing
    assert labels.read_text() == written + ADDED
    for number in ("", "2"):
        assert call(tmp_path / "a.tif", "--confidence", f"0.{number or 3}1", out=out) == 0
        kept = labels.with_name(f"a.txt.edited{number}")
        assert f"they are kept as {kept}" in capsys.readouterr().err
        assert kept.read_text() == written + ADDED
        assert labels.read_text() == written
        labels.write_text(written + ADDED)


EDITED = (
    "labels/a.txt", "roi/a.tif.zip", "star/a.star", "box/a.box", "overlays/a.tif.jpg",
    "particles/a.tif.csv", "particles.csv", "summary.csv", "coco.json",
)  # fmt: skip


@pytest.mark.parametrize("name", EDITED)
def test_whatever_was_edited_is_kept(tmp_path, capsys, name):
    """Boxes that were corrected in ImageJ, or notes in a table, are work of hours."""
    write(tmp_path / "a.tif", IMAGE)
    out = tmp_path / "out"
    assert call(tmp_path / "a.tif", "--formats", "all", out=out) == 0
    (out / name).write_bytes(b"mine")
    arguments = (tmp_path / "a.tif", "--formats", "all", "--confidence", "0.8")
    assert call(*arguments, out=out) == 0
    kept = out / f"{name}.edited"
    assert kept.read_bytes() == b"mine"
    assert (out / name).read_bytes() != b"mine"
    assert str(kept) in capsys.readouterr().err
    assert call(*arguments, "--invert", out=out) == 0
    assert sorted(out.rglob("*.edited*")) == [kept]


def test_an_edited_table_of_particles_is_in_all_results(tmp_path, capsys):
    for name in ("a.tif", "b.tif"):
        write(tmp_path / name, IMAGE)
    arguments = (tmp_path / "a.tif", tmp_path / "b.tif", "--formats", "all")
    out = tmp_path / "out"
    assert call(*arguments, out=out) == 0
    table = out / "particles" / "a.tif.csv"
    lines = table.read_text("utf-8").splitlines()[:-1]  # one less, as a spreadsheet saves it
    table.write_bytes("\r\n".join(["\ufeff" + lines[0], *lines[1:], ""]).encode())
    assert call(*arguments, out=out) == 0
    assert "its table of particles was edited by hand" in capsys.readouterr().err
    assert [row["particles"] for row in rows(out / "micrographs.csv")] == ["2", "3"]
    assert [row["count"] for row in rows(out / "summary.csv")] == ["2", "3"]
    assert [row["file"] for row in rows(out / "particles.csv")] == ["a.tif"] * 2 + ["b.tif"] * 3
    assert len((out / "labels" / "a.txt").read_text().splitlines()) == 2
    assert len((out / "box" / "a.box").read_text().splitlines()) == 2
    assert len(json.loads((out / "coco.json").read_bytes())["annotations"]) == 5
    with zipfile.ZipFile(out / "roi" / "a.tif.zip") as archive:
        assert len(archive.namelist()) == 2
    before = state(out)
    assert call(*arguments, out=out) == 0
    assert state(out) == before


def test_no_table_outlives_results_that_were_replaced(tmp_path, monkeypatch):
    """As where the second command is killed: its tables would show neither of both calls."""
    for name in ("a.tif", "b.tif"):
        write(tmp_path / name, IMAGE)
    out, images = tmp_path / "out", (tmp_path / "a.tif", tmp_path / "b.tif")
    assert call(*images, "--formats", "all", out=out) == 0
    before = {file: file.read_bytes() for file in out.glob("*.*")}
    with monkeypatch.context() as killed:
        killed.setattr(outputs, "write_summary", lambda *a, **k: 1 / 0)
        write(tmp_path / "c.tif", IMAGE)
        with pytest.raises(ZeroDivisionError):  # what is new leaves the tables of the others
            call(*images, tmp_path / "c.tif", out=out)
        assert all(file.is_file() for file in before)
        (out / "summary.csv").write_text("mine")
        with pytest.raises(ZeroDivisionError):
            call(tmp_path / "a.tif", "--confidence", "0.8", out=out)
    assert sorted(file.name for file in out.glob("*.*")) == ["coco.json", "summary.csv"]
    assert call(*images, "--formats", "all", out=out) == 0
    assert (out / "summary.csv.edited").read_text() == "mine"
    assert {file: file.read_bytes() for file in before} == before


def test_classes_that_somebody_added_stay(tmp_path):
    for name in ("a.tif", "b.tif"):
        write(tmp_path / name, IMAGE)
    out = tmp_path / "out"
    assert call(tmp_path / "a.tif", out=out) == 0
    classes = out / "labels" / "classes.txt"
    classes.write_text("small\nlarge\nmine\n")
    assert call(tmp_path / "a.tif", tmp_path / "b.tif", out=out) == 0
    assert classes.read_text() == "small\nlarge\nmine\n"
    classes.write_text("dog\n")
    assert call(tmp_path / "a.tif", tmp_path / "b.tif", out=out) == 0
    assert classes.read_text() == "small\nlarge\n"
    assert classes.with_name("classes.txt.edited").read_text() == "dog\n"


def test_labels_of_one_folder_have_one_list_of_classes(tmp_path, capsys):
    for name in ("a.tif", "b.tif"):
        write(tmp_path / name, IMAGE)
    out = tmp_path / "out"
    assert call(tmp_path / "a.tif", out=out) == 0
    before = state(out)
    assert call(tmp_path / "b.tif", model="exchanged", out=out) == 1
    said = capsys.readouterr().err
    assert "holds labels of 1 micrographs that are not predicted now, such as a.tif" in said
    assert "of the classes small, large; expected those of this model (large, small)" in said
    assert state(out) == before
    assert call(tmp_path / "a.tif", tmp_path / "b.tif", model="exchanged", out=out) == 0
    assert (out / "labels" / "classes.txt").read_text() == "large\nsmall\n"
    assert call(tmp_path / "b.tif", model="exchanged", out=out) == 0
    assert call(tmp_path / "b.tif", model="better", out=tmp_path / "new") == 0


def test_a_longer_list_of_classes_stays_for_the_labels_that_need_it(tmp_path):
    """As of a model that calls some particles unknown, and one that does not."""
    for name in ("a.tif", "b.tif"):
        write(tmp_path / name, IMAGE)
    classes = tmp_path / "out" / "labels" / "classes.txt"
    for image, model in (("a.tif", "detector"), ("b.tif", "more"), ("a.tif", "better")):
        assert call(tmp_path / image, model=model, out=tmp_path / "out") == 0
        assert classes.read_text() == "small\nlarge\n" + "third\n" * (model != "detector")


def test_micrographs_that_were_moved(tmp_path, capsys):
    (tmp_path / "old").mkdir()
    write(tmp_path / "old" / "a.tif", IMAGE)
    out = tmp_path / "out"
    assert call(tmp_path / "old", out=out) == 0
    (tmp_path / "old").rename(tmp_path / "new")
    capsys.readouterr()
    assert call(tmp_path / "new", "--json", out=out) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["path"], found["is_new"]) == (str(tmp_path / "new" / "a.tif"), False)


def test_a_file_that_was_changed_after_it_was_moved_with_its_results(tmp_path):
    (tmp_path / "old" / "micrographs").mkdir(parents=True)
    write(tmp_path / "old" / "micrographs" / "a.tif", IMAGE)
    assert call(tmp_path / "old" / "micrographs", out=tmp_path / "old" / "out") == 0
    new = (tmp_path / "old").rename(tmp_path / "new")
    before = (new / "out" / "particles.csv").read_bytes()
    write(new / "micrographs" / "a.tif", IMAGE[::-1])
    assert call(new / "micrographs", out=new / "out") == 0
    assert (new / "out" / "particles.csv").read_bytes() != before


def test_results_that_were_moved_to_another_file_of_the_name_are_not_replaced(tmp_path, capsys):
    for day, image in (("day 1", IMAGE), ("day 2", IMAGE[::-1])):
        (tmp_path / day / "micrographs").mkdir(parents=True)
        write(tmp_path / day / "micrographs" / "a.tif", image)
    assert call(tmp_path / "day 1" / "micrographs", out=tmp_path / "day 1" / "out") == 0
    out = (tmp_path / "day 1" / "out").rename(tmp_path / "day 2" / "out")
    before = (out / "particles" / "a.tif.csv").read_bytes()
    assert call(tmp_path / "day 2" / "micrographs", out=out) == 1
    said = capsys.readouterr().err
    assert f"holds results of {tmp_path / 'day 1' / 'micrographs' / 'a.tif'}, which has the" in said
    assert (out / "particles" / "a.tif.csv").read_bytes() == before


def test_labels_as_they_were_written_are_replaced(tmp_path):
    write(tmp_path / "a.tif", IMAGE)
    out = tmp_path / "out"
    for confidence in ("0.2", "0.3"):
        assert call(tmp_path / "a.tif", "--confidence", confidence, out=out) == 0
    assert sorted(file.name for file in (out / "labels").iterdir()) == ["a.txt", "classes.txt"]


def test_a_call_that_fails_leaves_the_results(tmp_path, capsys):
    write(tmp_path / "a.tif", IMAGE, nm=None)
    out = tmp_path / "out"
    assert call(tmp_path / "a.tif", "--nm-per-pixel", "0.5", out=out) == 0
    before = state(out)
    capsys.readouterr()
    assert call(tmp_path / "a.tif", out=out) == 1
    said = capsys.readouterr()
    assert "does not state its pixel size" in said.err
    assert f"all micrographs failed: the tables in {out} are those of an earlier call" in said.out
    assert state(out) == before


def test_results_of_earlier_calls_are_named(tmp_path, capsys):
    for name in ("a.tif", "b.tif"):
        write(tmp_path / name, IMAGE)
    out = tmp_path / "out"
    assert call(tmp_path, out=out) == 0
    assert "earlier calls" not in capsys.readouterr().out
    assert call(tmp_path / "a.tif", out=out) == 0
    assert "also has results of 1 micrographs of earlier calls" in capsys.readouterr().out
    assert {row["file"] for row in rows(out / "micrographs.csv")} == {"a.tif"}


def test_what_is_odd_about_an_image_is_said(tmp_path, capsys):
    write(tmp_path / "narrow.tif", IMAGE, nm=0.05)
    write(tmp_path / "mask.tif", np.where(IMAGE.mean() < IMAGE, 255, 0).astype(np.uint16))
    assert call(tmp_path, out=tmp_path / "out") == 0
    said = capsys.readouterr().err
    assert "narrow.tif: its field is 11 nm wide" in said
    assert "mask.tif: it has only two gray values" in said
    assert said.count("warning:") == 2
