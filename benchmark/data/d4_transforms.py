"""The D4 transforms with the operations of Keras's backend; for NumPy see `networks`."""

from typing import Any

from tem_virus_dataset.networks.d4_transforms import (
    FLIP_HORIZONTAL,
    FLIP_VERTICAL,
    TRANSPOSE,
)


def apply(images: Any, transforms: Any) -> Any:
    """Apply a D4 transform to each image of a batch, with the operations of Keras's backend.

    Args:
      images: (n, side, side, 1) of any dtype; transforms: (n,) int32, 0 to 7.

    Returns:
      Shape and dtype of `images`, exact.
    """
    from keras import ops  # takes seconds: what only counts the transforms must not wait

    for bit, transformed in (
        (TRANSPOSE, lambda batch: ops.transpose(batch, (0, 2, 1, 3))),
        (FLIP_VERTICAL, lambda batch: ops.flip(batch, 1)),
        (FLIP_HORIZONTAL, lambda batch: ops.flip(batch, 2)),
    ):
        chosen = ops.not_equal(ops.bitwise_and(transforms, bit), 0)
        images = ops.where(ops.reshape(chosen, (-1, 1, 1, 1)), transformed(images), images)
    return images
