"""Changes of tone of training patches."""

import dataclasses

import numpy as np
import pytest
import small_data

from benchmark.classification import recipes, tone
from benchmark.classification.resident_feed import Feed
from benchmark.classification.step_inputs import Training
from benchmark.errors import UsageError
from benchmark.training import sampling

PLAIN = dataclasses.replace(
    recipes.recipe("steady", "scratch", ["image_size=64", "batch_size=4", "mixup=0"])[1],
    gamma=0.0, stain_gradient=0.0, blur=0.0, noise=0.0,
)  # fmt: skip


def patches(**changes: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the first batch (4, 64, 64) of an epoch with changes, and without."""
    data = small_data.small_data().splits["train"]
    epoch = sampling.epoch(data.labels, 0, 0, 16)
    pair = []
    for recipe in (dataclasses.replace(PLAIN, **changes), PLAIN):
        inputs, _ = Training(epoch, data.labels, 3, recipe, (0, 0))[0]
        feed = Feed(data.images, 64, tone.is_changed(recipe))
        pair.append(np.asarray(feed(inputs))[..., 0])
    return pair[0], pair[1]


@pytest.mark.parametrize("name", ["gamma", "stain_gradient", "blur", "noise"])
def test_a_change_keeps_size_and_deviation_and_most_of_a_patch(name: str) -> None:
    changed, plain = patches(**{name: 0.3})
    assert not np.allclose(changed, plain, atol=2e-3)
    np.testing.assert_allclose(changed.mean((1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(changed.std((1, 2)), plain.std((1, 2)), rtol=1e-4)
    for one, other in zip(changed, plain, strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.7


def test_without_a_draw_a_patch_stays_as_it_is() -> None:
    """The exponent, the field, the blur and the noise of a patch that is not drawn are neutral."""
    recipe = dataclasses.replace(PLAIN, gamma=0.5, stain_gradient=0.3, blur=0.5, noise=0.3)
    drawn = tone.draw((400, 1), recipe, np.random.default_rng(0))
    for name, neutral in (("gamma", 1), ("blur", 0), ("noise", 0)):
        assert 0.4 < (drawn[name] == neutral).mean() < 0.6
    assert 0.4 < (drawn["stain"] == 0).all(axis=-1).mean() < 0.6
    plain = patches()[1][..., None]
    unchanged = {
        "gamma": np.ones(4, np.float32),
        "blur": np.zeros(4, np.float32),
        "noise": np.zeros(4, np.float32),
        "stain": np.zeros((4, 9), np.float32),
    }
    found = np.asarray(tone.apply(plain, unchanged, np.ones_like(plain)))
    np.testing.assert_allclose(found, plain - plain.mean((1, 2), keepdims=True), atol=1e-4)


def test_gamma_brightens_and_blur_smooths() -> None:
    plain = patches()[1][..., None]
    neutral = {"blur": np.zeros(4, np.float32), "noise": np.zeros(4, np.float32),
               "gamma": np.ones(4, np.float32), "stain": np.zeros((4, 9), np.float32)}  # fmt: skip

    def skewness(batch: np.ndarray) -> np.ndarray:
        return ((batch - batch.mean((1, 2, 3), keepdims=True)) ** 3).mean((1, 2, 3))

    def roughness(batch: np.ndarray) -> float:
        return float(np.abs(np.diff(batch, axis=1)).mean())

    def changed(**values: np.ndarray) -> np.ndarray:
        return np.asarray(tone.apply(plain, {**neutral, **values}, np.zeros_like(plain)))

    assert (skewness(changed(gamma=np.full(4, 1.6, np.float32))) > skewness(plain)).all()
    assert roughness(changed(blur=np.ones(4, np.float32))) < 0.8 * roughness(plain)
    assert roughness(changed(blur=-np.ones(4, np.float32))) > 1.1 * roughness(plain)


def test_changes_depend_on_seed_and_epoch_alone() -> None:
    recipe = dataclasses.replace(PLAIN, gamma=0.5)
    data = small_data.small_data().splits["train"]
    epoch = sampling.epoch(data.labels, 0, 0, 16)
    draws = [
        Training(epoch, data.labels, 3, recipe, seed).tone["gamma"] for seed in ((0, 0), (0, 0))
    ]
    np.testing.assert_array_equal(*draws)
    other = Training(epoch, data.labels, 3, recipe, (0, 1)).tone["gamma"]
    assert not np.array_equal(draws[0], other)


def test_a_change_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match=r"noise=-1\.0: expected from 0 to 2"):
        recipes.recipe("steady", "scratch", ["noise=-1"])
    with pytest.raises(UsageError, match=r"ema=1\.0: expected 0 or more, less than 1"):
        recipes.recipe("steady", "scratch", ["ema=1"])
