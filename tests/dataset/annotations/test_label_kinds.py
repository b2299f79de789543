"""Label files of every kind that is read: the boxes of each, what is counted, what is refused."""

import json

import numpy as np
import pytest
from small_annotations import BOXES, HEIGHT, WIDTH, divided

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.annotations.boxes import (
    CONFIDENCE,
    CUT,
    DIFFICULT,
    JOINED,
    OUTLINE,
    ROTATED,
)

CORNERS = ((30, 15, 50, 25), (-4, 15, 12, 35))  # the second reaches past the left border
NAMES = ("exosome", "virus")


def as_outline(corners):
    """A rhomb that touches each side of its box."""
    x0, y0, x1, y1 = corners
    points = [(x0, (y0 + y1) / 2), ((x0 + x1) / 2, y0), (x1, (y0 + y1) / 2), ((x0 + x1) / 2, y1)]
    return " ".join(f"{x / WIDTH} {y / HEIGHT}" for x, y in points)


def voc(boxes=CORNERS, size=(WIDTH, HEIGHT), names=NAMES):
    objects = "".join(
        f"<object><name>{name}</name><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax>"
        f"<ymax>{y1}</ymax></bndbox></object>"
        for name, (x0, y0, x1, y1) in zip(names, boxes, strict=False)
    )
    stated = f"<size><width>{size[0]}</width><height>{size[1]}</height><depth>1</depth></size>"
    return f"<annotation><filename>a.png</filename>{stated}{objects}</annotation>"


def rotated_voc(angle=0.5, width=20):
    """A box of 20x10 pixels around (40, 25), as roLabelImg writes it."""
    box = f"<cx>40</cx><cy>25</cy><w>{width}</w><h>10</h><angle>{angle}</angle>"
    thing = f"<object><type>robndbox</type><name>virus</name><robndbox>{box}</robndbox></object>"
    size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height></size>"
    return f"<annotation>{size}{thing}</annotation>"


def labelme(shapes=None, **changes):
    drawn = [
        {"label": name, "points": [[x1, y1], [x0, y0]], "shape_type": "rectangle"}
        for name, (x0, y0, x1, y1) in zip(NAMES, CORNERS, strict=True)
    ]
    size = {"imageWidth": WIDTH, "imageHeight": HEIGHT}
    return json.dumps({"version": "5.0", "shapes": shapes or drawn, **size, **changes})


LINE = "1 0.5 0.4 0.25 0.2 {0}\n0 0.05 0.5 0.2 0.4 {0}\n"
KINDS = {
    "a confidence": ("labels/{}/{}.txt", LINE.format("0.873"), {CUT: 3, CONFIDENCE: 6}),
    "a difficult one of VOC": (
        "labels/{}/{}.xml",
        voc().replace("<bndbox>", "<difficult>1</difficult><bndbox>", 1),
        {CUT: 3, DIFFICULT: 3},
    ),
    "outlines": (
        "labels/{}/{}.txt",
        f"1 {as_outline(CORNERS[0])}\n0 {as_outline(CORNERS[1])} -0.05 0.5\n",
        {CUT: 3, OUTLINE: 6},
    ),
    "an outline beside a box": (
        "labels/{}/{}.txt",
        f"1 {as_outline(CORNERS[0])}\n0 0.05 0.5 0.2 0.4\n",
        {CUT: 3, OUTLINE: 3},
    ),
    "class as float": ("labels/{}/{}.TXT", "1.0e+00 .5 .4 .25 .2\n0.0 .05 .5 .2 .4", {CUT: 3}),
    "Pascal VOC": ("labels/{}/{}.xml", voc(), {CUT: 3}),
    "LabelMe": ("labels/{}/{}.json", labelme(), {CUT: 3}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_label_files_of_every_kind_give_the_same_boxes(tmp_path, kind):
    labels, text, counts = KINDS[kind]
    found = yolo.read(divided(tmp_path, labels=labels, lines=text))
    assert [picture.split for picture in found.pictures] == ["train", "validation", "test"]
    for picture in found.pictures:
        np.testing.assert_allclose(picture.boxes, BOXES, atol=1e-9)
        assert picture.classes == NAMES
    assert found.classes == ("virus", "exosome")
    assert {remark: count for remark, count in found.counts.items() if count} == counts


@pytest.mark.parametrize("labels, text", [("{}/{}.xml", voc()), ("{}/{}.json", labelme())])
def test_named_classes_need_no_list(tmp_path, labels, text):
    found = yolo.read(divided(tmp_path, "{}/{}.png", labels, text, names=""))
    assert found.classes == ("exosome", "virus")
    assert {picture.classes for picture in found.pictures} == {NAMES}


def test_a_circle_and_a_polygon_of_labelme_have_the_box_around_them(tmp_path):
    shapes = [
        {"label": "virus", "points": [[20, 20], [26, 28]], "shape_type": "circle"},
        {"label": "virus", "points": [[40, 5], [60, 9], [50, 30]], "shape_type": "polygon"},
    ]
    found = yolo.read(divided(tmp_path, labels="labels/{}/{}.json", lines=labelme(shapes)))
    assert found.pictures[0].boxes == ((10, 10, 30, 30), (40, 5, 60, 30))
    assert found.counts[OUTLINE] == 6


@pytest.mark.parametrize("angle", [0.5, -0.5, 0.5 + np.pi])
def test_a_rotated_box_of_rolabelimg_has_the_box_around_it(tmp_path, angle):
    found = yolo.read(divided(tmp_path, labels="labels/{}/{}.xml", lines=rotated_voc(angle)))
    wide = 20 * np.cos(0.5) + 10 * np.sin(0.5)
    high = 20 * np.sin(0.5) + 10 * np.cos(0.5)
    expected = [(40 - wide / 2, 25 - high / 2, 40 + wide / 2, 25 + high / 2)]
    np.testing.assert_allclose(found.pictures[0].boxes, expected)
    assert found.counts[ROTATED] == 3


@pytest.mark.parametrize(
    ("degrees", "sides"), [("0.0", (20, 10)), ("90", (10, 20)), ("", (20, 10))]
)
def test_a_rotated_box_of_cvat_in_voc_has_the_box_around_it(tmp_path, degrees, sides):
    attributes = (
        "<attributes><attribute><name>source</name><value>a</value></attribute><attribute>"
        f"<name>rotation</name><value>{degrees}</value></attribute></attributes>"
    )
    text = voc([(30, 15, 50, 25)]).replace("</bndbox>", f"</bndbox>{attributes}")
    found = yolo.read(divided(tmp_path, labels="labels/{}/{}.xml", lines=text))
    wide, high = sides
    expected = [(40 - wide / 2, 20 - high / 2, 40 + wide / 2, 20 + high / 2)]
    np.testing.assert_allclose(found.pictures[0].boxes, expected, atol=1e-9)
    assert found.counts[ROTATED] == 3 * (degrees == "90")


@pytest.mark.parametrize("degrees", ["left", "12,5", "inf"])
def test_a_rotation_that_is_no_number_is_named(tmp_path, degrees):
    attributes = (
        f"<attributes><attribute><name>rotation</name><value>{degrees}</value></attribute>"
        "</attributes>"
    )
    text = voc([(30, 15, 50, 25)]).replace("</bndbox>", f"</bndbox>{attributes}")
    with pytest.raises(DatasetError, match=f"object 1 .*'{degrees}' as its rotation, not degrees"):
        yolo.read(divided(tmp_path, labels="labels/{}/{}.xml", lines=text))


def test_a_mask_and_an_old_polygon_of_labelme_have_the_box_around_them(tmp_path):
    shapes = [
        {"label": "virus", "points": [[10, 10], [30, 30]], "shape_type": "mask", "mask": "iVBO"},
        {"label": "virus", "points": [[40, 5], [60, 9], [50, 30]], "shape_type": None},
    ]
    found = yolo.read(divided(tmp_path, labels="labels/{}/{}.json", lines=labelme(shapes)))
    assert found.pictures[0].boxes == ((10, 10, 31, 31), (40, 5, 60, 30))  # up to its last pixel


def test_outlines_of_one_group_of_labelme_are_one_particle(tmp_path):
    left, right = [[10, 10], [18, 10], [18, 30]], [[22, 12], [30, 12], [30, 34]]
    shapes = [
        {"label": label, "points": points, "shape_type": kind, "group_id": group}
        for label, points, kind, group in (
            ("virus", left, "polygon", 1), ("virus", right, "polygon", 1),
            ("exosome", right, "polygon", 1),  # another label: another particle
            ("virus", left[::2], "rectangle", 2), ("virus", right[::2], "rectangle", 2),
            ("virus", [[40, 5], [48, 9], [48, 30]], "polygon", None),
            ("virus", [[50, 5], [58, 9], [58, 30]], "polygon", None),
        )
    ]  # fmt: skip
    found = yolo.read(divided(tmp_path, labels="labels/{}/{}.json", lines=labelme(shapes)))
    assert found.pictures[0].boxes == (
        (10, 10, 30, 34), (22, 12, 30, 34), (10, 10, 18, 30), (22, 12, 30, 34), (40, 5, 48, 30),
        (50, 5, 58, 30),
    )  # fmt: skip
    assert found.counts[JOINED] == 3
    assert "3 outlines joined with others of their group (clear group_id" in str(found)


@pytest.mark.parametrize("group", [None, "", -1])
def test_what_converters_write_in_place_of_a_group_joins_nothing(tmp_path, group):
    shapes = [
        {"label": "virus", "points": points, "shape_type": "polygon", "group_id": group}
        for points in ([[10, 10], [18, 10], [18, 30]], [[22, 12], [30, 12], [30, 34]])
    ]
    found = yolo.read(divided(tmp_path, labels="labels/{}/{}.json", lines=labelme(shapes)))
    assert found.pictures[0].boxes == ((10, 10, 18, 30), (22, 12, 30, 34))
    assert not found.counts[JOINED]


def test_kinds_that_are_mixed_are_read_and_reported(tmp_path):
    divided(tmp_path)
    (tmp_path / "labels/test/c.txt").unlink()
    (tmp_path / "labels/test/c.xml").write_text(voc())
    found = yolo.read(tmp_path)
    np.testing.assert_allclose(found.pictures[2].boxes, BOXES)
    assert "label files of several kinds: 2 .txt, 1 .xml" in str(found)


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_labels_that_name_another_image_that_is_there_are_pointed_out(tmp_path, kind):
    def text(name):
        if kind == "json":
            return labelme(imagePath=f"..\\{name}" if name else None)
        return voc().replace("a.png", name)

    divided(tmp_path, labels=f"labels/{{}}/{{}}.{kind}", lines=text(""))
    file = tmp_path / f"labels/test/c.{kind}"
    for name in ("C.PNG", "c.tif", "earlier.png"):
        file.write_text(text(name))
        assert "naming another image" not in str(yolo.read(tmp_path))
    file.write_text(text("A.jpg"))
    note = f"1 label file naming another image that is there, too ({file}: A.jpg), each taken"
    assert note in str(yolo.read(tmp_path))


FRACTIONS = [(0.4, 0.3, 0.6, 0.5), (0, 0.3, 0.2, 1)]
FRACTION = [{"label": "virus", "points": [[0.4, 0.3], [0.6, 0.5]], "shape_type": "rectangle"}]
POINT = [{"label": "virus", "points": [[1, 2]], "shape_type": "point"}]
FAULTS = {
    "empty VOC": ("xml", "<annotation/>", "found <annotation> without <size> and <object> and 2 "),
    "no VOC": ("xml", "<annotations/>", "found <annotations> in its place"),
    "no XML": ("xml", "<annotation>", "cannot be read as XML"),
    "VOC of another size": ("xml", voc(size=(81, 50)), "81x50 pixels in it, 80x50 as file"),
    "VOC without a box": ("xml", voc([("", "", "", "")]), "object 1 (exosome): no whole <bndbox>"),
    "VOC in degrees": ("xml", rotated_voc(45), "an angle of 45 in place of radians"),
    "rotated VOC without a width": ("xml", rotated_voc(width=""), "no whole <robndbox>"),
    "VOC of an unknown class": ("xml", voc(names=["rod"]), "object 1 (class rod, known are vir"),
    "VOC in fractions": ("xml", voc(FRACTIONS), "object 1 (exosome): no pixels, but fractions"),
    "LabelMe in fractions": ("json", labelme(FRACTION), "shape 1: no pixels, but fractions of t"),
    "a point": ("json", labelme(POINT), "shape 1: a point, which has no box and 2 more such shap"),
    "LabelMe of another size": ("json", labelme(imageWidth=81), "81x50 pixels in it, 80x50 as f"),
    "no JSON": ("json", "{", "cannot be read as JSON"),
    "COCO": ("json", '{"images": [], "annotations": []}', "found COCO JSON and 2 more such files"),
    "another ending": ("csv", "a", "a.csv: found .csv among the labels; expected YOLO's .txt, P"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_label_file_is_named_with_the_number_of_its_kind(tmp_path, fault):
    ending, text, found = FAULTS[fault]
    divided(tmp_path, labels=f"labels/{{}}/{{}}.{ending}", lines=text)
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    assert (
        str(caught.value).startswith(f"{tmp_path}/labels/train/a.{ending}: ") or "object" in found
    )
    assert found in str(caught.value)
    assert "\n" not in str(caught.value)


def test_faults_of_a_kind_are_counted_over_all_files(tmp_path):
    divided(tmp_path, lines="0 20 10 4 5\n1 30 10 4 5\n\n0 0.5 0.5 0.1\n")
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/labels/train/a.txt, line 1: '0 20 10 4 5' (no fractions")
    assert "and 5 more such lines in 3 files; expected" in message
    assert "3 faults of other kinds besides" in message


def test_several_boxes_of_an_unknown_class_are_counted(tmp_path):
    divided(tmp_path, lines="7 0.5 0.5 0.1 0.1\n")
    with pytest.raises(DatasetError, match=r"known are 0 to 1.* and 2 more such boxes in 3 files"):
        yolo.read(tmp_path)


def test_two_label_files_of_an_image_are_refused(tmp_path):
    divided(tmp_path)
    (tmp_path / "labels/train/a.xml").write_text(voc())
    with pytest.raises(DatasetError, match=r"a\.xml: beside a\.txt; expected one label file"):
        yolo.read(tmp_path)


def test_two_corners_in_place_of_centre_and_size_are_refused(tmp_path):
    corners = ("0.1 0.2 0.15 0.26", "0.8 0.7 0.86 0.75", "0.4 0.5 0.47 0.55")
    folder = divided(tmp_path, lines="".join(f"0 {box}\n" for box in corners))
    with pytest.raises(DatasetError, match="look like two corners") as caught:
        yolo.read(folder)
    assert "Export the labels as YOLO again" in str(caught.value)
    wide = ("0.5 0.5 0.6 0.7", "0.5 0.5 0.7 0.8", "0.4 0.5 0.6 0.7")  # inside the image
    yolo.read(divided(tmp_path / "wide", lines="".join(f"0 {box}\n" for box in wide)))
