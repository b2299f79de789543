"""Predictions laid out for correction: what annotation programs show, and what is trained on."""

import dataclasses
import gzip
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from tem_virus_dataset.__main__ import main
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.corrections import untouched
from tem_virus_dataset.formats import read as formats
from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.predict import outputs, particles, results
from tem_virus_dataset.predict.inputs import InputImage

CLASSES = ("disc", "ring")
STRIP = InfoStrip(bottom=20, left=8)


def predicted(folder: Path, files: dict[str, list[tuple[int, float, float]]]) -> Path:
    """Micrographs of 16 bits with boxes of 20 pixels at places, and their prediction.

    Args:
      files: class, x and y of the boxes, by the name of the micrograph.
    """
    out, images, done = folder / "predictions", [], []
    for number, (name, places) in enumerate(files.items()):
        path = folder / "micrographs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        counts = np.random.default_rng(number).integers(1000, 9000, (120, 160))
        tifffile.imwrite(path, counts.astype(np.uint16))
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(path.read_bytes()))
        boxes = np.array([(x, y, 20, 20) for _, x, y in places], np.float32).reshape(-1, 4)
        labels = np.array([label for label, _, _ in places], np.int64)
        found = particles.of_detections(
            DetectedBoxes(boxes, labels, np.full(len(places), 0.9, np.float32))
        )
        size = PixelSize(0.5 + number, "--nm-per-pixel")
        content = formats.read(path)
        image = InputImage(path, name)
        made_of = {"file": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        about = {
            "nm_per_pixel": size.nm,
            "from": size.source,
            "remarks": [],
            "shape": [120, 160],
            "info_strip": list(dataclasses.astuple(STRIP)),
            "particles": len(places),
        }
        result = results.of_particles(name, content.image.shape, found, CLASSES, size)
        kinds = ("particles", "labels", "overlays")
        written = results.files(result, kinds, content.image, STRIP)
        done.append(outputs.write(out, image, written, made_of, about))
        images.append(image)
    outputs.write_summary(out, images, done, CLASSES)
    return out


FILES = {
    "a.tif": [(0, 30, 40), (0, 80, 60)],
    "b.tif": [(1, 50, 50)],
    "g1/c.tif": [(0, 70, 30), (1, 100, 96)],
    "d.tif": [],
}


def test_images_labels_and_pixel_sizes_are_what_a_training_reads(tmp_path: Path) -> None:
    folder = tmp_path / "corrected"
    assert main(["correct", str(predicted(tmp_path, FILES)), str(folder)]) == 0
    found = yolo.read(folder)
    assert {picture.split for picture in found.pictures} == {"train", "validation", "test"}
    pictures = {picture.path.name: picture for picture in found.pictures}
    assert sorted(pictures) == ["a.png", "b.png", "d.png", "g1_c.png"]
    assert found.classes == CLASSES
    np.testing.assert_allclose(pictures["a.png"].boxes, [(12, 30, 32, 50), (62, 50, 82, 70)])
    cut = pictures["g1_c.png"]
    assert (cut.width, cut.height) == (152, 100), "without the info strips"
    np.testing.assert_allclose(cut.boxes[1], (82, 86, 102, 100), atol=1e-4)
    image = np.asarray(Image.open(cut.path))
    original = tifffile.imread(tmp_path / "micrographs" / "g1" / "c.tif")[:100, 8:]
    assert image.dtype == np.uint8
    assert np.corrcoef(image.ravel(), original.ravel())[0, 1] > 0.999
    lines = (folder / "pixel_sizes.csv").read_text().splitlines()
    assert lines[0] == "file,nm_per_pixel"
    assert any(line.endswith("g1_c.png,2.5") for line in lines)
    listed = [(folder / f"{split}.txt").read_text() for split in ("train", "validation", "test")]
    assert "".join(listed).count("images/") == len(FILES)
    assert (folder / "data.yaml").read_text().endswith('names:\n  0: "disc"\n  1: "ring"\n')


def test_a_micrograph_called_like_the_list_of_classes_is_laid_out(tmp_path: Path) -> None:
    folder, predictions = tmp_path / "corrected", predicted(tmp_path, FILES)
    later = predicted(tmp_path / "later", FILES | {"classes.tif": [(1, 50, 50)]})
    assert main(["correct", str(predictions), str(folder)]) == 0
    assert main(["correct", str(later), str(folder), "--add"]) == 0
    found = yolo.read(folder)
    assert found.classes == CLASSES
    (one,) = (picture for picture in found.pictures if "classes" in picture.path.name)
    assert (one.path.name, one.classes) == ("classes.tif.png", ("ring",))


def test_what_is_of_an_earlier_or_an_interrupted_prediction_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions = predicted(tmp_path, FILES)
    assert main(["correct", str(predictions), str(tmp_path / "one")]) == 0
    assert "earlier call" not in capsys.readouterr().out
    table = predictions / "micrographs.csv"
    table.write_text("".join(table.read_text().splitlines(True)[:3]))
    assert main(["correct", str(predictions), str(tmp_path / "two")]) == 0
    assert "(2 of them of an earlier call, such as d.tif)" in capsys.readouterr().out
    table.unlink()
    assert main(["correct", str(predictions), str(tmp_path / "three")]) == 0
    assert "as where a prediction was interrupted" in capsys.readouterr().out


def test_a_packed_micrograph_is_laid_out_with_its_own_labels(tmp_path: Path) -> None:
    """Its labels are named without both of its suffixes."""
    predictions, folder = predicted(tmp_path, FILES | {"p.tif.gz": [(1, 50, 50)]}), tmp_path / "c"
    assert (predictions / "labels" / "p.txt").is_file()
    assert main(["correct", str(predictions), str(folder)]) == 0
    (one,) = (one for one in yolo.read(folder).pictures if one.path.name.startswith("p."))
    assert one.classes == ("ring",)


def test_copies_of_a_micrograph_count_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They get one split, so that two other splits would be empty."""
    predictions = predicted(tmp_path, dict.fromkeys(("a.tif", "b.tif", "c.tif"), FILES["a.tif"]))
    for name in ("b.tif", "c.tif"):
        file = predictions / "done" / f"{name}.json"
        other = json.loads((predictions / "done" / "a.tif.json").read_bytes())
        kept = json.loads(file.read_bytes())
        kept["made_of"]["sha256"] = other["made_of"]["sha256"]
        file.write_text(json.dumps(kept))
    assert main(["correct", str(predictions), str(tmp_path / "corrected")]) == 1
    assert "3 micrographs, of which 1 differ; expected 3 at least" in capsys.readouterr().err


def test_a_micrograph_that_was_predicted_by_two_names_is_laid_out_once(tmp_path: Path) -> None:
    predictions, folder = predicted(tmp_path, FILES), tmp_path / "corrected"
    for kind, suffix in (("done", ".json"), ("labels", ".txt")):
        name = "a.tif" if kind == "done" else "a"
        before, new = (predictions / kind / f"{at}{name}{suffix}" for at in ("", "g1/"))
        new.write_text(before.read_text().replace('"file": "a.tif"', '"file": "g1/a.tif"'))
        stamp = before.stat().st_mtime_ns + 10**9
        os.utime(new, ns=(stamp, stamp))
    assert main(["correct", str(predictions), str(folder)]) == 0
    names = sorted(picture.path.name for picture in yolo.read(folder).pictures)
    assert names == ["b.png", "d.png", "g1_a.png", "g1_c.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_lists_and_other_systems_do_not_take(tmp_path: Path) -> None:
    names = ("a\\b.tif", "c\nd.tif", "e:f.tif", " g.tif", "h, i.tif", "=1+1.tif", "µ'\u0308.tif")
    predictions, folder = predicted(tmp_path, dict.fromkeys(names, FILES["a.tif"])), tmp_path / "c"
    assert main(["correct", str(predictions), str(folder)]) == 0
    found = {picture.path.stem: picture for picture in yolo.read(folder).pictures}
    assert found.keys() == {"a_b", "c_d", "e_f", "g", "h, i", "=1+1", "µ'\u0308"}
    assert all(len(picture.boxes) == 2 for picture in found.values())


def test_a_training_takes_the_folder_with_its_pixel_sizes(tmp_path: Path) -> None:
    user_folder = pytest.importorskip("benchmark.detection.user_folder")
    folder = tmp_path / "corrected"
    files = {f"{n}.tif": [(n % 2, 40, 40), (1 - n % 2, 90, 60)] for n in range(5)}
    assert main(["correct", str(predicted(tmp_path, files)), str(folder)]) == 0
    data = user_folder.read(folder)
    assert data.classes == CLASSES
    assert [len(data.splits[split]) for split in ("train", "validation", "test")] == [3, 1, 1]
    sizes = {scene.nm_per_pixel for scenes in data.splits.values() for scene in scenes}
    assert sizes == {0.5, 1.5, 2.5, 3.5, 4.5}


def test_labels_that_nobody_changed_are_counted_before_a_training(tmp_path: Path) -> None:
    folder = tmp_path / "corrected"
    files = {f"{n}.tif": [(0, 40, 40), (1, 90, 60)] for n in range(5)}
    assert main(["correct", str(predicted(tmp_path, files)), str(folder)]) == 0
    labels = sorted(f for f in (folder / "labels").glob("*/*.txt") if f.name != "classes.txt")
    assert "5 of 5 label files are as they were predicted" in untouched.notice(folder)
    read = pytest.importorskip("benchmark.detection.read")
    assert "warning: " + untouched.notice(folder) in read.notice(f"folder:{folder}")
    assert "not looked at" not in read.notice(f"folder:{folder}")
    labels[0].write_text("0 0.5 0.5 0.25 0.25\n")
    labels[1].unlink()
    assert "3 of 4 label files are as they were predicted" in untouched.notice(folder)
    for file in labels[2:]:
        file.write_text("1 0.5 0.5 0.25 0.25\n")
    assert untouched.notice(folder) == ""
    (folder / untouched.FILE).write_text("file\nx\n")
    assert "cannot be read ('sha256'); expected the columns" in untouched.notice(folder)
    (folder / untouched.FILE).write_text("file,sha256\n/nowhere/a.txt,0\n")
    assert untouched.notice(folder) == ""
    (folder / untouched.FILE).unlink()
    assert untouched.notice(folder) == ""


def test_no_correction_is_overwritten_and_nothing_is_left_half_written(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    predictions, folder = predicted(tmp_path, FILES), tmp_path / "corrected"
    (tmp_path / "micrographs" / "b.tif").write_bytes(b"another")
    assert main(["correct", str(predictions), str(folder)]) == 1
    assert "b.tif: was changed after the prediction" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["micrographs", "predictions"]
    folder.mkdir()
    (folder / "mine.txt").write_text("kept")
    assert main(["correct", str(predictions), str(folder)]) == 1
    assert "expected a new folder" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("files", "damage", "message"),
    [
        ({"a.tif": [], "b.tif": []}, None, "2 micrographs; expected 3 at least"),
        (FILES, "labels/a.txt", "expected the boxes of a.tif"),
        (FILES, "labels/classes.txt", "expected the classes of the prediction"),
        (FILES, "done", "found no finished prediction"),
        (FILES, "", "predictions: no such folder"),
    ],
)
def test_an_incomplete_prediction_is_refused_in_one_line(
    files: dict, damage: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    predictions = predicted(tmp_path, files)
    if damage is not None:
        (predictions / damage).rename(tmp_path / "elsewhere")
    assert main(["correct", str(predictions), str(tmp_path / "corrected")]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_names_that_are_one_on_a_mac_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    two = "Pr\u00fcf.tif", "Pru\u0308f.tif"  # both are shown as the same word
    predictions = predicted(tmp_path, {name: [(0, 60.0, 50.0)] for name in (*two, "c.tif")})
    assert main(["correct", str(predictions), str(tmp_path / "corrected")]) == 1
    assert "or in signs or accents that not every system takes" in capsys.readouterr().err


def test_a_prediction_without_a_box_says_what_to_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = predicted(tmp_path, {"a.tif": [], "b.tif": [], "c.tif": []})
    assert main(["correct", str(empty), str(tmp_path / "corrected")]) == 0
    assert (
        "boxes: 0 (all are left to draw: predict with a lower --confid" in capsys.readouterr().out
    )


def test_corrections_that_no_labels_hold_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Boxes are those of the labels: hours of work in ImageJ or a table must not vanish unseen."""
    predictions = predicted(tmp_path, FILES)
    assert main(["correct", str(predictions), str(tmp_path / "one")]) == 0
    assert "NOT READ" not in capsys.readouterr().out
    table = predictions / "particles" / "a.tif.csv"
    table.write_bytes(b"".join(table.read_bytes().splitlines(True)[:2]))
    (predictions / "particles.csv").write_text("class\n")
    assert main(["correct", str(predictions), str(tmp_path / "two")]) == 0
    said = capsys.readouterr().out
    assert f"NOT READ: 2 changed since the prediction, such as {table}." in said
    assert main(["correct", str(predictions), str(tmp_path / "one"), "--add"]) == 0
    assert "nothing was added (NOT READ: 2 " in capsys.readouterr().out


def test_labels_corrected_before_they_are_laid_out_are_none_of_the_model(tmp_path: Path) -> None:
    files = {f"{n}.tif": [(0, 40, 40), (1, 90, 60)] for n in range(4)}
    predictions, folder = predicted(tmp_path, files), tmp_path / "corrected"
    (predictions / "labels" / "0.txt").write_text("1 0.5 0.5 0.25 0.25\n")
    file = predictions / "done" / "1.tif.json"
    file.write_text(json.dumps(json.loads(file.read_bytes()) | {"particles_shown": "0" * 64}))
    assert main(["correct", str(predictions), str(folder)]) == 0
    assert "2 of 4 label files are as they were predicted" in untouched.notice(folder)
    (changed,) = (one for one in yolo.read(folder).pictures if one.path.stem == "0")
    assert changed.classes == ("ring",)
