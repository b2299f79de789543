"""A user's own folder of patches: its images, labels, micrographs and version."""

import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from own_patches import CLASSES, RNG, SAVED, save
from PIL import Image

from benchmark import tasks
from benchmark.classification import read, user_folder
from benchmark.data.address import About
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash


def named(own: Path, *names: str) -> dict[str, str]:
    """Put images of these names in place of train/Orf's; return the micrograph of each."""
    shutil.rmtree(own / "train/Orf")
    for name in names:
        save(RNG.integers(0, 256, (32, 32), np.uint8), own / "train/Orf" / name)
    train = user_folder.read(own).splits["train"]
    pairs = zip(train.ids.tolist(), train.micrographs.tolist(), strict=True)
    return {i.removeprefix("train/Orf/"): m for i, m in pairs if i.startswith("train/Orf/")}


def test_pictures_labels_and_ids_are_those_of_the_folder(own: Path) -> None:
    data = user_folder.read(own)
    assert (data.config, data.classes) == ("folder/mine", CLASSES)
    assert tasks.describe(f"folder:{own}") == About(data.config, data.version, data.classes)
    ids = [f"{split}/{name}/{stem}" for split in facts.SPLITS for name in CLASSES for stem in "ab"]
    digests = {}
    for place, (one, image) in enumerate(zip(ids, SAVED, strict=True)):
        patches = data.splits[one.split("/")[0]]
        (at,) = np.flatnonzero(patches.ids == one)
        assert patches.labels[at] == place // 2 % 3
        assert patches.images.dtype == np.uint8
        np.testing.assert_array_equal(patches.images[at, ..., 0], image)
        digests[one] = content_hash.example_digest(place // 2 % 3, image)
    assert [len(patches) for patches in data.splits.values()] == [6, 6, 6]
    assert data.content_hash == content_hash.content_hash(digests)


def test_every_kind_of_file_is_read(own: Path) -> None:
    sixteen = RNG.integers(0, 65536, (32, 32), np.uint16)
    smooth = np.add.outer(np.arange(32), np.arange(32)).astype(np.uint8)
    save(sixteen, own / "train/Orf/tiff.TIF")
    save(sixteen.T + 1, own / "train/Orf/png.png")
    save(np.stack([smooth] * 3, -1), own / "train/Orf/colours.png")
    Image.fromarray(smooth.T + 100).save(own / "train/Orf/jpeg.jpeg", quality=100)
    train = user_folder.read(own).splits["train"]
    assert train.images.dtype == np.uint16
    found = {i: image[..., 0] for i, image in zip(train.ids.tolist(), train.images, strict=True)}
    np.testing.assert_array_equal(found["train/Orf/tiff"], sixteen)
    np.testing.assert_array_equal(found["train/Orf/png"], sixteen.T + 1)
    np.testing.assert_array_equal(found["train/Orf/colours"], smooth)
    np.testing.assert_allclose(found["train/Orf/jpeg"], smooth.T + 100, atol=3)


def test_a_micrograph_is_a_folder_or_the_name_before_the_number_or_the_picture(own: Path) -> None:
    assert named(own, "m/a.png", "m/b_1.png") == {"m/a": "train/Orf/m", "m/b_1": "train/Orf/m"}
    for split in ("validation", "test"):
        for stem, number in (("a", 1), ("b", 2)):
            file = own / split / "Orf" / f"{stem}.png"
            file.rename(file.with_name(f"{split}_{number}.png"))
    by_number = {"7_1": "train/Orf/7", "7_2": "train/Orf/7", "x_8_1": "train/Orf/x_8"}
    assert named(own, "7_1.png", "7_2.png", "x_8_1.png") == by_number
    own_each = {"7_1": "train/Orf/7_1", "7_2": "train/Orf/7_2", "8": "train/Orf/8"}
    assert named(own, "7_1.png", "7_2.png", "8.png") == own_each


def test_pictures_that_are_only_numbered_are_not_one_micrograph(own: Path) -> None:
    for number, file in enumerate(sorted(own.glob("*/Orf/*"))):
        file.rename(file.with_name(f"orf_{number}.png"))
    test = user_folder.read(own).splits["test"].micrographs.tolist()
    assert [m for m in test if "Orf" in m] == ["test/Orf/orf_0", "test/Orf/orf_1"]


def test_what_is_hidden_or_beside_the_splits_is_not_looked_at(own: Path) -> None:
    before = user_folder.read(own)
    for name in (".DS_Store", "train/Thumbs.db", "train/Orf/._a.png", "train/Orf/desktop.ini"):
        (own / name).write_bytes(b"no image")
    for name in ("train/__MACOSX", "train/.git", "raw"):
        (own / name).mkdir()
    (own / "README.txt").write_text("mine")
    assert user_folder.read(own).content_hash == before.content_hash
    assert user_folder.describe(own).version == before.version


def test_splits_may_be_named_otherwise(own: Path) -> None:
    before = user_folder.read(own)
    for name, other in (("train", "Train2017"), ("validation", "Val"), ("test", "TEST")):
        (own / name).rename(own / other)
    after = user_folder.read(own)
    assert (after.content_hash, after.version) == (before.content_hash, before.version)
    assert tasks.describe(f"folder:{own}").classes == CLASSES


def test_a_micrograph_may_lie_deeper(own: Path) -> None:
    assert named(own, "day 1/m/a.png", "day 2/m/b.png", "c.png") == {
        "day 1/m/a": "train/Orf/day 1/m",
        "day 2/m/b": "train/Orf/day 2/m",
        "c": "train/Orf/c",
    }


def test_a_class_is_one_however_its_accents_are_spelled(own: Path) -> None:
    for split, form in zip(facts.SPLITS, ("NFC", "NFD", "NFC"), strict=True):
        (own / split / "Orf").rename(own / split / unicodedata.normalize(form, "Örf"))
    assert user_folder.describe(own).classes == ("CCHF", "Nipah virus", "Örf")


@pytest.mark.parametrize(
    ("train", "test", "warned"),
    [
        ("m1_1 m1_2 m2_1", "m1_3 m3_1", ["m1"]),
        ("m1/1 m2/1", "m2/2 m1/3 m3/1", ["m1", "m2"]),
        ("a_png.rf.0 b_png.rf.1", "a_png.rf.2 c_png.rf.3", ["a_png"]),
        ("1_1 1_2 2_1", "1_1 2_1", []),  # as the official patches: numbers begin anew
        ("x_1 x_2", "x_1 x_2", []),  # one beginning for all is no micrograph
        ("a b", "a c", []),
    ],
)
def test_micrographs_in_several_splits_are_warned_of(
    own: Path, train: str, test: str, warned: list[str]
) -> None:
    validation = "x_1" if "_1" in train else "x"
    for split, names in (("train", train), ("validation", validation), ("test", test)):
        shutil.rmtree(own / split / "Orf")
        for name in names.split():
            save(RNG.integers(0, 256, (32, 32), np.uint8), own / split / "Orf" / f"{name}.png")
    notice = read.notice(f"folder:{own}")
    assert ("are in several splits by their names" in notice) == bool(warned)
    if warned:
        more = ", ..." * (len(warned) > 1)
        number = f"{len(warned)} micrograph{'s' * (len(warned) > 1)}"
        assert f"warning: images of {number} are in several splits by" in notice
        assert f"(Orf/{warned[0]}{more}): their scores mean little." in notice


def test_a_name_that_undoes_the_grouping_is_named(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for name in ("Orf", "CCHF"):
        for number in range(12):
            image = RNG.integers(0, 256, (32, 32), np.uint8)
            save(image, root / name / f"{name}{number // 3}_{number}.png")
    notice = read.notice(f"folder:{root}")
    assert "24 images of 8 micrographs, 2 classes;" in notice
    assert "warning" not in notice
    save(RNG.integers(0, 256, (32, 32), np.uint8), root / "Orf/overview.png")
    notice = read.notice(f"folder:{root}")
    assert "25 images of 17 micrographs, 2 classes;" in notice
    said = "every image of Orf counts as a micrograph of its own, since its names are not all "
    assert f"warning: {said}<micrograph>_<number> (1 of 13: 'overview')." in notice
    assert "image of CCHF" not in notice


def test_classes_that_differ_in_capitals_alone_are_named(own: Path) -> None:
    assert "kept apart" not in read.notice(f"folder:{own}")
    for split in facts.SPLITS:
        for stem in "xy":
            save(RNG.integers(0, 256, (32, 32), np.uint8), own / split / "orf" / f"{stem}.png")
    notice = read.notice(f"folder:{own}")
    assert "; classes Orf and orf are kept apart: name them alike if they are one; " in notice


def test_what_lies_beside_the_splits_is_reported(own: Path) -> None:
    said = f"folder:{own}: 18 images of 18 micrographs, 3 classes; no pixel size is known: "
    assert read.notice(f"folder:{own}").startswith(said)
    save(SAVED[0], own / "holdout/Orf/a.png")
    assert "; not looked at: 1 image (holdout/Orf/a.png); " in read.notice(f"folder:{own}")


def test_other_pictures_are_another_version(own: Path) -> None:
    before = user_folder.describe(own).version
    shutil.copytree(own, own.parent / "copy" / "mine")
    assert user_folder.describe(own.parent / "copy" / "mine").version == before
    (own / "train/Orf/a.png").rename(own / "train/Orf/c.png")
    assert user_folder.describe(own).version != before


def test_a_picture_shown_twice_in_one_class_of_a_split_is_fine(own: Path) -> None:
    save(np.rot90(SAVED[0]), own / "train/CCHF/turned.png")
    assert len(user_folder.read(own).splits["train"]) == 7


def test_no_picture_is_opened_to_describe_a_folder(own: Path) -> None:
    for file in own.glob("*/*/*.png"):
        file.write_bytes(b"")
    assert user_folder.describe(own).classes == CLASSES
