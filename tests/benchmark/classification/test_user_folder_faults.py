"""Faults in a user's own folder of patches: one line for each."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from own_patches import RNG, SAVED, save
from PIL import Image

from benchmark import run
from benchmark.classification import user_folder
from benchmark.errors import BenchmarkError


def stack(file: Path) -> None:
    pages = [Image.fromarray(SAVED[0]), Image.fromarray(SAVED[1])]
    pages[0].save(file, save_all=True, append_images=pages[1:])


def colours() -> np.ndarray:
    return RNG.integers(0, 256, (32, 32, 3), np.uint8)


# What a user may do to the folder `mine`, and what is said of it: the file, found, expected.
LAYOUT_FAULTS: dict[str, tuple[Callable, str]] = {
    "no such folder": (
        shutil.rmtree,
        r"mine: no such folder; expected PATH/\{train,validation,test\}/<Class>.*Correct the",
    ),
    "nothing in it": (
        lambda own: [shutil.rmtree(one) for one in own.iterdir()],
        r"mine/train: no such folder; .*mine holds nothing\. Expected PATH/",
    ),
    "a split of another name": (
        lambda own: (own / "validation").rename(own / "holdout"),
        r"mine/validation: no such folder; .*mine holds 'holdout', 'test', 'train'\. Expected PA",
    ),
    "no classes": (
        lambda own: [shutil.rmtree(one) for one in own.glob("*/*")],
        r"mine: found 0 classes; expected two or more",
    ),
    "images without a class": (
        lambda own: save(SAVED[0], own / "test/a.png"),
        r"mine/test/a\.png: a file; expected a folder of each class\. Move it away",
    ),
    "a class missing in a split": (
        lambda own: shutil.rmtree(own / "test/Orf"),
        r"mine/test/Orf: no such folder; expected images of every class in train, .*take Orf out",
    ),
    "an empty class": (
        lambda own: [one.unlink() for one in (own / "test/Orf").iterdir()],
        r"mine/test/Orf: empty; expected images\. Add some",
    ),
    "an empty micrograph": (
        lambda own: (own / "test/Orf/m").mkdir(),
        r"mine/test/Orf/m: empty; expected images",
    ),
    "two folders of a split": (
        lambda own: shutil.copytree(own / "validation", own / "Valid"),
        r"mine/validation: a second folder of validation, beside Valid; expected one\. Move one",
    ),
    "a folder around the splits": (
        lambda own: [
            shutil.move(own / split, own / "data" / split)
            for split in ("train", "validation", "test")
            if (own / "data").mkdir(exist_ok=True) is None
        ],
        r"mine/train: no such folder; .* holds 'data'\. .*Name folder:.*mine/data\.",
    ),
    "a class with capitals in one split": (
        lambda own: (own / "test/Orf").rename(own / "test/ORF"),
        r"test/Orf: no such folder.*Rename .*test/ORF, or Orf in the others|train/ORF: no such fo",
    ),
    "a class that no table can show": (
        lambda own: (own / "train/Orf").rename(own / "train/a|b"),
        r"mine: class: found 'a\|b', expected at most 64 letters.*Rename the class",
    ),
    "an unknown type": (
        lambda own: (own / "train/Orf/a.gif").write_bytes(b"GIF89a"),
        r"train/Orf/a\.gif: found '\.gif'; expected an image, .*\.png.*Convert it, or move",
    ),
    "no type": (
        lambda own: (own / "train/Orf/a").write_bytes(b"\x89PNG"),
        r"train/Orf/a: found 'a'; expected an image, such as \.tif",
    ),
    "two images of one name": (
        lambda own: save(SAVED[0].T, own / "train/Orf/a.tif"),
        r"train/Orf/a\.tif: of the same name as a\.png beside it; expected names that.*Rename one",
    ),
    "a name with a line break": (
        lambda own: (own / "train/Orf/a.png").rename(own / "train/Orf/a\nb.png"),
        r"train/Orf: found 'a\\nb\.png' in it; expected a name in UTF-8.*Rename it",
    ),
}
PICTURE_FAULTS: dict[str, tuple[Callable, str]] = {
    "truncated": (
        lambda file: file.write_bytes(file.read_bytes()[:400]),
        r"validation/Orf/a\.png: cut off .*expected an intact PNG file\. Copy it again",
    ),
    "empty file": (
        lambda file: file.write_bytes(b""),
        r"validation/Orf/a\.png: an empty file; expected an image\. Copy it again",
    ),
    "colours": (
        lambda file: save(colours(), file),
        r"validation/Orf/a\.png: it has colours; expected a gray image\. Save it again as gray",
    ),
    "another size": (
        lambda file: save(SAVED[0][:30], file),
        r"validation/Orf/a\.png: 32x30 pixels; expected 32x32 as in .*test/CCHF/a\.png\. Cut or re",
    ),
    "constant": (
        lambda file: save(SAVED[0] * 0 + 7, file),
        r"validation/Orf/a\.png: all pixels are 7; expected an image\. Leave the file out",
    ),
    "several in a file": (
        lambda file: stack(file.rename(file.with_suffix(".tif"))),
        r"validation/Orf/a\.tif: found 2 images: page 1 .*; expected one micrograph.*Save the",
    ),
    "in two splits": (
        lambda file: save(SAVED[0], file),  # train/CCHF/a
        r"validation/Orf/a\.png: the same image as .*train/CCHF/a\.png, as it is, rotated or f",
    ),
    "turned in two splits": (
        lambda file: save(np.rot90(SAVED[4]), file),  # train/Orf/a
        r"validation/Orf/a\.png: the same image as .*train/Orf/a\.png.*\(1 such in all\).*Keep",
    ),
    "in two classes": (
        lambda file: save(SAVED[6][:, ::-1], file),  # validation/CCHF/a
        r"validation/Orf/a\.png: the same image as .*validation/CCHF/a\.png",
    ),
}


@pytest.mark.parametrize("fault", LAYOUT_FAULTS)
def test_a_fault_of_the_layout_is_told_before_any_run(
    fault: str, own: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    harm, message = LAYOUT_FAULTS[fault]
    harm(own)
    arguments = ["--models", "plain_cnn", "--data", f"folder:{own}", "--runs", str(tmp_path / "r")]
    assert run.main(arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    with pytest.raises(BenchmarkError, match=message):
        user_folder.read(own)
    with pytest.raises(BenchmarkError, match=message):
        user_folder.describe(own)
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("fault", PICTURE_FAULTS)
def test_a_fault_of_a_picture_is_told_with_its_file(fault: str, own: Path) -> None:
    harm, message = PICTURE_FAULTS[fault]
    harm(own / "validation/Orf/a.png")
    with pytest.raises(BenchmarkError, match=message) as raised:
        user_folder.read(own)
    assert "\n" not in str(raised.value)


def test_a_fault_of_a_picture_is_told_before_any_run(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (own / "test/Orf/a.png").write_bytes(b"")
    arguments = ["--models", "plain_cnn", "--data", f"folder:{own}", "--runs", str(tmp_path / "r")]
    assert run.main(arguments) == 1
    assert "error: " in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_pictures_that_are_not_square_are_refused(own: Path) -> None:
    for place, file in enumerate(sorted(own.glob("*/*/*.png"))):
        save(SAVED[place][:20], file)
    with pytest.raises(BenchmarkError, match=r"a\.png: 32x20 pixels; expected a square such as 25"):
        user_folder.read(own)


def test_a_folder_of_an_unfit_name_is_refused(own: Path) -> None:
    message = r"my images: folder: found 'my images'.*Rename the folder"
    with pytest.raises(BenchmarkError, match=message):
        user_folder.describe(own.rename(own.with_name("my images")))
