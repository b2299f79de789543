"""Folders of images that are no classes: a classifier would be trained on `images` and `masks`."""

import json
from pathlib import Path

import numpy as np
import pytest
import small_archive
from scene_checks import task_of
from small_annotations import STEMS, divided, picture

from benchmark.classification import user_folder_layout as patches
from benchmark.detection import user_folder
from benchmark.errors import BenchmarkError
from tem_virus_dataset.errors import DatasetError

FOLDERS = {
    "of splits": ("{split}/images/{stem}.png", "{split}/masks/{stem}.png"),
    "of splits, U-Net": ("{split}/image/{stem}.png", "{split}/label/{stem}.png"),
    "not divided": ("img/{stem}.png", "mask/{stem}.png"),
    "in folders of classes": ("{split}/Orf/images/{stem}.png", "{split}/Orf/masks/{stem}.png"),
    "CVAT": ("JPEGImages/{stem}.png", "SegmentationClass/{stem}.png"),
}


@pytest.mark.parametrize("case", FOLDERS)
def test_masks_are_no_class(tmp_path: Path, case: str) -> None:
    root = tmp_path / "mine"
    for place in FOLDERS[case]:
        for split, stem in STEMS.items():
            picture(root / place.format(split=split, stem=stem))
    with pytest.raises(BenchmarkError, match=r"masks, as for segmentation .*export boxes"):
        task_of(f"folder:{root}")


def test_classes_may_be_called_so(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for split, stem in STEMS.items():
        for name in ("mask", "label"):  # without a folder of their images
            picture(root / split / name / f"{stem}.png")
    assert {one.class_name for one in patches.pictures(root)} == {"mask", "label"}
    assert task_of(f"folder:{root}") == "classification"


SUPERVISELY = json.dumps({"size": {"height": 50, "width": 80}, "objects": []})
KINDS = {
    "Supervisely's JSON": ("{}/img/{}.png", "{}/ann/{}.png.json", SUPERVISELY),
    "DOTA's labels": ("{}/images/{}.png", "{}/labelTxt/{}.txt", "imagesource:x\ngsd:1\n"),
    "JSON lines": ("{}/{}.png", "{}/metadata.jsonl", "{}"),
    "a list of images with their boxes": ("{}/{}.png", "{}/_annotations.txt", "a.png 1,2,9,8,0\n"),
    "RELION's particles": ("{}/{}.png", "{}/{}.star", "data_\n"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_in_folders_of_splits_is_called_by_its_name(tmp_path: Path, kind: str) -> None:
    image, labels, text = KINDS[kind]
    root = divided(tmp_path / "mine", image, labels, lines=text, names="")
    with pytest.raises(BenchmarkError, match=rf"mine: found images in test, and {kind}"):
        task_of(f"folder:{root}")


def test_images_without_anything_are_told_so(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for split, stem in STEMS.items():
        picture(root / split / f"{stem}.png")
    with pytest.raises(BenchmarkError, match=r"images in test, and neither labels of them nor a f"):
        task_of(f"folder:{root}")


def test_a_folder_images_is_answered_with_that_above(tmp_path: Path) -> None:
    root = divided(tmp_path / "mine")
    with pytest.raises(BenchmarkError, match=rf"name folder:{root}\."):
        task_of(f"folder:{root / 'images'}")


def test_one_json_of_all_and_label_files_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for stem in STEMS.values():
        picture(root / f"images/{stem}.png")
        small_archive.text(root / f"labels/{stem}.txt", "0 .5 .5 .1 .1\n")
    small_archive.text(root / "classes.txt", "virus\n")
    content = {"images": [], "annotations": [], "categories": []}
    small_archive.text(root / "annotations/instances_default.json", json.dumps(content))
    with pytest.raises(
        BenchmarkError, match=r"instances_default\.json and YOLO labels; expected o"
    ):
        user_folder.listed(root)


def test_texts_beside_folders_of_classes_are_not_looked_at(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for name in ("virus", "exosome"):
        for number in range(3):
            image = np.random.default_rng(number).integers(0, 255, (16, 16), np.uint8)
            small_archive.save(root / name / f"m{number}.png", image)
    for name in ("README.md", "notes.txt", "seen.txt"):
        small_archive.text(root / name, "virus/m0.png\n")
    assert task_of(f"folder:{root}") == "classification"
    assert patches.notice(root).endswith("not looked at: 2 files .txt (notes.txt, ...)")
    picture(root / "a.png")
    with pytest.raises((BenchmarkError, DatasetError)):
        task_of(f"folder:{root}")


def test_labels_of_an_image_called_like_a_split(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    box = {"label": "virus", "points": [[5, 5], [20, 20]], "shape_type": "rectangle"}
    for number, stem in enumerate(("test", "b", "c")):
        small_archive.save(root / f"{stem}.TIF", np.full((50, 80), number, np.uint8))
        small_archive.text(root / f"{stem}.json", json.dumps({"shapes": [box]}))
    assert len(user_folder.listed(root).pictures) == 3


def test_lists_divide_the_images_of_one_json(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    stems = ("a", "b", "c", "d")
    for number, stem in enumerate(stems):
        small_archive.save(root / f"images/{stem}.png", np.full((50, 80), number, np.uint8))
    content = {
        "images": [{"id": n, "file_name": f"{stem}.png"} for n, stem in enumerate(stems)],
        "annotations": [
            {"id": n, "image_id": n, "category_id": 1, "bbox": [9, 5, 8, 8]} for n in range(4)
        ],
        "categories": [{"id": 1, "name": "virus"}],
    }
    small_archive.text(root / "annotations/instances_default.json", json.dumps(content))
    for split, stem in STEMS.items():
        small_archive.text(root / f"{split}.txt", f"images/{stem}.png\n")
    listing = user_folder.listed(root)
    assert set(listing.pictures) == {"train/a", "validation/b", "test/c"}
    assert listing.notice == "3 images, 3 boxes; not looked at: 1 image (images/d.png)"
    assert not (root / "splits.csv").exists()


def test_texts_of_microscopes_beside_patches_are_no_images(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for split, stem in STEMS.items():
        for name in ("virus", "exosome"):
            picture(root / split / name / f"{stem}.tif")
            text = "$CM_FORMAT JEOL-SEM\n$CM_FULL_SIZE 80 50\n"
            small_archive.text(root / split / name / f"{stem}.txt", text)
    assert patches.notice(root) == "6 images of 6 micrographs, 2 classes"
    small_archive.text(root / "train/virus/a.txt", "0 .5 .5 .1 .1\n")
    with pytest.raises(BenchmarkError, match=r"a\.txt: found '\.txt'; expected an image, such as"):
        patches.notice(root)


def test_labelme_files_may_stay_beside_the_coco_files_made_of_them(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for number, (split, stem) in enumerate(STEMS.items()):
        small_archive.save(root / split / f"{stem}.png", np.full((50, 80), number, np.uint8))
        small_archive.text(root / split / f"{stem}.json", '{"shapes": []}')
        content = {
            "images": [{"id": 1, "file_name": f"{stem}.png"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [9, 5, 8, 8]}],
            "categories": [{"id": 1, "name": "virus"}],
        }
        small_archive.text(root / f"{split}.json", json.dumps(content))
    notice = user_folder.listed(root).notice
    assert notice == "3 images, 3 boxes; not looked at: 3 files .json (test/c.json, ...)"
