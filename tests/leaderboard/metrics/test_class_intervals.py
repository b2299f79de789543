"""Intervals of the F1 of every class."""

import numpy as np
import pytest

from leaderboard.metrics import class_intervals


def test_a_class_without_errors_has_no_spread_and_one_without_hits_is_zero() -> None:
    true = np.array([[3, 0, 0], [0, 4, 0], [2, 0, 0], [0, 0, 5]])
    correct = true * [1, 1, 0]
    found = class_intervals.f1_by_class(correct, true, true, np.array([0, 1, 0, 2]))
    assert found == [(1.0, 1.0), (1.0, 1.0), (0.0, 0.0)]


def test_the_interval_widens_with_the_spread_over_micrographs_not_over_patches() -> None:
    def width(correct: list[int]) -> float:
        column = np.array(correct)[:, None]
        true = np.full_like(column, 10)
        strata = np.zeros(len(column), np.int64)
        ((low, high),) = class_intervals.f1_by_class(column, true, true, strata)
        assert low < 0.5 < high
        return high - low

    assert width([0, 10] * 10) > 2 * width([4, 6] * 10)


def test_counts() -> None:
    found = class_intervals.counts(np.array([0, 0, 2]), np.array([1, 1, 0]), (3, 2))
    assert found.tolist() == [[0, 2], [0, 0], [1, 0]]
    assert class_intervals.f1_by_class(found, found, found, np.zeros(3, np.int64))[1][1] == (
        pytest.approx(1.0)
    )
