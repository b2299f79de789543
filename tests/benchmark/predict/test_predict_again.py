"""A second call into the same folder: nothing that is worth something is lost without a word."""

import numpy as np
import pytest
import small_micrograph
from predicting import PLACES, RADIUS, call, rows, state, write

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
