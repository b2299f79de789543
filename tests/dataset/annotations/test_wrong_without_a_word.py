"""What would give wrong boxes, or background in place of particles, without a word."""

import json
import math
import zipfile

import pytest
import small_archive
from PIL import Image
from small_annotations import STEMS, divided, layout, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import coco, yolo
from tem_virus_dataset.annotations.folders import images, other_kinds

CORNERS = [(2, 1, 6, 5), (40, 5, 60, 20), (30, 30, 70, 45), (50, 20, 75, 40)]


def coco_file(folder, annotations):
    picture(folder / "a.png")
    boxes = [{"id": n, "image_id": 1, "category_id": 1, **a} for n, a in enumerate(annotations)]
    content = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": boxes,
        "categories": [{"id": 1, "name": "virus"}],
    }
    path = folder / "a.json"
    path.write_text(json.dumps(content))
    return path


def test_corners_in_coco_are_refused(tmp_path):
    path = coco_file(tmp_path, [{"bbox": corners} for corners in CORNERS])
    with pytest.raises(DatasetError, match=r"a\.json: 4 boxes that look like two corners .*x1 - x"):
        coco.read(path)
    path = coco_file(tmp_path, [{"bbox": [x, y, a - x, b - y]} for x, y, a, b in CORNERS])
    assert coco.read(path).pictures[0].boxes == tuple(CORNERS)


@pytest.mark.parametrize(
    "boxes",
    [
        [(0.1, 0.1, 0.7, 0.7)] * 9,  # one large particle in each image
        [(0.1, 0.1, 0.905, 0.905)] * 9,  # rounded
        [(0.5, 0.5, 0.6, 0.6), (0.8, 0.1, 0.1, 0.2), (0.5, 0.5, 0.6, 0.6)],
        [(0.5, 0.5, 0.6, 0.6)] * 2,
    ],
)
def test_large_boxes_are_no_corners(tmp_path, boxes):
    width, height = images.size_of(picture(tmp_path / "b.png"))
    sides = (width, height, width, height)
    in_pixels = [[a * side for a, side in zip(box, sides, strict=True)] for box in boxes]
    path = coco_file(tmp_path, [{"bbox": box} for box in in_pixels])
    assert len(coco.read(path).pictures[0].boxes) == len(set(boxes))


FEW = [(0.1, 0.1, 0.3, 0.4), (0.5, 0.5, 0.8, 0.9), (0.3, 0.6, 0.6, 0.9)]  # x0, y0, x1, y1


def as_centres(corners):
    x0, y0, x1, y1 = corners
    return (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0


def one_a_file(folder, boxes, form="0 {} {} {} {}"):
    divided(folder)
    for stem, split, box in zip("abc", STEMS, boxes, strict=True):
        (folder / f"labels/{split}/{stem}.txt").write_text(form.format(*box))
    return folder


def test_corners_in_yolo_are_refused_where_each_file_has_one_box(tmp_path):
    with pytest.raises(DatasetError, match=r"a\.txt and 2 more files: .* two corners .*Export"):
        yolo.read(one_a_file(tmp_path, FEW))
    assert len(yolo.read(one_a_file(tmp_path, map(as_centres, FEW))).pictures) == 3
    large = [(0.5, 0.5, 0.9, 0.9), (0.5, 0.5, 1.004, 0.8), (0.4, 0.45, 0.8, 0.905)]
    assert len(yolo.read(one_a_file(tmp_path, large)).pictures) == 3


def test_a_particle_that_is_larger_than_its_image_is_no_corners(tmp_path):
    boxes = [(0.5, 0.5, 1.03, 1.03), (0.45, 0.45, 0.9, 0.9), (0.5, 0.5, 1.04, 0.8)]
    assert len(yolo.read(one_a_file(tmp_path, boxes)).pictures) == 3
    path = coco_file(tmp_path, [{"bbox": [-n, -n, 85, 55]} for n in range(2, 5)])
    assert coco.read(path).pictures[0].boxes


def test_corners_are_noticed_beside_a_box_that_is_larger_than_its_image(tmp_path):
    one_a_file(tmp_path, FEW)
    with (tmp_path / "labels/train/a.txt").open("a") as file:
        file.write("\n0 0.5 0.5 1.04 1.04\n")
    with pytest.raises(DatasetError, match="boxes that look like two corners"):
        yolo.read(tmp_path)


def test_large_boxes_that_were_rounded_are_no_corners(tmp_path):
    """Their sides at the border are half of the last digit behind it."""
    one_a_file(tmp_path, FEW)
    boxes = [(0.333333, 0.25, 0.666667, 0.5), (0.25, 0.3, 0.5, 0.6), (0.25, 0.333333, 0.3, 0.6666)]
    lines = ["0 {} {} {} {}\n".format(*box) for box in boxes]
    for stem, split in zip("abc", STEMS, strict=True):
        (tmp_path / f"labels/{split}/{stem}.txt").write_text("".join(lines))
    assert len(yolo.read(tmp_path).pictures[0].boxes) == 3


def test_an_outline_between_them_does_not_hide_corners(tmp_path):
    one_a_file(tmp_path, FEW)
    with (tmp_path / "labels/train/a.txt").open("a") as file:
        file.write("\n0 0.1 0.1 0.3 0.1 0.3 0.3\n")
    with pytest.raises(DatasetError, match="boxes that look like two corners"):
        yolo.read(tmp_path)


def test_a_confidence_before_the_box_is_refused(tmp_path):
    boxes = list(map(as_centres, FEW))
    with pytest.raises(DatasetError, match=r"a\.txt and .* a confidence before the box .*behind"):
        yolo.read(one_a_file(tmp_path, boxes, "0 0.83 {} {} {} {}"))
    (tmp_path / "labels/train/a.txt").write_text(
        "".join("0 0.9 {} {} {} {}\n".format(*box) for box in boxes)
    )
    with pytest.raises(DatasetError, match=r"a\.txt: 3 boxes .* a confidence before the box"):
        yolo.read(tmp_path)
    found = yolo.read(one_a_file(tmp_path, boxes, "0 {} {} {} {} 0.83"))
    assert found.pictures[0].boxes[0] == pytest.approx((8, 5, 24, 20))


def test_a_point_that_is_no_number_does_not_vanish_from_its_outline(tmp_path):
    outline = [[5, 5, 20, 5, 20, math.nan, 5, 20]]
    path = coco_file(tmp_path, [{"segmentation": outline}])
    with pytest.raises(DatasetError, match="annotation with id 0: not finite"):
        coco.read(path)
    path = coco_file(tmp_path, [{"segmentation": [[]]}])
    with pytest.raises(DatasetError, match="annotation with id 0: an outline without points"):
        coco.read(path)
    points = [[5, 5], [20, math.nan], [5, 20]]
    shape = {"label": "virus", "points": points, "shape_type": "polygon"}
    path.write_text(json.dumps({"shapes": [shape]}))
    with pytest.raises(DatasetError, match="shape 1: not finite"):
        yolo.read(tmp_path)


def test_two_boxes_of_one_object_are_refused(tmp_path):
    picture(tmp_path / "a.png")
    box = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax></bndbox>"
    text = f"<annotation><object><name>virus</name>{box}{box}</object></annotation>"
    small_archive.text(tmp_path / "a.xml", text)
    with pytest.raises(DatasetError, match=r"object 1 \(virus\): 2 times <bndbox>"):
        yolo.read(tmp_path)


POINTERS = {
    "version https://git-lfs.github.com/spec/v1\noid sha256:a\nsize 12\n": "git lfs pull",
    "/annex/objects/SHA256E-s12--a.txt\n": "git annex get",
}


@pytest.mark.parametrize("text", POINTERS)
@pytest.mark.parametrize("name", ["classes.txt", "labels/train/a.txt", "images/train/a.png"])
def test_pointers_are_not_read_as_files(tmp_path, name, text):
    (divided(tmp_path) / name).write_text(text)
    with pytest.raises(DatasetError, match=rf"{name}: a pointer of .*Run `{POINTERS[text]}` in"):
        yolo.read(tmp_path)


@pytest.mark.parametrize(
    "image", ["{}/License_{}.png", "{}/readme {}.png", "{}/_annotations{}.png"]
)
def test_images_may_have_names_of_other_files(tmp_path, image):
    labels = image.replace(".png", ".txt").replace("L", "l")
    found = yolo.read(divided(tmp_path, image, labels))
    assert all(picture.boxes for picture in found.pictures)


def test_a_readme_among_labels_is_no_label(tmp_path):
    root = divided(tmp_path)
    small_archive.text(root / "labels/train/README.txt", "by A. B.\n")
    assert yolo.read(root).notes == ()


@pytest.mark.parametrize("ending", [".box", ".star", ".zip", ".roi"])
def test_boxes_of_another_program_are_no_background(tmp_path, ending):
    layout(tmp_path, "side by side")
    picture(tmp_path / "b.png")
    file = tmp_path / f"b{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("1.roi", b"Iout")
    else:
        file.write_text("20 10 40 40\n")
    kind = other_kinds.of_file(file)
    assert kind
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    message = str(caught.value)
    assert f"b{ending}: {kind.name} in place of the labels of b.png; expected" in message
    assert message.endswith(kind.remedy)


@pytest.mark.parametrize("names", ["{}_set", "{} Images", "{}data", "{}-split"])
def test_folders_of_splits_may_be_called_sets(tmp_path, names):
    splits = [names.format(word) for word in ("train", "Val", "test")]
    found = yolo.read(divided(tmp_path, splits=splits))
    assert {picture.split for picture in found.pictures} == set(STEMS)


def test_labels_that_are_not_divided_are_told(tmp_path):
    with pytest.raises(DatasetError, match=r"Put them there: .*labels holds labels that are not d"):
        yolo.read(divided(tmp_path, labels="labels/{}{}.txt"))


def test_what_systems_and_editors_leave_is_no_label(tmp_path):
    root = divided(tmp_path)
    for name in (
        "labels/train/a.txt:Zone.Identifier",
        "labels/train/a.txt~",
        "images/train/Icon\r",
    ):
        (root / name).write_text("[ZoneTransfer]\n")
    assert yolo.read(root).notes == ()


def test_labels_beside_images_are_found_in_capitals(tmp_path):
    root = divided(tmp_path)
    small_archive.text(root / "images/train/a.TXT", "0 .5 .5 .1 .1\n")
    with pytest.raises(DatasetError, match=r"a\.TXT: labels beside the image"):
        yolo.read(root)


VOC = "<annotation>{}<object><name>virus</name><bndbox>{}</bndbox></object></annotation>"
BOX = "<xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax>"


def test_objects_of_pascal_voc_in_another_element_are_no_background(tmp_path):
    root = divided(tmp_path)
    (root / "labels/train/a.txt").unlink()
    nested = VOC.format("<size/>", BOX).replace("<object>", "<objects><object>")
    nested = nested.replace("</object>", "</object></objects>")
    small_archive.text(root / "labels/train/a.xml", nested)
    with pytest.raises(DatasetError, match=r"a\.xml: 1 <object> in another element, not in <annot"):
        yolo.read(root)


@pytest.mark.parametrize("program", ["Pascal VOC", "LabelMe"])
def test_a_size_before_the_turn_of_exif_is_explained(tmp_path, program):
    exif = Image.Exif()
    exif[images.ORIENTATION] = 6
    Image.new("L", (80, 50)).save(tmp_path / "a.jpg", exif=exif)
    if program == "LabelMe":
        text, name = json.dumps({"shapes": [], "imageWidth": 80, "imageHeight": 50}), "a.json"
    else:
        size = "<size><width>80</width><height>50</height></size>"
        text, name = VOC.format(size, BOX), "a.xml"
    small_archive.text(tmp_path / name, text)
    with pytest.raises(DatasetError, match=r"80x50 .*EXIF orientation 6\).*Save the image in upr"):
        yolo.read(tmp_path)


def test_texts_of_gdal_beside_images_are_no_labels(tmp_path):
    root = divided(tmp_path, "{}/{}.png", "{}/{}.txt")
    small_archive.text(root / "train/a.png.aux.xml", "<PAMDataset></PAMDataset>")
    assert len(yolo.read(root).pictures) == 3


@pytest.mark.parametrize("program, is_said", [("VGG Image Annotator", True), ("another", False)])
def test_regions_that_via_leaves_out_are_pointed_out(program, is_said, tmp_path):
    path = coco_file(tmp_path, [])
    info = {"description": f"VIA project exported to COCO format using {program} (http://...)"}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"info": info}))
    said = "radio attribute: look at 1 image without a box"
    assert (said in str(coco.read(path))) == is_said
    path = coco_file(tmp_path, [{"bbox": [1, 2, 3, 4]}])
    path.write_text(json.dumps(json.loads(path.read_text()) | {"info": info}))
    assert "VIA" not in str(coco.read(path))
