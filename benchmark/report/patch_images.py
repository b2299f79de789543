"""Patches and saliency maps as PNG images, with a scale bar."""

import matplotlib as mpl
import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from tem_virus_dataset.facts import PATCH
from tem_virus_dataset.micrographs import drawing

SIDE = 512  # of an image; a page shows it smaller, so that it is sharp on every screen
BAR_NM = 100
BAR = drawing.BarStyle(letters=42, thickness=13, edge=18, gap=10)  # letters: 14 on a telephone
SMOOTHED = 1 / 64  # of its side: a map is smoothed by so much before it is shown, 4 nm of 256


def patch_png(image: np.ndarray, bar: bool = True) -> bytes:
    """Return a patch as PNG, black to white from its 0.5th to its 99.5th percentile.

    Args:
      image: (side, side, 1), any integer dtype.
      bar: draw a scale bar; then the side is 256, at 1 nm per pixel.
    """
    return _png(_grey(image).convert("RGB"), bar)


def saliency_png(image: np.ndarray, saliency: np.ndarray, bar: bool = True) -> bytes:
    """Return the patch, faint, with its saliency map laid over it, the strongest parts brightest.

    Args:
      image, bar: as for `patch_png`; saliency: (s, s), 0 or more, of any side.
    """
    values = gaussian_filter(saliency.astype(np.float64), SMOOTHED * len(saliency))
    top = np.percentile(values, 99.5)
    shares = (values / top).clip(0, 1) if top > 0 else values
    wide = Image.fromarray(shares.astype(np.float32)).resize(
        (SIDE, SIDE), Image.Resampling.BILINEAR
    )
    heat = np.asarray(wide)[..., None]
    colours = mpl.colormaps["inferno"](heat[..., 0])[..., :3] * 255
    below = np.asarray(_grey(image), dtype=np.float64)[..., None] * 0.55
    mixed = below * (1 - heat) + np.maximum(colours, below * (1 - heat)) * heat
    return _png(Image.fromarray(mixed.clip(0, 255).astype(np.uint8)), bar)


def _grey(image: np.ndarray) -> Image.Image:
    gray = Image.fromarray(drawing.stretched(image[..., 0]))
    return gray.resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def _png(picture: Image.Image, bar: bool) -> bytes:
    if bar:
        drawing.draw_bar(picture, PATCH / SIDE, style=BAR, length=BAR_NM)
    return drawing.png(picture)
