"""Boxes from masks of every kind."""

import numpy as np
import pytest

from tem_virus_dataset.micrographs import instances


def mask(*rectangles, shape=(60, 50), dtype=np.uint16):
    """x0, y0, x1, y1 and label of each."""
    made = np.zeros(shape, dtype)
    for x0, y0, x1, y1, label in rectangles:
        made[y0:y1, x0:x1] = label
    return made


@pytest.mark.parametrize(
    "rectangles, corners, small",
    [
        ([], [], 0),
        ([(5, 6, 15, 10, 1)], [(5, 6, 15, 10)], 0),
        ([(0, 0, 9, 4, 2), (41, 50, 50, 60, 1)], [(41, 50, 50, 60), (0, 0, 9, 4)], 0),  # border
        ([(5, 6, 15, 10, 65535), (20, 6, 30, 10, 3)], [(20, 6, 30, 10), (5, 6, 15, 10)], 0),
        ([(5, 6, 10, 10, 4), (20, 30, 25, 34, 4)], [(5, 6, 25, 34)], 0),  # in two pieces
        ([(5, 6, 8, 9, 1), (20, 6, 25, 8, 2)], [(20, 6, 25, 8)], 1),  # of 9 and of 10 pixels
        ([(5, 6, 6, 7, 1)], [], 1),
        ([(0, 0, 50, 60, 7)], [(0, 0, 50, 60)], 0),  # no background
    ],
)
def test_boxes(rectangles, corners, small):
    found = instances.boxes(mask(*rectangles))
    assert found.corners.dtype == np.float64
    np.testing.assert_array_equal(found.corners, np.array(corners).reshape(-1, 4))
    assert found.small == small


@pytest.mark.parametrize("inside", instances.BINARY)
def test_the_parts_of_a_binary_mask_are_told_apart(inside):
    two = mask((5, 6, 10, 10, inside), (10, 10, 14, 14, inside), (30, 6, 40, 10, inside))
    found = instances.separate_instances(two)
    assert np.unique(found).tolist() == [0, 1, 2]  # the first two touch at a corner
    np.testing.assert_array_equal(found > 0, two > 0)


def test_a_mask_with_labels_stays_as_it_is():
    for labelled in (
        mask((5, 6, 10, 10, 1), (30, 6, 40, 10, 1)),
        mask((5, 6, 10, 10, 255), (30, 6, 40, 10, 3)),
        mask(),
    ):
        np.testing.assert_array_equal(instances.separate_instances(labelled), labelled)
