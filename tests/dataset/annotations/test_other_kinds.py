"""Annotations that are not read are called by their name, with the way to convert them."""

import json

import pytest
import small_archive

from tem_virus_dataset.annotations.folders import other_kinds

VIA = {"_via_settings": {}, "_via_img_metadata": {}}
FILES = {
    "VIA": ("via_project.json", json.dumps(VIA), other_kinds.VIA),
    "VIA's export": ("via.json", '{"a.png12": {"regions": []}}', other_kinds.VIA),
    "COCO": ("boxes.json", '{"images": [], "annotations": []}', other_kinds.COCO),
    "LabelMe": ("a.json", '{"shapes": []}', other_kinds.LABELME),
    "Label Studio": ("p.json", '[{"data": {}, "annotations": []}]', other_kinds.LABEL_STUDIO),
    "CreateML": ("c.json", '[{"image": "a.png", "annotations": []}]', other_kinds.CREATE_ML),
    "Supervisely": ("ds/ann/a.png.json", '{"objects": []}', other_kinds.SUPERVISELY),
    "CSV": ("annotations.csv", "a.png,1,2,3,4,virus\n", other_kinds.CSV),
    "VIA's table": (
        "via_export_csv.csv",
        "\ufefffilename,file_size,file_attributes,region_count,region_id\n",
        other_kinds.VIA_TABLE,
    ),
    "VIA's first table": (
        "via_region_data.csv",
        "#filename,file_size,file_attributes,region_count,region_id\n",
        other_kinds.VIA_TABLE,
    ),
    "Topaz": ("particles.txt", "image_name\tx_coord\ty_coord\na\t40\t30\n", other_kinds.TOPAZ),
    "Topaz as CSV": ("p.csv", "image_name,x_coord,y_coord,score\n", other_kinds.TOPAZ),
    "Darknet": ("obj.data", "classes = 2\n", other_kinds.DARKNET),
    "CVAT's XML": (
        "annotations.xml",
        "<?xml version='1.0'?>\n<annotations/>",
        other_kinds.CVAT_XML,
    ),
    "Pascal VOC": ("Annotations/a.xml", "<annotation/>", other_kinds.VOC),
    "CVAT's YOLO": ("obj_train_data/a.txt", "", other_kinds.CVAT_YOLO),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_kind_is_recognized(tmp_path, kind):
    name, text, expected = FILES[kind]
    small_archive.text(tmp_path / name, text)
    found = other_kinds.within(tmp_path)
    assert found and found[1] == expected
    assert expected.remedy.endswith(".")


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"a": 1}', "[" * 100_000, "\xff"])
def test_other_json_is_of_no_kind(tmp_path, text):
    (tmp_path / "a.json").write_text(text, "latin-1")
    assert other_kinds.within(tmp_path) is None
