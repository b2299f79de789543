"""What lies beside labels and is none: texts of microscopes, files of other kinds."""

import gzip
import json
import zipfile

import pytest
import small_archive
from small_annotations import HEIGHT, STEMS, WIDTH, divided, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import write_yolo, yolo
from tem_virus_dataset.annotations.folders import layout, other_kinds

VOC = (
    "<annotation><object><name>virus</name><bndbox><xmin>30</xmin><ymin>15</ymin><xmax>50</xmax>"
    "<ymax>25</ymax></bndbox></object></annotation>"
)
TEXTS = {
    "JEOL": (".txt", "$CM_FORMAT JEOL-SEM\n$CM_FULL_SIZE 80 50\n"),
    "Hitachi": (".txt", "[TemImageFile]\nPixelSize=1.5\n"),
    "EPU": (".xml", '<?xml version="1.0"?>\n<MicroscopeImage xmlns="x"><a/></MicroscopeImage>'),
    "OME": (".xml", '\ufeff<?xml version="1.0"?><!-- a --><OME/>'),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts_of_microscopes_are_no_labels(tmp_path, case):
    ending, text = TEXTS[case]
    picture(tmp_path / "a.tif")
    small_archive.text(tmp_path / f"a{ending}", text)
    other = ".xml" if ending == ".txt" else ".txt"
    small_archive.text(tmp_path / f"a{other}", VOC if other == ".xml" else "0 .5 .4 .25 .2\n")
    small_archive.text(tmp_path / "classes.txt", "virus\n")
    found = yolo.read(tmp_path)
    assert found.pictures[0].boxes[0] == pytest.approx((30, 15, 50, 25))
    assert found.notes == ()


KINDS = {
    "via_region_data.json": ('{"a.png12": {"regions": []}}', other_kinds.VIA),
    "result.json": ('{"images": [], "annotations": []}', other_kinds.COCO),
    "annotations.xml": ("<annotations><track/></annotations>", other_kinds.CVAT_XML),
}


@pytest.mark.parametrize("name", KINDS)
def test_files_of_other_kinds_among_labels_are_called_by_their_name(tmp_path, name):
    text, kind = KINDS[name]
    small_archive.text(divided(tmp_path) / "labels/train" / name, text)
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    message = str(caught.value)
    assert f"train/{name}: found {kind.name}; expected a label file for each image" in message
    assert message.endswith(kind.remedy)


@pytest.mark.parametrize("labels", ["labels/{}/{}.png.txt", "labels/{}/{}.PNG.txt"])
def test_labels_may_have_the_whole_name_of_the_image(tmp_path, labels):
    if "PNG" in labels:
        with pytest.raises(DatasetError, match="labels without an image"):
            yolo.read(divided(tmp_path, labels=labels))
        return
    found = yolo.read(divided(tmp_path, labels=labels))
    assert [len(p.boxes) for p in found.pictures] == [2, 2, 2]
    beside = yolo.read(divided(tmp_path / "beside", "{}/{}.png", "{}/{}.png.txt"))
    assert {p.split for p in beside.pictures} == set(STEMS)
    assert [len(p.boxes) for p in beside.pictures] == [2, 2, 2]


def test_a_text_with_words_is_no_reason_to_take_images_for_labelled(tmp_path):
    for split in STEMS:
        picture(tmp_path / split / "Orf/a.tif")
        small_archive.text(tmp_path / split / "Orf/a.tif.txt", "kV 120\n")
        small_archive.text(tmp_path / split / "Orf/a.tif.xml", "<a/>")
    assert layout.divided(tmp_path).places == ()


def test_an_image_of_a_kind_that_is_not_read_is_named(tmp_path):
    divided(tmp_path)
    image = tmp_path / "images/train/a.png"
    image.rename(image.with_suffix(".webp"))
    with pytest.raises(
        DatasetError, match=r"a\.txt: labels of a\.webp; expected .* Save it as PNG"
    ):
        yolo.read(tmp_path)


def test_rois_and_geojson_are_recognized(tmp_path):
    with zipfile.ZipFile(tmp_path / "RoiSet.zip", "w") as archive:
        archive.writestr("0001-0010.roi", b"Iout")
    assert other_kinds.of_file(tmp_path / "RoiSet.zip") == other_kinds.IMAGEJ
    for number, content in enumerate(
        ({"type": "FeatureCollection", "features": []}, [{"type": "Feature", "geometry": {}}])
    ):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(content))
        assert other_kinds.of_file(path) == other_kinds.GEOJSON
    assert other_kinds.of_file(tmp_path / "a.roi") == other_kinds.IMAGEJ
    assert other_kinds.of_file(tmp_path / "a.geojson") == other_kinds.GEOJSON
    (tmp_path / "cut.zip").write_bytes(b"PK")
    assert other_kinds.of_file(tmp_path / "cut.zip") is None
    task = {"id": 1, "data": {"image": "a.png"}, "annotations": []}
    path = tmp_path / "task.json"
    path.write_text(json.dumps(task))
    assert other_kinds.of_file(path) == other_kinds.LABEL_STUDIO


@pytest.mark.parametrize("name", ["pixel_sizes.csv", "Splits.csv", "predicted.csv"])
def test_tables_of_this_project_are_no_boxes(tmp_path, name):
    small_archive.text(tmp_path / name, "file,split\n")
    assert other_kinds.within(tmp_path) is None


def test_packed_images_are_written_with_labels_of_their_name(tmp_path):
    divided(tmp_path / "mine")
    for path in (tmp_path / "mine").rglob("*.png"):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    found = yolo.read(tmp_path / "mine")
    write_yolo.write(found, tmp_path / "again")
    again = yolo.read(tmp_path / "again")
    assert [len(p.boxes) for p in again.pictures] == [2, 2, 2]
    assert (tmp_path / "again/labels/train/a.txt").is_file()
    assert (again.pictures[0].width, again.pictures[0].height) == (WIDTH, HEIGHT)
