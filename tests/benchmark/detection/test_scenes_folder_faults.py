"""Faults in a user's folder of micrographs with boxes: one line for each."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small_archive
from PIL import Image
from scene_checks import task_of
from small_annotations import STEMS, divided, picture

from benchmark import tasks
from benchmark.detection import user_folder
from benchmark.errors import BenchmarkError
from leaderboard.tasks import DETECTION
from tem_virus_dataset import DatasetError, facts


def undivided(own: Path) -> None:
    """Only `images`: the labels are lost."""
    (own / "data.yaml").unlink()
    shutil.rmtree(own / "images/validation")
    shutil.rmtree(own / "labels/validation")
    for kind in ("images", "labels"):
        shutil.rmtree(own / kind / "test")
        for file in (own / kind / "train").iterdir():
            file.rename(own / kind / file.name)
        (own / kind / "train").rmdir()
    shutil.rmtree(own / "labels")


def side_by_side(own: Path) -> None:
    undivided(own)
    for file in (own / "images").iterdir():
        file.rename(own / file.name)
    (own / "images").rmdir()


def neither(own: Path) -> None:
    shutil.rmtree(own)
    small_archive.text(own / "notes/today.txt", "nothing")


def without(own: Path, kinds: tuple[str, ...], split: str) -> None:
    for kind in kinds:
        shutil.rmtree(own / kind / split)


def no_rings(own: Path) -> None:
    for file in (own / "labels/train").iterdir():
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if line.startswith("0")))


def copied(own: Path, turned: bool) -> None:
    """Put an image of train into validation."""
    with Image.open(own / "images/train/2.png") as image:
        pixels = np.asarray(image)
    Image.fromarray(np.rot90(pixels).T if turned else pixels).save(own / "images/validation/9.png")


def edit(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text().replace(old, new))


def listed_too(file: Path, name: str) -> None:
    """Add an image to a COCO file."""
    listed = json.loads(file.read_bytes())
    listed["images"].append({"id": 99, "file_name": name})
    file.write_text(json.dumps(listed))


ORDERS = ("disc\nring", "disc\nring", "ring\ndisc")
RNG = np.random.default_rng(0)

# What a user may do to a folder of YOLO labels, and what is said of it: place, found, expected.
YOLO_FAULTS: dict[str, tuple[Callable, str]] = {
    "neither": (
        neither,
        r"mine: found 'notes' in it; expected patches, each of one class, PATH/\{train.*<Class>/<im"
        r"age> of two classes or more, not divided, or whole micrographs with a box for each.*PATH/"
        r"images.*Correct the p",
    ),
    "not divided": (
        undivided,
        r"mine: its images are not divided into splits, and none has a label file \(found 6 image",
    ),
    "side by side": (side_by_side, r"mine: its images are not divided into splits.*Add the label"),
    "no test": (
        lambda own: without(own, ("images", "labels"), "test"),
        r"data\.yaml: test is 'images/test', which is not there; expected a folder.*Correct the",
    ),
    "no boxes in validation": (
        lambda own: [file.write_text("") for file in (own / "labels/validation").iterdir()],
        r"mine: found 3 images and no box in validation; expected some",
    ),
    "no labels": (lambda own: without(own, ("labels",), "test"), r"labels/test: missing; expected"),
    "a class without a box in train": (
        no_rings,
        r"mine: class ring has no box in train, and some in other .*take the boxes of ring out",
    ),
    "a class that no table can show": (
        lambda own: (
            edit(own / "classes.txt", "ring", "a|b"),
            edit(own / "data.yaml", "ring", "a|b"),
        ),
        r"mine: class: found 'a\|b', expected at most 64 letters.*Rename the class",
    ),
    "splits that number the classes differently": (
        lambda own: (
            (own / "data.yaml").unlink(),
            (own / "classes.txt").unlink(),
            *(
                small_archive.text(own / "labels" / split / "classes.txt", names)
                for split, names in zip(facts.SPLITS, ORDERS, strict=True)
            ),
        ),
        r"labels/test: classes ring, disc; expected disc, ring, as in .*labels/train\. Number the",
    ),
    "an image in two splits": (
        lambda own: copied(own, turned=False),
        r"validation/9\.png: the same image as .*train/2\.png, as it is, rotated or flipped "
        r"\(1 such in all\); expected no image in two splits: a score on images of the trai",
    ),
    "turned in two splits": (
        lambda own: copied(own, turned=True),
        r"validation/9\.png: the same image as .*train/2\.png",
    ),
    "a truncated image": (
        lambda own: (own / "images/test/0.png").write_bytes(
            (own / "images/test/0.png").read_bytes()[:900]
        ),
        r"test/0\.png: cut off .*expected an intact PNG file\. Copy it again",
    ),
    "colours": (
        lambda own: small_archive.save(
            own / "images/test/0.png",
            RNG.integers(0, 256, (9, 9, 3), np.uint8),
        ),
        r"test/0\.png: it has colours; expected a gray image\. Save it again as gray",
    ),
    "constant": (
        lambda own: small_archive.save(own / "images/test/0.png", np.full((9, 9), 7, np.uint8)),
        r"test/0\.png: all pixels are 7; expected an image\. Leave the file out",
    ),
    "a bad line": (
        lambda own: (own / "labels/test/0.txt").write_text("5 0.5 0.5 0.1 0.1"),
        r"test/0\.txt, line 1: .*class 5, known are 0 to 1.*Correct or remove the line",
    ),
    "labels without an image": (
        lambda own: (own / "images/test/0.png").unlink(),
        r"test/0\.txt: labels without an image; expected an image 0 in",
    ),
    "a name with a line break": (
        lambda own: (
            (own / "images/train/0.png").rename(own / "images/train/a\nb.png")
            and (own / "labels/train/0.txt").unlink()
        ),
        r"images/train: found 'a\\nb\.png' in it; expected a name in UTF-8.*Rename it",
    ),
    "an unfit name": (
        lambda own: own.rename(own.with_name("my own")),
        r"my own: folder: found 'my own'.*Rename the folder",
    ),
    "COCO beside it": (
        lambda own: small_archive.text(own / "train.json", "{}"),
        r"mine: found .*train\.json and YOLO labels; expected one of the two.*Move the other away",
    ),
}
COCO_FAULTS: dict[str, tuple[Callable, str]] = {
    "one file for all": (
        lambda own: [
            (own / "train.json").rename(own / "boxes.json"),
            *((own / f"{split}.json").unlink() for split in ("validation", "test")),
            *((own / split).rename(own / f"{split}_x") for split in facts.SPLITS),
        ],
        r"boxes\.json: image 'train/0\.png' is not there .*validation_x\. Put the images there",
    ),
    "a split missing": (
        lambda own: (own / "test.json").unlink(),
        r"mine: found 0 images and no box in test",
    ),
    "two files of a split": (
        lambda own: shutil.copy(own / "test.json", own / "val.json"),
        r"validation\.json: a second file of split validation, beside .*val\.json; expected one",
    ),
    "other categories": (
        lambda own: edit(own / "test.json", '"name": "ring"', '"name": "rod"'),
        r"mine: class rod has no box in train, and some in other splits",
    ),
    "no JSON": (
        lambda own: (own / "train.json").write_text("{"),
        r"train\.json: cannot be read as JSON",
    ),
    "an image missing": (
        lambda own: (own / "test/1.png").unlink(),
        r"test\.json: image 'test/1\.png' is not there; expected a file of this name in .*mine, ",
    ),
    "an image in two splits": (
        lambda own: listed_too(own / "test.json", "train/1.png"),
        r"train/1\.png: an image of train and of test; expected no image in two splits: a score",
    ),
    "two images of one name": (
        lambda own: (
            small_archive.save(own / "test/1.tif", RNG.integers(0, 256, (9, 9), np.uint8)),
            listed_too(own / "test.json", "test/1.tif"),
        ),
        r"test/1\.tif: of the same name as .*test/1\.png in test; expected names that .*Rename one",
    ),
}
FAULTS = [("yolo", fault) for fault in YOLO_FAULTS] + [("coco", fault) for fault in COCO_FAULTS]


@pytest.mark.parametrize("kind, fault", FAULTS)
def test_a_fault_of_a_folder_is_told_in_one_line(
    kind: str, fault: str, request: pytest.FixtureRequest
) -> None:
    own = request.getfixturevalue(kind)
    harm, message = {"yolo": YOLO_FAULTS, "coco": COCO_FAULTS}[kind][fault]
    harm(own)
    (own,) = (path for path in own.parent.iterdir() if path.name.startswith("m"))
    with pytest.raises((BenchmarkError, DatasetError), match=message) as raised:
        tasks.load(f"folder:{own}", wanted=DETECTION)
    assert "\n" not in str(raised.value)


def test_a_json_alone_is_not_divided(coco: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"train\.json: a file; .*folder:.*mine\."):
        task_of(f"folder:{coco / 'train.json'}")


def test_a_class_named_twice_is_refused(yolo: Path) -> None:
    for name in ("data.yaml", "labels.txt"):
        (yolo / name).unlink(missing_ok=True)
    (yolo / "classes.txt").write_text("virus\nvirus\n")
    with pytest.raises(DatasetError, match=r"classes.txt: class 'virus' is there twice; expected"):
        user_folder.listed(yolo)


@pytest.mark.parametrize("text", ["", '{"licenses": [], "images": [{"id": 1'])
def test_a_json_of_all_that_is_cut_off_is_named(tmp_path: Path, text: str) -> None:
    picture(tmp_path / "mine/images/a.png")
    path = tmp_path / "mine/annotations/instances_default.json"
    small_archive.text(path, text)
    with pytest.raises(DatasetError) as caught:
        user_folder.listed(tmp_path / "mine")
    assert str(caught.value).startswith(f"{path}: cannot be read as JSON")


@pytest.mark.parametrize("name", ["mine.zip", "mine.tar.gz", "mine/data.yaml"])
def test_a_file_in_place_of_the_folder_is_answered_with_the_folder(
    tmp_path: Path, name: str
) -> None:
    small_archive.text(tmp_path / name, "names: [virus]\n")
    remedy = "Unpack it, and name" if "." in name[:5] else "Name the folder"
    with pytest.raises(BenchmarkError, match=rf"{name}: a file; .*{remedy}.*folder:.*mine\.?$"):
        user_folder.listed(tmp_path / name)


def test_a_class_that_differs_in_its_capitals_alone_is_to_be_named_alike(tmp_path: Path) -> None:
    root = divided(tmp_path / "mine")
    (root / "classes.txt").unlink()
    for split in STEMS:
        for file in (root / "labels" / split).iterdir():
            name = "virus" if split == "train" else "Virus"
            box = "<xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax>"
            text = f"<object><name>{name}</name><bndbox>{box}</bndbox></object>"
            file.with_suffix(".xml").write_text(f"<annotation>{text}</annotation>")
            file.unlink()
    with pytest.raises(BenchmarkError, match="Name Virus and virus alike if they are one"):
        user_folder.listed(root)


def test_several_folders_with_labels_are_no_classes_of_patches(tmp_path: Path) -> None:
    for name in ("set1", "set2"):
        divided(tmp_path / "mine" / name)
    with pytest.raises(
        BenchmarkError, match=r"several folders with .* \('set1', 'set2'\).*Name one"
    ):
        tasks.of_data(f"folder:{tmp_path / 'mine'}")
