"""A user's folder of micrographs with boxes, however it is laid out."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small_scenes
from PIL import Image
from scene_checks import DTYPES, check_same, task_of
from small_scenes import CLASSES

from benchmark import export, tasks
from benchmark.data.address import About
from benchmark.detection import read, user_folder
from benchmark.detection.data import checksum
from leaderboard.tasks import DETECTION
from tem_virus_dataset.networks.boxes import corners


def own_name(name: str) -> str:
    return name.replace("/Mixed", "")


def check_own(root: Path, dtype: type = np.uint8) -> None:
    data, made = f"folder:{root}", small_scenes.small_scenes(dtype)
    assert task_of(data) == DETECTION
    found = read.load(data)
    check_same(found, made, own_name)
    assert tasks.describe(data) == About("folder/mine", found.version, CLASSES)
    assert {one.nm_per_pixel for one in found.splits["train"]} == {None}
    assert found.content_hash == checksum(found.splits)
    count = sum(len(one.boxes) for several in made.splits.values() for one in several)
    assert read.notice(data) == (
        f"{data}: 12 images, {count} boxes; 1 image without a box, taken as background (train 1); "
        "no pixel size is known: images are used pixel for pixel (--nm-per-pixel or "
        "pixel_sizes.csv brings them to one scale)"
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_folder_of_yolo_labels(tmp_path: Path, dtype: type) -> None:
    check_own(small_scenes.write_yolo_folder(tmp_path / "mine", tmp_path / "raw", dtype), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_folder_of_coco_files(tmp_path: Path, dtype: type) -> None:
    check_own(small_scenes.write_coco_folder(tmp_path / "mine", dtype), dtype)


def split_first(own: Path) -> None:
    for kind in ("images", "labels"):
        for split, name in (("train", "train"), ("validation", "valid"), ("test", "test")):
            (own / name).mkdir(exist_ok=True)
            (own / kind / split).rename(own / name / kind)
        (own / kind).rmdir()


def short_name(own: Path) -> None:
    for kind in ("images", "labels"):
        (own / kind / "validation").rename(own / kind / "val")


@pytest.mark.parametrize("change", [split_first, short_name])
def test_yolo_folders_may_be_laid_out_otherwise(yolo: Path, change: Callable) -> None:
    change(yolo)
    (yolo / "data.yaml").unlink()
    check_own(yolo)


def rewritten(own: Path, split: str, to: Path, named: str) -> None:
    """Move the JSON of a split; `named` is an image's name in it, with its number left open."""
    file = own / f"{split}.json"
    listed = json.loads(file.read_bytes())
    for image in listed["images"]:
        image["file_name"] = named.format(Path(image["file_name"]).name)
    to.parent.mkdir(exist_ok=True)
    to.write_text(json.dumps(listed))
    file.unlink()


@pytest.mark.parametrize(
    "place, named",
    [
        ("annotations/instances_{}.json", "{}"),  # as the COCO data set
        ("annotations/{}.json", "../{{split}}/{}"),
        ("{}/_annotations.coco.json", "{}"),  # as Roboflow
    ],
)
def test_coco_files_may_lie_elsewhere(coco: Path, place: str, named: str) -> None:
    (coco / "validation").rename(coco / "val")
    for split, name in (("train", "train"), ("validation", "val"), ("test", "test")):
        called = named.replace("{{split}}", name)
        rewritten(coco, split, coco / place.format(name), called)
    check_own(coco)


def test_pictures_may_lie_in_folders_of_a_split(coco: Path) -> None:
    for number, file in enumerate(sorted((coco / "train").iterdir())):
        folder_of_one = coco / "train" / f"day_{number % 2}"
        folder_of_one.mkdir(exist_ok=True)
        file.rename(folder_of_one / "a.png" if number < 2 else folder_of_one / file.name)
    listed = json.loads((coco / "train.json").read_bytes())
    for number, image in enumerate(listed["images"]):
        name = "a.png" if number < 2 else f"{number}.png"
        image["file_name"] = f"train/day_{number % 2}/{name}"
    (coco / "train.json").write_text(json.dumps(listed))
    train = [one.id for one in read.load(f"folder:{coco}").splits["train"]]
    assert train[:2] == ["train/day_0/2", "train/day_0/4"]
    assert {"train/day_0/a", "train/day_1/a"} < set(train)


def test_other_boxes_are_another_version_and_another_content(yolo: Path) -> None:
    before = read.load(f"folder:{yolo}")
    shutil.copytree(yolo, yolo.parent / "copy" / "mine")
    copy = read.load(f"folder:{yolo.parent / 'copy' / 'mine'}")
    assert (copy.version, copy.content_hash) == (before.version, before.content_hash)
    labels = yolo / "labels/train/1.txt"
    labels.write_text(labels.read_text().replace("0.", "0.1", 1))
    after = read.load(f"folder:{yolo}")
    assert after.version != before.version
    assert after.content_hash != before.content_hash


def test_a_folder_is_exported_to_one_file(
    yolo: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    file = str(tmp_path / "mine.npz")
    assert export.main([f"folder:{yolo}", file]) == 0
    assert "1 image without a box, taken as background" in capsys.readouterr().out
    one, two = read.load(f"folder:{yolo}"), read.load(file)
    check_same(two, one)
    assert two.content_hash == one.content_hash
    assert {scene.nm_per_pixel for scene in two.splits["test"]} == {None}
    assert tasks.describe(file) == tasks.describe(f"folder:{yolo}")


def test_boxes_past_the_border_are_cut_off_and_counted(yolo: Path) -> None:
    labels = yolo / "labels/test/0.txt"
    labels.write_text(f"0 0.99 0.5 0.1 0.1\n{labels.read_text()}")
    assert "; 1 box cut off at the border; " in read.notice(f"folder:{yolo}")
    one = read.load(f"folder:{yolo}").splits["test"][0]
    assert corners(one.boxes)[0, 2] == one.image.shape[1]


def test_no_picture_is_decoded_to_describe_a_folder(yolo: Path) -> None:
    for file in yolo.glob("images/*/*.png"):
        file.write_bytes(file.read_bytes()[:60].ljust(file.stat().st_size, b"\0"))
    assert user_folder.listed(yolo).about.classes


def test_another_picture_of_the_same_size_makes_another_version(yolo: Path) -> None:
    before = user_folder.listed(yolo).about
    assert user_folder.listed(yolo).about == before
    file = next(yolo.glob("images/*/*.png"))
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert user_folder.listed(yolo).about.version != before.version


def test_the_mixed_depths_of_a_folder_become_one(yolo: Path) -> None:
    made = small_scenes.small_scenes(np.uint16).splits["test"][0].image
    Image.fromarray(made).save(yolo / "images/test/0.png")
    found = read.load(f"folder:{yolo}")
    assert {one.image.dtype for s in found.splits.values() for one in s} == {np.dtype(np.uint16)}
    np.testing.assert_array_equal(found.splits["test"][0].image, made)
    expected = small_scenes.small_scenes().splits["test"][1].image
    np.testing.assert_array_equal(found.splits["test"][1].image, expected)


def test_an_image_without_a_label_file_is_named_in_a_line_of_its_own(yolo: Path) -> None:
    assert "\n" not in read.notice(f"folder:{yolo}")
    image = yolo / "images/test/without.png"
    Image.fromarray(np.arange(4096, dtype=np.uint8).reshape(64, 64)).save(image)
    line = read.notice(f"folder:{yolo}").splitlines()[1]
    assert line.startswith(f"warning: folder:{yolo}: 1 image without a label file")
    assert str(image) in line
