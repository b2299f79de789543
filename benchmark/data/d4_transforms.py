"""The D4 transforms: the eight rotations and flips that map a square image onto itself.

A particle lies on the grid in any orientation, so a rotated or flipped patch is as likely as the
original. A rotation by 90 degrees and a flip only move pixels: nothing is interpolated, the mean
and standard deviation stay as they are, and each transform can be undone. Training draws one at
random (augmentation), test-time augmentation averages over all eight, and the layers of
`models.layers.d4` are equivariant to them. All three number the transforms as written here.
"""

from typing import Any

from numpy.typing import NDArray

# Transform t: transposed if t & TRANSPOSE, then flipped up-down if t & FLIP_VERTICAL, then
# left-right if t & FLIP_HORIZONTAL. Transform 0 is the identity.
COUNT = 8
TRANSPOSE, FLIP_VERTICAL, FLIP_HORIZONTAL = 4, 2, 1


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


def applied(images: NDArray[Any], transform: int) -> NDArray[Any]:
    """Apply one D4 transform to all images (n, side, side, 1), with NumPy, as a view."""
    if transform & TRANSPOSE:
        images = images.transpose(0, 2, 1, 3)
    if transform & FLIP_VERTICAL:
        images = images[:, ::-1]
    return images[:, :, ::-1] if transform & FLIP_HORIZONTAL else images
