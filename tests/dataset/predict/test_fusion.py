"""Test-time augmentation of detectors: transforms undone, detections of all transforms as one."""

import numpy as np
import pytest

from tem_virus_dataset.networks import d4_transforms, fusion
from tem_virus_dataset.networks.nms import DetectedBoxes

HEIGHT, WIDTH = 64, 96


def boxes(*rows: tuple[float, ...], left_out: int = 0) -> DetectedBoxes:
    """Detections from rows of x, y, width, height, class, confidence."""
    table = np.array(rows, np.float64).reshape(-1, 6)
    return DetectedBoxes(
        table[:, :4].astype(np.float32), table[:, 4].astype(np.int64),
        table[:, 5].astype(np.float32), left_out,
    )  # fmt: skip


def brightest(images: np.ndarray) -> list[DetectedBoxes]:
    """A detector of the one bright box of each image."""
    found = []
    for image in images[..., 0]:
        y, x = np.nonzero(image > 0)
        found.append(boxes((
            (x.min() + x.max() + 1) / 2, (y.min() + y.max() + 1) / 2,
            np.ptp(x) + 1, np.ptp(y) + 1, 1, 0.8,
        )))  # fmt: skip
    return found


@pytest.mark.parametrize("transform", range(d4_transforms.COUNT))
def test_each_transform_is_undone_on_an_image_that_is_not_square(transform: int) -> None:
    image = np.zeros((1, HEIGHT, WIDTH, 1), np.float32)
    image[0, 8:20, 40:70] = 1
    (found,) = brightest(d4_transforms.applied(image, transform))
    assert fusion.undone(found.boxes, transform, HEIGHT, WIDTH).tolist() == [[55, 14, 30, 12]]


def test_a_network_in_eight_views_detects_the_same_box_and_one_view_is_the_network() -> None:
    image = np.zeros((2, HEIGHT, WIDTH, 1), np.float32)
    image[:, 8:20, 40:70] = 1
    for found in fusion.in_views(brightest, 8, 300)(image):
        assert found.boxes.tolist() == [[55, 14, 30, 12]]
        assert found.labels.tolist() == [1]
        assert found.confidence.tolist() == pytest.approx([0.8])
    assert fusion.in_views(brightest, 1, 300) is brightest


def test_confidence_is_the_mean_over_all_views_and_the_box_that_of_those_that_saw_it() -> None:
    seen = boxes((50, 50, 40, 40, 0, 0.9)), boxes((54, 50, 40, 40, 0, 0.3)), boxes(), boxes()
    found = fusion.fused(seen, 300)
    assert found.confidence.tolist() == pytest.approx([0.3])
    assert found.boxes[0].tolist() == pytest.approx([51, 50, 40, 40])


def test_classes_and_particles_apart_are_not_joined_and_a_view_counts_once() -> None:
    first = boxes((50, 50, 40, 40, 0, 0.9), (50, 50, 40, 40, 1, 0.2), (90, 50, 40, 40, 0, 0.6))
    # Two boxes of one view near one particle: the more confident one alone is averaged.
    second = boxes((50, 50, 40, 40, 0, 0.7), (58, 50, 40, 40, 0, 0.5))
    found = fusion.fused([first, second], 300)
    assert found.labels.tolist() == [0, 0, 1]
    assert found.confidence.tolist() == pytest.approx([0.8, 0.3, 0.1])
    assert found.boxes[:, 0].tolist() == [50, 90, 50]


def test_no_detections_and_too_many_of_them() -> None:
    assert fusion.fused([boxes(), boxes()], 300).boxes.shape == (0, 4)
    many = boxes(*((100 * n + 50, 50, 40, 40, 0, 0.9 - n / 100) for n in range(5)), left_out=2)
    found = fusion.fused([many, many], 3)
    assert found.boxes[:, 0].tolist() == [50, 150, 250]
    assert found.left_out == 2 + 2


def test_a_detection_that_one_view_hardly_saw_is_dropped() -> None:
    views = [boxes((50, 50, 40, 40, 0, 0.002)), *[boxes()] * 7]
    assert not len(fusion.fused(views, 300).boxes)
