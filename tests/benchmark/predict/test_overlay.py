"""The picture of a micrograph's particles: its boxes and its scale bar."""

import io

import numpy as np
import pytest
from PIL import Image

from tem_virus_dataset.formats.info_strip import InfoStrip
from tem_virus_dataset.micrographs import drawing
from tem_virus_dataset.predict.writers import overlay
from tem_virus_dataset.predict.writers.result import MicrographResult, ParticleRow


@pytest.mark.parametrize(("nm", "side"), [(0.5, 300), (3.0, 2048), (1.0, 4096)])
def test_the_scale_bar_has_the_length_in_its_label(nm, side):
    black = np.zeros((side, side), np.uint16)
    black[0, 0] = 255
    nothing = MicrographResult("a.tif", side, side, nm, "a test", ("a",), ())
    with Image.open(io.BytesIO(overlay.png(black, nothing))) as picture:
        white = (np.asarray(picture.convert("RGB")) == 255).all(axis=-1)[:, : picture.height]
    bar = drawing.bar_length(side * nm)
    assert bar in (20, 1000, 500)
    length = max(white[-37:].sum(axis=1))  # the bar's rows, below its text
    assert length == round(bar / nm * len(white) / side)


@pytest.mark.parametrize("shape", [(4000, 3), (3, 4000), (1024, 1), (1, 2), (2, 2)])
def test_images_of_a_few_pixels_each_way(shape):
    """A scale bar would be shorter than a pixel of a picture that is so narrow."""
    image = np.arange(shape[0] * shape[1], dtype=np.uint16).reshape(shape)
    nothing = MicrographResult("a.tif", shape[1], shape[0], 0.5, "a test", ("a",), ())
    assert overlay.jpeg(image, nothing)
    assert overlay.png(image, nothing)


@pytest.mark.parametrize(
    "strip", [InfoStrip(bottom=120), InfoStrip(left=150), InfoStrip(top=99, right=99)], ids=str
)
def test_the_scale_bar_covers_no_text_of_an_info_strip(strip):
    image = np.full((1024, 1024), 9, np.uint8)
    image[strip.inside(image.shape)] = 100
    image[500, 500:510] = 0, 0, 0, 0, 0, 255, 255, 255, 255, 255
    nothing = MicrographResult("a.tif", 1024, 1024, 1.0, "a test", ("a",), ())
    with Image.open(io.BytesIO(overlay.png(image, nothing, strip))) as picture:
        pixels = np.asarray(picture.convert("L"))[:1024, :1024]
    rows, columns = strip.inside(image.shape)
    bar = pixels[rows, columns][-100:, :400] == 255
    assert bar.any(axis=0).sum() > 50
    beside = np.ones(image.shape, bool)
    beside[rows, columns] = False
    assert np.ptp(pixels[beside]) == 0


def test_boxes_are_drawn_where_they_are():
    image = np.full((1024, 1024), 100, np.uint8)
    image[0, :9] = 0, 0, 0, 0, 0, 255, 255, 255, 255
    particles = (
        ParticleRow(0, 0, 300, 400, 100, 60, 0.9),
        ParticleRow(1, 1, 700, 500, np.nan, np.nan, 0.8),
    )
    result = MicrographResult("a.tif", 1024, 1024, 1.0, "a test", ("a", "b"), particles)
    with Image.open(io.BytesIO(overlay.png(image, result))) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    blue, orange = (86, 180, 233), (230, 159, 0)
    for (x, y), colour in {
        (250, 400): blue, (350, 400): blue, (300, 370): blue, (300, 430): blue,
        (688, 500): orange, (712, 500): orange,
    }.items():  # fmt: skip
        near = pixels[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3)
        assert (near == colour).all(axis=1).any(), (x, y)
    assert (pixels[400, 300] == pixels[100, 100]).all()
