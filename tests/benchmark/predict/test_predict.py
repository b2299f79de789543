"""The command, with a detector of discs in place of a network: its results, and every failure."""

import csv
import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pytest
import small_micrograph
import tifffile
from PIL import Image

from benchmark.detection.yolo.nms import DetectedBoxes
from benchmark.predict import __main__ as predict
from benchmark.predict import models, overlay
from benchmark.predict.classifier import Classifier
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.micrographs import drawing

PLACES = [(100.0, 60.0), (40.5, 150.5), (230.0, 180.0)]
RADIUS = 12


@pytest.fixture(autouse=True)
def fakes(monkeypatch):
    """Names of records are those of fakes."""
    detector = small_micrograph.detector()

    def brightness(patches):
        """Return the brightness of the middle as probability of the second class."""
        middle = patches[:, 126:130, 126:130, 0].mean(axis=(1, 2)) / np.iinfo(patches.dtype).max
        return np.stack([1 - middle, middle], axis=1)

    known = {
        "detector": detector,
        "better": dataclasses.replace(detector, digest="1" * 64),
        "classifier": Classifier(brightness, ("dark", "bright"), "brightness-s0", "2" * 64),
    }
    monkeypatch.setattr(models, "load", lambda file, runs: known[str(file)])


@pytest.fixture
def micrographs(tmp_path):
    """A folder with three micrographs, of which one lies deeper."""
    folder = tmp_path / "pictures"
    (folder / "grid 1").mkdir(parents=True)
    image = small_micrograph.discs((220, 300), PLACES, RADIUS)
    for name in ("a.tif", "b.tif", "grid 1/c.tif"):
        write(folder / name, image)
    return folder


def write(path, image, nm=0.5):
    tags = {"resolution": (1 / nm, 1 / nm), "metadata": {"unit": "nm"}} if nm else {}
    tifffile.imwrite(path, image, imagej=True, **tags)


def call(*arguments, model="detector", out=None):
    where = ["--out", str(out)] if out else []
    return predict.main([*map(str, arguments), "--model", model, *where])


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def state(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_tables_labels_and_overlays(micrographs, tmp_path, capsys):
    assert call(micrographs, out=tmp_path / "out") == 0
    assert "particles: 9, micrographs: 3" in capsys.readouterr().out
    found = rows(tmp_path / "out" / "particles.csv")
    assert [row["file"] for row in found] == ["a.tif"] * 3 + ["b.tif"] * 3 + ["grid 1/c.tif"] * 3
    own = rows(tmp_path / "out" / "particles" / "a.csv")
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
    with Image.open(tmp_path / "out" / "overlays" / "grid 1" / "c.png") as picture:
        assert picture.size == (1024, round(1024 * 220 / 300))
        assert picture.mode == "RGB"
    about = json.loads((tmp_path / "out" / "done" / "a.json").read_text())
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
    with Image.open(tmp_path / "out" / "overlays" / "raw.png") as picture:
        assert picture.size == (2048, 2048)


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
        "particles.csv",
        "particles/b.csv",
        "labels/b.txt",
        "overlays/b.png",
        "done/b.json",
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
    assert after[out / "done" / "a.json"] != before[out / "done" / "a.json"]
    assert after.keys() == before.keys()


def test_incomplete_results_are_written_again(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    (out / "overlays" / "a.png").unlink()
    (out / "done" / "b.json").write_text("{")
    assert call(micrographs, out=out) == 0
    assert (out / "overlays" / "a.png").is_file()
    assert json.loads((out / "done" / "b.json").read_text())["particles"] == 3


def test_a_damaged_file_stops_none_of_the_others(micrographs, tmp_path, capsys):
    (micrographs / "a.tif").write_bytes(b"damaged")
    write(micrographs / "a2.tif", small_micrograph.discs((220, 300), PLACES, RADIUS), nm=None)
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 1
    said = capsys.readouterr()
    assert "particles: 6, micrographs: 2" in said.out
    failed = said.err[said.err.index("failed: 2 of 4 micrographs") :].splitlines()
    assert failed[1].startswith(f"error: {micrographs / 'a.tif'}: cannot be read as TIFF")
    assert failed[2].startswith(f"error: {micrographs / 'a2.tif'}: does not say how large its pix")
    files = [row["file"] for row in rows(out / "particles.csv")]
    assert files == ["b.tif"] * 3 + ["grid 1/c.tif"] * 3


def test_a_fault_of_the_program_stops_none_of_the_others(
    micrographs, tmp_path, capsys, monkeypatch
):
    def broken(image, particles, classes, nm):
        if image[0, 0] == 0:
            raise ZeroDivisionError("nothing")
        return b""

    monkeypatch.setattr(overlay, "png", broken)
    image = small_micrograph.discs((220, 300), PLACES, RADIUS)
    image[0, 0] = 0
    write(micrographs / "b.tif", image)
    assert call(micrographs, out=tmp_path / "out") == 1
    assert f"error: {micrographs / 'b.tif'}: ZeroDivisionError: nothing" in capsys.readouterr().err
    assert len(rows(tmp_path / "out" / "particles.csv")) == 6


def test_results_of_an_earlier_call_are_removed_where_a_file_is_now_damaged(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs, out=out) == 0
    (micrographs / "b.tif").write_bytes(b"damaged")
    assert call(micrographs, out=out) == 1
    assert not list(out.rglob("b.*"))
    assert len(rows(out / "particles.csv")) == 6


def test_a_pixel_size_that_contradicts_the_file_is_a_warning(micrographs, tmp_path, capsys):
    assert call(micrographs / "a.tif", "--nm-per-pixel", "1.0", out=tmp_path / "out") == 0
    said = capsys.readouterr().err
    assert "warning: " in said
    assert "a.tif: its pixels measure 0.5 nm according to ImageJ's unit, 1 nm according to" in said
    (row, *_) = rows(tmp_path / "out" / "particles.csv")
    assert float(row["diameter_nm"]) == pytest.approx(2 * RADIUS, abs=2)


def test_an_image_without_particles(tmp_path):
    write(tmp_path / "a.tif", small_micrograph.discs((100, 120), [], 1))
    assert call(tmp_path / "a.tif", out=tmp_path / "out") == 0
    assert rows(tmp_path / "out" / "particles.csv") == []
    assert (tmp_path / "out" / "labels" / "a.txt").read_bytes() == b""


def test_points_are_classified(micrographs, tmp_path):
    points = tmp_path / "points.csv"
    points.write_text("x,y,remark\n100,60,a disc\n160,100,nothing\n")
    out = tmp_path / "out"
    arguments = [micrographs / "a.tif", "--points", points]
    assert call(*arguments, model="classifier", out=out) == 0
    first, second = rows(out / "particles.csv")
    assert (first["class"], second["class"]) == ("bright", "dark")
    assert (first["x_nm"], first["y_nm"], first["diameter_nm"]) == ("50.00", "30.00", "")
    assert float(first["confidence"]) == pytest.approx(0.7, abs=0.02)
    assert (out / "overlays" / "a.png").is_file()
    assert not list((out / "labels").glob("a.*"))
    before = state(out)
    assert call(*arguments, model="classifier", out=out) == 0
    assert state(out) == before
    points.write_text("x,y\n160,100\n")
    assert call(*arguments, model="classifier", out=out) == 0
    assert len(rows(out / "particles.csv")) == 1


def test_particles_of_a_detector_are_classified(micrographs, tmp_path):
    out = tmp_path / "out"
    assert call(micrographs, "--detector", "detector", model="classifier", out=out) == 0
    found = rows(out / "particles.csv")
    assert {row["class"] for row in found} == {"bright"}
    assert float(found[0]["diameter_nm"]) == pytest.approx(RADIUS, abs=2)
    assert (out / "labels" / "classes.txt").read_text() == "dark\nbright\n"
    assert (out / "labels" / "a.txt").read_text().startswith("1 ")


def test_the_table_can_be_given_back_as_points(micrographs, tmp_path):
    assert call(micrographs, out=tmp_path / "one") == 0
    table = tmp_path / "one" / "particles.csv"
    assert call(micrographs, "--points", table, model="classifier", out=tmp_path / "two") == 0
    one, two = rows(table), rows(tmp_path / "two" / "particles.csv")
    places = [[(row["file"], row["x"], row["y"]) for row in found] for found in (one, two)]
    assert places[0] == places[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x,z\n1,2\n", "no column file, y"),
        ("x,y\n1,2\n", "no column file"),
        ("file,x,y\na.tif,1,here\n", "line 2: 'here'; expected a number"),
        ("file,x,y\na.tif,1\n", "line 2: None; expected a number"),
        ("file,x,y\na.tif,1,nan\n", "line 2: 'nan'; expected a number"),
        (
            "file,x,y\naa.tif,1,2\n",
            "line 2: file 'aa.tif', did you mean 'a.tif'?; expected one of the images",
        ),
        ("file,x,y\n", "no point"),
        ("", "no column file, x, y"),
    ],
)
def test_wrong_points(micrographs, tmp_path, capsys, text, said):
    (tmp_path / "points.csv").write_text(text)
    arguments = [micrographs, "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    assert f"error: {tmp_path / 'points.csv'}" in (error := capsys.readouterr().err)
    assert said in error
    assert not (tmp_path / "out").exists()


def test_points_that_are_not_text(micrographs, tmp_path, capsys):
    arguments = [micrographs, "--points", micrographs / "a.tif"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    assert "expected a table in CSV" in capsys.readouterr().err


def test_a_point_outside_fails_its_image_alone(micrographs, tmp_path, capsys):
    (tmp_path / "points.csv").write_text("file,x,y\na.tif,301,5\nb.tif,299,5\n")
    arguments = [micrographs, "--points", tmp_path / "points.csv"]
    assert call(*arguments, model="classifier", out=tmp_path / "out") == 1
    assert "a.tif: a point at 301, 5; expected points in the image of 300x220 pixels" in (
        capsys.readouterr().err
    )
    assert len(rows(tmp_path / "out" / "particles.csv")) == 1


@pytest.mark.parametrize(
    ("model", "more", "said"),
    [
        ("detector", ["--detector", "better"], "detects particles itself"),
        ("detector", ["--points", "points.csv"], "detects particles itself"),
        ("classifier", [], "expected their positions from exactly one of two options"),
        ("classifier", ["--points", "points.csv", "--detector", "detector"], "exactly one of two"),
        ("classifier", ["--detector", "classifier"], "expected a run that detects particles"),
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


def test_two_images_of_one_name(micrographs, tmp_path, capsys):
    Image.fromarray(np.eye(9, dtype=np.uint8)).save(micrographs / "A.png")
    assert call(micrographs, out=tmp_path / "out") == 1
    assert "its results would have the name of those of" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_results_and_hidden_files_within_the_folder_are_left_alone(micrographs):
    (micrographs / "._a.tif").write_bytes(b"of another system")
    assert call(micrographs, out=micrographs / "out") == 0
    assert call(micrographs, out=micrographs / "out") == 0
    assert len(rows(micrographs / "out" / "particles.csv")) == 9


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
    find = predict.importlib.util.find_spec
    monkeypatch.setattr(
        predict.importlib.util, "find_spec", lambda name: None if name == package else find(name)
    )
    assert call(micrographs) == 1
    said = capsys.readouterr().err
    assert f"error: {package} is not installed; expected it, to read micrographs" in said
    assert 'pip install -e ".[predict]"' in said


@pytest.mark.parametrize(("nm", "side"), [(0.5, 300), (3.0, 2048), (1.0, 4096)])
def test_the_scale_bar_has_the_length_in_its_label(nm, side):
    black = np.zeros((side, side), np.uint16)
    black[0, 0] = 255
    nothing = DetectedBoxes(
        np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.float32)
    )
    with Image.open(io.BytesIO(overlay.png(black, nothing, ("a",), nm))) as picture:
        white = (np.asarray(picture) == 255).all(axis=-1)
    bar = drawing.bar_length(side * nm)
    assert bar in (20, 1000, 500)
    length = max(white[-37:].sum(axis=1))  # the bar's rows, below its text
    assert length == round(bar / nm * len(white) / side)


def test_boxes_are_drawn_where_they_are():
    image = np.full((1024, 1024), 100, np.uint8)
    image[0, :9] = 0, 0, 0, 0, 0, 255, 255, 255, 255
    boxes = np.array([[300, 400, 100, 60], [700, 500, np.nan, np.nan]], np.float32)
    particles = DetectedBoxes(boxes, np.array([0, 1]), np.array([0.9, 0.8], np.float32))
    with Image.open(io.BytesIO(overlay.png(image, particles, ("a", "b"), 1.0))) as picture:
        pixels = np.asarray(picture).astype(int)
    blue, orange = (86, 180, 233), (230, 159, 0)
    for (x, y), colour in {
        (250, 400): blue, (350, 400): blue, (300, 370): blue, (300, 430): blue,
        (692, 500): orange, (708, 500): orange,
    }.items():  # fmt: skip
        near = pixels[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3)
        assert (near == colour).all(axis=1).any(), (x, y)
    assert (pixels[400, 300] == pixels[100, 100]).all()
