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


def applied(images: NDArray[Any], transform: int) -> NDArray[Any]:
    """Apply one D4 transform to all images (n, height, width, 1), with NumPy, as a view."""
    if transform & TRANSPOSE:
        images = images.transpose(0, 2, 1, 3)
    if transform & FLIP_VERTICAL:
        images = images[:, ::-1]
    return images[:, :, ::-1] if transform & FLIP_HORIZONTAL else images
