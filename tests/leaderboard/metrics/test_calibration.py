import numpy as np
import pytest

from leaderboard.metrics.calibration import expected_calibration_error, pooled, reliability

#            0.9 right,  0.95 wrong,   0.7 right,  0.5 wrong
GIVEN = [[0.9, 0.1], [0.95, 0.05], [0.3, 0.7], [0.5, 0.5]]
LABELS = [0, 1, 1, 1]


def test_the_error_is_that_computed_by_hand():
    # bins of 0.2: (0.4, 0.6] has 1 at 0.5, none right; (0.6, 0.8] 1 at 0.7, right;
    # (0.8, 1] 2 at 0.925 on average, half right: (0.5 + 0.3 + 2 * 0.425) / 4
    assert expected_calibration_error(LABELS, GIVEN, bins=5) == pytest.approx(0.4125, abs=1e-12)


def test_the_bins_say_what_they_hold():
    found = reliability(LABELS, GIVEN, bins=5)
    np.testing.assert_array_equal(found.count, [1, 1, 2])
    np.testing.assert_allclose(found.left, [0.4, 0.6, 0.8])
    np.testing.assert_allclose(found.confidence, [0.5, 0.7, 0.925])
    np.testing.assert_allclose(found.accuracy, [0, 1, 0.5])
    assert found.width == pytest.approx(0.2)


def test_one_bin_compares_the_means():
    rng = np.random.default_rng(0)
    given = rng.dirichlet(np.ones(4), 300)
    labels = rng.integers(0, 4, 300)
    accuracy = (given.argmax(axis=1) == labels).mean()
    gap = abs(given.max(axis=1).mean() - accuracy)
    assert expected_calibration_error(labels, given, bins=1) == pytest.approx(gap)


def test_it_is_the_definition_bin_by_bin():
    rng = np.random.default_rng(1)
    given = rng.dirichlet(np.ones(3) / 2, 500)
    labels = rng.integers(0, 3, 500)
    sure, right = given.max(axis=1), given.argmax(axis=1) == labels
    expected = 0.0
    for low in np.arange(15) / 15:
        inside = (sure > low) & (sure <= low + 1 / 15)
        if inside.any():
            expected += inside.sum() / 500 * abs(right[inside].mean() - sure[inside].mean())
    assert expected_calibration_error(labels, given) == pytest.approx(expected)


def test_always_sure_and_always_right_is_perfect():
    assert expected_calibration_error([0, 1, 2], np.eye(3)) == 0
    assert expected_calibration_error([1, 2, 0], np.eye(3)) == 1


@pytest.mark.parametrize(
    ("labels", "given", "bins"),
    [([], np.zeros((0, 2)), 5), ([0], [0.5, 0.5], 5), ([2], [[1, 0]], 5), ([0], [[1, 0]], 0)],
)
def test_what_does_not_fit_is_refused(labels, given, bins):
    with pytest.raises(ValueError, match="expected"):
        expected_calibration_error(np.array(labels, int), given, bins)


def test_bins_of_several_are_those_of_all_examples_together():
    rng = np.random.default_rng(3)
    labels = [rng.integers(3, size=size) for size in (1, 40, 300)]
    given = [rng.dirichlet([0.4] * 3, size=len(one)) for one in labels]
    parts = [reliability(*pair) for pair in zip(labels, given, strict=True)]
    whole = reliability(np.concatenate(labels), np.concatenate(given))
    found = pooled(parts)
    for name in ("confidence", "accuracy", "count", "left", "width", "error"):
        np.testing.assert_allclose(getattr(found, name), getattr(whole, name), atol=1e-12)
