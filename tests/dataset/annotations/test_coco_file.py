"""Boxes in a COCO file, and one error for each fault."""

import json

import numpy as np
import pytest
from PIL import Image
from small_annotations import BOXES, HEIGHT, WIDTH, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import boxes, coco


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
    assert found.counts == {boxes.CUT: 1, boxes.CROWD: 1, boxes.BOXED_OUTLINE: 1}
    assert found.empty == 1
    assert "; 1 image without a box, taken as background (test 1); " in str(found)
    assert "; 1 crowd left out" in str(found)


def test_the_pictures_may_lie_elsewhere(tmp_path):
    path = written(tmp_path)
    path = path.rename(tmp_path / "pictures/moved.json")
    assert len(coco.read(path, tmp_path).pictures) == 2


@pytest.mark.parametrize("mark, remark", [("iscrowd", boxes.CROWD), ("ignore", boxes.IGNORED)])
@pytest.mark.parametrize("stated", [0, "0", "false", None, 1, "1", True])
def test_a_mark_may_be_stated_as_a_text(tmp_path, stated, mark, remark):
    """A crowd is left out; a box to be ignored is kept and counted."""
    path = written(tmp_path, **one())
    content = json.loads(path.read_text())
    content["annotations"][0][mark] = stated
    path.write_text(json.dumps(content))
    found = coco.read(path)
    is_set = stated in (1, "1")  # True, too
    assert found.counts.get(remark, 0) == is_set
    assert len(found.pictures[0].boxes) == 1 - (is_set and mark == "iscrowd")


def test_a_category_without_boxes_may_have_the_name_of_another(tmp_path):
    named = [{"id": 0, "name": "virus"}, {"id": 2, "name": "virus"}, {"id": 3, "name": "exosome"}]
    found = coco.read(written(tmp_path, categories=named))
    assert found.classes == ("virus", "exosome")
    assert found.pictures[0].classes == ("exosome", "virus")


def one(**changes):
    entry = {"id": 1, "image_id": 7, "category_id": 3, "bbox": [30, 15, 20, 10], **changes}
    return {"annotations": [{k: v for k, v in entry.items() if v is not None}]}


OUTLINE = {"bbox": [], "segmentation": [[30, 15, 50, 15, 50, 25], [32, 12, 34, 12, 34, 13]]}
SAME = {
    "ids as words": lambda c: renumbered(c, lambda number: f"{number:06d}"),
    "ids as float": lambda c: renumbered(c, float),
    "strings in bbox": lambda c: c["annotations"][0].update(bbox=["30", "15", "20", "10"]),
    "sizes as words": lambda c: c["images"][0].update(width=str(WIDTH), height=str(HEIGHT)),
    "sizes unknown": lambda c: c["images"][0].update(width=0, height=None),
    "backslashes": lambda c: c["images"][0].update(file_name="pictures\\a.png"),
    "other capitals": lambda c: c["images"][0].update(file_name="Pictures/A.PNG"),
    "an absolute path": lambda c: None,
    "twice": lambda c: c["annotations"].append({**c["annotations"][0], "id": 9}),
}


def renumbered(content, change):
    """Give images and categories other ids."""
    for entry in content["images"] + content["categories"]:
        entry["id"] = change(entry["id"])
    for entry in content["annotations"]:
        entry.update({key: change(entry[key]) for key in ("image_id", "category_id")})


@pytest.mark.parametrize("case", SAME)
def test_harmless_differences_change_no_box(tmp_path, case):
    path = written(tmp_path)
    expected = coco.read(path)
    content = json.loads(path.read_text())
    SAME[case](content)
    if case == "an absolute path":
        content["images"][0]["file_name"] = str(tmp_path / "pictures/a.png")
    path.write_text(json.dumps(content), "utf-8-sig" if case == "twice" else None)
    found = coco.read(path)
    assert (found.pictures, found.classes) == (expected.pictures, expected.classes)
    assert found.counts.get(boxes.DUPLICATE, 0) == (case == "twice")


def test_an_outline_without_box_gives_the_box_around_it(tmp_path):
    found = coco.read(written(tmp_path, **one(**OUTLINE)))
    assert found.pictures[0].boxes == ((30, 12, 50, 25),)
    assert found.counts[boxes.OUTLINE] == 1


def test_a_size_that_is_only_turned_names_exif(tmp_path):
    path = written(tmp_path, images=[{"id": 7, "file_name": "a.jpg", "width": 80, "height": 50}])
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.zeros((HEIGHT, WIDTH), np.uint8)).save(tmp_path / "a.jpg", exif=exif)
    with pytest.raises(DatasetError, match=r"upright position \(EXIF orientation 6\).*Save the im"):
        coco.read(path)


def test_faults_of_a_kind_are_counted(tmp_path):
    flat = [{"id": n, "image_id": 7, "category_id": 3, "bbox": [1, n, 5, 0]} for n in range(4)]
    with pytest.raises(DatasetError, match=r"id 0: of no size and 3 more such annotations; expect"):
        coco.read(written(tmp_path, annotations=flat))


IMAGE = {"id": 7, "file_name": "pictures/a.png"}
COCO_FAULTS = {
    "fractions": (one(bbox=[0.375, 0.3, 0.25, 0.2]), "id 1: no pixels, but fractions of the ima"),
    "unknown image": (one(image_id=9), "annotation with id 1: of image 9, which is not listed"),
    "unknown category": (one(category_id=9), "with id 1: of category 9, which is not listed"),
    "wholly outside": (one(bbox=[90, 15, 20, 10]), "id 1: outside the image of 80x50 pixels"),
    "of no size": (one(bbox=[30, 15, 0, 10]), "annotation with id 1: of no size"),
    "nan": (one(bbox=[float("nan"), 15, 20, 10]), "annotation with id 1: not finite"),
    "no box": (one(bbox=None), "annotation with id 1: 'bbox' is missing"),
    "an empty box": (one(bbox=[]), "annotation with id 1: an empty bbox"),
    "a mask without a size": (
        one(bbox=[], segmentation={"counts": []}),
        "id 1: a mask (RLE) of size None",
    ),
    "an id of another type": (
        one(image_id="7"),
        "'7', which is not listed (there is 7: write both",
    ),
    "VIA": ({"_via_img_metadata": {}, "images": 0}, "found VIA's JSON; expected COCO JSON"),
    "half a box": (one(bbox=[30, 15]), "annotation with id 1: a bbox of 2 numbers, not 4"),
    "no id": (one(id=None, bbox=[30, 15, 0, 10]), "annotation number 1: of no size"),
    "a list as image": (one(image_id=[7]), "annotation with id 1: unhashable"),
    "other size": (
        {"images": [{**IMAGE, "width": 81, "height": HEIGHT}]},
        "image pictures/a.png has 81x50 pixels in it, and 80x50 as ",
    ),
    "image twice": ({"images": [IMAGE, IMAGE]}, "images, entry with id 7: there twice"),
    "file twice, spelled otherwise": (
        {"images": [IMAGE, {**IMAGE, "id": 8, "file_name": "./pictures\\a.png"}]},
        "entry with id 8: there twice",
    ),
    "a name that is no text": (
        {"categories": [{"id": 3, "name": ["exosome"]}, {"id": 2, "name": {"en": "virus"}}]},
        "categories, entry with id 3: no `name`",
    ),
    "half a point": (
        one(bbox=[], segmentation=[[1, 2, 3]]),
        "id 1: an outline with an odd number of coordinates",
    ),
    "two categories of one name": (
        {
            "categories": [{"id": 3, "name": "virus"}, {"id": 2, "name": "virus "}],
        },
        "categories, entry with id 2: there twice",
    ),
    "file twice": ({"images": [IMAGE, {**IMAGE, "id": 8}]}, "entry with id 8: there twice"),
    "image without name": ({"images": [{"id": 7}]}, "images, entry with id 7: no `file_name`"),
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
    with pytest.raises(DatasetError, match=r"image 'pictures/b\.png' is not there; expected"):
        coco.read(path)


@pytest.mark.parametrize(
    ("degrees", "corners"),
    [(90, (35, 10, 45, 30)), (180, (30, 15, 50, 25)), (-90, (35, 10, 45, 30))],
)
def test_a_turned_box_is_replaced_by_the_enclosing_box(tmp_path, degrees, corners):
    """CVAT writes the upright box and the angle beside it."""
    box = {"id": 1, "image_id": 7, "category_id": 3, "bbox": [30, 15, 20, 10]}
    file = written(tmp_path, annotations=[{**box, "attributes": {"rotation": degrees}}])
    found = coco.read(file)
    np.testing.assert_allclose(found.pictures[0].boxes, [corners])
    assert found.counts[boxes.ROTATED] == (degrees % 180 != 0)


@pytest.mark.parametrize(
    ("bbox", "found"),
    [
        ([30, 15, 20], "a bbox of 3 numbers, not 4"),
        ([40, 20, 20, 10, 30.0], "a bbox of 5 numbers, not 4"),
        ({"x": 30, "y": 15, "width": 20, "height": 10}, "a bbox of the kind dict, not a list"),
        ("30,15,20,10", "a bbox of the kind str, not a list"),
    ],
)
def test_a_bbox_of_another_form_is_named(tmp_path, bbox, found):
    with pytest.raises(DatasetError, match=f"annotation with id 1: {found}; expected COCO JSON"):
        coco.read(written(tmp_path, **one(bbox=bbox)))


def test_splits_that_the_file_states_are_taken(tmp_path):
    listed = json.loads(written(tmp_path).read_text())["images"]
    for key, words in {"split": ("val", "Train"), "subset": ("Validation", "training")}.items():
        images = [{**image, key: word} for image, word in zip(listed, words, strict=True)]
        found = coco.read(written(tmp_path, images=images))
        assert [picture.split for picture in found.pictures] == ["validation", "train"]
    images[1]["subset"] = "restval"
    path = written(tmp_path, images=images)
    with pytest.raises(DatasetError, match="image with id 8 is of split 'restval'; expected train"):
        coco.read(path)
    images[0]["subset"] = "day 1"  # no splits at all
    assert coco.read(written(tmp_path, images=images)).pictures[0].split == ""


def corners(folder, **stated):
    """Three boxes as x0, y0, x1, y1, none of which reaches past the border if read otherwise."""
    boxes_ = [(5, 5, 15, 11), (8, 4, 20, 16), (2, 3, 9, 9)]
    annotations = [
        {"id": n, "image_id": 7, "category_id": 3, "bbox": [*box], **stated}
        for n, box in enumerate(boxes_)
    ]
    for one, (x0, y0, x1, y1) in zip(annotations, boxes_, strict=True):
        one.setdefault("area", (x1 - x0) * (y1 - y0))
    return boxes_, written(folder, annotations=annotations)


def test_the_area_tells_corners_from_a_place_and_a_size(tmp_path):
    with pytest.raises(DatasetError, match="3 boxes that look like two corners"):
        coco.read(corners(tmp_path)[1])
    assert len(coco.read(corners(tmp_path, area=0)[1]).pictures[0].boxes) == 3


def test_the_mode_of_a_bbox_is_followed(tmp_path):
    expected, path = corners(tmp_path, bbox_mode=0)
    np.testing.assert_allclose(coco.read(path).pictures[0].boxes, expected)
    with pytest.raises(DatasetError, match="a bbox_mode of 4, not 0 or 1"):
        coco.read(corners(tmp_path, bbox_mode=4)[1])


def test_two_folders_with_images_of_the_same_names(tmp_path):
    path = written(tmp_path)
    copy = tmp_path / "copy"
    for name in ("a.png", "b.png"):
        picture(copy / "pictures" / name)
    assert len(coco.read(path, [tmp_path, copy]).pictures) == 2
    picture(copy / "pictures/a.png", (WIDTH, HEIGHT))
    with pytest.raises(DatasetError, match=r"a\.png have the same name, and differ; .*Move one"):
        coco.read(path, [tmp_path, copy])


def test_a_number_as_the_name_of_a_category_is_called_so(tmp_path):
    path = written(tmp_path, categories=[{"id": 3, "name": 3}, {"id": 2, "name": "virus"}])
    with pytest.raises(DatasetError, match="with id 3: a number, 3, not a text, as its `name`"):
        coco.read(path)
