"""Corrupted images: level 0, dtypes, seeds, and hashes that no machine may change."""

import hashlib
import re

import numpy as np
import pytest
from project_paths import ROOT

from tem_virus_dataset.conditions import corrupt, levels
from tem_virus_dataset.conditions.cell_hash import cell_hash
from tem_virus_dataset.errors import DatasetError

HARD = [cell for cell in levels.cells() if cell.level]
ID = "test/Orf/0"


def image() -> np.ndarray:
    """Return a patch from whole numbers alone, so that no machine rounds it differently."""
    y, x = np.mgrid[:256, :256]
    disc = ((x - 120) ** 2 + (y - 131) ** 2 < 50**2) * 60
    texture = (x * 7919 + y * 104729 + x * y * 31) % 41
    return (70 + disc + texture).astype(np.uint8)


@pytest.mark.parametrize("name", [levels.CLEAN, *levels.CONDITIONS])
def test_level_0_is_the_image_bit_by_bit_and_a_copy(name):
    before = image()
    same = corrupt.corrupted(before, ID, name, 0)
    np.testing.assert_array_equal(same, before)
    assert not np.shares_memory(same, before)


@pytest.mark.parametrize("cell", HARD, ids=lambda cell: cell.name)
def test_every_cell_changes_the_image_and_keeps_shape_and_dtype(cell):
    before = image()
    after = corrupt.corrupted(before[..., None], ID, cell.condition, cell.level)
    assert after.shape == (256, 256, 1)
    assert after.dtype == np.uint8
    assert (after[..., 0] != before).any()
    np.testing.assert_array_equal(before, image())  # the argument is left alone


def test_eight_bits_in_sixteen_give_the_same_image():
    """TFDS gives patches of 8 bits as uint16; predictions from both must be of the same images."""
    for cell in HARD[::3]:
        small = corrupt.corrupted(image(), ID, cell.condition, cell.level)
        large = corrupt.corrupted(image().astype(np.uint16), ID, cell.condition, cell.level)
        assert large.dtype == np.uint16
        np.testing.assert_array_equal(small, large)


def test_sixteen_bits_are_inverted_within_their_own_range():
    deep = image().astype(np.uint16) * 50
    after = corrupt.corrupted(deep, ID, "inversion", 1)
    assert (after.min(), after.max()) == (deep.min(), deep.max())


# Whoever changes these changes the board: predictions of others would no longer be accepted.
GOLDEN = {
    "defocus": "4124f5442f7630db",
    "dose": "f2c2a97ca45dd812",
    "pixel_size_too_large": "aa2a6ae3a1da3632",
    "pixel_size_too_small": "fc5f3ab61bdec8e6",
    "inversion": "c38af50598053895",
    "stain": "6825f1890ca19fc3",
    "gamma": "4732296042b42a52",
    "drift": "431322ec132419ce",
    "jpeg": "2b3a223174944f3f",
    "off_centre": "cda1890f152c16a1",
    "debris": "492cedce5d3cc1b9",
    "hot_pixels": "1d661fc5d83fd81c",
    "info_strip": "645f9ca66697d6f0",
}


@pytest.mark.parametrize("name", levels.CONDITIONS)
def test_golden_hash(name):
    level = 1 if name == "inversion" else 3
    after = corrupt.corrupted(image(), ID, name, level)
    assert hashlib.sha256(after.tobytes()).hexdigest()[:16] == GOLDEN[name]


def test_random_numbers_are_those_of_the_id_the_condition_and_the_seed():
    dose = corrupt.corrupted(image(), ID, "dose", 3)
    np.testing.assert_array_equal(dose, corrupt.corrupted(image(), ID, "dose", 3))
    for other in (("test/Orf/1", 0), (ID, 1)):
        assert (dose != corrupt.corrupted(image(), other[0], "dose", 3, other[1])).any()


def test_a_split_gets_what_each_image_gets_alone():
    images = np.stack([image(), image()[::-1]])[..., None]
    ids = ["test/Orf/0", "test/Orf/1"]
    together = corrupt.all_corrupted(images, ids, levels.Cell("stain", 2))
    for one, name, expected in zip(images, ids, together, strict=True):
        np.testing.assert_array_equal(corrupt.corrupted(one, name, "stain", 2), expected)


def test_the_hash_of_a_cell_depends_on_images_and_ids_not_on_their_order():
    images, ids = np.stack([image(), image().T])[..., None], ["a", "b"]
    assert cell_hash(images, ids) == cell_hash(images[::-1], ids[::-1])
    assert cell_hash(images, ids) != cell_hash(images[::-1], ids)
    assert cell_hash(images.astype(np.uint16), ids) == cell_hash(images, ids)


@pytest.mark.parametrize(
    ("name", "level", "text"),
    [
        ("defocs", 1, "did you mean 'defocus'"),
        ("defocus", 6, "0 to 5"),
        ("inversion", 2, "0 to 1"),
        ("clean", 1, "0 to 0"),
    ],
)
def test_an_unknown_condition_or_level_is_refused(name, level, text):
    with pytest.raises(DatasetError, match=text):
        corrupt.corrupted(image(), ID, name, level)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 4), np.float32),
        np.zeros((4, 4, 3), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 4), np.uint8),
    ],
)
def test_what_is_no_image_is_refused(array):
    with pytest.raises(DatasetError, match="expected an image"):
        corrupt.corrupted(array, ID, "dose", 1)


def test_a_constant_image_survives_every_condition():
    for cell in HARD:
        for value in (0, 255):
            flat = np.full((256, 256), value, np.uint8)
            assert corrupt.corrupted(flat, ID, cell.condition, cell.level).shape == flat.shape


def test_amounts_get_harder_and_names_are_unique():
    conditions = levels.CONDITIONS.values()
    assert len(levels.cells()) == 62 == len(set(levels.cells()))
    for condition in conditions:
        amounts = np.array(condition.amounts)
        if condition.name == "gamma":
            amounts = np.abs(np.log(amounts))
        steps = np.diff(amounts)
        assert (steps >= 0).all() or (steps <= 0).all(), condition.name


def test_the_document_has_every_condition_with_its_levels():
    text = (ROOT / "docs" / "hard-conditions.md").read_text("utf-8")
    stated = {
        name: tuple(map(float, re.findall(r"[\d.]+", amounts)))
        for names, amounts in re.findall(r"^\| (`.+?) \| (.+?) \|", text, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
        if name in levels.CONDITIONS
    }
    assert stated.pop(levels.INVERSION) == ()
    known = {name: one.amounts for name, one in levels.CONDITIONS.items()}
    assert stated == {n: amounts for n, amounts in known.items() if n != levels.INVERSION}
