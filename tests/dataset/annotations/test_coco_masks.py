"""Masks of COCO JSON: the box around their pixels, as numbers and as text."""

import numpy as np
import pytest
from pycocotools import mask as coco_mask
from small_annotations import HEIGHT, WIDTH
from test_coco_file import written

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import boxes, coco

SQUARE = [20 * HEIGHT + 10, 15, *[HEIGHT - 15, 15] * 9, HEIGHT - 25 + 50 * HEIGHT]
OF_SQUARE = (20, 10, 30, 25)


def mask(counts, size=(HEIGHT, WIDTH)):
    return {"size": [*size], "counts": counts}


def read(folder, segmentation, **stated):
    one = {"id": 1, "image_id": 7, "category_id": 3, "segmentation": segmentation, **stated}
    return coco.read(written(folder, annotations=[one]))


@pytest.mark.parametrize("stated", [{}, {"bbox": []}, {"bbox": None}, {"bbox": [0, 0, 0, 0]}])
def test_a_mask_of_numbers_has_the_box_around_its_pixels(tmp_path, stated):
    found = read(tmp_path, mask(SQUARE), **stated)
    assert found.pictures[0].boxes == (OF_SQUARE,)
    assert found.counts[boxes.OUTLINE] == 1


def test_a_mask_of_text_has_the_box_that_coco_gives_it(tmp_path):
    rng = np.random.default_rng(0)
    for _ in range(20):
        pixels = np.zeros((HEIGHT, WIDTH), np.uint8, order="F")
        y, x = rng.integers(0, HEIGHT - 20), rng.integers(0, WIDTH - 30)
        pixels[y : y + 20, x : x + 30] = rng.random((20, 30)) < 0.02
        pixels[y, x] = 1
        packed = coco_mask.encode(pixels)
        left, top, width, height = coco_mask.toBbox(packed)
        found = read(tmp_path, {**packed, "counts": packed["counts"].decode()})
        rows, columns = np.nonzero(pixels)
        expected = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert found.pictures[0].boxes == (expected,)
        assert expected[:3] == (left, top, left + width)  # COCO's own height is that of columns
        assert height >= expected[3] - expected[1]


def test_a_mask_of_all_pixels_and_of_a_column_that_goes_on(tmp_path):
    assert read(tmp_path, mask([0, WIDTH * HEIGHT])).pictures[0].boxes == ((0, 0, WIDTH, HEIGHT),)
    start = 3 * HEIGHT + 40
    runs = [start, 20, WIDTH * HEIGHT - start - 20]  # from row 40 of a column to row 9 of the next
    assert read(tmp_path, mask(runs)).pictures[0].boxes == ((3, 0, 5, HEIGHT),)


def test_a_box_of_zeros_beside_polygons_is_none(tmp_path):
    found = read(tmp_path, [[30, 15, 50, 15, 50, 25]], bbox=[0, 0, 0, 0])
    assert found.pictures[0].boxes == ((30, 15, 50, 25),)
    with pytest.raises(DatasetError, match="annotation with id 1: of no size"):
        read(tmp_path, [], bbox=[0, 0, 0, 0])


def test_a_mask_of_cvat_is_a_particle_though_it_is_marked_as_a_crowd(tmp_path):
    stated = {"iscrowd": 1, "bbox": [20, 10, 9, 14]}  # CVAT leaves the last pixel out
    found = read(tmp_path, mask(SQUARE), **stated, attributes={"occluded": False})
    assert found.pictures[0].boxes == (OF_SQUARE,)
    assert "1 mask marked as a crowd, as CVAT marks each, kept" in str(found)
    outline = [[1, 1, 5, 1, 5, 5]]
    for segmentation, more in (
        (mask(SQUARE), {}),
        (mask(SQUARE), {"attributes": {"quality": 3}}),  # of another program
        (outline, {"attributes": {"occluded": False}}),
    ):
        found = read(tmp_path, segmentation, **stated, **more)
        assert not found.pictures[0].boxes
        assert "1 crowd left out (write iscrowd 0 where it is one particle)" in str(found)


@pytest.mark.parametrize("size", [(HEIGHT, WIDTH), (WIDTH, HEIGHT)])
def test_a_box_that_is_stated_beside_a_mask_is_taken(tmp_path, size):
    stated = {"bbox": [21, 11, 8, 13], "iscrowd": 0, "attributes": {"occluded": False}}
    found = read(tmp_path, mask(SQUARE, size), **stated)
    assert found.pictures[0].boxes == ((21, 11, 29, 24),)
    assert found.counts[boxes.BOXED_OUTLINE] == 1


@pytest.mark.parametrize(
    ("segmentation", "found"),
    [
        (mask(SQUARE, (WIDTH, HEIGHT)), r"size \[80, 50\], not \[50, 80\]"),
        (mask(SQUARE[:-1]), r"of \d+ pixels, not 4000"),
        (mask([WIDTH * HEIGHT]), "without a pixel"),
        (mask(["1", 2]), "without whole numbers"),
        (mask([10, -5, 3995]), "without whole numbers"),
        (mask(None), "without whole numbers"),
        (mask("1é"), "'é' in its counts"),
        (mask("P"), "that is cut off"),
        ({}, "'bbox' is missing"),
        ([1, 1, 5, 1, 5], "an odd number of coordinates"),
        ([mask(SQUARE)], "an odd number of coordinates"),
    ],
)
def test_a_damaged_mask_is_named(tmp_path, segmentation, found):
    with pytest.raises(DatasetError, match=f"annotation with id 1: .*{found}"):
        read(tmp_path, segmentation)
