"""Detection in whole scenes: small ones together, large ones in tiles, within memory."""

import numpy as np
import pytest
import small_micrograph

from benchmark.detection import evaluate
from benchmark.detection.data import Scene
from benchmark.detection.recipes import RECIPES
from benchmark.models import registry
from leaderboard.ground_truth.detection import BoxTruth

PLACES = [(40.0, 50.0), (131.0, 60.0), (200.0, 170.0), (300.0, 129.0)]


@pytest.fixture(scope="module")
def network():
    return registry.model("yolov5n").build((None, None, 1), 2, registry.Options())


@pytest.fixture
def shown(monkeypatch):
    """The shapes of what the stand-in of a network is shown."""
    shapes: list[tuple[int, ...]] = []

    def find(pictures):
        shapes.append(pictures.shape)
        return small_micrograph.detect_discs(pictures)

    monkeypatch.setattr(evaluate, "of_network", lambda *_: find)
    return shapes


def scene(shape=(256, 384), places=PLACES, nm=2.0):
    image = small_micrograph.discs(shape, places, 9)
    return Scene("test/a", image, np.zeros((0, 4), np.float32), np.zeros(0, np.int64), nm)


def check(found, places, ratio=1.0):
    assert len(found.boxes) == len(places)
    order = np.lexsort(found.boxes[:, :2].round().T[::-1])
    np.testing.assert_allclose(found.boxes[order, :2], sorted(places), atol=1.5 * ratio)


def test_a_picture_is_found_the_same_in_tiles_as_whole(network, shown, monkeypatch):
    few = scene((64, 100), [(30.0, 30.0)])
    recipe = RECIPES["brief"]
    (before, small_before) = evaluate.predict(network, [scene(), few], recipe)
    assert shown == [(2, 256, 384, 1)]
    shown.clear()
    monkeypatch.setattr(evaluate, "LARGEST", 128)
    found, small = evaluate.predict(network, [scene(), few], recipe)
    assert {shape[1:] for shape in shown} == {(64, 128, 1), (128, 128, 1)}
    for one in (before, found):
        check(one, PLACES)
    for one in (small_before, small):
        check(one, [(30.0, 30.0)])


def test_tiles_are_at_the_scale_of_the_recipe_too(network, shown, monkeypatch):
    monkeypatch.setattr(evaluate, "LARGEST", 128)
    places = [(2 * x, 2 * y) for x, y in PLACES]
    image = small_micrograph.discs((512, 768), places, 18)
    empty = np.zeros((0, 4), np.float32), np.zeros(0, np.int64)
    (found,) = evaluate.predict(network, [Scene("test/a", image, *empty, 1.0)], RECIPES["brief"])
    check(found, places, 2)


@pytest.mark.parametrize(("pixels", "together"), [(256 * 384, 1), (3 * 256 * 384, 3), (1, 1)])
def test_no_more_pixels_are_shown_at_once_than_fit(network, shown, monkeypatch, pixels, together):
    monkeypatch.setattr(evaluate, "PIXELS_AT_ONCE", pixels)
    found = evaluate.predict(network, [scene() for _ in range(5)], RECIPES["brief"])
    assert max(shape[0] for shape in shown) == together
    assert sum(shape[0] for shape in shown) == 5
    for one in found:
        check(one, PLACES)


def test_a_threshold_of_few_boxes_is_warned_of():
    def table(boxes):
        return BoxTruth(
            "folder/mine", "0.0.0", "validation", ("virus",), ("validation/a",),
            np.array([[90, 90]]), np.array([2.0]), np.zeros(boxes, np.int64),
            np.zeros(boxes, np.int64), np.full((boxes, 4), 20.0),
        )  # fmt: skip

    few = evaluate.few_boxes(table(5), 0.617)
    assert "0.617 was chosen on 5 boxes of 1 micrograph in validation" in few
    assert "--confidence 0.31" in few
    assert not evaluate.few_boxes(table(20), 0.617)
