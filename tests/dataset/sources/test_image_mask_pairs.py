"""Pairs of an image and a coloured mask: generated ones, and the real samples."""

import collections

import numpy as np
import pytest
import small_archive
from small_pairs import BLACK, RED, THREE_INSTANCES, WHITE, coloured_mask, write

from tem_virus_dataset import DatasetError
from tem_virus_dataset.micrographs import instances
from tem_virus_dataset.sources import image_mask_pairs

MASKS = {
    "a colour is an instance": (
        THREE_INSTANCES,
        [(2, 2, 8, 8), (8, 2, 14, 8), (20, 20, 30, 25)],
    ),
    "of white on black a part is one": (
        coloured_mask(BLACK, (2, 2, 8, 8, WHITE), (7, 2, 14, 8, WHITE), (20, 20, 30, 25, WHITE)),
        [(2, 2, 14, 8), (20, 20, 30, 25)],
    ),
    "all black is empty": (coloured_mask(BLACK), []),
    "all of a colour is empty": (coloured_mask(RED), []),
}


@pytest.mark.parametrize("kind", MASKS)
def test_what_a_coloured_mask_means(kind):
    made, corners = MASKS[kind]
    mask = instances.from_colours(made)
    assert (mask.shape, mask.dtype) == ((40, 50), np.uint16)
    assert sorted(map(tuple, instances.boxes(mask).corners)) == corners


@pytest.mark.parametrize("size", [(40, 50), (41, 51), (39, 50)])
def test_a_pair_is_cut_to_what_both_have(tmp_path, size):
    image = write(tmp_path, suffix="_manual_gt.png", size=size)
    (pair,) = image_mask_pairs.read(tmp_path)
    height = min(size[0], 40)
    assert (pair.name, pair.path.name, pair.same_as) == ("a_1", "a_1_image.png", "")
    np.testing.assert_array_equal(pair.image, image[:height, :50])
    assert pair.mask.shape == pair.image.shape
    assert len(instances.boxes(pair.mask).corners) == 3


def test_the_same_picture_again_is_said(tmp_path):
    write(tmp_path, "a")
    write(tmp_path, "b")
    write(tmp_path, "c", size=(41, 51))
    assert [pair.same_as for pair in image_mask_pairs.read(tmp_path)] == ["", "a", ""]


FAULTS = {
    "empty": (lambda d: [p.unlink() for p in d.iterdir()], "no *_image.png; expected <name>"),
    "no mask": (lambda d: (d / "a_1_gt.png").unlink(), "no mask beside it; expected a_1_gt.png"),
    "no image": (lambda d: (d / "b_gt.png").write_text(""), "b_gt.png: no image beside it"),
    "mask no image": (lambda d: (d / "a_1_gt.png").write_text("x"), "a_1_gt.png: cannot be dec"),
    "cut off": (
        lambda d: (d / "a_1_image.png").write_bytes((d / "a_1_image.png").read_bytes()[:300]),
        "a_1_image.png: cannot be decoded",
    ),
    "other size": (
        lambda d: small_archive.save(d / "a_1_gt.png", coloured_mask(BLACK, shape=(40, 48))),
        "a_1_gt.png: 48x40 pixels; expected 50x40",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(tmp_path, fault):
    write(tmp_path)
    damage, message = FAULTS[fault]
    damage(tmp_path)
    with pytest.raises(DatasetError) as caught:
        image_mask_pairs.read(tmp_path)
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_the_real_samples(shared_data):
    found = image_mask_pairs.read(shared_data / "exosome_samples")
    assert len(found) == 26  # of 25 images
    assert [pair.name for pair in found if pair.same_as] == ["018_1"]
    boxes = {pair.name: instances.boxes(pair.mask) for pair in found}
    counts = {name: len(found.corners) for name, found in boxes.items()}
    assert sum(counts.values()) == 283
    assert sum(found.small for found in boxes.values()) == 0
    assert {name for name, count in counts.items() if not count} == {
        "patch_7",
        "patch_17",
        "patch_22",
    }
    shapes = collections.Counter(pair.image.shape for pair in found)
    assert shapes == {(435, 435): 6, (162, 163): 20}
