"""Micrographs with the info strips that cameras burn into their images."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

# background, lines of text and height of the strip, as these cameras' programs draw them
STYLES = {
    "AMT": (255, ("Print Mag: 123000x @ 51 mm", "TEM Mode: Imaging  HV=80.0kV  100 nm"), 84),
    "SIS": (255, ("5932.tif   Cal: 1.2 nm/pix   11:23 03/22/12",), 40),
    "FEI": (0, ("HT 120 kV | spot 3 | mag 49 000 x | det BM-Eagle",), 60),
    "Zeiss": (0, ("EHT = 5.00 kV   WD = 3.1 mm", "Mag = 50.00 K X   Date: 12 Mar 2014"), 76),
    "JEOL": (0, ("JEM-1400    80.0 kV    x50,000    100 nm",), 32),
    "Hitachi": (0, ("HT7800 100.0kV x20.0k Zoom-1 HC-1",), 64),
}


def field(height: int = 480, width: int = 640, mean: float = 110.0) -> NDArray[np.uint8]:
    """Noise and discs, without a strip."""
    rng = np.random.default_rng(0)
    image = rng.normal(mean, 6, (height, width))
    y, x = np.ogrid[:height, :width]
    for at in ((200, 130), (400, 120), (500, 300)):
        image[(y - at[1]) ** 2 + (x - at[0]) ** 2 < 30**2] += 30
    return image.clip(0, 255).astype(np.uint8)


def strip(style: str, width: int = 640) -> NDArray[np.uint8]:
    """A band with lines of text and a scale bar."""
    background, lines, height = STYLES[style]
    ink = 255 - background
    picture = Image.new("L", (width, height), background)
    pen = ImageDraw.Draw(picture)
    if style == "FEI":
        pen.rectangle((0, 0, width - 1, height - 1), outline=ink)
    step = height / len(lines)
    font = ImageFont.load_default(size=min(22, step * 0.5))
    for number, line in enumerate(lines):
        pen.text((8, (number + 0.5) * step), line, ink, font, "lm")
    pen.rectangle((width - 90, height // 4, width - 20, height // 4 + 4), fill=ink)
    return np.asarray(picture)


def jpeg(image: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """The image after compression."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    with Image.open(buffer) as picture:
        return np.asarray(picture)
