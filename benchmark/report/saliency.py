"""The pixels that decide between two classes: SmoothGrad (Smilkov et al. 2017).

A map is the absolute gradient of log p(towards) - log p(against), the difference of the two logits,
with respect to the standardized patch. Plain gradients are noisy, so they are averaged over noisy
copies of the patch. A recipe with test-time augmentation averages predictions over D4 transforms:
the map then averages over the same transforms, each undone before the sum.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from benchmark.classification.data import Patches
from benchmark.classification.resident_feed import Feed
from benchmark.errors import BenchmarkError
from benchmark.training.recipe import Recipe
from tem_virus_dataset.networks.d4_transforms import FLIP_HORIZONTAL, FLIP_VERTICAL, TRANSPOSE

DRAWS = 32  # noisy copies of each patch, over all its D4 transforms
NOISE = 0.3  # its standard deviation; that of a standardized patch is 1
BATCH = 16
_LEAST = 1e-30  # of a probability under the logarithm


def maps(
    network: keras.Model, patches: Patches, recipe: Recipe, towards: np.ndarray, against: np.ndarray
) -> np.ndarray:
    """Return how much each pixel counts, (n, side, side) float32, 0 or more; no unit.

    Args:
      network: (batch, side, side, 1) float32 to probabilities (batch, classes).
      towards, against: classes, integers (n,), such as the predicted and the true ones.

    Raises:
      BenchmarkError: Keras runs on another backend than TensorFlow or JAX.
    """
    gradient, rng = _gradient(network), np.random.default_rng(0)
    feed = Feed(patches.images, recipe.image_size)
    found = np.zeros((len(patches), recipe.image_size, recipe.image_size), np.float32)
    for place in range(len(patches)):
        pair = np.array([[towards[place], against[place]]], np.int32)
        for transform in range(recipe.tta):
            image = np.asarray(ops.convert_to_numpy(feed(_input([place], transform))))
            total = np.zeros_like(image[0, ..., 0])
            for _ in range(max(1, DRAWS // recipe.tta // BATCH)):
                count = min(BATCH, DRAWS // recipe.tta)
                noise = rng.normal(0, NOISE, (count, *image.shape[1:])).astype(np.float32)
                slopes = gradient(image + noise, np.repeat(pair, count, axis=0))
                total += slopes[..., 0].mean(axis=0)
            found[place] += undone(total, transform)
    return np.abs(found) / recipe.tta


def probabilities(network: keras.Model, patches: Patches, recipe: Recipe) -> np.ndarray:
    """Return what the network predicts for a few patches, (n, classes), as a run does."""
    feed = Feed(patches.images, recipe.image_size)
    probabilities = [
        ops.convert_to_numpy(network(feed(_input(range(len(patches)), transform)), training=False))
        for transform in range(recipe.tta)
    ]
    return np.mean(probabilities, axis=0)


def undone(image: np.ndarray, transform: int) -> np.ndarray:
    """Undo one of the eight D4 transforms of a (side, side) image, see `data.d4_transforms`."""
    image = image[:, ::-1] if transform & FLIP_HORIZONTAL else image
    image = image[::-1] if transform & FLIP_VERTICAL else image
    return image.T if transform & TRANSPOSE else image


def _input(places: Sequence[int], transform: int) -> dict[str, np.ndarray]:
    index = np.array(places, np.int32)[:, None]
    share = np.ones(index.shape, np.float32)
    return {"index": index, "transform": np.full_like(index, transform), "share": share}


def _gradient(network: keras.Model) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Return a function of patches (b, side, side, 1), classes (b, 2): gradients like patches."""

    def margin(probabilities: Any, pair: Any) -> Any:
        likely = ops.log(ops.maximum(ops.take_along_axis(probabilities, pair, axis=1), _LEAST))
        return ops.sum(likely[:, 0] - likely[:, 1])

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        @tf.function(reduce_retracing=True)
        def slopes(images: Any, pair: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(images)
                value = margin(network(images, training=False), pair)
            return tape.gradient(value, images)

        return lambda images, pair: slopes(tf.constant(images), tf.constant(pair)).numpy()
    if backend == "jax":
        import jax

        weights = [v.value for v in network.trainable_variables]
        others = [v.value for v in network.non_trainable_variables]

        def value(images: Any, pair: Any) -> Any:
            found, _ = network.stateless_call(weights, others, images, training=False)
            return margin(found, pair)

        compiled = jax.jit(jax.grad(value))
        return lambda images, pair: np.asarray(compiled(images, pair))
    raise BenchmarkError(
        f"saliency maps: Keras runs on {backend}; expected tensorflow or jax. Set KERAS_BACKEND."
    )
