"""Intervals of the F1 of every class."""

import numpy as np
import pytest

from leaderboard.metrics import class_intervals


def test_without_errors_or_hits_the_number_of_micrographs_bounds_the_score() -> None:
    true = np.array([[3, 0, 0], [0, 4, 0], [2, 0, 0], [0, 0, 5]])
    correct = true * [1, 1, 0]
    found = class_intervals.f1_by_class(correct, true, true, np.array([0, 1, 0, 2]))
    assert found[0] == (pytest.approx(0.025**0.5), 1.0)  # two micrographs hold the class
    assert found[1] == (pytest.approx(0.025), 1.0)
    assert found[2] == (0.0, pytest.approx(0.975))


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
