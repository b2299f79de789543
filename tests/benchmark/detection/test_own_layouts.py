"""How a user's folder of micrographs with boxes may be laid out; no image is decoded here."""

import json
from pathlib import Path

import numpy as np
import pytest
import small_archive
from scene_checks import task_of
from small_annotations import HEIGHT, LINES, STEMS, WIDTH, divided, picture

from benchmark.detection import user_folder
from benchmark.errors import BenchmarkError
from leaderboard.tasks import DETECTION
from tem_virus_dataset import DatasetError

EXPECTED = {"train/a", "validation/b", "test/c"}
KEYS = dict(zip(STEMS, ("train", "val", "test"), strict=True))
CATEGORIES = [{"id": 1, "name": "virus"}, {"id": 2, "name": "exosome"}]


def coco(
    root: Path,
    file: str,
    image: str,
    name: str = "{stem}.png",
    categories: list | None = None,
) -> Path:
    """A JSON for each split, with a box of each class; `{key}` is train, val or test."""
    for split, stem in STEMS.items():
        words = {"key": KEYS[split], "stem": stem}
        picture(root / image.format(**words))
        boxes = [
            {"id": n, "image_id": 1, "category_id": n, "bbox": [9 * n, 5, 8, 8]} for n in (1, 2)
        ]
        content = {
            "images": [{"id": 1, "file_name": name.format(**words)}],
            "annotations": boxes,
            "categories": categories or CATEGORIES,
        }
        small_archive.text(root / file.format(**words), json.dumps(content))
    return root


JSONS = {
    "COCO's own": ("annotations/instances_{key}2017.json", "images/{key}2017/{stem}.png"),
    "the split first": ("annotations/{key}_annotations.json", "images/{key}/{stem}.png"),
    "in the split": ("{key}/labels.json", "{key}/data/{stem}.png"),
    "Roboflow": ("{key}/_annotations.coco.json", "{key}/{stem}.png"),
    "capitals": ("Annotations/{key}.json", "Images/{key}/{stem}.png"),
    "one folder of images": ("{key}.json", "images/{stem}.png"),
}


@pytest.mark.parametrize("case", JSONS)
def test_coco_files_by_split(tmp_path: Path, case: str) -> None:
    root = coco(tmp_path / "mine", *JSONS[case])
    listing = user_folder.listed(root)
    assert set(listing.pictures) == EXPECTED
    assert listing.about.classes == ("virus", "exosome")
    assert listing.notice == "3 images, 6 boxes"
    assert task_of(f"folder:{root}") == DETECTION


def of_all(root: Path, file: str, image: str, name: str = "{stem}.png") -> Path:
    """One JSON of five images, each with a box of each class."""
    stems = "abcde"
    content = {
        "images": [{"id": n, "file_name": name.format(stem=stem)} for n, stem in enumerate(stems)],
        "annotations": [
            {"id": 2 * n + of, "image_id": n, "category_id": of, "bbox": [9 * of, 5, 8, 8]}
            for n in range(len(stems))
            for of in (1, 2)
        ],
        "categories": CATEGORIES,
    }
    for n, stem in enumerate(stems):  # copies of one image would be in one split
        small_archive.save(root / image.format(stem=stem), np.full((HEIGHT, WIDTH), n, np.uint8))
    small_archive.text(root / file, json.dumps(content))
    return root


JSONS_OF_ALL = {
    "makesense": ("labels_my-project_2026-11-29.json", "{stem}.png"),
    "CVAT": ("annotations/instances_default.json", "images/default/{stem}.png"),
    "CVAT, images put beside it": ("instances_default.json", "{stem}.png"),
    "images in a folder": ("annotations/instances_default.json", "images/{stem}.png"),
    "with the images": ("images/coco.json", "images/{stem}.png"),
    "Label Studio": ("result.json", "images/{stem}.png", "images/{stem}.png"),
}


@pytest.mark.parametrize("case", JSONS_OF_ALL)
def test_one_coco_file_of_all_images_is_divided_by_the_table(tmp_path: Path, case: str) -> None:
    root = of_all(tmp_path / "mine", *JSONS_OF_ALL[case])
    assert task_of(f"folder:{root}") == DETECTION
    listing = user_folder.listed(root)
    assert sorted(name[-1] for name in listing.pictures) == list("abcde")
    assert listing.about.classes == ("virus", "exosome")
    assert listing.notice.startswith("5 images, 10 boxes; divided: 3 train, 1 validation, 1 test")
    (root / "f.json").write_text("{}")  # another file moves nothing
    assert user_folder.listed(root).pictures.keys() == listing.pictures.keys()
    table = (root / "splits.csv").read_text()
    assert len(table.splitlines()) == 6


def test_images_that_the_only_coco_file_leaves_out_are_named(tmp_path: Path) -> None:
    root = of_all(tmp_path / "mine", "coco.json", "{stem}.png")
    picture(root / "z.png")
    assert "not looked at: 1 image (z.png)" in user_folder.listed(root).notice


def test_the_other_files_of_the_coco_data_set_are_not_looked_at(tmp_path: Path) -> None:
    root = coco(tmp_path / "mine", *JSONS["COCO's own"])
    for file in list((root / "annotations").iterdir()):
        name = file.name.replace("instances", "person_keypoints")
        (root / "annotations" / name).write_text(file.read_text())
    picture(root / "images/val2017/d.png")
    assert user_folder.listed(root).notice == (
        "3 images, 6 boxes; not looked at: 3 files .json (annotations/person_keypoints_test2017"
        ".json, ...), 1 image (images/val2017/d.png)"
    )


def test_categories_are_matched_by_name(tmp_path: Path) -> None:
    root = coco(tmp_path / "mine", "{key}.json", "{stem}.png")
    turned = [{"id": 1, "name": "exosome"}, {"id": 2, "name": "virus"}]
    small_archive.text(
        root / "val.json",
        json.dumps({**json.loads((root / "val.json").read_text()), "categories": turned}),
    )
    listing = user_folder.listed(root)
    assert listing.about.classes == ("virus", "exosome")
    assert listing.pictures["train/a"].classes == ("virus", "exosome")
    assert listing.pictures["validation/b"].classes == ("exosome", "virus")


def test_classes_without_a_box_are_left_out_and_reported(tmp_path: Path) -> None:
    particles = [{"id": 0, "name": "all|particles"}, *CATEGORIES]
    root = coco(tmp_path / "mine", "{key}.json", "{stem}.png", categories=particles)
    listing = user_folder.listed(root)
    assert listing.about.classes == ("virus", "exosome")
    assert listing.notice.endswith("; 1 class without a box left out ('all|particles')")


def test_ordinary_names_of_classes_are_kept(tmp_path: Path) -> None:
    root = divided(tmp_path / "mine", names="virus (full)\nIgG+, 5 nm β/T=3\n")
    assert user_folder.listed(root).about.classes == ("virus (full)", "IgG+, 5 nm β/T=3")


def test_unfit_names_of_classes_are_reported_at_once(tmp_path: Path) -> None:
    root = divided(tmp_path / "mine", names="a|b\n<c>\n")
    with pytest.raises(
        BenchmarkError, match=r"class: found 'a\|b', '<c>', expected .*Rename the c"
    ):
        user_folder.listed(root)


def test_classes_without_a_box_in_train_are_reported_at_once(tmp_path: Path) -> None:
    root = divided(tmp_path / "mine", names="virus\nexosome\nrod\n")
    (root / "labels/train/a.txt").write_text("2 .5 .5 .1 .1\n")
    with pytest.raises(BenchmarkError, match=r"class virus, exosome has no box in train, and some"):
        user_folder.listed(root)


def test_a_link_keeps_its_name(tmp_path: Path) -> None:
    root = divided(tmp_path / "mine")
    before = user_folder.listed(root).about
    for number, file in enumerate(sorted(root.glob("images/*/*.png"))):
        target = file.rename(tmp_path / f"0f{number}.v1")
        file.symlink_to(target)
    listing = user_folder.listed(root)
    assert set(listing.pictures) == EXPECTED
    assert listing.about == before


def csv_in_splits(root: Path) -> None:
    for split, stem in STEMS.items():
        picture(root / split / f"{stem}.png")
        small_archive.text(root / split / "_annotations.csv", "filename,width,height,class\n")


def via_beside(root: Path) -> None:
    divided(root, labels="gone/{}/{}.x", names="")
    small_archive.text(root / "via.json", '{"_via_settings": {}, "_via_img_metadata": {}}')


def flat(ending: str, text: str, names: str = "") -> object:
    def write(root: Path) -> None:
        for stem in STEMS.values():
            picture(root / f"{stem}.png")
            small_archive.text(root / f"{stem}.{ending}", text)

    return write


REFUSED = {
    "CSV": (
        csv_in_splits,
        r"mine: found images in test, and boxes as CSV .*Export them as COCO or Y",
    ),
    "VIA": (
        via_beside,
        r"labels/\w+: missing, and .*via\.json is VIA's JSON; .*Export Annotations",
    ),
    "LabelMe": (
        flat("json", '{"shapes": []}'),
        r"no names of classes; expected one list of them",
    ),
    "Pascal VOC": (
        flat("xml", "<annotation/>"),
        r"a\.xml: found <annotation> without <size> and <object> and 2 more",
    ),
    "YOLO": (
        flat("txt", LINES),
        r"no names of classes, and the labels are of class 0, 1; expected",
    ),
    "no labels": (
        flat("md", ""),
        r"not divided into splits, and none has a label file \(found 3 images\); .*Add the label",
    ),
    "a folder too high": (
        lambda root: divided(root / "inside"),
        r"mine: holds the folder inside alone.*Name folder:.*mine/inside",
    ),
    "two of all": (
        lambda root: of_all(of_all(root, "x.json", "{stem}.png"), "y.json", "{stem}.png"),
        r"y\.json: COCO JSON of no split, and so is .*x\.json; expected one.*Name them train\.json",
    ),
    "images elsewhere": (
        lambda root: of_all(root, "all.json", "../{stem}.png", "../{stem}.png"),
        r"all\.json: names .*a\.png, which is not in .*mine; expected .*Put them there",
    ),
    "images in splits": (
        lambda root: of_all(root, "all.json", "train/{stem}.png"),
        r"found images in train, and COCO JSON \(.*all\.json\).*Write a JSON for each split",
    ),
    "one split of Roboflow": (
        lambda root: of_all(root, "train/_annotations.coco.json", "train/{stem}.png"),
        r"found 0 images and no box in validation; expected some in train, validation and test",
    ),
    "a JSON of no split": (
        lambda root: (
            coco(root, "{key}.json", "{stem}.png")
            and (root / "train.json").rename(root / "trainval.json")
        ),
        r"found 0 images and no box in train \(not looked at: 1 file \.json \(trainval\.json\)",
    ),
}


def test_a_json_itself_is_answered_with_its_folder(tmp_path: Path) -> None:
    root = of_all(tmp_path / "mine", "all.json", "{stem}.png")
    with pytest.raises(
        BenchmarkError, match=r"all\.json: a file; .*Name the folder: folder:.*mine"
    ):
        user_folder.listed(root / "all.json")


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_read_is_called_by_its_name(tmp_path: Path, case: str) -> None:
    write, message = REFUSED[case]
    write(tmp_path / "mine")
    with pytest.raises(Exception, match=message) as raised:
        user_folder.listed(tmp_path / "mine")
    assert type(raised.value).__name__ in ("BenchmarkError", "DatasetError")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "file",
    ["annotations/train_annotations.json", "train/labels.json", "annotations/instances_train.json"],
)
def test_a_json_that_is_cut_off_is_named(tmp_path: Path, file: str) -> None:
    root = coco(tmp_path / "mine", file.replace("train", "{key}"), "{key}/{stem}.png")
    text = (root / file).read_text()
    (root / file).write_text(text[: len(text) // 2])
    with pytest.raises(DatasetError) as caught:
        user_folder.listed(root)
    assert str(caught.value).startswith(f"{root / file}: cannot be read as JSON")


@pytest.mark.parametrize(
    "suffix, text", [(".txt", "$CM_FORMAT X\n"), (".xml", "<MicroscopeImage/>")]
)
def test_texts_of_microscopes_beside_coco_are_no_labels(
    tmp_path: Path, suffix: str, text: str
) -> None:
    root = coco(tmp_path / "mine", *JSONS["Roboflow"])
    for path in root.glob("*/*.png"):
        path.with_suffix(suffix).write_text(text)
    assert user_folder.listed(root).notice == "3 images, 6 boxes"


def test_a_link_to_a_missing_json_is_named(tmp_path: Path) -> None:
    path = coco(tmp_path / "mine", *JSONS["one folder of images"]) / "train.json"
    path.unlink()
    path.symlink_to("gone.json")
    with pytest.raises(DatasetError, match=r"train\.json: a link to gone\.json; expected the file"):
        user_folder.listed(tmp_path / "mine")
