"""What a training covers: the images of an epoch, boxes that cannot be learned, weights."""

import dataclasses

import numpy as np
import pytest

from benchmark.detection.coverage import class_weights, coverage
from benchmark.detection.data import Scene
from benchmark.detection.recipes import RECIPES

BRIEF = RECIPES["brief"]


def scene(label: int, count: int = 1, side: float = 30.0) -> Scene:
    boxes = np.tile(np.array([[50, 50, side, side]], np.float32), (count, 1))
    image = np.zeros((100, 100), np.uint8)
    return Scene(f"train/{label}", image, boxes, np.full(count, label), 2.0)


def test_an_epoch_of_many_classes_is_as_the_recipe_says() -> None:
    covered = coverage([scene(label) for label in range(20)], BRIEF)
    assert (covered.samples_per_class, covered.steps) == (48, 60)
    assert "raised" not in str(covered)
    assert covered.note == ""


@pytest.mark.parametrize("count", [3, 20, 2000])
def test_a_folder_of_one_class_gets_the_steps_that_it_needs(count: int) -> None:
    recipe = RECIPES["steady"]
    covered = coverage([scene(0)] * count, recipe)
    assert covered.steps * recipe.epochs >= recipe.min_steps == 2000
    assert "samples_per_class 76 is raised" in str(covered)


def test_an_epoch_shows_every_micrograph_where_the_recipe_says_so() -> None:
    recipe = dataclasses.replace(BRIEF, all_images=True, min_steps=0)
    covered = coverage([scene(n % 2) for n in range(301)], recipe)
    assert covered.samples_per_class == 151
    assert f"{covered.samples_per_class * 2} images an epoch" in str(covered)


def test_boxes_that_cannot_be_learned_are_reported() -> None:
    sides = [8.0, 9, 10, 11, 12, 13, 14, 15, 16] * 40 + [300.0]
    covered = coverage([scene(0, side=side) for side in sides], BRIEF)
    assert (covered.boxes, covered.larger) == (361, 1)
    assert covered.note.startswith(
        "1 of 361 training boxes are larger than a training image of 256"
    )
    small = coverage([scene(0, side=side) for side in (5, 7.9, 8, 20)], BRIEF)
    assert "2 of them smaller than 8 pixels, 0 larger than a training image" in str(small)
    assert small.note == "2 of 4 training boxes are smaller than 8 pixels."
    unlike = dataclasses.replace(covered, unlike=2)
    assert "2 of 361 training boxes are unlike every anchor" in unlike.note
    assert "361 boxes, up to 1 in a micrograph, of 8 to 300 pixels" in str(covered)
    assert covered.recall == 360 / 361
    assert str(covered).endswith("best possible recall 0.997")


def test_a_class_with_few_boxes_a_micrograph_weighs_more() -> None:
    scenes = [scene(0, 16), scene(0, 16), scene(1, 4), scene(2, 1)]
    assert class_weights(scenes, 4, 0.0).tolist() == [1, 1, 1, 1]
    half = class_weights(scenes, 4, 0.5)
    assert half[2] / half[0] == pytest.approx(4)
    assert half[1] / half[0] == pytest.approx(2)
    assert (half[:3] * [16, 4, 1]).sum() == pytest.approx(21)  # the sum of an epoch's boxes
    equal = class_weights(scenes, 4, 1.0)
    assert (equal[:3] * [16, 4, 1]) == pytest.approx(np.full(3, 7))
