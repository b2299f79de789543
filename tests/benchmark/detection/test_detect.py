"""Detection in whole micrographs: tiles, particles on their borders, scales, any size."""

import numpy as np
import pytest
import small_micrograph

from tem_virus_dataset.networks import detect, merging, tiles, two_step
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.networks.tiles import Tile


def detected(shape, places, radius, nm=1.0, dtype=np.uint16, **detector):
    image = small_micrograph.discs(shape, places, radius, dtype)
    return detect.detect(image, nm, small_micrograph.detector(**detector), 0.5)


def check(found, places, radius, tolerance=1.0):
    """Every disc is detected once, in its position, at its size, and nothing else."""
    assert len(found.boxes) == len(places)
    order = np.lexsort(found.boxes[:, :2].round().T[::-1])
    expected = np.array(sorted(places))
    np.testing.assert_allclose(found.boxes[order, :2], expected, atol=tolerance)
    np.testing.assert_allclose(found.boxes[:, 2:], 2 * radius, atol=2 * tolerance)


@pytest.mark.parametrize("length", [1, 31, 32, 33, 47, 64, 100, 257, 1000])
@pytest.mark.parametrize("largest", [1, 7, 16, 40])
def test_what_is_small_enough_lies_completely_in_one_tile(length, largest):
    side, shared = 32, min(max(largest, 4), 16)
    starts = sorted({tile.x for tile in tiles.tiles((5, length), side, largest)})
    assert starts[0] == 0
    assert starts[-1] == max(0, length - side)
    for begin in range(max(1, length - shared + 1)):
        end = min(begin + shared, length)
        assert any(start <= begin and end <= start + side for start in starts)


def test_discs_on_borders_of_tiles_are_detected_once():
    borders = sorted({t.x for t in tiles.tiles((300, 300), 128, 40)} - {0})
    places = [(float(x), float(y)) for x in (borders[0], 215.0) for y in (borders[0] + 20, 190.0)]
    check(detected((300, 300), places, 15), places, 15)


def test_a_disc_larger_than_what_tiles_share_is_not_lost():
    found = detected((300, 300), [(150, 150)], 55, largest_box=10)
    assert len(found.boxes)
    assert np.hypot(*(found.boxes[0, :2] - 150)) < 30


def test_differing_boxes_of_two_tiles_are_one_detection():
    def box(x, y, wide, confidence):
        boxes = np.array([[x, y, wide, 40.0]], np.float32)
        return DetectedBoxes(boxes, np.array([0]), np.array([confidence]))

    left, right = Tile(0, 0, 128), Tile(64, 0, 128)
    parts = [(left, box(90, 60, 40, 0.9)), (right, box(90 - 64 + 12, 60, 44, 0.8))]  # IoU of .58
    assert merging.merged(parts, (128, 192), 0.1, 1, 300).confidence.tolist() == pytest.approx(
        [0.9]
    )
    both = DetectedBoxes(*(np.concatenate(two) for two in (
        ([[90, 60, 40, 40]], [[102, 60, 44, 40]]), ([0], [0]), ([0.9], [0.8])
    )))  # fmt: skip
    whole = merging.merged([(Tile(0, 0, 192), both)], (128, 192), 0.1, 1, 300)
    assert len(whole.boxes) == 2  # in one tile they are the detector's own


def test_a_detector_without_a_pixel_size_does_not_rescale():
    places = [(30.0, 40.0), (90.0, 70.0)]
    for nm in (0.5, 3.0):
        check(detected((128, 128), places, 9, nm=nm, nm_per_pixel=None), places, 9)


@pytest.mark.parametrize("shape", [(40, 50), (128, 128), (129, 40), (60, 700)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_images_of_any_size(shape, dtype):
    places = [(12.0, 15.0), (shape[1] - 12.0, shape[0] - 15.0)]
    check(detected(shape, places, 7, dtype=dtype), places, 7)


@pytest.mark.parametrize("nm", [0.4, 1.0, 2.5])
def test_the_image_is_rescaled_to_the_scale_of_the_model(nm):
    radius = 12 / nm  # 24 nm wide: small, whatever the scale
    places = [(80.0, 70.0), (200.0, 180.0)]
    found = detected((260, 300), places, radius, nm)
    check(found, places, radius, tolerance=max(1.0, 1 / nm))
    assert set(found.labels) == {0}


def test_a_disc_at_the_border_is_cut_off_there():
    found = detected((300, 300), [(3, 150)], 15)
    (box,) = found.boxes
    np.testing.assert_allclose(box, [9, 150, 18, 30], atol=1.5)


def test_an_image_without_particles():
    found = detected((200, 300), [], 5)
    assert found.boxes.shape == (0, 4)
    assert len(found.labels) == len(found.confidence) == 0


def test_detections_below_the_threshold_are_dropped():
    image = small_micrograph.discs((100, 100), [(50, 50)], 10)
    assert len(detect.detect(image, 1.0, small_micrograph.detector(), 0.7).boxes) == 1
    assert len(detect.detect(image, 1.0, small_micrograph.detector(), 0.9).boxes) == 0


def single(x, y, width, height, label=0, confidence=0.9):
    boxes = np.array([[x, y, width, height]], np.float32)
    return DetectedBoxes(boxes, np.array([label]), np.array([confidence], np.float32))


def test_a_part_is_dropped_even_where_it_is_more_confident_or_of_another_class():
    left, right = Tile(0, 0, 100), Tile(60, 0, 100)
    complete = single(35, 50, 30, 30, confidence=0.6)
    part = single(95, 50, 10, 30, label=1, confidence=0.99)
    found = merging.merged([(left, part), (right, complete)], (100, 160), 0.1, 2, 300)
    np.testing.assert_array_equal(found.boxes, [[95, 50, 30, 30]])
    alone = merging.merged([(left, part)], (100, 160), float(part.confidence[0]), 2, 300)
    np.testing.assert_array_equal(alone.boxes, part.boxes)


def test_the_detection_whose_confidence_is_the_threshold_stays():
    threshold = 0.627843  # as a table has .62784278
    part = single(35, 50, 30, 30, confidence=0.62784278)
    found = merging.merged([(Tile(0, 0, 100), part)], (100, 100), threshold, 2, 300)
    assert len(found.boxes) == 1
    counted, _ = two_step.most_likely(part, np.array([[1.0, 0.0]]), threshold)
    assert len(counted.boxes) == 1
    assert len(two_step.any_class(part, 2, min_particle=threshold).boxes) == 1
    below = single(35, 50, 30, 30, confidence=0.627842)
    assert not len(merging.merged([(Tile(0, 0, 100), below)], (100, 100), threshold, 2, 300).boxes)


def test_neighbours_and_classes_stay_apart():
    tile = Tile(0, 0, 100)
    parts = [
        (tile, single(30, 50, 20, 20)),
        (tile, single(48, 50, 20, 20)),
        (tile, single(48, 50, 20, 20, 1)),
    ]
    found = merging.merged(parts, (100, 100), 0.1, 2, 300)
    assert sorted(zip(found.boxes[:, 0], found.labels, strict=True)) == [(30, 0), (48, 0), (48, 1)]


def test_detections_beyond_the_border_are_dropped():
    parts = [(Tile(0, 0, 100), single(90, 50, 20, 20)), (Tile(0, 0, 100), single(50, 70, 20, 20))]
    found = merging.merged(parts, (75, 80), 0.1, 1, 300)
    np.testing.assert_allclose(found.boxes, [[50, 67.5, 20, 15]])
