"""Exchanged columns are noticed, a network's own mistakes are not."""

import numpy as np
import pytest

from leaderboard.ground_truth.classification import UNKNOWN
from leaderboard.scoring import column_order

CLASSES = ("Adenovirus", "CCHF", "Ebola", "Marburg", "Orf")


def test_classes_in_a_ring_are_named() -> None:
    counts = 9 * np.eye(5, dtype=np.int64) + 1
    assert column_order.exchanged(counts, CLASSES) == ""
    two = counts[:, [0, 2, 1, 3, 4]]
    assert column_order.exchanged(two, CLASSES) == (
        "most of CCHF is called Ebola, most of Ebola is called CCHF: are these columns exchanged?"
    )
    shifted = column_order.exchanged(np.roll(counts, 1, axis=1), CLASSES)
    assert "most of Ebola is called Marburg and so on, 5 classes in a ring" in shifted


@pytest.mark.parametrize(
    "rows",
    [
        [[2, 0, 0, 8, 0], [0, 9, 0, 0, 0], [0, 0, 1, 9, 0], [0, 0, 0, 9, 0], [0, 0, 0, 9, 1]],
        [[5, 5, 0, 0, 0], [5, 5, 0, 0, 0], [0, 0, 9, 0, 0], [0, 0, 0, 9, 0], [0, 0, 0, 0, 9]],
        [[0, 9, 0, 0, 0], [0, 0, 9, 0, 0], [0, 0, 9, 0, 0], [0] * 5, [0] * 5],  # no ring
    ],
)
def test_what_a_weak_network_does_is_no_exchange(rows: list[list[int]]) -> None:
    assert column_order.exchanged(np.array(rows), CLASSES) == ""


def test_patches_of_unknown_classes_do_not_count() -> None:
    labels = np.array([0, 0, 1, 1, UNKNOWN, UNKNOWN, UNKNOWN])
    values = np.eye(5)[[1, 1, 0, 0, 2, 2, 2]]
    assert "most of Adenovirus is called CCHF" in column_order.of_probabilities(
        labels, values, CLASSES
    )
    assert not column_order.of_probabilities(labels, np.eye(5)[[0, 0, 1, 1, 2, 2, 2]], CLASSES)
