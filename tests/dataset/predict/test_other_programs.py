"""Files for other programs: positions, sizes and classes as each of them understands them."""

import contextlib
import dataclasses
import io
import json
import math
import zipfile

import pytest
from measured_particles import BOXES, CLASSES, result
from project_paths import ROOT

from tem_virus_dataset.predict.results import WRITERS
from tem_virus_dataset.predict.writers import coco, imagej, kinds, picking, tables, yolo
from tem_virus_dataset.predict.writers.result import categories


def test_every_format_has_a_writer_and_a_line_in_the_document():
    assert {*WRITERS, *kinds.OF_PIXELS} == set(kinds.SUFFIXES)
    assert set(kinds.FOLDERS.values()) == {*kinds.SUFFIXES, ""}  # "": COCO, of all micrographs
    text = (ROOT / "docs" / "predict.md").read_text("utf-8")
    assert [name for name in kinds.FOLDERS if f"\n| `{name}` | " not in text] == []


def test_rois_of_imagej_are_rectangles_named_by_class(tmp_path):
    roifile = pytest.importorskip("roifile")
    (tmp_path / "a.zip").write_bytes(imagej.roi_zip(result()))
    rois = roifile.roiread(tmp_path / "a.zip")
    assert [roi.name for roi in rois] == ["Orf-0001", "Ebola-0001", "unknown-0001"]
    for roi, (x0, y0, width, height) in zip(rois, BOXES, strict=True):
        assert roi.roitype == roifile.ROI_TYPE.RECT
        assert (roi.xd, roi.yd, roi.widthd, roi.heightd) == pytest.approx((x0, y0, width, height))
        corners = (roi.left, roi.top, roi.right, roi.bottom)
        assert corners == tuple(map(round, (x0, y0, x0 + width, y0 + height)))
    assert rois[2].properties == {
        "class": "unknown", "confidence": 0.5, "most_similar": "Orf", "novelty": 1.25,
        "uncertain": True,
    }  # fmt: skip
    assert len({roi.stroke_color for roi in rois}) == 3
    assert imagej.roi_zip(result()) == imagej.roi_zip(result())


@pytest.mark.parametrize("name", ["a.mrc", "a.MRC.gz", "a.mrc.xz", "a.ali"])
def test_rois_of_mrc_count_from_the_lowest_row(tmp_path, name):
    """Bio-Formats, with which Fiji opens MRC, shows the first row at the bottom."""
    roifile = pytest.importorskip("roifile")
    (tmp_path / "a.zip").write_bytes(imagej.roi_zip(result(name)))
    for roi, (x0, y0, width, height) in zip(
        roifile.roiread(tmp_path / "a.zip"), BOXES, strict=True
    ):
        mirrored = x0, 200 - y0 - height, width, height
        assert (roi.xd, roi.yd, roi.widthd, roi.heightd) == pytest.approx(mirrored)
    assert picking.box(result(name)).split()[:4] == ["10", "5", "41", "20"]


def test_rois_of_classes_that_are_spelt_alike_have_names_of_their_own():
    alike = dataclasses.replace(result(), classes=("Virus_A", "virus/a"))
    with zipfile.ZipFile(io.BytesIO(imagej.roi_zip(alike))) as archive:
        names = archive.namelist()
    assert names == ["virus_a-0001.roi", "Virus_A-0002.roi", "unknown-0001.roi"]


def test_a_point_is_a_point_in_imagej(tmp_path):
    roifile = pytest.importorskip("roifile")
    (tmp_path / "a.zip").write_bytes(imagej.roi_zip(result(are_points=True)))
    roi = roifile.roiread(tmp_path / "a.zip")[0]
    assert roi.roitype == roifile.ROI_TYPE.POINT
    assert roi.coordinates().tolist() == [[30.5, 15]]


def test_coco_is_read_by_pycocotools(tmp_path):
    tools = pytest.importorskip("pycocotools.coco")
    results = [result("a.tif"), result("g/b.tif")]
    file = tmp_path / "coco.json"
    file.write_text(coco.dataset(results, categories(results, CLASSES)))
    with contextlib.redirect_stdout(io.StringIO()):
        read = tools.COCO(str(file))
    assert [c["name"] for c in read.loadCats(read.getCatIds())] == ["Ebola", "Orf", "unknown"]
    assert [i["file_name"] for i in read.loadImgs(read.getImgIds())] == ["a.tif", "g/b.tif"]
    found = read.loadAnns(read.getAnnIds(imgIds=[2]))
    assert [tuple(a["bbox"]) for a in found] == BOXES
    assert [a["category_id"] for a in found] == [2, 1, 3]
    assert json.loads(file.read_text())["images"][0]["width"] == 400


def test_unknown_is_a_category_only_where_novelty_is_measured():
    silent = result(novelty=math.nan)
    assert categories([silent], CLASSES) == ("Ebola", "Orf")
    assert categories([silent, result()], CLASSES) == ("Ebola", "Orf", "unknown")
    assert categories([], CLASSES, measures_novelty=True) == ("Ebola", "Orf", "unknown")


def test_yolo_has_unknown_as_its_last_class():
    lines = yolo.labels(result()).splitlines()
    assert [line.split()[0] for line in lines] == ["1", "0", "2"]
    x, y, width, height = map(float, lines[0].split()[1:])
    assert (x * 400, y * 200, width * 400, height * 200) == pytest.approx((30.5, 15, 41, 20))


def test_coordinates_of_relion():
    """The text form of STAR: `loop_`, then a numbered name for each column, then rows."""
    lines = picking.star(result()).splitlines()
    start = lines.index("loop_") + 1
    names = [line.split() for line in lines[start:] if line.startswith("_")]
    assert [int(number.removeprefix("#")) for _, number in names] == list(range(1, len(names) + 1))
    assert [name for name, _ in names[:3]] == [
        "_rlnCoordinateX", "_rlnCoordinateY", "_rlnClassNumber"
    ]  # fmt: skip
    rows = [line.split() for line in lines[start + len(names) :] if line]
    assert [tuple(map(float, row[:2])) for row in rows] == [(30.5, 15), (300, 160), (110, 101)]
    assert [row[2] for row in rows] == ["2", "1", "3"]
    assert {len(row) for row in rows} == {len(names)}
    assert "# class 2: Orf" in lines


@pytest.mark.parametrize(
    ("file", "lower"),
    [
        ("a.tif", 200 - (5 + 20)), ("a.dm4", 200 - (5 + 20)), ("a.mrc", 5), ("a.MRC.gz", 5),
        ("a.ali", 5),
    ],
)  # fmt: skip
def test_boxes_of_eman_are_at_the_lower_left(file, lower):
    """EMAN turns all kinds over but MRC, whose first row it shows at the bottom."""
    first = picking.box(result(file)).splitlines()[0]
    assert first.split("\t") == ["10", str(lower), "41", "20"]


def test_the_particle_table_holds_all():
    text = tables.particles_table(result())
    assert tables.read_particles(text, CLASSES) == result().particles
    points = result(are_points=True, novelty=math.nan)
    text = tables.particles_table(points)
    read = tables.read_particles(text, CLASSES)
    assert [(p.x, p.y, p.label, p.is_point) for p in read] == [
        (p.x, p.y, p.label, True) for p in points.particles
    ]
    with pytest.raises(ValueError, match="not in tuple"):
        tables.read_particles(text, ("Ebola", "Lassa"))
