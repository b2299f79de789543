"""The optimizer of a recipe: its learning rate at each step, and its weight decay."""

import keras
import pytest

from benchmark.training.optimizers import optimizer
from benchmark.training.recipe import Recipe

EPOCHS, STEPS, PEAK = 10, 5, 0.02


def made(**settings: object) -> keras.optimizers.Optimizer:
    recipe = Recipe(epochs=EPOCHS, patience=EPOCHS, learning_rate=PEAK, **settings)  # type: ignore[arg-type]
    return optimizer(recipe, STEPS)


def rate(found: keras.optimizers.Optimizer, step: int) -> float:
    found.iterations.assign(step)
    return float(found.learning_rate)


def test_the_rate_of_the_paper_is_constant() -> None:
    found = made()
    assert [rate(found, step) for step in (0, 1, 49)] == pytest.approx([PEAK] * 3)


@pytest.mark.parametrize("kind", ["adamw", "sgd"])
def test_the_rate_rises_for_the_epochs_of_the_warm_up_and_falls_to_its_share(kind: str) -> None:
    found = made(optimizer=kind, cosine=True, warmup_epochs=2, final_share=0.2)
    middle = (1 + 0.2) / 2 * PEAK
    expected = {0: PEAK / 10, 10: PEAK, 30: middle, 50: 0.2 * PEAK}
    assert {step: rate(found, step) for step in expected} == pytest.approx(expected)


def test_without_a_warm_up_the_rate_begins_at_its_peak() -> None:
    found = made(cosine=True)
    assert [rate(found, step) for step in (0, 50)] == pytest.approx([PEAK, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("kind", "of"),
    [("adam", keras.optimizers.Adam), ("adamw", keras.optimizers.AdamW),
     ("sgd", keras.optimizers.SGD)],
)  # fmt: skip
def test_an_optimizer_has_its_weight_decay(kind: str, of: type) -> None:
    found = made(optimizer=kind, weight_decay=0.0 if kind == "adam" else 0.03)
    assert isinstance(found, of)
    assert found.weight_decay == (None if kind == "adam" else 0.03)
    averaged = made(optimizer=kind, weight_decay=found.weight_decay or 0.0, ema=0.99)
    assert isinstance(averaged, of)
    assert averaged.weight_decay == found.weight_decay
