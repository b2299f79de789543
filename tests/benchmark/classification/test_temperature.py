"""Temperature scaling of probabilities."""

import numpy as np
import pytest

from benchmark.classification import temperature

rng = np.random.default_rng(0)


def probabilities(sharpness: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Return probabilities (count, 4) at a sharpness, and labels drawn from those at 1."""
    logits = rng.normal(0, 1.5, (count, 4))
    true = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(4, p=row) for row in true])
    powers = true**sharpness
    return powers / powers.sum(axis=1, keepdims=True), labels


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 2.0])
def test_it_undoes_a_sharpness(sharpness: float) -> None:
    found, labels = probabilities(sharpness)
    assert temperature.fitted(found, labels) == pytest.approx(sharpness, rel=0.1)


def test_no_class_changes_its_rank_and_rows_sum_to_one() -> None:
    found, _ = probabilities(1.0, 50)
    scaled = temperature.applied(found, 0.4)
    np.testing.assert_array_equal(scaled.argsort(axis=1), found.argsort(axis=1))
    np.testing.assert_allclose(scaled.sum(axis=1), 1)
    np.testing.assert_allclose(temperature.applied(found, 1.0), found, atol=1e-7)


def test_correct_predictions_stay_as_they_are() -> None:
    """The lower the temperature, the better they would be: none is the right one."""
    correct = np.array([[0.6, 0.2, 0.2], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])
    assert temperature.fitted(correct, np.array([0, 1, 2])) == 1.0


def test_certain_probabilities_stay_finite() -> None:
    certain = np.eye(3)[[0, 1, 2, 1]]
    fitted = temperature.fitted(certain, np.array([0, 1, 2, 0]))
    assert 0.05 <= fitted <= 20
    assert np.isfinite(temperature.applied(certain, fitted)).all()
