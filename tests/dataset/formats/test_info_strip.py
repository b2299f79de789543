"""Burnt-in info strips are found, and nothing that a micrograph shows is taken for one."""

import itertools

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from small_strip import STYLES, field, jpeg, strip

from tem_virus_dataset.formats import info_band, info_strip
from tem_virus_dataset.formats.info_strip import InfoStrip


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("place", ["top", "bottom"])
def test_a_strip_of_each_camera(style, place):
    band = strip(style)
    for image in (field(), field(mean=40), field(mean=200)):
        added = np.vstack([band, image] if place == "top" else [image, band])
        over = image.copy()
        over[np.s_[: len(band)] if place == "top" else np.s_[-len(band) :]] = band
        for complete in (added, over, added.astype(np.uint16) * 257):
            assert info_strip.find(complete) == InfoStrip(**{place: len(band)})


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("turns", [1, 3])
def test_a_strip_at_a_side(style, turns):
    band = strip(style)
    side = "right" if turns == 1 else "left"
    for image in (field(), field(mean=40), field(mean=200)):
        complete = np.rot90(np.vstack([image, band]), turns)
        for counts in (complete, complete.astype(np.uint16) * 257):
            assert info_strip.find(counts) == InfoStrip(**{side: len(band)})


@pytest.mark.parametrize("background", [0, 255, 128])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_panel_of_text_that_can_be_read_beside_the_image(background, side):
    for image in (field(), field(mean=40), field(mean=200)):
        beside = panel(background, len(image))
        parts = [beside, image] if side == "left" else [image, beside]
        assert info_strip.find(np.hstack(parts)) == InfoStrip(**{side: beside.shape[1]})
        for quality in (95, 75):
            found = info_strip.find(jpeg(np.hstack(parts), quality))
            assert (found.top, found.bottom) == (0, 0)
            assert abs(getattr(found, side) - beside.shape[1]) <= 3


def test_strips_below_and_beside_the_image():
    below = np.vstack([field(), strip("AMT")])
    for background in (0, 255):
        both = np.hstack([below, panel(background, len(below))])
        assert info_strip.find(both) == InfoStrip(bottom=84, right=150)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("quality", [95, 75, 50])
def test_a_strip_in_a_jpeg(style, quality):
    band = strip(style)
    found = info_strip.find(jpeg(np.vstack([field(), band]), quality))
    assert found.top == 0
    assert abs(found.bottom - len(band)) <= 3


@pytest.mark.parametrize("style", STYLES)
def test_a_strip_in_a_resized_image(style):
    image = Image.fromarray(np.vstack([field(960, 1280), strip(style, 1280)]))
    small = np.asarray(image.resize((896, round(image.height * 0.7)), Image.Resampling.BICUBIC))
    assert abs(info_strip.find(small).bottom - 0.7 * STYLES[style][2]) <= 3


def test_a_strip_of_16_bits_whose_text_is_far_brighter_than_the_micrograph():
    image = np.random.default_rng(0).normal(900, 40, (480, 640)).astype(np.uint16)
    band = strip("Zeiss").astype(np.uint16) * 257
    assert info_strip.find(np.vstack([image, band])) == InfoStrip(0, len(band))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("counts", [(8, 0), (16, 200), (200, 1000)])
def test_a_strip_of_8_bits_in_an_image_of_larger_counts(style, counts):
    factor, offset = counts
    image = field().astype(np.uint16) * factor + offset
    band = strip(style).astype(np.uint16)
    assert info_strip.find(np.vstack([image, band])) == InfoStrip(0, len(band))
    assert info_strip.find(np.vstack([band, image])) == InfoStrip(len(band), 0)


def test_faint_specks_on_a_dark_border_of_16_bits_are_no_strip():
    image = field().astype(np.uint16) * 16
    dark = np.zeros((60, 640), np.uint16)
    dark[20:50:3, ::9] = 200
    assert not info_strip.find(np.vstack([image, dark]))


def panel(background, height):
    """Lines of text below each other, and a scale bar, as a viewer shows them beside an image."""
    picture = Image.new("L", (150, height), background)
    pen = ImageDraw.Draw(picture)
    ink = 255 if background < 200 else 0
    for number, line in enumerate(("JEM-1400", "80.0 kV", "x50,000", "spot 3", "5932.tif")):
        pen.text((10, 20 + 30 * number), line, ink, ImageFont.load_default(size=14))
    pen.rectangle((20, height - 60, 120, height - 55), fill=ink)
    return np.asarray(picture)


def dark_corner():
    y, x = np.ogrid[:480, :640]
    return np.where(y > 420 + x / 40, 0, field())


def bar_of_the_grid():
    """Saturated, nearly straight, and with specks: what resembles a strip most."""
    y = np.arange(480)[:, None]
    edge = 420 + np.cumsum(np.random.default_rng(0).integers(-1, 2, 640))
    image = np.where(y > edge, 0, field())
    image[440:470:6, ::9] = 200
    return image


def stain():
    """Grains that get darker towards a particle, row by row, as around real ones."""
    grains = cv2.GaussianBlur(np.random.default_rng(4).normal(0, 1, (960, 250)), None, 1)
    depth = np.interp(np.arange(960), (0, 200, 300, 400), (197, 190, 160, 90))[:, None]
    return (depth + 10 * grains / grains.std()).clip(0, 255)


@pytest.mark.parametrize(
    "image",
    [
        field(),
        stain(),
        dark_corner(),
        bar_of_the_grid(),
        np.pad(field(), ((0, 60), (0, 0))),  # padding without text
        np.pad(field(), 60, constant_values=255),
        np.full((480, 640), 7, np.uint8),
        np.zeros((3, 4), np.uint8),
        field(1, 640),
        strip("AMT"),
        np.hstack([np.zeros((480, 60)), field()]),  # a dark side, as of a grid bar
        np.vstack([field(), strip("AMT")])[-180:, ::-1].T[:400],  # text that only touches a side
    ],
    ids=[
        "field",
        "stain",
        "corner",
        "grid",
        "padded",
        "frame",
        "constant",
        "tiny",
        "row",
        "text",
        "side",
        "part",
    ],
)
def test_no_strip(image):
    assert not info_strip.find(image.astype(np.uint8))
    assert not info_strip.find(np.rot90(image).astype(np.uint16))


def mixture(rng):
    """Bands, dark borders and noise of all amounts, at random places."""
    style = rng.choice(list(STYLES))
    parts = [field(300, 640) * rng.uniform(0, 1) + rng.uniform(0, 100)]
    parts.insert(rng.integers(2), strip(style) * rng.uniform(0.1, 1))
    parts.insert(rng.integers(3), np.full((rng.integers(1, 90), 640), rng.integers(256)))
    image = np.vstack(parts) + rng.normal(0, rng.uniform(0, 25), (1, 640))
    image += rng.normal(0, rng.choice([0, 0, 1, 5, 20]), image.shape)
    return (image.clip(0, 255) * rng.choice([1, 40])).astype(np.uint16)


def test_a_look_at_some_columns_does_not_change_what_is_found(monkeypatch):
    rng = np.random.default_rng(0)
    images = [mixture(rng) for _ in range(60)]
    found = [info_strip.find(image) for image in images]
    monkeypatch.setattr(
        info_band,
        "likely",
        lambda image, highest, tolerances: list(
            itertools.product(tolerances, info_band._backgrounds(image))
        ),
    )
    assert found == [info_strip.find(image) for image in images]
    assert 10 < sum(map(bool, found)) < 50


def test_words_and_rows():
    both = InfoStrip(top=20, bottom=84)
    assert str(InfoStrip(left=9)) == "the leftmost 9 columns"
    assert InfoStrip(left=2, right=3).inside((5, 9)) == (slice(0, 5), slice(2, 6))
    assert str(both) == "the highest 20 rows and the lowest 84 rows"
    assert both.inside((200, 9)) == (slice(20, 116), slice(0, 9))
    assert InfoStrip().inside((9, 8)) == (slice(0, 9), slice(0, 8))
