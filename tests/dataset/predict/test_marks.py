"""Overlays: the marks of classes differ, and no text covers a particle or another text."""

import io
import math

import numpy as np
from measured_particles import CLASSES, result
from PIL import Image, ImageDraw

from tem_virus_dataset.predict.writers import marks, overlay
from tem_virus_dataset.predict.writers.result import MicrographResult, ParticleRow
from tem_virus_dataset.predict.writers.text_room import TextRoom


def drawn(style, is_uncertain=False, is_point=False, side=40):
    picture = Image.new("RGB", (60, 60), "#777777")
    corners = (5, 5, 5 + side, 5 + side)
    marks.draw(ImageDraw.Draw(picture), corners, style, is_uncertain, is_point)
    return picture.tobytes()


def test_22_classes_unknown_and_uncertain_all_look_different():
    styles = [*(marks.style(label, False) for label in range(22)), marks.style(22, True)]
    for side, is_point in ((40, False), (18, False), (24, True)):
        pictures = [
            drawn(style, doubt, is_point, side) for style in styles for doubt in (False, True)
        ]
        assert len(set(pictures)) == 2 * len(styles)


def test_text_is_written_only_where_there_is_room():
    room = TextRoom(200, 100)
    box = (80.0, 40.0, 120.0, 60.0)
    room.take(box)
    places = [room.place(box, (60, 16), 4) for _ in range(8)]
    found = [(x, y, x + 60, y + 16) for x, y in places if not math.isnan(x)]
    assert 2 <= len(found) < 8
    for place, one in enumerate(found):
        for other in (box, *found[:place]):
            assert (
                one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            )
        assert min(one) >= 0
        assert one[2] <= 200
        assert one[3] <= 100
    assert math.isnan(places[-1][0])


def test_a_crowded_field_has_marks_and_no_text_on_them():
    side = 1024
    rows = tuple(
        ParticleRow(0, 0, x, y, 30, 30, 0.9)
        for x in range(16, side, 32) for y in range(16, side, 32)
    )  # fmt: skip
    image = np.full((side, side), 100, np.uint8)
    image[:10, :10], image[10:20, :10] = 0, 200
    pictures = [
        overlay.png(image, MicrographResult("a", side, side, 1.0, "", names, rows))
        for names in (("a", "b"), ("another name", "b"))
    ]
    first, second = (np.asarray(Image.open(io.BytesIO(data)))[:, :side] for data in pictures)
    assert (first == second).all()


def test_the_legend_is_outside_of_the_micrograph():
    for shape, is_below in (((600, 600), False), ((300, 1200), True), ((2048, 300), False)):
        image = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
        found = result()
        found = MicrographResult("a", shape[1], shape[0], 2.0, "", CLASSES, found.particles)
        with Image.open(io.BytesIO(overlay.png(image, found))) as picture:
            longer = np.clip(max(shape), overlay.MIN_SIDE, overlay.MAX_SIDE)
            height, width = (round(side * longer / max(shape)) for side in shape)
            assert (picture.width == width, picture.height == height) == (is_below, not is_below)
