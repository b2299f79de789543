"""The public tf.data pipeline: standardized, turned and levelled patches for any Keras model.

The benchmark's own trainings use `resident_feed`, which does the same inside the jitted step;
a test holds the two together. This one is for others, and for TensorFlow only.

    data = reading.load("tem_virus/mirror_11class")
    for epoch in range(20):  # each draws other views, and another part of the large classes
        shown = pipeline.training(data.splits["train"], batch_size=32, seed=0, epoch=epoch)
        model.fit(shown, initial_epoch=epoch, epochs=epoch + 1)
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from benchmark.classification.data import Patches
from benchmark.classification.resident_feed import statistics
from benchmark.training import sampling


def training(
    patches: Patches, batch: int, seed: int, epoch: int, level: int = sampling.LEVEL
) -> tf.data.Dataset:
    """Batches of one epoch: classes levelled, each patch in one of the eight views.

    What is shown is a pure function of (seed, epoch, place); see `sampling.epoch`.

    Args:
      patches: decoded once; they stay in memory as they are.
      batch: patches in a batch; level: patches of each class in the epoch.

    Returns:
      Dataset of (patches (batch, 256, 256, 1) float32, labels (batch,) int32).
    """
    shown = sampling.epoch(patches.labels, seed, epoch, level)
    return _dataset(patches, shown.index, shown.view, batch)


def evaluation(patches: Patches, batch: int, view: int = 0) -> tf.data.Dataset:
    """Every patch once, in order and in one view; returns what `training` does."""
    index = np.arange(len(patches), dtype=np.int32)
    return _dataset(patches, index, np.full_like(index, view), batch)


def _dataset(patches: Patches, index: np.ndarray, view: np.ndarray, batch: int) -> tf.data.Dataset:
    mean, inverse = (tf.constant(values) for values in statistics(patches.images))
    images, labels = tf.constant(patches.images), tf.constant(patches.labels)

    def load(chosen: tf.Tensor, turned: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image = tf.cast(tf.gather(images, chosen), tf.float32)
        image = (image - _wide(tf.gather(mean, chosen))) * _wide(tf.gather(inverse, chosen))
        return _turn(image, turned), tf.gather(labels, chosen)

    pairs = tf.data.Dataset.from_tensor_slices((index, view)).batch(batch)
    return pairs.map(load, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def _turn(images: tf.Tensor, view: tf.Tensor) -> tf.Tensor:
    for bit, moved in (
        (4, lambda batch: tf.transpose(batch, (0, 2, 1, 3))),
        (2, lambda batch: tf.reverse(batch, (1,))),
        (1, lambda batch: tf.reverse(batch, (2,))),
    ):
        chosen = tf.not_equal(tf.bitwise.bitwise_and(view, bit), 0)
        images = tf.where(_wide(chosen), moved(images), images)
    return images


def _wide(values: tf.Tensor) -> tf.Tensor:
    return tf.reshape(values, (-1, 1, 1, 1))
