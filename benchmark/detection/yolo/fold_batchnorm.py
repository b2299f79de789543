"""Folding batch normalization into the convolutions of a trained network.

After training, batch normalization is a fixed multiplication and addition for each channel, and so
is what a convolution does last: kernel times factor and a bias give the same result in one layer.
XLA folds by itself. TensorFlow does not on a CPU: it writes every map to memory and reads it again
for each of the two operations, and memory is what inference waits for. So the network that a user
runs is folded; a training needs the statistics of each batch and is not.
"""

from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray


def folded(network: keras.Model) -> keras.Model:
    """Return a network with the same outputs, but for rounding, without batch normalization.

    Args:
      network: each of its normalizations follows a convolution without bias and activation. It
        stays as it is; the new one has copies of its convolutions, and shares the other layers.
    """
    normalizations = {
        layer.input._keras_history.operation: layer
        for layer in network.layers
        if isinstance(layer, layers.BatchNormalization)
    }
    replacements: dict[Any, Any] = {}

    def copy(layer: Any) -> Any:
        if layer in normalizations:
            replacements[layer] = layer.from_config({**layer.get_config(), "use_bias": True})
        return replacements.get(layer, layer)

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        skipped = isinstance(layer, layers.BatchNormalization)
        return inputs[0] if skipped else layer(*inputs, **options)

    result = keras.models.clone_model(network, clone_function=copy, call_function=call)
    for convolution, replacement in replacements.items():
        replacement.set_weights(_weights(convolution, normalizations[convolution]))
    return result


def _weights(convolution: Any, normalization: Any) -> list[NDArray[np.float64]]:
    """Return kernel and bias of a convolution that does what both do."""
    kernel, mean, variance, gamma, beta = (
        keras.ops.convert_to_numpy(variable).astype(np.float64)
        for variable in (
            convolution.kernel,
            normalization.moving_mean,
            normalization.moving_variance,
            normalization.gamma,
            normalization.beta,
        )
    )
    factor = gamma / np.sqrt(variance + normalization.epsilon)
    return [kernel * factor, beta - mean * factor]
