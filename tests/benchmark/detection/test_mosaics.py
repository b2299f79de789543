"""Training images: the boxes are transformed as the particles are."""

import dataclasses

import numpy as np
import pytest

from benchmark.detection import mosaics
from benchmark.detection.data import Scene
from benchmark.detection.recipes import RECIPES

RECIPE = dataclasses.replace(
    RECIPES["quick"], image_size=128, mosaic=0, scale_jitter=0, contrast=0, brightness=0
)


def scenes(count: int = 4) -> list[Scene]:
    """Dark images with bright squares, which are the particles."""
    rng, made = np.random.default_rng(0), []
    for number in range(count):
        image = np.zeros((200, 240), np.uint8)
        boxes = []
        for _ in range(5):
            size = rng.integers(12, 25)
            x, y = rng.integers(30, 200), rng.integers(30, 160)
            image[y : y + size, x : x + size] = 200
            boxes.append((x + size / 2, y + size / 2, size, size))
        made.append(Scene(f"train/A/{number}", image, np.array(boxes, np.float32),
                          np.full(5, number % 2), 1.0))  # fmt: skip
    return made


@pytest.mark.parametrize(
    "recipe",
    [
        RECIPE,
        dataclasses.replace(RECIPE, scale_jitter=1.0),
        dataclasses.replace(RECIPE, mosaic=1.0, scale_jitter=0.5),
    ],
)
def test_boxes_lie_around_the_bright_squares(recipe) -> None:
    found = 0
    for seed in range(20):
        image, boxes, labels = mosaics.training_image(scenes(), seed % 4, recipe, [seed])
        assert image.shape == (128, 128)
        assert len(boxes) == len(labels)
        for x, y, width, height in boxes:
            x0, x1 = round(x - width / 2), round(x + width / 2)
            y0, y1 = round(y - height / 2), round(y + height / 2)
            assert 0 <= x0 < x1 <= 128
            assert 0 <= y0 < y1 <= 128
            inside = image[y0 + 1 : y1 - 1, x0 + 1 : x1 - 1]
            assert not inside.size or np.median(inside) > 1
            found += 1
    assert found > 20


def test_the_same_seed_gives_the_same_image() -> None:
    first, again, other = (
        mosaics.training_image(scenes(), 0, RECIPES["brief"], [1, seed]) for seed in (2, 2, 3)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_a_box_of_which_little_is_visible_is_dropped() -> None:
    boxes = np.array([[10.0, 50, 20, 20], [2, 50, 20, 20], [-8, 50, 20, 20]])
    moved, kept = mosaics.transformed(boxes, np.hstack([np.eye(2), np.zeros((2, 1))]), 100, 100)
    assert kept.tolist() == [0, 1]
    assert moved[1].tolist() == [6, 50, 12, 20]  # cut off at the border
    assert mosaics.transformed(np.zeros((0, 4)), np.zeros((2, 3)), 9, 9)[0].shape == (0, 4)


def test_a_rotated_box_holds_the_rotated_square() -> None:
    angle = np.pi / 4
    rotation = np.array([[np.cos(angle), -np.sin(angle), 50], [np.sin(angle), np.cos(angle), 50]])
    moved, _ = mosaics.transformed(np.array([[0.0, 0, 20, 20]]), rotation, 100, 100)
    assert moved[0] == pytest.approx([50, 50, 20 * 2**0.5, 20 * 2**0.5])


def test_a_micrograph_without_particles_is_background() -> None:
    empty = dataclasses.replace(scenes(1)[0], boxes=np.zeros((0, 4)), labels=np.zeros(0, int))
    image, boxes, labels = mosaics.training_image([empty], 0, RECIPE, [0])
    assert np.isfinite(image).all()
    assert (boxes.shape, labels.shape) == ((0, 4), (0,))


@pytest.mark.parametrize("seed", range(6))
def test_a_micrograph_smaller_than_the_image_is_shown_completely(seed: int) -> None:
    recipe = dataclasses.replace(RECIPE, image_size=256)
    (scene,) = scenes(1)
    image, boxes, labels = mosaics.training_image([scene], 0, recipe, [seed])
    assert len(boxes) == len(labels) == len(scene.boxes)
    sides = np.sort(boxes[:, 2:].prod(axis=1))
    assert sides == pytest.approx(np.sort(scene.boxes[:, 2:].prod(axis=1)))
    assert (image != 0).sum() >= 0.99 * scene.image.size  # the rest of the image is 0
