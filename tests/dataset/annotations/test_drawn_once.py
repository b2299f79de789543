"""Boxes that were drawn twice, and boxes with two classes."""

import pytest
from small_annotations import divided

from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.annotations.boxes import DUPLICATE, TWO_CLASSES, Drawn, drawn_once

BOX = (20.0, 10.0, 60.0, 50.0)
SECOND = {
    "the same": ("virus", BOX, {DUPLICATE: 1}),
    "a pixel beside it": ("virus", (21.0, 9.5, 61.0, 50.0), {DUPLICATE: 1}),
    "of another class": ("exosome", BOX, {TWO_CLASSES: 1}),
    "a neighbour": ("virus", (30.0, 10.0, 70.0, 50.0), {}),
    "inside": ("virus", (25.0, 15.0, 55.0, 45.0), {}),
}


@pytest.mark.parametrize("case", SECOND)
def test_a_second_box(case):
    name, corners, counts = SECOND[case]
    kept, found = drawn_once([Drawn("virus", BOX), Drawn(name, corners)])
    assert {remark: count for remark, count in found.items() if count} == counts
    assert [box.corners for box in kept] == ([BOX] if DUPLICATE in counts else [BOX, corners])


def test_tiny_boxes_a_pixel_apart_are_two():
    boxes = [Drawn("virus", (x, 0.0, x + 3, 3.0)) for x in (0.0, 1.0)]
    assert drawn_once(boxes)[0] == boxes


def test_small_boxes_a_pixel_apart_are_one():
    assert len(drawn_once([Drawn("virus", (x, 0.0, x + 8, 8.0)) for x in (0.0, 1.0)])[0]) == 1


def test_they_are_counted_over_a_folder_and_the_place_is_named(tmp_path):
    line = "0 .5 .5 .2 .2\n"
    found = yolo.read(divided(tmp_path, lines=f"{line}{line}1{line[1:]}"))
    assert [len(picture.boxes) for picture in found.pictures] == [2, 2, 2]
    assert "; 3 boxes drawn twice, left out" in str(found)
    assert "; 3 boxes drawn with two classes, both kept" in str(found)
    assert f"; the first box with two classes is in {tmp_path}/labels/train/a.txt" in str(found)


def test_boxes_of_which_most_reach_out_are_pointed_out(tmp_path):
    found = yolo.read(divided(tmp_path, lines="0 .9 .5 .4 .2\n1 .1 .2 .4 .1\n"))
    assert str(found).endswith("; most boxes reach past the border: check their format")
