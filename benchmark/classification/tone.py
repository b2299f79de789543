"""Changes of tone: what differs between two micrographs of one virus, but for its orientation.

Stain is thick or thin, and seldom even; a micrograph is more or less in focus, exposed for longer
or shorter. Training patches of few imaging sessions show little of that. Each of four changes is
made to a random half of the patches: gamma, a smooth field of stain, blur or sharpening, noise. The
scale never changes: at a known pixel size, a particle's size tells its class.
"""

import math
from typing import Any

import keras
import numpy as np

from benchmark.training.recipe import Recipe

SHARE = 0.5  # of patches that get each of the changes
BLACK, RANGE = -4.0, 8.0  # the gray that stands for 0 counts, and white above it, in deviations
NODES = 3  # of the field of stain, each way
NOISE_IMAGES = 128


def is_changed(recipe: Recipe) -> bool:
    """Return whether a recipe changes the tone of training patches."""
    return any((recipe.gamma, recipe.stain_gradient, recipe.blur, recipe.noise))


def draw(shape: tuple[int, int], recipe: Recipe, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Draw the changes of patches.

    Args:
      shape: patches of an epoch, and how many of them make one input (2 with mixup).

    Returns:
      By name, each of that shape: `gamma` exponent, `blur` from -1 (sharpened) to 1, `noise`
      standard deviation as a share of the patch's, `noise_image` int32; and `stain` (*shape, 9),
      logarithms of a field at 3x3 nodes. All float32 but for `noise_image`.
    """

    def chosen() -> np.ndarray:
        return rng.random(shape) < SHARE

    drawn = {
        "gamma": np.exp(recipe.gamma * rng.uniform(-1, 1, shape) * chosen()),
        "blur": recipe.blur * rng.uniform(-1, 1, shape) * chosen(),
        "noise": recipe.noise * rng.uniform(0, 1, shape) * chosen(),
        "stain": recipe.stain_gradient * rng.normal(size=(*shape, NODES**2)) * chosen()[..., None],
    }
    return {
        **{name: values.astype(np.float32) for name, values in drawn.items()},
        "noise_image": rng.integers(0, NOISE_IMAGES, shape, dtype=np.int32),
    }


def noise_images(side: int) -> np.ndarray:
    """Return (128, side, side, 1) float32 of white noise, mean 0 and standard deviation 1.

    Noise from a bank is the same wherever a training is continued, on every backend.
    """
    size = (NOISE_IMAGES, side, side, 1)
    return np.random.default_rng(0).standard_normal(size, np.float32)


def apply(patches: Any, drawn: dict[str, Any], noise: Any) -> Any:
    """Change the tone of patches; their mean becomes 0, their standard deviation stays.

    Args:
      patches: (batch, side, side, 1) float32, standardized; drawn: arrays of `draw`, (batch,) or
        (batch, 9); noise: (batch, side, side, 1), the noise image of each patch.
    """
    from keras import ops

    side = patches.shape[1]
    gray = ops.maximum((patches - BLACK) / RANGE, 1e-3)
    field = ops.matmul(drawn["stain"], _smooth_fields(side))
    exponent = ops.log(gray) * _per_patch(drawn["gamma"]) + ops.reshape(field, (-1, side, side, 1))
    changed = ops.exp(exponent)
    changed += _per_patch(drawn["blur"]) * (_blurred(changed) - changed)
    changed = _standardized(changed) + _per_patch(drawn["noise"]) * noise
    return _standardized(changed) * ops.std(patches, axis=(1, 2), keepdims=True)


def _standardized(patches: Any) -> Any:
    from keras import ops

    mean = ops.mean(patches, axis=(1, 2), keepdims=True)
    deviation = ops.std(patches, axis=(1, 2), keepdims=True)
    return (patches - mean) / (deviation + keras.config.epsilon())


def _smooth_fields(side: int) -> np.ndarray:
    """Return (9, side * side) float32: a smooth bump around each of the 3x3 nodes, sum 1."""
    position = (np.arange(side) + 0.5) / side
    nodes = np.linspace(0, 1, NODES)
    bump = np.exp(-0.5 * ((position - nodes[:, None]) * (NODES - 1) / 0.6) ** 2)
    bump /= bump.sum(axis=0)
    fields = bump[:, None, :, None] * bump[None, :, None, :]
    return fields.reshape(NODES**2, side * side).astype(np.float32)


def _blurred(patches: Any) -> Any:
    """Blur with a binomial kernel of 5x5 pixels; beyond the border the outermost pixels go on."""
    from keras import ops

    weights = [math.comb(4, k) / 16 for k in range(5)]
    side = patches.shape[1]
    for axis in (1, 2):
        width = [(0, 0)] * 4
        width[axis] = (2, 2)
        padded = ops.pad(patches, width, mode="symmetric")
        shifted = [
            padded[:, k : k + side] if axis == 1 else padded[:, :, k : k + side] for k in range(5)
        ]
        patches = sum(weight * part for weight, part in zip(weights, shifted, strict=True))
    return patches


def _per_patch(values: Any) -> Any:
    """Reshape (batch,) to (batch, 1, 1, 1), so that it is broadcast over a patch's pixels."""
    from keras import ops

    return ops.reshape(values, (-1, 1, 1, 1))
