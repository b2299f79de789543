"""One example as it is drawn: its bar, its contrast, and its marks."""

import itertools

import numpy as np
import pytest

from tem_virus_dataset.commands.contact_sheet import BAR, draw_example
from tem_virus_dataset.micrographs import drawing

YELLOW = (255, 220, 0)


def example(name, image=None, **more):
    image = np.full((256, 256, 1), 7, np.uint16) if image is None else image
    return {"id": f"train/{name}/1_1", "image": image, **more}


def row_of(mask):
    """Start and length of each run of True."""
    runs, start = [], 0
    for value, run in itertools.groupby(mask.tolist()):
        length = len(list(run))
        runs += [(start, length)] * value
        start += length
    return runs


def bar_of(picture):
    """Length in pixels of the white bar: the same run in three rows, framed in black."""
    white = (np.asarray(picture.convert("RGB")) == 255).all(2)
    bottom = picture.height - 8
    (run,) = row_of(white[bottom - 2])
    assert [row_of(white[y]) for y in range(bottom - 3, bottom)] == [[run]] * 3
    pixels = np.asarray(picture.convert("L"))
    start, length = run
    assert not pixels[[bottom - 4, bottom], start - 1 : start + length + 1].any()
    assert not pixels[bottom - 4 : bottom + 1, [start - 1, start + length]].any()
    return length


@pytest.mark.parametrize("side", [128, 144, 192, 256])
def test_the_bar_of_a_patch_is_100_nm_long(side):
    picture = draw_example(example("Orf"), side)
    assert picture.size == (side, side)
    assert bar_of(picture) == round(100 * side / 256)


@pytest.mark.parametrize(
    "shape, nm_per_pixel, length",
    [
        ((1000, 1000), 1.0, 200),
        ((747, 1000), 1.0, 200),
        ((1000, 400), 1.0, 100),
        ((2048, 2048), 0.55, 500),
        ((40, 80), 5.57, 200),
    ],
)
def test_the_bar_of_a_micrograph_goes_by_its_pixel_size(shape, nm_per_pixel, length):
    picture = draw_example(
        example("Orf", np.full((*shape, 1), 7, np.uint16), nm_per_pixel=nm_per_pixel), 320
    )
    zoom = 320 / max(shape)
    assert picture.size == (round(shape[1] * zoom), round(shape[0] * zoom))
    assert bar_of(picture) == round(length / nm_per_pixel * zoom)


@pytest.mark.parametrize(
    "width, length", [(256, 100), (1000, 200), (1112, 500), (30, 10), (2, 0.5), (1e5, 20000)]
)
def test_lengths_of_bars_are_round(width, length):
    assert drawing.bar_length(width, BAR.share) == length


def test_the_contrast_is_stretched_between_percentiles():
    image = np.full((256, 256), 1000, np.uint16)
    image[:, 128:] = 3000
    image[100, 100] = 65535  # one pixel does not set the scale
    pixels = np.asarray(draw_example(example("Orf", image), 256).convert("L"))
    assert np.unique(pixels[:90, :128]).tolist() == [0]
    assert np.unique(pixels[:90, 128:]).tolist() == [255]


def test_boxes_are_where_they_belong():
    bbox = np.array([[0.25, 0.5, 0.5, 0.75], [0, 0, 0.1, 0.2], [0.9, 0.95, 1, 1]], np.float32)
    image = np.full((400, 800, 1), 7, np.uint16)
    picture = draw_example(example("Orf", image, objects={"bbox": bbox}), 320)
    assert picture.size == (320, 160)
    found = (np.asarray(picture) == YELLOW).all(2)
    expected = np.zeros_like(found)
    for y0, x0, y1, x1 in ((40, 160, 79, 239), (0, 0, 15, 63), (144, 304, 159, 319)):
        expected[[y0, y1], x0 : x1 + 1] = expected[y0 : y1 + 1, [x0, x1]] = True
    np.testing.assert_array_equal(found, expected)


def test_points_are_where_they_belong_and_those_of_one_particle_are_joined():
    points = np.array([[100, 100], [300, 300], [500, 300], [700, 100]], np.float32)
    more = {"points": points, "particle": np.array([0, 1, 1, 2]), "nm_per_pixel": 1.0}
    picture = draw_example(example("Orf", np.full((400, 800, 1), 7, np.uint16), **more), 400)
    found = (np.asarray(picture) == YELLOW).all(2)
    for x, y in points / 2:
        assert found[int(y) - 2 : int(y) + 3, int(x)].all()
    assert found[150, 150:251].all()  # the second particle's line
    assert not found[:, 60:140].any()
    assert not found[:, 260:340].any()
