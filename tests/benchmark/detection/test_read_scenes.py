"""Micrographs with boxes: from TFDS, a file or a user's folder, and each fault told in one line."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small_archive
import small_exosome
import small_scenes
from PIL import Image
from small_scenes import CLASSES, COUNTS

from benchmark import export, run, tasks
from benchmark.data import npz
from benchmark.data.address import About
from benchmark.data.boxes import corners
from benchmark.detection import npz_file, read, user_folder, user_folder_layout
from benchmark.detection.data import Scenes, checksum
from benchmark.errors import BenchmarkError
from leaderboard.tasks import CLASSIFICATION, DETECTION
from tem_virus_dataset import Builder, DatasetError, ExosomeBuilder, facts
from tem_virus_dataset.building import content_hash

DTYPES = (np.uint8, np.uint16)


def task_of(data: str) -> str:
    """Name the task that data are for."""
    return tasks.of_data(data).name


def check_same(found: Scenes, made: Scenes, named: Callable[[str], str] = str) -> None:
    """Check images and boxes, by id; a folder's pixel sizes are not known."""
    assert found.classes == made.classes
    for split in facts.SPLITS:
        assert [one.id for one in found.splits[split]] == [named(s.id) for s in made.splits[split]]
        for one, other in zip(found.splits[split], made.splits[split], strict=True):
            np.testing.assert_array_equal(one.image, other.image)
            np.testing.assert_allclose(one.boxes, other.boxes, rtol=0, atol=1e-4)
            np.testing.assert_array_equal(one.labels, other.labels)
            assert one.image.dtype == other.image.dtype
            assert (one.boxes.dtype, one.labels.dtype) == (np.float32, np.int64)
            assert one.boxes.shape == (len(one.labels), 4)


def configured(monkeypatch: pytest.MonkeyPatch, builder: type, config: object) -> None:
    """Let a small config of the tests be one of the builder's."""
    known = {**builder.builder_configs, config.name: config}
    monkeypatch.setattr(builder, "builder_configs", known)


def test_a_config_of_viruses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_archive.write_mirror(tmp_path / "mirror")
    config = small_archive.BOXES_CONFIG
    configured(monkeypatch, Builder, config)
    builder = small_archive.build(tmp_path / "mirror", tmp_path / "data", config)
    data = f"tem_virus/{config.name}"
    assert task_of(data) == DETECTION
    about = About(data, "1.0.0", config.classes)
    assert tasks.describe(data, tmp_path / "data") == about
    found = read.load(data, tmp_path / "data")
    examples = {example["id"]: example for example in builder.examples()}
    scenes = {one.id: one for several in found.splits.values() for one in several}
    assert list(scenes) == sorted(examples, key=lambda i: (facts.SPLITS.index(i.split("/")[0]), i))
    for name, example in examples.items():
        one, (height, width) = scenes[name], example["image"].shape[:2]
        np.testing.assert_array_equal(one.image, example["image"][..., 0])
        assert one.image.dtype == np.uint8
        y0, x0, y1, x1 = example["objects"]["bbox"].T
        expected = np.stack([x0 * width, y0 * height, x1 * width, y1 * height], axis=1)
        np.testing.assert_allclose(corners(one.boxes), expected, rtol=0, atol=1e-3)
        assert one.labels.tolist() == example["objects"]["label"].tolist()
        assert one.nm_per_pixel == 1.0
    digests = {name: config.digest(example) for name, example in examples.items()}
    assert found.content_hash == content_hash.content_hash(digests)


def test_a_config_of_exosomes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(monkeypatch, ExosomeBuilder, small_exosome.CONFIG)
    small_exosome.write(tmp_path / "cbia")
    small_exosome.build(tmp_path / "cbia", tmp_path / "data")
    data = f"tem_exosome/{small_exosome.CONFIG.name}"
    assert task_of(data) == DETECTION
    found = read.load(data, tmp_path / "data")
    assert (found.config, found.classes) == (data, ("exosome",))
    assert [len(several) for several in found.splits.values()] == [43, 14, 15]
    for one in (one for several in found.splits.values() for one in several):
        made = small_exosome.generated(*one.id.split("/")[1:])
        np.testing.assert_array_equal(one.image, made.image)
        np.testing.assert_allclose(corners(one.boxes), made.boxes, rtol=0, atol=1e-4)
        assert one.labels.tolist() == [0, 0]
        assert one.nm_per_pixel == made.nm_per_pixel
    file = tmp_path / "exosomes.npz"
    assert export.main([data, str(file), "--data-dir", str(tmp_path / "data")]) == 0
    again = read.load(str(file))
    check_same(again, found)
    assert again.content_hash == found.content_hash


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_file_gives_back_what_was_written(tmp_path: Path, dtype: type) -> None:
    made = small_scenes.small_scenes(dtype)
    file = str(small_scenes.write(tmp_path / "scenes.npz", dtype))
    assert task_of(file) == DETECTION
    assert tasks.describe(file) == read.describe(file) == About(made.config, "1.0.0", CLASSES)
    found = read.load(file)
    check_same(found, made)
    assert (found.config, found.version) == (made.config, made.version)
    assert found.content_hash == made.content_hash
    assert {one.nm_per_pixel for one in found.splits["test"]} == {small_scenes.NM_PER_PIXEL}
    assert len(found.splits["train"][0].boxes) == 0


def unpickled(file: Path) -> dict[str, np.ndarray]:
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def test_a_file_is_compact_and_without_pickle(scenes_file: Path) -> None:
    arrays = unpickled(scenes_file)
    assert all(array.dtype != object for array in arrays.values())
    pixels = sum(len(arrays[f"{split}_pixels"]) for split in COUNTS)
    assert scenes_file.stat().st_size < pixels


def another_box(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_boxes"][0, 0] += 1


def another_label(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_labels"][0] = 1 - arrays["test_labels"][0]


def another_pixel(arrays: dict[str, np.ndarray]) -> None:
    arrays["validation_pixels"][7] ^= 1


def another_pixel_size(arrays: dict[str, np.ndarray]) -> None:
    arrays["train_nm_per_pixel"][0] = np.nan


def boxes_of_another(arrays: dict[str, np.ndarray]) -> None:
    arrays["train_counts"][1:3] += [1, -1]


def another_shape(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_shapes"][0] = arrays["test_shapes"][0, ::-1]


def pixels_missing(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_pixels"] = arrays["test_pixels"][:-5]


def ids_missing(arrays: dict[str, np.ndarray]) -> None:
    del arrays["test_ids"]


@pytest.mark.parametrize(
    "harm, found",
    [
        (another_box, "its content is not that of checksum"),
        (another_label, "its content is not that of checksum"),
        (another_pixel, "its content is not that of checksum"),
        (another_pixel_size, "its content is not that of checksum"),
        (boxes_of_another, "its content is not that of checksum"),
        (another_shape, "its content is not that of checksum"),
        (pixels_missing, "cannot reshape"),
        (ids_missing, "test_ids"),
    ],
)
def test_a_file_that_was_changed_is_refused(
    scenes_file: Path, tmp_path: Path, harm: Callable, found: str
) -> None:
    arrays = unpickled(scenes_file)
    harm(arrays)
    np.savez(tmp_path / "changed.npz", **arrays)
    with pytest.raises(BenchmarkError, match=rf"changed\.npz: cannot be read \(.*{found}.*again"):
        read.load(str(tmp_path / "changed.npz"))


@pytest.mark.parametrize("kind", ["truncated", "empty", "no zip"])
def test_a_broken_file_is_refused(scenes_file: Path, tmp_path: Path, kind: str) -> None:
    file, whole = tmp_path / "broken.npz", scenes_file.read_bytes()
    file.write_bytes({"truncated": whole[:-2000], "empty": b"", "no zip": whole[99:999]}[kind])
    for function in (task_of, tasks.describe, tasks.load, read.describe, read.load):
        with pytest.raises(BenchmarkError, match=r"broken\.npz: cannot be read \(.*Write it again"):
            function(str(file))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"none\.npz: no such file; expected one that"):
        read.load(str(tmp_path / "none.npz"))


@pytest.fixture
def yolo(tmp_path: Path) -> Path:
    return small_scenes.write_yolo_folder(tmp_path / "mine", tmp_path / "raw")


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    return small_scenes.write_coco_folder(tmp_path / "mine")


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
        f"{data}: 12 images, {count} boxes; 1 images without a box, taken as background"
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
    assert "1 images without a box, taken as background" in capsys.readouterr().out
    one, two = read.load(f"folder:{yolo}"), read.load(file)
    check_same(two, one)
    assert two.content_hash == one.content_hash
    assert {scene.nm_per_pixel for scene in two.splits["test"]} == {None}
    assert tasks.describe(file) == tasks.describe(f"folder:{yolo}")


def test_boxes_past_the_border_are_cut_off_and_counted(yolo: Path) -> None:
    labels = yolo / "labels/test/0.txt"
    labels.write_text(f"0 0.99 0.5 0.1 0.1\n{labels.read_text()}")
    assert read.notice(f"folder:{yolo}").endswith("; 1 boxes cut off at the border")
    one = read.load(f"folder:{yolo}").splits["test"][0]
    assert corners(one.boxes)[0, 2] == one.image.shape[1]


def undivided(own: Path) -> None:
    """Only `images` and `labels`, as annotation programs write them."""
    shutil.rmtree(own / "images/validation")
    shutil.rmtree(own / "labels/validation")
    for kind in ("images", "labels"):
        shutil.rmtree(own / kind / "test")
        for file in (own / kind / "train").iterdir():
            file.rename(own / kind / file.name)
        (own / kind / "train").rmdir()


def side_by_side(own: Path) -> None:
    undivided(own)
    for kind in ("images", "labels"):
        for file in (own / kind).iterdir():
            file.rename(own / file.name)
        (own / kind).rmdir()


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
        r"age>, or whole micrographs with a box for each particle, PATH/images.*Correct the path",
    ),
    "not divided": (undivided, r"mine: its images are not divided into splits; expected PATH/im"),
    "side by side": (side_by_side, r"mine: its images are not divided into splits; .*Divide"),
    "no test": (
        lambda own: without(own, ("images", "labels"), "test"),
        r"mine: found 0 images and no box in test; expected some in train, validation and test",
    ),
    "no boxes in validation": (
        lambda own: [file.write_text("") for file in (own / "labels/validation").iterdir()],
        r"mine: found 3 images and no box in validation; expected some",
    ),
    "no labels": (lambda own: without(own, ("labels",), "test"), r"labels/test: missing; expected"),
    "a class without a box in train": (
        no_rings,
        r"mine: class ring has no box in train; expected some of every class\. Move .*or take ring",
    ),
    "a class that nothing is of": (
        lambda own: (
            edit(own / "classes.txt", "ring\n", "ring\nrod\n"),
            edit(own / "data.yaml", "1: ring", "1: ring\n  2: rod"),
        ),
        r"mine: class rod has no box in train",
    ),
    "a class that no table can show": (
        lambda own: (
            edit(own / "classes.txt", "ring", "a|b"),
            edit(own / "data.yaml", "ring", "a|b"),
        ),
        r"mine: class: found 'a\|b', expected at most 64 of A-Z.*Rename the class",
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
        r"test/0\.png: cannot be decoded, 900 bytes .*expected an intact.*Save it again",
    ),
    "colours": (
        lambda own: small_archive.save(
            own / "images/test/0.png",
            RNG.integers(0, 256, (9, 9, 3), np.uint8),
        ),
        r"test/0\.png: image of mode RGB; expected one channel.*Save it again as a gray",
    ),
    "constant": (
        lambda own: small_archive.save(own / "images/test/0.png", np.full((9, 9), 7, np.uint8)),
        r"test/0\.png: constant, all pixels 7; expected an image\. Take it out",
    ),
    "a bad line": (
        lambda own: (own / "labels/test/0.txt").write_text("5 0.5 0.5 0.1 0.1"),
        r"test/0\.txt, line 1: .*class 5, known are 0 to 1.*Correct or remove the line",
    ),
    "labels without an image": (
        lambda own: (own / "images/test/0.png").unlink(),
        r"test/0\.txt: labels without an image; expected 0 with one of",
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
            *((own / split).rename(own / f"{split}_set") for split in facts.SPLITS),
        ],
        r"mine: its images are not divided into splits; .*PATH/\{train,validation,test\}\.json",
    ),
    "a split missing": (
        lambda own: (own / "test.json").unlink(),
        r"mine: found 0 images and no box in test",
    ),
    "two files of a split": (
        lambda own: shutil.copy(own / "test.json", own / "val.json"),
        r"val\.json: a second file of split validation, beside .*validation\.json; expected one",
    ),
    "other categories": (
        lambda own: edit(own / "test.json", '"name": "ring"', '"name": "rod"'),
        r"test\.json: categories disc, rod; expected disc, ring, as in .*train\.json\. List",
    ),
    "no JSON": (
        lambda own: (own / "train.json").write_text("{"),
        r"train\.json: cannot be read as JSON",
    ),
    "an image missing": (
        lambda own: (own / "test/1.png").unlink(),
        r"test/1\.png: cannot be read as an image",
    ),
    "an image in two splits": (
        lambda own: listed_too(own / "test.json", "train/1.png"),
        r"train/1\.png: the same image as .*train/1\.png.*in two splits: a score on im",
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
    with pytest.raises(BenchmarkError, match=r"train\.json: its images are not divided"):
        task_of(f"folder:{coco / 'train.json'}")


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


def test_a_class_named_twice_is_refused(yolo: Path) -> None:
    for name in ("data.yaml", "labels.txt"):
        (yolo / name).unlink(missing_ok=True)
    (yolo / "classes.txt").write_text("virus\nvirus\n")
    with pytest.raises(DatasetError, match=r"classes.txt: class 'virus' is there twice; expected"):
        user_folder.listed(yolo)


@pytest.mark.parametrize("name", ["gone", "a_file"])
def test_what_is_no_folder_is_not_taken_for_patches(tmp_path: Path, name: str) -> None:
    (tmp_path / "a_file").write_text("")
    with pytest.raises(BenchmarkError, match=f"{name}: no such folder; expected PATH"):
        task_of(f"folder:{tmp_path / name}")


def test_what_was_not_exported_is_not_taken_for_patches(tmp_path: Path) -> None:
    np.savez(tmp_path / "best-1.npz", a=np.eye(2))
    with pytest.raises(BenchmarkError, match=r"best-1\.npz"):
        task_of(str(tmp_path / "best-1.npz"))


def test_a_folder_by_class_stays_one(tmp_path: Path) -> None:
    for split in facts.SPLITS:
        for name in ("images", "Orf"):  # a class may be called so
            small_archive.save(tmp_path / split / name / "a.png", np.eye(9, dtype=np.uint8))
    (tmp_path / "labels").mkdir()
    assert not user_folder_layout.is_laid_out_so(tmp_path)
    assert task_of(f"folder:{tmp_path}") == CLASSIFICATION


MISMATCH = r"{}: whole micrographs with a box for each particle, for a detector; expected patches"
OTHER = r"{}: patches, each of one class, for a classifier; expected whole micrographs with a box"


@pytest.mark.parametrize("kind", ["yolo", "coco", "scenes_file"])
def test_a_classifier_reads_no_boxes(kind: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(kind)
    data = str(place) if kind == "scenes_file" else f"folder:{place}"
    with pytest.raises(BenchmarkError, match=MISMATCH.format(data)):
        tasks.load(data, wanted=CLASSIFICATION)


def test_a_detector_reads_no_patches(data_file: Path) -> None:
    with pytest.raises(BenchmarkError, match=OTHER.format(data_file)):
        tasks.load(str(data_file), wanted=DETECTION)
    with pytest.raises(BenchmarkError, match=OTHER.format("tem_virus/mirror_11class")):
        tasks.load("tem_virus/mirror_11class", wanted=DETECTION)


@pytest.mark.parametrize("data", ["tem_virus/mirror_11class_boxes", "tem_exosome/phantom"])
def test_a_classifier_is_refused_before_any_run(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    runs = ["--runs", str(tmp_path / "r"), "--data-dir", str(tmp_path / "d")]
    assert run.main(["--models", "plain_cnn", "--data", data, *runs]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: --models plain_cnn --data {data}: plain_cnn is a classifier, ")
    assert "the data are whole micrographs with a box for each particle, for a detector" in error
    assert "such as tem_virus/mirror_11class. Name other data, or a detector." in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "data, message",
    [
        (
            "tem_virus/none",
            r"/none: unknown.*; expected one of tem_virus/.*tem_exosome/cbia",
        ),
        ("tem_exosome/none", r"tem_exosome/none: unknown.*; expected one of tem_virus/"),
        ("cbya", r"--data cbya: unknown, did you mean 'tem_exosome/cbia'\?; expected one of"),
        ("tem_virus/micrographs_22class", r"whole micrographs with points, which no model is trai"),
    ],
)
def test_an_unknown_config_is_told(data: str, message: str) -> None:
    for function in (task_of, tasks.describe, tasks.load):
        with pytest.raises(BenchmarkError, match=message):
            function(data)


def test_a_config_that_is_not_prepared_is_told_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"not prepared\..*prepare mirror_11class_boxes"):
        read.load("tem_virus/mirror_11class_boxes", tmp_path)


def test_the_mixed_depths_of_a_folder_become_one(yolo: Path) -> None:
    made = small_scenes.small_scenes(np.uint16).splits["test"][0].image
    Image.fromarray(made).save(yolo / "images/test/0.png")
    found = read.load(f"folder:{yolo}")
    assert {one.image.dtype for s in found.splits.values() for one in s} == {np.dtype(np.uint16)}
    np.testing.assert_array_equal(found.splits["test"][0].image, made)
    expected = small_scenes.small_scenes().splits["test"][1].image
    np.testing.assert_array_equal(found.splits["test"][1].image, expected)


def test_a_classification_file_is_none_of_boxes(data_file: Path, scenes_file: Path) -> None:
    assert not npz.holds(data_file, npz_file.BOXES)
    assert npz.holds(scenes_file, npz_file.BOXES)
    with pytest.raises(BenchmarkError, match="cannot be read"):
        npz_file.read(data_file)
