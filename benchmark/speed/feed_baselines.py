"""How patches are commonly fed to a network: what `resident_feed` is measured against.

Every function yields batches (batch, 256, 256, 1) float32, standardized and augmented, endlessly.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import tensorflow as tf

SHUFFLED = 1000  # examples in tf.data's buffer


def python_loop(files: list[Path], batch: int) -> Iterator[np.ndarray]:
    """Open, rotate, flip and standardize one file after the other."""
    rng = np.random.default_rng(0)
    endless = (files[place] for _ in itertools.count() for place in rng.permutation(len(files)))
    while True:
        yield np.stack([_loaded(next(endless), rng) for _ in range(batch)])[..., None]


def _loaded(file: Path, rng: np.random.Generator) -> np.ndarray:
    with Image.open(file) as opened:
        image = np.asarray(opened, np.float32)
    image = np.rot90(image, int(rng.integers(4)))
    image = np.fliplr(image) if rng.integers(2) else image
    return (image - image.mean()) / max(float(image.std()), 1e-6)


def directory(folder: Path, batch: int) -> Callable[[], Iterator[Any]]:
    """Read a folder of PNG files with Keras's function, augment with Keras's layers."""
    import tensorflow as tf

    files = keras.utils.image_dataset_from_directory(
        folder, label_mode=None, color_mode="grayscale", batch_size=batch, verbose=False
    )
    flip, rotate = keras.layers.RandomFlip(), keras.layers.RandomRotation(1.0)

    def load(images: tf.Tensor) -> tf.Tensor:
        rotated = rotate(flip(images, training=True), training=True)
        return tf.image.per_image_standardization(rotated)

    batches = files.repeat().map(load, num_parallel_calls=tf.data.AUTOTUNE)
    return lambda: iter(batches.prefetch(tf.data.AUTOTUNE))


def tfrecord(prepared: Path, batch: int) -> Callable[[], Iterator[Any]]:
    """Read a prepared config through TFDS; decode, augment and standardize each example."""
    import tensorflow as tf
    import tensorflow_datasets as tfds

    def load(image: tf.Tensor, label: tf.Tensor) -> tf.Tensor:
        image = tf.image.random_flip_up_down(tf.image.random_flip_left_right(image))
        if tf.random.uniform(()) < 0.5:
            image = tf.image.transpose(image)
        return tf.image.per_image_standardization(image)

    examples = tfds.builder_from_directory(prepared).as_dataset(
        split="train", shuffle_files=True, as_supervised=True
    )
    augmented = examples.repeat().shuffle(SHUFFLED).map(load, num_parallel_calls=tf.data.AUTOTUNE)
    return lambda: iter(augmented.batch(batch).prefetch(tf.data.AUTOTUNE))
