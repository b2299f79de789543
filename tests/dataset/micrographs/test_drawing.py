"""Contrast stretch and scale bar, which all figures, overlays and reports share."""

import dataclasses

import numpy as np
import pytest
from PIL import Image

from tem_virus_dataset.audit import pair_figure
from tem_virus_dataset.commands import contact_sheet
from tem_virus_dataset.micrographs import drawing

STYLES = {"large": drawing.LARGE, "sheet": contact_sheet.BAR, "audit": pair_figure.BAR}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_black_and_white_are_percentiles_not_extremes(dtype):
    image = np.linspace(50, 150, 10_000).reshape(100, 100).astype(dtype)
    image[0, 0], image[-1, -1] = 0, 250
    found = drawing.stretched(image)
    assert (found.dtype, found.shape) == (np.uint8, (100, 100))
    assert int(found[50, 50]) == pytest.approx(128, abs=3)
    assert 0.003 < (found == 0).mean() < 0.02
    assert 0.003 < (found == 255).mean() < 0.02


def test_a_constant_image_is_black():
    assert not drawing.stretched(np.full((4, 4), 7, np.uint16)).any()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("per_pixel", [0.3, 1.0, 2.5])
def test_the_bar_has_its_length_and_a_black_frame(style, per_pixel):
    look = dataclasses.replace(STYLES[style], colour="#ff0000")
    picture = Image.new("RGB", (600, 400), "#808080")
    drawing.draw_bar(picture, per_pixel, style=look, length=60)
    bottom = picture.height - look.edge
    rows = np.asarray(picture)[bottom - look.thickness : bottom]
    red = (rows == (255, 0, 0)).all(axis=2)
    assert (red == red[0]).all()
    (places,) = np.nonzero(red[0])
    assert (places[0], len(places)) == (look.edge, round(60 / per_pixel))
    assert places[-1] - places[0] == len(places) - 1
    around = np.asarray(picture)[
        bottom - look.thickness - look.frame : bottom + look.frame,
        look.edge - look.frame : places[-1] + 1 + look.frame,
    ]
    assert (around == 0).all(axis=2).sum() == around[..., 0].size - red.sum()


@pytest.mark.parametrize("style", STYLES)
def test_text_is_never_cut_off_at_the_left(style):
    picture = Image.new("RGB", (600, 400), "#808080")
    drawing.draw_bar(picture, 100, style=STYLES[style], length=100)  # one pixel long
    assert (np.asarray(picture)[:, 0] == 128).all()


@pytest.mark.parametrize("width", [3, 256, 1000, 4096])
@pytest.mark.parametrize("share", [0.2, 0.45])
def test_lengths_are_the_longest_of_1_2_and_5(width, share):
    length = drawing.bar_length(width, share)
    digit = length / 10 ** np.floor(np.log10(length))
    assert digit == pytest.approx(round(digit))
    assert round(digit) in (1, 2, 5)
    assert length <= width * share < 2.5 * length * (1 + 1e-9)
