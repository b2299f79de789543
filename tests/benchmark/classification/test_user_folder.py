"""A user's own folder: every fault in it is told in one line, and a sound one is trained on."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from PIL import Image
from project_paths import ROOT

from benchmark import export, run, tasks
from benchmark.classification import read as reading
from benchmark.classification import user_folder
from benchmark.data.address import About
from benchmark.errors import BenchmarkError
from benchmark.runs.job import run_folder
from leaderboard.results import store as records
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.micrographs.patch import cut
from tem_virus_dataset.phantoms import viruses

CLASSES = ("CCHF", "Nipah virus", "Orf")
RNG = np.random.default_rng(0)
SAVED = [RNG.integers(0, 256, (32, 32), np.uint8) for _ in range(18)]


def save(image: np.ndarray, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(file)
    return file


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Two images of 32x32 a class and split: `mine/train/Orf/a.png`, `b.png`."""
    images = iter(SAVED)
    for split in facts.SPLITS:
        for name in CLASSES:
            for stem in "ab":
                save(next(images), tmp_path / "mine" / split / name / f"{stem}.png")
    return tmp_path / "mine"


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


def test_other_pictures_are_another_version(own: Path) -> None:
    before = user_folder.describe(own).version
    shutil.copytree(own, own.parent / "copy" / "mine")
    assert user_folder.describe(own.parent / "copy" / "mine").version == before
    (own / "train/Orf/a.png").rename(own / "train/Orf/c.png")
    assert user_folder.describe(own).version != before


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
        lambda own: (own / "validation").rename(own / "val"),
        r"mine/validation: no such folder; .*mine holds 'test', 'train', 'val'\. Expected PATH/",
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
    "a folder too deep": (
        lambda own: save(SAVED[0], own / "test/Orf/m/deep/a.png"),
        r"mine/test/Orf/m/deep: a folder; expected images in <Class>/<micrograph>\. Move",
    ),
    "a class that no table can show": (
        lambda own: (own / "train/Orf").rename(own / "train/a|b"),
        r"mine/train/a\|b: class: found 'a\|b', expected at most 64 of A-Z.*Rename the class",
    ),
    "an unknown type": (
        lambda own: (own / "train/Orf/a.gif").write_bytes(b"GIF89a"),
        r"train/Orf/a\.gif: found '\.gif'; expected an image, \.png, \.tif.*Convert it, or move",
    ),
    "no type": (
        lambda own: (own / "train/Orf/a").write_bytes(b"\x89PNG"),
        r"train/Orf/a: found 'a'; expected an image, \.png",
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
        r"validation/Orf/a\.png: cannot be decoded, 400 bytes .*expected an intact.*Save it again",
    ),
    "empty file": (
        lambda file: file.write_bytes(b""),
        r"validation/Orf/a\.png: cannot be decoded, 0 bytes",
    ),
    "colours": (
        lambda file: save(colours(), file),
        r"validation/Orf/a\.png: image of mode RGB; expected one channel.*Save it again as a gr",
    ),
    "another size": (
        lambda file: save(SAVED[0][:30], file),
        r"validation/Orf/a\.png: 32x30 pixels; expected 32x32 as in .*test/CCHF/a\.png\. Cut or re",
    ),
    "constant": (
        lambda file: save(SAVED[0] * 0 + 7, file),
        r"validation/Orf/a\.png: constant, all pixels 7; expected an image\. Take it out",
    ),
    "several in a file": (
        lambda file: stack(file.rename(file.with_suffix(".tif"))),
        r"validation/Orf/a\.tif: 2 images in one file; expected one\. Save each",
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


@pytest.mark.parametrize("name", ["mirror_11class", "records"])
def test_runs_on_a_folder_share_no_folder_with_the_benchmarks(own: Path, name: str) -> None:
    data = user_folder.describe(own.rename(own.with_name(name))).dataset
    runs = Path("runs")
    assert run_folder(runs, data, "one") == runs / f"folder-{name}" / "one"
    assert run_folder(runs, f"tem_virus/{name}", "one") == runs / name / "one"


def test_a_picture_shown_twice_in_one_class_of_a_split_is_fine(own: Path) -> None:
    save(np.rot90(SAVED[0]), own / "train/CCHF/turned.png")
    assert len(user_folder.read(own).splits["train"]) == 7


def test_no_picture_is_opened_to_describe_a_folder(own: Path) -> None:
    for file in own.glob("*/*/*.png"):
        file.write_bytes(b"")
    assert user_folder.describe(own).classes == CLASSES


def test_a_folder_is_exported_to_one_file(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(own)
    file = str(tmp_path / "mine.npz")
    assert export.main(["folder:.", file]) == 0
    one, two = user_folder.read(own), reading.load(file)
    assert tasks.describe(file) == tasks.describe("folder:.")
    assert one.content_hash == two.content_hash
    assert one.splits["test"].micrographs.tolist() == two.splits["test"].micrographs.tolist()
    (own / "test/Orf/a.png").write_bytes(b"")
    assert export.main(["folder:.", file]) == 1
    assert "a.png: cannot be decoded" in capsys.readouterr().err


def small_phantoms(root: Path) -> Path:
    """Write 64x64 middles of phantoms of two classes, in a folder for each micrograph."""
    for name in ("Astrovirus", "Ebola"):
        for number in range(viruses.PER_CLASS):
            made = viruses.micrograph(name, number)
            for place, centre in enumerate(made.centres[:2]):
                image = cut(made.image, *centre)[96:160, 96:160]
                save(image, root / made.split / name / made.stem / f"{place}.png")
    return root


def do(*arguments: object) -> int:
    """Run the command in this process and in its working folder."""
    settings = ["samples_per_class=8", "batch_size=8", "epochs=1", *map(str, arguments)]
    with mock.patch.dict(os.environ):  # it sets some for its runs
        return run.main(["--runs", "runs", "--recipe", "quick", "--set", *settings])


def test_a_model_is_trained_on_a_folder_and_its_row_stays_out_of_the_leaderboard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    small_phantoms(tmp_path / "own")
    pages = [ROOT / "README.md", *(ROOT / "leaderboard").rglob("*.*")]
    before = {page: page.stat().st_mtime_ns for page in pages}
    arguments = ["image_size=32", "--models", "plain_cnn", "--data", "folder:own"]
    assert do(*arguments) == 0
    out, err = capfd.readouterr()
    assert "folder/own: 2 classes" in out
    assert "plain_cnn" in out.split("test split")[1]
    assert "reading own" not in err  # the bar is hidden where output is redirected
    (record,) = records.read_all(tmp_path / "runs" / "records")
    data = user_folder.read(tmp_path / "own")
    assert (record.data, record.data_version) == ("folder/own", data.version)
    assert (record.status, record.content_hash) == ("finished", data.content_hash)
    assert list((tmp_path / "runs" / "folder-own" / record.run).glob("best-*.npz"))
    assert "A user's own images" in (tmp_path / "runs/records/README.md").read_text()
    assert {page: page.stat().st_mtime_ns for page in before} == before
    assert do(*arguments) == 0
    assert "finished before" in capfd.readouterr().out
    for split in facts.SPLITS:
        (tmp_path / "own" / split / "Ebola").rename(tmp_path / "own" / split / "Orf")
    assert do(*arguments) == 1
    assert f"finished on data {data.version}" in capfd.readouterr().err


def test_a_side_that_does_not_divide_the_pictures_is_told_with_the_remedy(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    arguments = ["--models", "plain_cnn", "--data", f"folder:{own}", "--runs", str(tmp_path / "r")]
    assert run.main([*arguments, "--set", "image_size=64"]) == 1
    error = capsys.readouterr().err
    assert "image_size 64: found images of 32x32 pixels" in error
    assert "--set image_size=" in error
    assert not (tmp_path / "r").exists()  # no run was begun, none has failed
