"""The sheet with one example of every class: its layout, and its command."""

import hashlib
import itertools

import numpy as np
import pytest
import small_archive
from PIL import Image

from tem_virus_dataset import Builder, DatasetError, facts
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.commands import figure
from tem_virus_dataset.commands.contact_sheet import (
    BELOW,
    GAP,
    LINE,
    _caption,
    contact_sheet,
    draw_example,
)

SIDE = 192
PHANTOM = Builder.builder_configs["phantom_14class"]
YELLOW = (255, 220, 0)


BLANK = np.full((256, 256, 1), 7, np.uint16)


def example(name, image=BLANK):
    return {"id": f"train/{name}/1_1", "image": image}


def counts_of(config, number):
    return {name: dict.fromkeys(facts.SPLITS, number) for name in config.classes}


def differing(first, second, side=SIDE):
    """Which cells of two sheets of phantoms differ; by row and column."""
    pixels = np.asarray(first) != np.asarray(second)
    step = side + GAP, side + BELOW + GAP
    return {
        (row, column)
        for row, column in itertools.product(range(2), range(7))
        if pixels[
            row * step[1] : (row + 1) * step[1], column * step[0] : (column + 1) * step[0]
        ].any()
    }


def test_there_is_one_cell_for_each_class():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 4096, (14, 256, 256, 1)).astype(np.uint16)
    examples = {n: example(n, i) for n, i in zip(PHANTOM.classes, images, strict=True)}
    counts = counts_of(PHANTOM, 3)
    whole = contact_sheet(PHANTOM, "tem_virus/phantom_14class/1.0.0", examples, counts)
    assert whole.mode == "L"
    assert whole.width == 7 * (SIDE + GAP) + GAP
    assert whole.height > 2 * (SIDE + BELOW + GAP)
    for place, name in enumerate(PHANTOM.classes):
        x = GAP + place % 7 * (SIDE + GAP)
        y = GAP + place // 7 * (SIDE + BELOW + GAP)
        cell = whole.crop((x, y, x + SIDE, y + SIDE))
        assert cell.tobytes() == draw_example(examples[name], SIDE).convert("L").tobytes()
        other = {**examples, name: example(name, images[place - 1])}
        changed = contact_sheet(PHANTOM, "tem_virus/phantom_14class/1.0.0", other, counts)
        assert differing(whole, changed) == {(place // 7, place % 7)}


def test_no_text_is_cut_off():
    """A margin around everything stays white, be the names ever so long."""
    config = Builder.builder_configs["patches_22class"]
    examples = {n: {**example(n), "id": f"train/{n}/{'W' * 80}"} for n in config.classes}
    for side in (128, SIDE):
        page = contact_sheet(config, "tem_virus/x/1.0.0", examples, counts_of(config, 99999), side)
        pixels = np.asarray(page)
        margin = GAP // 2
        for edge in (pixels[:margin], pixels[-margin:], pixels[:, :margin], pixels[:, -margin:]):
            assert (edge == 255).all()
        for column in range(1, 6):  # between two cells too
            x = GAP + column * (side + GAP)
            caption = page.height - GAP - 4 * LINE
            assert (pixels[:caption, x - GAP : x] == 255).all()


def test_a_class_without_an_example_has_an_empty_cell():
    config = small_archive.BOXES_CONFIG
    page = contact_sheet(config, "tem_virus/small/1.0.0", {}, counts_of(config, 0))
    assert page.mode == "RGB"
    inner = np.asarray(page)[GAP + 1 :, GAP + 1 :][:318, :318]
    assert (inner == 255).all()


@pytest.mark.parametrize(
    "config, words",
    [
        ("phantom_14class", ["phantoms (generated)", "number of phantoms in"]),
        ("mirror_11class", ["1.0.0: patches."]),
        ("mirror_11class_boxes", ["1.0.0: micrographs.", "Yellow: the annotated particles."]),
    ],
)
def test_the_caption_says_what_it_is(config, words):
    caption = _caption(Builder.builder_configs[config], f"tem_virus/{config}/1.0.0")
    for text in (f"tem_virus/{config}, version 1.0.0", *words):
        assert text in caption
    assert ("generated" in caption) is (config == "phantom_14class")
    assert ("Yellow" in caption) is config.endswith("boxes")


def test_the_command_shows_examples_of_train_and_says_which(phantom_dir, tmp_path, capsys):
    out = tmp_path / "new" / "sheet.png"
    command = ["figure", "phantom_14class", "--data-dir", str(phantom_dir), "--out", str(out)]
    assert main(command) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert last == f"the figure is in {out}"
    ids = {line[:14].strip(): line[15:] for line in lines}
    assert list(ids) == list(PHANTOM.classes)
    found = {e["id"]: e for e in Builder(config=PHANTOM.name, data_dir=phantom_dir).examples()}
    for name, shown in ids.items():
        everything = [i for i in found if i.startswith(f"train/{name}/")]
        assert shown == min(everything, key=lambda i: hashlib.sha256(f"0 {i}".encode()).digest())
    expected = contact_sheet(
        PHANTOM,
        "tem_virus/phantom_14class/1.0.0",
        {name: found[shown] for name, shown in ids.items()},
        PHANTOM.expected,
    )
    with Image.open(out) as image:
        assert image.format == "PNG"
        assert (image.mode, image.size) == (expected.mode, expected.size)
        assert image.tobytes() == expected.tobytes()
    assert [path.name for path in out.parent.iterdir()] == ["sheet.png"]


def test_a_seed_gives_its_own_examples_and_the_same_bytes_again(phantom_dir, tmp_path):
    builder = Builder(config="phantom_14class", data_dir=phantom_dir)
    first, again, other = (tmp_path / f"{n}.png" for n in range(3))
    again.write_text("an old file, to be replaced")
    shown = figure.write(builder, first, seed=1)
    assert figure.write(builder, again, seed=1) == shown
    assert first.read_bytes() == again.read_bytes()
    assert figure.write(builder, other, seed=2) != shown
    assert first.read_bytes() != other.read_bytes()


@pytest.mark.parametrize(
    "name, found",
    [
        ("sheet.jpg", "no name of a PNG"),
        ("sheet", "no name of a PNG"),
        ("folder.png", "a folder"),
    ],
)
def test_what_is_no_name_of_a_png_is_refused(phantom_dir, tmp_path, capsys, name, found):
    (tmp_path / "folder.png").mkdir()
    out = tmp_path / name
    command = ["figure", "phantom_14class", "--data-dir", str(phantom_dir), "--out", str(out)]
    assert main(command) == 1
    assert capsys.readouterr().err == (
        f"error: {out}: {found}; expected the name of a file that ends in .png as --out. "
        "Give another.\n"
    )
    assert not out.is_file()


def test_a_config_must_be_prepared(tmp_path, capsys):
    place = ["--data-dir", str(tmp_path), "--out", str(tmp_path / "a.png")]
    assert main(["figure", "mirror_11class", *place]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {tmp_path}/tem_virus/mirror_11class/1.0.0: not prepared.")
    assert "tem-virus prepare mirror_11class --manual-dir FOLDER" in error
    assert not (tmp_path / "a.png").exists()


def test_a_failure_to_write_leaves_the_old_file_and_nothing_else(
    phantom_dir, tmp_path, monkeypatch
):
    def fail(self, path, *_, **__):
        path.write(b"half an image")
        raise OSError("no space left on device")

    out = tmp_path / "a.png"
    out.write_text("old")
    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(
        DatasetError, match=r"a\.png: cannot be written \(no space left.*Name another"
    ):
        figure.write(Builder(config="phantom_14class", data_dir=phantom_dir), out)
    assert out.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.fixture(scope="module")
def raw_builder(archive, tmp_path_factory):
    config = next(c for c in small_archive.CONFIGS if c.name == "small_micrographs_22class")
    return small_archive.build(archive, tmp_path_factory.mktemp("raw"), config)


def test_whole_micrographs_have_their_points(raw_builder, tmp_path):
    chosen, counts = figure.choose(raw_builder, 0)
    assert counts == raw_builder.builder_config.expected
    assert list(chosen) == sorted(chosen) == list(facts.CLASSES_22)
    for name, found in chosen.items():
        made = small_archive.raw(found["id"])
        np.testing.assert_array_equal(found["image"], made.image)
        height, width = made.image.shape
        picture = draw_example(found, 320)
        assert picture.size == tuple(round(s * 320 / max(width, height)) for s in (width, height))
        assert (np.asarray(picture) == YELLOW).all(2).any(), name
    figure.write(raw_builder, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGB"
        assert image.width == 5 * (320 + GAP) + GAP


def test_a_damaged_build_is_named(tmp_path):
    small_archive.write_mirror(tmp_path / "mirror")
    config = small_archive.BOXES_CONFIG
    builder = small_archive.build(tmp_path / "mirror", tmp_path / "data", config)
    (file,) = builder.data_path.glob("*train*")
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(DatasetError, match=r"1\.0\.0, split train: damaged"):
        figure.write(builder, tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()
