"""The command, with a detector of discs in place of a network: its results."""

import json

import numpy as np
import pytest
import small_micrograph
from PIL import Image
from predicting import PLACES, RADIUS, call, rows, state, write

from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.networks import detect
from tem_virus_dataset.predict.writers import overlay

pytestmark = pytest.mark.usefixtures("fakes")


def test_tables_labels_and_overlays(micrographs, tmp_path, capsys):
    assert call(micrographs, out=tmp_path / "out") == 0
    assert "particles: 9, micrographs: 3" in capsys.readouterr().out
    found = rows(tmp_path / "out" / "particles.csv")
    assert [row["file"] for row in found] == ["a.tif"] * 3 + ["b.tif"] * 3 + ["grid 1/c.tif"] * 3
    own = rows(tmp_path / "out" / "particles" / "a.tif.csv")
    assert own == found[:3]
    assert [float(row["confidence"]) for row in own] == sorted(
        (float(row["confidence"]) for row in own), reverse=True
    )
    for row in own:
        x, y = float(row["x"]), float(row["y"])
        assert min(np.hypot(x - px, y - py) for px, py in PLACES) < 1.5
        assert float(row["x_nm"]) == pytest.approx(x / 2, abs=0.01)
        assert float(row["y_nm"]) == pytest.approx(y / 2, abs=0.01)
        assert float(row["diameter_nm"]) == pytest.approx(RADIUS, abs=2)
        assert row["class"] == "small"
        assert float(row["confidence"]) == pytest.approx(np.pi / 4, abs=0.1)
    with Image.open(tmp_path / "out" / "overlays" / "grid 1" / "c.tif.jpg") as picture:
        assert picture.height == round(1024 * 220 / 300)
        assert picture.width > 1024  # with the legend
    about = json.loads((tmp_path / "out" / "done" / "a.tif.json").read_text())
    assert (about["nm_per_pixel"], about["from"]) == (0.5, "ImageJ's unit")


def test_the_labels_are_read_as_a_yolo_folder(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs / "a.tif", out=out) == 0
    (out / "images").mkdir()
    (micrographs / "a.tif").rename(out / "images" / "a.tif")
    read = yolo.read(out)
    assert read.classes == ("small", "large")
    (picture,) = read.pictures
    table = rows(out / "particles.csv")
    assert len(picture.boxes) == len(table) == 3
    for (x0, y0, x1, y1), row in zip(picture.boxes, table, strict=True):
        assert (x0 + x1) / 2 == pytest.approx(float(row["x"]), abs=0.01)
        assert (y0 + y1) / 2 == pytest.approx(float(row["y"]), abs=0.01)
        mean = (x1 - x0 + y1 - y0) / 2 * 0.5
        assert mean == pytest.approx(float(row["diameter_nm"]), abs=0.01)


def test_a_raw_16_bit_image_of_2048x2048(tmp_path):
    rng = np.random.default_rng(0)
    grid = np.mgrid[100:2000:190, 90:2000:190].T.reshape(-1, 2) + 0.5
    places = rng.permutation(grid)[:40].tolist()
    write(tmp_path / "raw.tif", small_micrograph.discs((2048, 2048), places, 25), nm=0.45)
    assert call(tmp_path / "raw.tif", out=tmp_path / "out") == 0
    found = rows(tmp_path / "out" / "particles.csv")
    assert len(found) == len(places)
    for row in found:
        apart = [np.hypot(float(row["x"]) - x, float(row["y"]) - y) for x, y in places]
        assert min(apart) < 3
        assert float(row["diameter_nm"]) == pytest.approx(50 * 0.45, abs=2)
    with Image.open(tmp_path / "out" / "overlays" / "raw.tif.jpg") as picture:
        assert picture.height == overlay.MAX_SIDE


def test_nothing_is_done_twice(micrographs, tmp_path, capsys):
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    before = state(out)
    assert call(micrographs, out=out) == 0
    assert state(out) == before
    assert "particles: 9, micrographs: 3, 3 of them finished before" in capsys.readouterr().out
    write(micrographs / "b.tif", small_micrograph.discs((220, 300), PLACES[:1], RADIUS))
    assert call(micrographs, out=out) == 0
    after = state(out)
    changed = {path.relative_to(out).as_posix() for path in after if before[path] != after[path]}
    assert changed == {
        "done/tables.sha256",
        "particles.csv",
        "micrographs.csv",
        "summary.csv",
        "diameters.csv",
        "diameters.png",
        "particles/b.tif.csv",
        "roi/b.tif.zip",
        "labels/b.txt",
        "overlays/b.tif.jpg",
        "done/b.tif.json",
    }
    assert len(rows(out / "particles.csv")) == 7


@pytest.mark.parametrize(
    "change", [["--confidence", "0.9"], ["--nm-per-pixel", "0.502"], ["--model", "better"]]
)
def test_other_settings_do_it_again(micrographs, tmp_path, change):
    out = tmp_path / "out"
    assert call(micrographs / "a.tif", out=out) == 0
    before = state(out)
    options = dict(zip(change[::2], change[1::2], strict=True))
    model = options.pop("--model", "detector")
    more = [text for pair in options.items() for text in pair]
    assert call(micrographs / "a.tif", *more, model=model, out=out) == 0
    after = state(out)
    assert after[out / "done" / "a.tif.json"] != before[out / "done" / "a.tif.json"]
    assert after.keys() == before.keys()


def test_incomplete_results_are_written_again(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    (out / "overlays" / "a.tif.jpg").unlink()
    (out / "done" / "b.tif.json").write_text("{")
    assert call(micrographs, out=out) == 0
    assert (out / "overlays" / "a.tif.jpg").is_file()
    assert json.loads((out / "done" / "b.tif.json").read_text())["particles"] == 3


def test_a_pixel_size_that_contradicts_the_file_is_a_warning(micrographs, tmp_path, capsys):
    assert call(micrographs / "a.tif", "--nm-per-pixel", "1.0", out=tmp_path / "out") == 0
    said = capsys.readouterr().err
    assert "warning: " in said
    assert "a.tif: its pixels measure 0.5 nm according to ImageJ's unit, 1 nm according to" in said
    (row, *_) = rows(tmp_path / "out" / "particles.csv")
    assert float(row["diameter_nm"]) == pytest.approx(2 * RADIUS, abs=2)


def test_a_warning_of_many_files_is_shown_at_once_and_the_rest_counted(tmp_path, capsys):
    (tmp_path / "many").mkdir()
    for number in range(6):
        write(tmp_path / "many" / f"{number}.tif", small_micrograph.discs((100, 120), [], 1))
    for _ in range(2):  # the second time all is finished
        assert call(tmp_path / "many", "--nm-per-pixel", "1.0", out=tmp_path / "out") == 0
        warned = [line for line in capsys.readouterr().err.splitlines() if "warning: " in line]
        assert len(warned) == 4
        for number, line in enumerate(warned[:3]):
            assert f"{number}.tif: its pixels measure 0.5 nm according to ImageJ's unit" in line
        names = ", ".join(str(tmp_path / "many" / f"{number}.tif") for number in (3, 4, 5))
        said = "its pixels measure 0.5 nm according to ImageJ's unit"
        assert warned[3].startswith(f"warning: 3 more files: {names}: {said}")


def test_an_image_without_particles(tmp_path):
    write(tmp_path / "a.tif", small_micrograph.discs((100, 120), [], 1))
    assert call(tmp_path / "a.tif", out=tmp_path / "out") == 0
    assert rows(tmp_path / "out" / "particles.csv") == []
    assert (tmp_path / "out" / "labels" / "a.txt").read_bytes() == b""


def test_results_and_hidden_files_within_the_folder_are_left_alone(micrographs):
    (micrographs / "._a.tif").write_bytes(b"of another system")
    assert call(micrographs, out=micrographs / "out") == 0
    assert call(micrographs, out=micrographs / "out") == 0
    assert len(rows(micrographs / "out" / "particles.csv")) == 9


def test_what_a_micrograph_has_beyond_the_limit_is_said(micrographs, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(detect, "MOST", 2)
    out = tmp_path / "out"
    assert call(micrographs / "a.tif", out=out) == 0
    assert len(rows(out / "particles.csv")) == 2
    assert "1 detections beyond the 2 most confident are left out" in capsys.readouterr().err
