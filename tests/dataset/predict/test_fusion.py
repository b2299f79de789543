"""Test-time augmentation of detectors: transforms undone, detections of all transforms as one."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tem_virus_dataset.networks import d4_transforms, fusion, onnx_network, ready
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.predict import models

pytest.importorskip("onnxruntime")

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


def test_what_a_limit_left_out_is_less_confident_than_all_that_is_kept() -> None:
    # The first view was cut at .7. A mean below .35 could be less than one of what it left out.
    cut = boxes((50, 50, 40, 40, 0, 0.9), (150, 50, 40, 40, 0, 0.7), left_out=5)
    whole = boxes((50, 50, 40, 40, 0, 0.9), (350, 50, 40, 40, 0, 0.6))
    found = fusion.fused([cut, whole], 300)
    assert found.boxes[:, 0].tolist() == [50, 150]
    assert found.left_out == 5


def test_a_box_without_an_area_is_a_detection_of_its_own() -> None:
    found = fusion.fused([boxes((50, 50, 0, 40, 0, 0.8)), boxes((50, 50, 0, 40, 0, 0.4))], 300)
    assert found.confidence.tolist() == pytest.approx([0.4, 0.2])


FINDER = Detector(brightest, ("a", "b"), 320, 1.0, 24, 0.25, "d", "1", certain_confidence=0.9)


def test_a_detector_in_eight_views_has_its_own_thresholds_and_the_same_half() -> None:
    whole = dataclasses.replace(FINDER, on_half=lambda: dataclasses.replace(FINDER, name="half"))
    found = fusion.augmented(whole, 8, 0.2, 0.3)
    assert found.in_one_view is whole
    assert found.on_half is not None
    for one in (found, found.on_half()):
        assert (one.tta, one.confidence, one.certain_confidence) == (8, 0.2, 0.3)
        assert one.name == "d"
    assert fusion.augmented(whole, 1) is whole
    with pytest.raises(ValueError, match="averages over 8 transforms already"):
        fusion.augmented(found, 8)


def test_a_file_that_states_views_is_used_in_them(tmp_path: Path) -> None:
    import onnx

    from benchmark.network_files import onnx_file

    source = models.FOLDER / "virus-detector.onnx"
    stated = dataclasses.replace(onnx_network.load(source).metadata, tta=8)
    file = tmp_path / "mine.onnx"
    file.write_bytes(onnx_file.written(onnx.load(source), stated))
    found, once = ready.load(file), ready.load(source)
    assert isinstance(found, Detector)
    assert isinstance(once, Detector)
    assert (found.tta, once.tta) == (8, 1)
    assert found.certain_confidence == stated.certain_confidence
    picture = viruses.micrograph("Adenovirus", 0).image[:384:2, :512:2].astype(np.float32)
    image = ((picture - picture.mean()) / picture.std())[None, ..., None]
    (ours,) = found.detect_batch(image)
    (expected,) = fusion.augmented(once, 8).detect_batch(image)
    np.testing.assert_array_equal(ours.confidence, expected.confidence)
    assert len(ours.boxes)


def test_a_detection_that_one_view_hardly_saw_is_dropped() -> None:
    views = [boxes((50, 50, 40, 40, 0, 0.002)), *[boxes()] * 7]
    assert not len(fusion.fused(views, 300).boxes)
