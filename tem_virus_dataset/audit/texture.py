"""A micrograph reduced to its texture, which two photographs of one field have in common.

Illumination, contrast and the depth of the stain differ from one photograph to the next. A
band-pass and local contrast normalization remove them.
"""

import numpy as np

CLIP = 3.0  # local standard deviations: dirt and other black spots must not dominate


def texture(image: np.ndarray, pixel: int, fine: float, coarse: float) -> np.ndarray:
    """Downsample a micrograph, and normalize its illumination and its contrast.

    Args:
      image: (height, width), any real dtype, at 1 nm per pixel.
      pixel: nm per pixel of the result, a whole number.
      fine, coarse: the band in nm; structure finer or coarser (Gaussian sigma) is removed, and
        contrast is normalized over 2 * coarse.

    Returns:
      (height // pixel, width // pixel) float32: mean about 0, standard deviation about 1, within
      -3 to 3.
    """
    height, width = (length // pixel * pixel for length in image.shape)
    blocks = image[:height, :width].reshape(height // pixel, pixel, width // pixel, pixel)
    small = blocks.mean(axis=(1, 3), dtype=np.float32)
    band = blur(small, fine / pixel) - blur(small, coarse / pixel)
    contrast = np.sqrt(np.maximum(blur(band * band, 2 * coarse / pixel), 1e-6))
    return np.clip(band / contrast, -CLIP, CLIP)


def blur(image: np.ndarray, sigma: float) -> np.ndarray:
    """Convolve with a Gaussian; past the border the image is mirrored.

    Args:
      image: (height, width) float32; sigma: in pixels.

    Returns:
      (height, width) float32.
    """
    for axis in (0, 1):
        length = image.shape[axis]
        doubled = np.concatenate([image, np.flip(image, axis)], axis)  # its period is the mirror's
        spectrum = np.fft.rfft(doubled, axis=axis)
        gain = np.exp(-2 * (np.pi * sigma * np.fft.rfftfreq(2 * length)) ** 2).astype(np.float32)
        spectrum *= gain[:, None] if axis == 0 else gain
        image = np.fft.irfft(spectrum, 2 * length, axis=axis).take(range(length), axis)
    return image.astype(np.float32, copy=False)
