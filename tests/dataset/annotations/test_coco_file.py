"""Boxes in a COCO file, and one error for each fault."""

import json

import numpy as np
import pytest
from small_annotations import BOXES, HEIGHT, WIDTH, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import coco


def written(folder, **changes):
    """A COCO file of one image with a box, an outlined one and a crowd, and an empty image."""
    for name in ("a.png", "b.png"):
        picture(folder / "pictures" / name)
    box = {"image_id": 7, "category_id": 3}
    content = {
        "images": [
            {"id": 7, "file_name": "pictures/a.png", "width": WIDTH, "height": HEIGHT},
            {"id": 8, "file_name": "pictures/b.png"},
        ],
        "annotations": [
            {"id": 1, **box, "bbox": [30, 15, 20, 10], "segmentation": [[30, 15, 50, 15, 50, 25]]},
            {"id": 2, **box, "category_id": 2, "bbox": [-4, 15, 16, 20]},
            {"id": 3, **box, "bbox": [1, 1, 5, 5], "iscrowd": 1},
        ],
        "categories": [{"id": 3, "name": "exosome"}, {"id": 2, "name": "virus"}],
        **changes,
    }
    path = folder / "boxes.json"
    path.write_text(json.dumps(content))
    return path


def test_a_coco_file(tmp_path):
    found = coco.read(written(tmp_path), split="test")
    first, second = found.pictures
    assert first.path == tmp_path / "pictures/a.png"
    assert (first.width, first.height, first.split) == (WIDTH, HEIGHT, "test")
    np.testing.assert_allclose(first.boxes, BOXES)
    assert first.classes == ("exosome", "virus")
    assert (second.boxes, second.classes) == ((), ())
    assert found.classes == ("virus", "exosome")
    assert (found.empty, found.cut, found.crowds, found.outlines) == (1, 1, 1, 1)
    assert str(found).endswith("; 1 crowds left out; 1 outlines not taken, their boxes were")


def test_the_pictures_may_lie_elsewhere(tmp_path):
    path = written(tmp_path)
    path = path.rename(tmp_path / "pictures/moved.json")
    assert len(coco.read(path, tmp_path).pictures) == 2


def one(**changes):
    entry = {"id": 1, "image_id": 7, "category_id": 3, "bbox": [30, 15, 20, 10], **changes}
    return {"annotations": [{k: v for k, v in entry.items() if v is not None}]}


IMAGE = {"id": 7, "file_name": "pictures/a.png"}
COCO_FAULTS = {
    "unknown image": (one(image_id=9), "annotation with id 1: of image 9, which is not listed"),
    "unknown category": (one(category_id=9), "with id 1: of category 9, which is not listed"),
    "wholly outside": (one(bbox=[90, 15, 20, 10]), "id 1: outside the image of 80x50 pixels"),
    "of no size": (one(bbox=[30, 15, 0, 10]), "annotation with id 1: of no size"),
    "nan": (one(bbox=[float("nan"), 15, 20, 10]), "annotation with id 1: not finite"),
    "no box": (one(bbox=None), "annotation with id 1: 'bbox' is missing"),
    "half a box": (one(bbox=[30, 15]), "annotation with id 1: not enough values"),
    "no id": (one(id=None, bbox=[30, 15, 0, 10]), "annotation number 1: of no size"),
    "a list as image": (one(image_id=[7]), "annotation with id 1: unhashable"),
    "other size": (
        {"images": [{**IMAGE, "width": 81, "height": HEIGHT}]},
        "image pictures/a.png has 81x50 pixels in it, and 80x50 as ",
    ),
    "image twice": ({"images": [IMAGE, IMAGE]}, "images, entry with id 7: there twice"),
    "file twice": ({"images": [IMAGE, {**IMAGE, "id": 8}]}, "entry with id 8: there twice"),
    "image without name": ({"images": [{"id": 7}]}, "images, entry with id 7: no number `id`, or"),
    "no category": ({"categories": []}, "of category 3, which is not listed"),
    "no list": ({"categories": None}, "no list `categories`"),
    "no image": ({"images": []}, "no image"),
}


@pytest.mark.parametrize("fault", COCO_FAULTS)
def test_a_bad_coco_file_is_named(tmp_path, fault):
    changes, found = COCO_FAULTS[fault]
    path = written(tmp_path, **changes)
    with pytest.raises(DatasetError) as caught:
        coco.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert found in message
    assert "expected COCO JSON" in message


@pytest.mark.parametrize("text", ["{", "[]", "\xff", '{"images": 3}'])
def test_what_is_no_coco_file(tmp_path, text):
    (tmp_path / "boxes.json").write_text(text, "latin-1")
    with pytest.raises(DatasetError, match=r"boxes\.json: (cannot be read as JSON|no list)"):
        coco.read(tmp_path / "boxes.json")


def test_a_picture_of_the_list_is_missing(tmp_path):
    path = written(tmp_path)
    (tmp_path / "pictures/b.png").unlink()
    with pytest.raises(DatasetError, match=r"pictures/b\.png: cannot be read as an image"):
        coco.read(path)
