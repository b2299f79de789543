"""The public tf.data pipeline: standardized, augmented, class-balanced patches for any Keras model.

The benchmark's own trainings use `resident_feed`, which does the same inside the compiled step; a
test compares the two. This one is for other programs, and for TensorFlow only.

    from benchmark import tasks
    from benchmark.classification import tf_data_pipeline

    train = tasks.load("tem_virus/mirror_11class").splits["train"]
    for epoch in range(20):  # each draws other transforms, and another part of the large classes
        batches = tf_data_pipeline.training(train, batch_size=32, seed=0, epoch=epoch)
        model.fit(batches, initial_epoch=epoch, epochs=epoch + 1)
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from benchmark.classification.data import Patches
from benchmark.classification.resident_feed import statistics
from benchmark.data import d4_transforms
from benchmark.training import sampling


def training(
    patches: Patches,
    batch_size: int,
    seed: int,
    epoch: int,
    samples_per_class: int = sampling.SAMPLES_PER_CLASS,
) -> tf.data.Dataset:
    """Batches of one epoch: classes balanced, each patch under a random D4 transform.

    The patches and their order are a pure function of (seed, epoch); see `sampling.epoch`.

    Args:
      patches: decoded once; they stay in memory as they are.
      batch_size: patches in a batch; samples_per_class: patches of each class in the epoch.

    Returns:
      Dataset of (patches (batch, 256, 256, 1) float32, labels (batch,) int32).
    """
    drawn = sampling.epoch(patches.labels, seed, epoch, samples_per_class)
    return _dataset(patches, drawn.index, drawn.transform, batch_size)


def evaluation(patches: Patches, batch_size: int, transform: int = 0) -> tf.data.Dataset:
    """Every patch once, in order, under one D4 transform; returns what `training` does."""
    index = np.arange(len(patches), dtype=np.int32)
    return _dataset(patches, index, np.full_like(index, transform), batch_size)


def _dataset(
    patches: Patches, index: np.ndarray, transform: np.ndarray, batch_size: int
) -> tf.data.Dataset:
    mean, inverse = (tf.constant(values) for values in statistics(patches.images))
    images, labels = tf.constant(patches.images), tf.constant(patches.labels)

    def load(chosen: tf.Tensor, transforms: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        image = tf.cast(tf.gather(images, chosen), tf.float32)
        image -= _per_patch(tf.gather(mean, chosen))
        image *= _per_patch(tf.gather(inverse, chosen))
        return _transformed(image, transforms), tf.gather(labels, chosen)

    pairs = tf.data.Dataset.from_tensor_slices((index, transform)).batch(batch_size)
    return pairs.map(load, num_parallel_calls=tf.data.AUTOTUNE).prefetch(tf.data.AUTOTUNE)


def _transformed(images: tf.Tensor, transforms: tf.Tensor) -> tf.Tensor:
    """Do what `d4_transforms.apply` does, in TensorFlow whatever Keras's backend is."""
    for bit, transformed in (
        (d4_transforms.TRANSPOSE, lambda batch: tf.transpose(batch, (0, 2, 1, 3))),
        (d4_transforms.FLIP_VERTICAL, lambda batch: tf.reverse(batch, (1,))),
        (d4_transforms.FLIP_HORIZONTAL, lambda batch: tf.reverse(batch, (2,))),
    ):
        chosen = tf.not_equal(tf.bitwise.bitwise_and(transforms, bit), 0)
        images = tf.where(_per_patch(chosen), transformed(images), images)
    return images


def _per_patch(values: tf.Tensor) -> tf.Tensor:
    return tf.reshape(values, (-1, 1, 1, 1))
