"""Intervals of scores, and the residuals that they come from."""

import math

import numpy as np
import pytest
from scipy import stats

from leaderboard.metrics import intervals, jackknife
from leaderboard.metrics.intervals import COUNT, FRACTION, SIGNED, Variance


def test_residuals_of_a_mean_are_deviations_and_their_squares_the_usual_variance() -> None:
    values, strata = np.array([1.0, 2, 4, 9, 10, 20]), np.array([0, 0, 0, 1, 1, 1])
    left = jackknife.weights(strata)
    assert left[0].tolist() == [0, 1.5, 1.5, 1, 1, 1]
    found = jackknife.residuals(left @ values / len(values), strata)
    expected = sum(of.var(ddof=1) / 3 for of in (values[:3], values[3:])) / 4
    assert (found**2).sum() == pytest.approx(expected)
    assert np.sign(found).tolist() == [-1, -1, 1, -1, -1, 1]  # positive: it raises the score


def test_a_micrograph_alone_in_its_class_has_no_residual() -> None:
    strata = np.array([0, 1, 1])
    assert jackknife.weights(strata).tolist() == [[1, 1, 1], [1, 0, 2], [1, 2, 0]]
    assert jackknife.residuals(np.array([0.5, 0.4, 0.8]), strata)[0] == 0


def test_rounding_is_no_spread() -> None:
    """A perfect score had the interval from 0.999999999 to 1 where sums were rounded."""
    values = 1 - np.finfo(float).eps * np.arange(12)
    assert not jackknife.residuals(values, np.repeat([0, 1], 6)).any()


def test_one_dominant_micrograph_leaves_few_degrees_of_freedom() -> None:
    rng = np.random.default_rng(0)
    equal = intervals.of_micrographs(rng.normal(size=300))
    assert equal.degrees == pytest.approx(200, rel=0.2)
    assert intervals.of_micrographs(np.array([1.0, 0.01, 0.01])).degrees == pytest.approx(2, 0.01)


def test_the_variance_of_a_sum_has_degrees_between_those_of_its_parts() -> None:
    total = Variance(1.0, 10) + Variance(3.0, 2)
    assert total.value == 4
    assert 2 < total.degrees < 10
    assert Variance(1.0, 10) + Variance(0.0, 2) == Variance(1.0, 10)


@pytest.mark.parametrize("limits", [FRACTION, COUNT, SIGNED])
def test_an_interval_contains_its_score_and_stays_within_bounds(
    limits: tuple[float, float],
) -> None:
    rng = np.random.default_rng(1)
    for value in (0.0, 1e-6, 0.3, 0.999, 1.0):
        for scale in (0, 1e-8, 0.01, 10):
            low, high = intervals.of_row([value], scale * rng.gamma(0.3, 1, (1, 30)), limits)
            assert limits[0] <= low <= value <= high <= limits[1]


def test_without_spread_the_number_of_micrographs_decides() -> None:
    nothing = np.zeros((1, 100))
    assert intervals.of_row([1.0], nothing, FRACTION) == (pytest.approx(0.025**0.01), 1.0)
    assert intervals.of_row([0.0], nothing, FRACTION) == (0.0, pytest.approx(1 - 0.025**0.01))
    almost = 1 - np.finfo(float).eps  # a mean of ones may be rounded
    assert intervals.of_row([almost], nothing, FRACTION) == intervals.of_row(
        [1.0], nothing, FRACTION
    )
    rare = -math.log(0.025) / 100  # mean of the events that 100 micrographs miss so often
    assert intervals.of_row([0.0], nothing, COUNT) == (0.0, pytest.approx(rare))
    assert intervals.of_row([2.0], nothing, SIGNED) == pytest.approx((2 - rare, 2 + rare))


def test_a_skewed_count_may_be_larger_more_than_smaller() -> None:
    few_large = np.array([[0.5, *[-0.02] * 25]])
    low, high = intervals.of_row([1.0], few_large, COUNT)
    assert high - 1 > 2 * (1 - low)


def test_seeds_widen_the_interval_but_for_what_differs_by_micrograph() -> None:
    rng = np.random.default_rng(2)
    shared = np.tile(rng.normal(0, 0.002, 100), (4, 1))
    plain = np.diff(intervals.of_row([0.9] * 4, shared, FRACTION))
    apart = np.diff(intervals.of_row([0.86, 0.88, 0.92, 0.94], shared, FRACTION))
    assert apart > 1.5 * plain
    own = rng.normal(0, 0.002, (4, 100))  # sums of them scatter by 0.02
    assert intervals.of_seeds([0.88, 0.89, 0.91, 0.92], own).value == 0
    assert intervals.of_seeds([0.7, 0.8, 0.9, 1.0], own).value > 0.01


def test_scores_that_can_be_negative_have_no_lower_bound() -> None:
    assert intervals.bounds("f1") == intervals.bounds("ap50") == FRACTION
    assert intervals.bounds("count_error") == COUNT
    assert intervals.bounds("count_bias") == SIGNED


def test_of_several_seeds_the_variance_is_that_of_their_mean() -> None:
    """Two networks of 1 and 3, of which no micrograph moves any: Student's t of one degree."""
    low, high = intervals.of_row([1.0, 3.0], np.zeros((2, 5)), SIGNED)
    half = stats.t.ppf(0.975, 1) * np.std([1, 3], ddof=1) / np.sqrt(2)
    assert (low, high) == pytest.approx((2 - half, 2 + half))
