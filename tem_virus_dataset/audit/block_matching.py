"""Match every block of the common part of one micrograph in the other, independently.

Why blocks: the coarse search gives one shift for two whole micrographs, which chance can lift. So
the common part is tiled with small blocks, and each is searched for in the other micrograph around
the coarse shift, by normalized cross-correlation. Blocks do not overlap and share no pixel: their
matches are independent evidence, which `similarity_vote` counts.

All blocks are correlated at once by FFT. Each correlation is divided by the root of the energy
under the block, from running sums; otherwise the strongest texture would win everywhere. The energy
is taken as at least `LEAST` of the usual, so that an empty region, which has nearly none, cannot
win.
"""

import numpy as np

SIDE = 32  # pixels, of a block
REACH = 24  # pixels; a block is searched for this far to either side of the coarse shift
LEAST = 0.25  # share of a texture's usual energy, the least that a match is divided by


def match_blocks(
    first: np.ndarray, second: np.ndarray, dx: int, dy: int, inside: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Match the blocks that tile the common part.

    Args:
      first, second: (height, width) textures with one pixel size.
      dx, dy: coarse shift in pixels, from the first to the second.
      inside: bool, of the first's shape; only blocks that lie inside as a whole are matched.

    Returns:
      Two arrays (blocks,) complex: the middle of each block in the first, and of its best match
      in the second; x + iy in pixels from the top left corner.
    """
    top = _tiles(first.shape[0], second.shape[0], dy)
    left = _tiles(first.shape[1], second.shape[1], dx)
    if not top.size or not left.size:
        return np.zeros(0, complex), np.zeros(0, complex)
    y, x = (corner.ravel() for corner in np.meshgrid(top, left, indexing="ij"))
    if inside is not None:
        whole = _windows(inside, x, y, SIDE).all(axis=(1, 2))
        x, y = x[whole], y[whole]
        if not x.size:
            return np.zeros(0, complex), np.zeros(0, complex)
    blocks = _windows(first, x, y, SIDE)
    blocks -= blocks.mean(axis=(1, 2), keepdims=True)
    size = SIDE + 2 * REACH
    padded = np.pad(second, size)
    around = _windows(padded, x + dx - REACH + size, y + dy - REACH + size, size)
    product = np.fft.rfft2(blocks, s=(size, size)).conj() * np.fft.rfft2(around)
    shifts = 2 * REACH + 1
    sums = np.fft.irfft2(product, s=(size, size))[:, :shifts, :shifts]
    energy = np.maximum(_sums(around * around), LEAST * SIDE**2)
    best = (sums / np.sqrt(energy)).reshape(len(x), -1).argmax(axis=1)
    down, right = np.divmod(best, shifts)
    here = x + 1j * y + SIDE / 2 * (1 + 1j)
    return here, here + (dx - REACH + right) + 1j * (dy - REACH + down)


def _tiles(length: int, other: int, shift: int) -> np.ndarray:
    """Return where the blocks along one axis begin, centred in the common part."""
    start, end = max(0, -shift), min(length, other - shift)
    count = max(0, (end - start) // SIDE)
    return start + (end - start - count * SIDE) // 2 + SIDE * np.arange(count)


def _windows(image: np.ndarray, x: np.ndarray, y: np.ndarray, side: int) -> np.ndarray:
    """Cut (len(x), side, side) float32 windows whose top left corners are given."""
    inside = np.arange(side)
    rows, columns = y[:, None, None] + inside[:, None], x[:, None, None] + inside
    return image[rows, columns].astype(np.float32)


def _sums(images: np.ndarray) -> np.ndarray:
    """Sum every block-sized window of (n, size, size): (n, size - SIDE + 1, the same)."""
    for axis in (1, 2):
        running = np.cumsum(images, axis=axis, dtype=np.float64)
        running = np.concatenate([np.zeros_like(running.take([0], axis)), running], axis)
        windows = images.shape[axis] - SIDE + 1
        ends = running.take(range(SIDE, SIDE + windows), axis)
        images = ends - running.take(range(windows), axis)
    return images
