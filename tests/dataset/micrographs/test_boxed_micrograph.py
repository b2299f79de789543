"""Micrographs with boxes: their corners, their examples, and the real mirror."""

import collections

import numpy as np
import pytest
import small_archive

from tem_virus_dataset import facts
from tem_virus_dataset.annotations import yolo_labels
from tem_virus_dataset.micrographs.boxed_micrograph import BoxedMicrograph
from tem_virus_dataset.sources import mirror

DARKEST = 60  # the images written hold 105 to 195; JPEG adds a little, the frame is 0 to 8


def boxed(*found, shape=(100, 200)):
    return BoxedMicrograph("s", np.zeros(shape, np.uint8), found, "s.jpg")


@pytest.mark.parametrize(
    "box, corners",
    [
        ((50, 40, 20, 10), (40, 35, 60, 45)),
        ((50.5, 40.25, 21, 10), (40, 35.25, 61, 45.25)),
        ((5, 95, 20, 20), (0, 85, 15, 100)),  # past the left and the lower border
        ((199, 1, 20, 20), (189, 0, 200, 11)),  # past the right and the upper border
        ((100, 50, 400, 400), (0, 0, 200, 100)),
        ((-30, 50, 20, 10), (0, 45, 0, 55)),  # wholly outside: nothing is left of it
    ],
)
def test_corners_are_cut_off_at_the_border(box, corners):
    found = boxed(box).corners()
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [corners])


def test_corners_of_many_boxes_and_of_none():
    many = boxed((50, 40, 20, 10), (5, 95, 20, 20))
    np.testing.assert_array_equal(many.corners(), [(40, 35, 60, 45), (0, 85, 15, 100)])
    assert boxed().corners().shape == (0, 4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("mirror")
    small_archive.write_mirror(root)
    return root


@pytest.fixture(scope="module")
def examples(folder, tmp_path_factory):
    """The small mirror's micrographs by id."""
    data_dir = tmp_path_factory.mktemp("boxes")
    builder = small_archive.build(folder, data_dir, small_archive.BOXES_CONFIG)
    return {e["id"]: e for e in builder.examples()}


def written():
    """Id, window without the pixel that borders on the frame, and centres, in 1000x1000 pixels."""
    for name, ((x0, y0, x1, y1), centres) in small_archive.MIRROR.items():
        split, _, rest = name.replace("valid/", "validation/").partition("/")
        window = (x0 + (x0 > 0), y0 + (y0 > 0), x1 - (x1 < 1000), y1 - (y1 < 1000))
        yield f"{split}/{rest.replace('_', '/', 1)}", window, centres


def test_an_example_is_the_picture_inside_the_frame(examples):
    assert sorted(examples) == sorted(name for name, *_ in written())
    for name, (x0, y0, x1, y1), _ in written():
        example = examples[name]
        assert example["micrograph"] == name
        assert small_archive.BOXES_CONFIG.classes[example["label"]] == name.split("/")[1]
        assert example["image"].shape == (y1 - y0, x1 - x0, 1)
        assert example["image"].dtype == np.uint16
        assert example["image"].min() > DARKEST  # no pixel of the black frame


def test_boxes_are_fractions_of_that_picture(examples):
    for name, (x0, y0, x1, y1), centres in written():
        objects = examples[name]["objects"]
        expected = [
            (
                max(y - 40 - y0, 0) / (y1 - y0),
                max(x - 40 - x0, 0) / (x1 - x0),
                min(y + 40 - y0, y1 - y0) / (y1 - y0),
                min(x + 40 - x0, x1 - x0) / (x1 - x0),
            )
            for x, y in centres
        ]
        np.testing.assert_allclose(objects["bbox"], expected, rtol=0, atol=1e-6)
        assert objects["label"].tolist() == [examples[name]["label"]] * len(centres)


def test_a_picture_without_boxes_has_none(folder, tmp_path):
    small_archive.write_mirror(tmp_path / "mirror")
    (tmp_path / "mirror/labels/test/Orf_z.txt").write_text("\n")
    config = small_archive.BOXES_CONFIG
    builder = small_archive.build(tmp_path / "mirror", tmp_path / "data", config)
    objects = {e["id"]: e["objects"] for e in builder.examples()}["test/Orf/z"]
    assert objects["bbox"].shape == (0, 4)
    assert objects["label"].shape == (0,)


def test_a_moved_box_changes_the_digest(examples):
    example = examples["test/Orf/z"]
    moved = {**example["objects"], "bbox": example["objects"]["bbox"] + np.float32(1e-3)}
    digest = small_archive.BOXES_CONFIG.digest
    assert digest(example) == digest(dict(example))
    assert digest(example) != digest({**example, "objects": moved})


def test_the_real_mirror_has_its_micrographs_and_boxes(shared_data):
    jobs = mirror.boxed(shared_data / "mirror_11class")
    assert len(jobs) == len({job.micrograph for job in jobs}) == 701
    found = collections.Counter((job.class_name, job.split) for job in jobs)
    expected = {(n, s): row[s] for n, row in mirror.MICROGRAPHS.items() for s in facts.SPLITS}
    assert dict(found) == expected
    number = 0
    for job in jobs:
        labels = job.files[1]
        lines = yolo_labels.read(labels.blob(), job.class_name, mirror.CLASSES)
        number += len(lines)
    assert number == 5130


def test_every_box_of_the_real_mirror_lies_in_its_picture(shared_data):
    for job in mirror.boxed(shared_data / "mirror_11class")[::10]:
        (item,) = job.items()
        x0, y0, x1, y1 = item.corners().T
        assert (x0 < x1).all(), job.micrograph
        assert (y0 < y1).all(), job.micrograph
        assert min(item.image.mean(0).min(), item.image.mean(1).min()) > mirror.DARK
