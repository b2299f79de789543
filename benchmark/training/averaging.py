"""The average of a training's weights over its last steps, and the statistics that belong to it.

While the learning rate is high, weights jump from step to step, and the best of the epochs on a
small validation split is a lucky one. The exponential moving average of the weights lies between
the jumps (Polyak & Juditsky 1992; Morales-Brotons et al. 2024, arXiv 2411.18704): the average after
the last step is kept, and nothing is chosen. The running statistics of batch normalization are
those of other weights, and of mixed and augmented images. They are therefore computed anew.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from benchmark.training.compiling import jitted

RAMP = 9  # steps: the average of the first 9 n steps has a memory of n steps


class AveragingOptimizer:
    """Mixed into an optimizer class of Keras, it averages the weights after each step.

    The decay rises with the number of steps, up to `decay`: weights of the first steps, far from
    where the training goes, are soon forgotten. Keras' own average has no such ramp, and `fit` puts
    it in place of the weights at the end of each epoch.

    Args:
      decay: of the average at each step, such as 0.999.
    """

    def __init__(self, *args: Any, decay: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.decay = decay
        self.averages: list[Any] = []

    def build(self, variables: Sequence[Any]) -> None:
        """Create one average for each variable."""
        super().build(variables)  # type: ignore[misc]
        self.averages = [
            self.add_variable_from_reference(variable, "average")  # type: ignore[attr-defined]
            for variable in variables
        ]

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> None:
        """Make a step, and average the weights after it."""
        super().apply(grads, trainable_variables)  # type: ignore[misc]
        step = keras.ops.cast(self.iterations, "float32")  # type: ignore[attr-defined]
        decay = keras.ops.minimum(self.decay, (step - 1) / (step + RAMP))
        for average, variable in zip(self.averages, self._trainable_variables, strict=True):  # type: ignore[attr-defined]
            average.assign(decay * average + (1 - decay) * keras.ops.cast(variable, average.dtype))


def averaging(kind: type[keras.optimizers.Optimizer]) -> type[Any]:
    """Return an optimizer class that also averages the weights."""
    return type(f"Averaging{kind.__name__}", (AveragingOptimizer, kind), {})


class WeightAverage:
    """The average of a network's weights, which it can take on for a while.

    Args:
      network: (batch, height, width, channels) float32 to anything.
      optimizer: built for the network's trainable variables, of a class of `averaging`.
      batches: returns batches of images as `predict` will see them, for the statistics.
    """

    def __init__(
        self, network: keras.Model, optimizer: Any, batches: Callable[[], Iterable[Any]]
    ) -> None:
        self.network, self.optimizer, self.batches = network, optimizer, batches
        self.statistics = BatchStatistics(network)

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Give the network its averaged weights with their statistics; afterwards its own again."""
        before = [variable.numpy() for variable in self.network.variables]
        weights = self.network.trainable_variables
        for variable, average in zip(weights, self.optimizer.averages, strict=True):
            variable.assign(average.numpy())  # JAX gives away the buffer of a variable it uses
        try:
            self.statistics.set(self.batches())
            yield
        finally:
            for variable, value in zip(self.network.variables, before, strict=True):
                variable.assign(value)


class BatchStatistics:
    """Sets mean and variance of every batch normalization to those over many images.

    Layers that keep their statistics in training (frozen ones) keep them here. The variance is the
    mean of the batches' variances and the variance of their means; a batch counts by its size.
    """

    def __init__(self, network: keras.Model) -> None:
        self.network = network
        self.layers = [
            layer
            for layer in network._flatten_layers()
            if isinstance(layer, layers.BatchNormalization) and layer.trainable
        ]
        index = {id(variable): n for n, variable in enumerate(network.non_trainable_variables)}
        means = [index[id(layer.moving_mean)] for layer in self.layers]
        variances = [index[id(layer.moving_variance)] for layer in self.layers]

        def statistics(trainable: Any, others: Any, images: Any) -> Any:
            _, others = network.stateless_call(trainable, others, images, training=True)
            return [others[n] for n in means], [others[n] for n in variances]

        self.dropouts = [
            layer for layer in network._flatten_layers() if isinstance(layer, layers.Dropout)
        ]
        self.of_batch = jitted(statistics)

    def set(self, batches: Iterable[Any]) -> None:
        """Compute the statistics over batches (batch, height, width, channels), and set them."""
        if not self.layers:
            return
        counts, means, variances = [], [], []
        with self._as_predicted():
            for images in batches:
                mean, variance = self.of_batch(
                    [variable.value for variable in self.network.trainable_variables],
                    [variable.value for variable in self.network.non_trainable_variables],
                    images,
                )
                counts.append(len(images))
                means.append([np.asarray(values, np.float64) for values in mean])
                variances.append([np.asarray(values, np.float64) for values in variance])
        share = np.array(counts) / sum(counts)
        for n, layer in enumerate(self.layers):
            mean = np.stack([values[n] for values in means])
            overall = share @ mean
            within = share @ np.stack([values[n] for values in variances])
            layer.moving_mean.assign(overall)
            layer.moving_variance.assign(within + share @ (mean - overall) ** 2)

    @contextlib.contextmanager
    def _as_predicted(self) -> Iterator[None]:
        """Let a call give the statistics of its own batch, with every feature that `predict` has.

        A layer's momentum and the rate of a dropout are read in tracing.
        """
        before = [(layer, "momentum", layer.momentum) for layer in self.layers]
        before += [(layer, "rate", layer.rate) for layer in self.dropouts]
        try:
            for layer, name, _ in before:
                setattr(layer, name, 0.0)
            yield
        finally:
            for layer, name, value in before:
                setattr(layer, name, value)
