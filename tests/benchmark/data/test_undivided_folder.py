"""Micrographs with label files that no folder divides: `splits.csv` does, and keeps it so."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import small_archive
from scene_checks import task_of

from benchmark.detection import read, user_folder
from benchmark.errors import BenchmarkError
from leaderboard.tasks import DETECTION
from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import atomic

LAYOUTS = {
    "side by side": ("{}.png", "{}.txt"),
    "two folders": ("images/{}.png", "labels/{}.txt"),
    "folders within": ("images/day1/{}.png", "labels/day1/{}.txt"),
}


def add(root: Path, names: str, layout: str = "two folders") -> Path:
    """Write an image of 40 pixels a side and its label for each letter."""
    image, labels = LAYOUTS[layout]
    for name in names:
        pixels = np.random.default_rng(ord(name)).integers(0, 256, (40, 40), np.uint8)
        small_archive.save(root / image.format(name), pixels)
        small_archive.text(root / labels.format(name), "0 .5 .5 .4 .4\n")
    small_archive.text(root / "classes.txt", "virus\n")
    return root


def splits_of(root: Path) -> dict[str, str]:
    return {p.path.stem: p.split for p in user_folder.listed(root).pictures.values()}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_folder_without_splits_is_divided_and_trained_on(layout: str, tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "abcdefg", layout)
    assert task_of(f"folder:{root}") == DETECTION
    assert not (root / "splits.csv").exists(), "it is not yet known what is read"
    data = user_folder.read(root)
    counts = [len(data.splits[split]) for split in ("train", "validation", "test")]
    assert sum(counts) == 7
    assert min(counts) >= 1
    notice = read.notice(f"folder:{root}")
    assert ", as splits.csv has it" in notice
    assert "not looked at" not in notice
    assert user_folder.listed(root).about == read.describe(f"folder:{root}")


@pytest.mark.parametrize(
    "images, labels, stated, remedy",
    [
        ("images/train/{}.png", "labels/train/{}.txt", "train.txt", "; move train.txt away; take"),
        ("train/images/{}.png", "train/labels/{}.txt", "train/images", "; take the lines of split"),
        ("train/{}.png", "train/{}.txt", "", "."),
    ],
)
def test_an_export_of_train_alone_is_divided_as_the_message_says(
    images: str, labels: str, stated: str, remedy: str, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setitem(LAYOUTS, "train", (images, labels))
    root = add(tmp_path / "mine", "abcdef", "train")
    if stated:
        small_archive.text(root / "data.yaml", f"names: [virus]\ntrain: {stated}\n")
    if stated == "train.txt":
        lines = [f"data/{images.format(name)}\n" for name in "abcdef"]
        small_archive.text(root / stated, "".join(lines))
    with pytest.raises(BenchmarkError) as caught:
        user_folder.listed(root)
    moved = "All are in train. To have them divided: move images and labels out of train, a folder"
    assert f"{moved} up, and delete train{remedy}" in str(caught.value)
    for folder in [path for path in root.rglob("train") if path.is_dir()]:
        for path in list(folder.iterdir()):
            path.rename(folder.parent / path.name)
        folder.rmdir()
    (root / "train.txt").unlink(missing_ok=True)
    if stated:
        (root / "data.yaml").write_text("names: [virus]\n")
    assert len(splits_of(root)) == 6


def test_labels_without_the_sub_folders_of_their_images_are_pointed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So programs write them that save to one folder, such as LabelImg."""
    monkeypatch.setitem(LAYOUTS, "flat", ("images/day1/{}.png", "labels/{}.txt"))
    root = add(tmp_path / "mine", "abc", "flat")
    said = (
        r"found 3 images; labels.a\.txt has the name of images.day1.a\.png, and needs the same sub"
    )
    with pytest.raises(BenchmarkError, match=said):
        user_folder.listed(root)
    (root / "labels" / "day1").mkdir()
    for name in "abc":
        (root / "labels" / f"{name}.txt").rename(root / "labels" / "day1" / f"{name}.txt")
    assert len(splits_of(root)) == 3


def test_labels_of_a_kind_that_is_not_read_need_no_other_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LAYOUTS, "beside", ("images/{}.png", "images/{}.xml"))
    root = add(tmp_path / "mine", "abc", "beside")
    for file in root.rglob("*.xml"):
        file.write_text("<annotations></annotations>")
    with pytest.raises(BenchmarkError, match=r"found 3 images and CVAT's XML \(a\.xml\)\); expec"):
        user_folder.listed(root)


def test_files_that_are_added_leave_the_others_where_they_are(tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "abcdef")
    first = splits_of(root)
    second = splits_of(add(root, "ghijk012"))
    assert len(second) == 14
    assert {name: second[name] for name in first} == first
    copy = Path(shutil.copytree(root, tmp_path / "elsewhere" / "mine"))
    assert user_folder.listed(copy).about == user_folder.listed(root).about


def test_the_user_may_edit_the_table(tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "abcdef")
    splits_of(root)
    rows = "".join(f"{name}.png,{'val' if name == 'a' else 'train'}\n" for name in "abcde")
    (root / "splits.csv").write_text(f"file,split\n{rows}f.png,test\n")
    assert splits_of(root) == dict.fromkeys("bcde", "train") | {"a": "validation", "f": "test"}
    (root / "splits.csv").write_text(f"file,split\n{rows}f.png,train\n")
    with pytest.raises(BenchmarkError, match=r"no box in test.*correct .*splits\.csv"):
        user_folder.listed(root)


def test_a_read_only_folder_is_divided_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = add(tmp_path / "mine", "abcdef")
    wanted = user_folder.listed(root)
    (root / "splits.csv").unlink()

    def fail(path: Path, data: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(atomic, "write_bytes", fail)
    found = user_folder.listed(root)
    assert found.about == wanted.about
    assert "cannot be written (Permission denied)" in found.notice


def test_splits_of_folders_win(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for split, name in zip(("train", "val", "test"), "abc", strict=True):
        add(tmp_path / "flat", name)
        for kind, ending in (("images", "png"), ("labels", "txt")):
            place = root / kind / split / f"{name}.{ending}"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tmp_path / "flat" / kind / f"{name}.{ending}", place)
    small_archive.text(root / "classes.txt", "virus\n")
    small_archive.text(root / "splits.csv", "file,split\na.png,test\n")
    listing = user_folder.listed(root)
    assert set(listing.pictures) == {"train/a", "validation/b", "test/c"}
    assert "splits.csv is not used: the folder is divided without it" in listing.notice
    assert (root / "splits.csv").read_text() == "file,split\na.png,test\n"


def test_a_copy_that_got_into_another_split_is_refused(tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "abcdef")
    splits = splits_of(root)
    shutil.copy(root / "images" / "a.png", root / "images" / "z.png")
    other = "test" if splits["a"] == "train" else "train"
    with (root / "splits.csv").open("a") as file:
        file.write(f"images/z.png,{other}\n")
    with pytest.raises(BenchmarkError, match=r"the same image as .*no image in two splits"):
        user_folder.read(root)


def test_a_copy_joins_the_split_of_its_original(tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "abcdef")
    splits = splits_of(root)
    for number in range(4):
        shutil.copy(root / "images" / "a.png", root / "images" / f"{number}.png")
    found = splits_of(root)
    assert {found[str(number)] for number in range(4)} == {splits["a"]}
    user_folder.read(root)


def test_a_folder_too_high_is_named(tmp_path: Path) -> None:
    add(tmp_path / "mine" / "inside", "abc")
    with pytest.raises(BenchmarkError, match=r"holds the folder inside alone.*Name folder:.*insid"):
        user_folder.listed(tmp_path / "mine")


def test_versions_of_an_image_that_roboflow_wrote_get_one_split(tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "abcdefghi")
    for number, file in enumerate(sorted(root.glob("images/*.png"))):
        stem = f"{'xyz'[number // 3]}_png.rf.{file.stem}"  # three versions of each of three
        (root / f"labels/{file.stem}.txt").rename(root / f"labels/{stem}.txt")
        file.rename(file.with_stem(stem))
    splits = splits_of(root)
    assert len({(name[0], split) for name, split in splits.items()}) == 3
    assert sorted(set(splits.values())) == ["test", "train", "validation"]


def test_a_division_that_is_not_followed_is_refused(tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "abcdef")
    (root / "test.csv").write_text("file\na.png\nb.png\n")
    with pytest.raises(DatasetError, match=r"test\.csv: states splits of images in a form that is"):
        user_folder.listed(root)
    assert not (root / "splits.csv").exists()


@pytest.mark.parametrize("place", ["images/{}2017", "{}", "images/{}/day1"])
def test_folders_of_the_splits_divide_the_images_of_one_coco_file(
    tmp_path: Path, place: str
) -> None:
    root, images, boxes = tmp_path / "mine", [], []
    expected = dict(zip("abc", ("train", "validation", "test"), strict=True))
    for number, (name, split) in enumerate(expected.items()):
        file = f"{place.format(split)}/{name}.png"
        pixels = np.random.default_rng(number).integers(0, 256, (40, 40), np.uint8)
        small_archive.save(root / file, pixels)
        images.append({"id": number, "file_name": file.removeprefix("images/")})
        boxes.append({"id": number, "image_id": number, "category_id": 1, "bbox": [5, 5, 9, 9]})
    content = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "virus"}]}
    small_archive.text(root / "annotations/instances_default.json", json.dumps(content))
    assert task_of(f"folder:{root}") == DETECTION
    assert splits_of(root) == expected
    assert not (root / "splits.csv").exists()
