"""The detector's network, its targets and loss, and the decoding of its outputs."""

import keras
import numpy as np
import pytest
from keras import ops

from benchmark.detection.yolo import anchors, fold_batchnorm, grid, nms
from benchmark.detection.yolo.loss import DetectionLoss, complete_iou
from benchmark.detection.yolo.targets import NUMBERS, far, targets
from benchmark.errors import BenchmarkError
from benchmark.models import registry, yolov5
from benchmark.models.layers import yolov5_network

PUBLISHED = {  # of release 5.0 at 80 classes: modules, as PyTorch counts them, and parameters
    "s": (283, 7_276_605),
    "m": (391, 21_375_645),
    "l": (499, 47_056_765),
    "x": (607, 87_775_965),
}
ANCHORS = np.array([[10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90],
                    [156, 198], [373, 326]], np.float32).reshape(3, 3, 2)  # fmt: skip
C3, PYRAMIDS = 8, 1


def modules(network: keras.Model) -> int:
    """Count what PyTorch would count: every convolution, block, list and the model itself."""
    kinds = [type(layer).__name__ for layer in network.layers]
    blocks = kinds.count("Activation")  # convolution, normalization, activation and their block
    heads = kinds.count("Conv2D") - blocks
    others = 1 + 4 + 2 * PYRAMIDS + 4 + 3 * C3  # Focus, strides, pyramid, neck; three of each C3
    bottlenecks = (blocks - others) // 2
    pyramid = 2 + kinds.count("MaxPooling2D")
    joined = kinds.count("UpSampling2D") + 4
    return 4 * blocks + bottlenecks + 2 * C3 + 1 + pyramid + joined + 2 + heads + 2


@pytest.mark.parametrize("size", PUBLISHED)
def test_layers_and_parameters_are_the_published_ones(size: str) -> None:
    network = yolov5_network.network(size, (64, 64, 3), 80)
    found = modules(network), registry.trainable_parameters(network)
    assert found == PUBLISHED[size]


def test_all_five_sizes_are_registered() -> None:
    models = registry.models().items()
    found = [name for name, model in models if model.task == registry.DETECTION]
    assert found == ["yolov5l", "yolov5m", "yolov5n", "yolov5s", "yolov5x"]


def test_an_image_of_any_size_has_outputs_for_every_position() -> None:
    network = yolov5_network.network("n", (None, None, 1), 3)
    for height, width in ((64, 96), (32, 32)):
        positions = grid.grid(height, width, ANCHORS)
        found = network(np.zeros((2, height, width, 1), np.float32))
        assert found.shape == (2, len(positions), 8)
        assert ops.convert_to_numpy(grid.decode_boxes(found, positions)).shape == (
            2,
            len(positions),
            4,
        )


def test_outputs_are_in_the_order_of_the_grid() -> None:
    """A bright pixel changes the outputs of the finest map most at its own position."""
    network = yolov5_network.network("n", (128, 64, 1), 1)
    plain = np.zeros((1, 128, 64, 1), np.float32)
    dotted = plain.copy()
    dotted[0, 100, 20] = 100
    change = np.abs(ops.convert_to_numpy(network(dotted) - network(plain)))[0].max(axis=1)
    positions = grid.grid(128, 64, ANCHORS)
    fine = positions.scales[0]
    x, y = (positions.cells[fine] + 0.5)[change[fine].argmax()] * 8
    assert abs(x - 20) <= 16
    assert abs(y - 100) <= 16


def inverted(boxes: np.ndarray, at: np.ndarray, positions: grid.Grid) -> np.ndarray:
    """Return the logits that are decoded to these boxes at these positions."""
    centre = (boxes[:, :2] / positions.stride[at, None] - positions.cells[at] + 0.5) / 2
    size = np.sqrt(boxes[:, 2:] / positions.anchors[at]) / 2
    share = np.clip(np.hstack([centre, size]), 1e-4, 1 - 1e-4)
    return np.log(share / (1 - share))


BOXES = np.array([[30.0, 40, 20, 24], [90, 20, 60, 50], [70, 90, 100, 70]], np.float32)
LABELS = np.array([0, 1, 1])


def perfect(positions: grid.Grid, wanted: np.ndarray, classes: int = 2) -> np.ndarray:
    """Return the logits (1, positions, 5 + classes) of a network without errors."""
    at = np.flatnonzero(wanted[:, 0])
    logits = np.full((1, len(positions), 5 + classes), -12.0, np.float32)
    logits[0, at, :4] = inverted(wanted[at, 1:5], at, positions)
    logits[0, at, 4] = 12
    logits[0, at, 5 + wanted[at, 5].astype(int)] = 12
    return logits


def test_targets_are_decoded_and_detected_again() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    wanted = targets(BOXES, LABELS, positions)
    assert wanted.shape == (len(positions), NUMBERS)
    for box, label in zip(BOXES, LABELS, strict=True):
        own = wanted[(wanted[:, 1:5] == box).all(axis=1)]
        assert len(own) >= 3  # its cell and two neighbours
        assert (own[:, 5] == label).all()
    logits = perfect(positions, wanted)
    boxes = ops.convert_to_numpy(grid.decode_boxes(logits, positions))[0]
    probabilities = 1 / (1 + np.exp(-logits[0, :, 4:]))
    scores = probabilities[:, 1:] * probabilities[:, :1]
    found = nms.non_maximum_suppression(boxes, scores, min_confidence=0.5)
    order = np.argsort(found.boxes[:, 2])
    assert found.boxes[order] == pytest.approx(BOXES, abs=0.2)
    assert found.labels[order].tolist() == LABELS.tolist()


def test_a_box_unlike_every_anchor_has_no_target() -> None:
    positions = grid.grid(64, 64, np.full((3, 3, 2), 8.0))
    assert not targets(np.array([[32.0, 32, 60, 60]]), np.array([0]), positions).any()
    assert targets(np.array([[32.0, 32, 30, 30]]), np.array([0]), positions).any()


def test_the_smaller_of_two_boxes_has_the_position() -> None:
    positions = grid.grid(64, 64, np.full((3, 3, 2), 20.0))
    boxes = np.array([[32.0, 32, 10, 10], [32, 32, 40, 40]])
    wanted = targets(boxes, np.array([0, 1]), positions)
    assert set(wanted[wanted[:, 0] > 0, 5]) == {0.0}


def test_a_perfect_prediction_has_a_small_loss_and_every_error_raises_it() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    wanted = targets(BOXES, LABELS, positions)
    loss = DetectionLoss(positions, 2, 640)
    best = perfect(positions, wanted)
    none = float(loss.call(wanted[None], best))
    assert none < 0.01
    at = np.flatnonzero(wanted[:, 0])
    for change in (slice(0, 2), slice(2, 4), slice(4, 5), slice(5, 7)):
        faulty = best.copy()
        faulty[0, at, change] *= -1
        assert float(loss.call(wanted[None], faulty)) > none + 0.001
    alarm = best.copy()
    alarm[0, np.flatnonzero(wanted[:, 0] == 0)[:50], 4] = 12
    assert float(loss.call(wanted[None], alarm)) > none + 0.001
    empty = np.zeros((1, len(positions), NUMBERS), np.float32)
    assert np.isfinite(float(loss.call(empty, best)))


def test_complete_iou_of_known_boxes() -> None:
    box = np.array([[50.0, 50, 20, 40]])
    assert float(complete_iou(box, box)[0]) == pytest.approx(1, abs=1e-5)
    beside = np.array([[60.0, 50, 20, 40]])  # half of each is shared: IoU 1/3; 10 of 30, 40 apart
    assert float(complete_iou(box, beside)[0]) == pytest.approx(1 / 3 - 100 / 2500, abs=1e-4)
    far = np.array([[500.0, 500, 20, 40]])
    assert -1.5 <= float(complete_iou(box, far)[0]) < -0.8


def test_folding_keeps_the_outputs_and_the_network() -> None:
    network = yolov5_network.network("n", (None, None, 1), 3)
    rng = np.random.default_rng(0)
    for layer in network.layers:  # as after a training
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    yolov5_network.anchors_of(network).assign(ANCHORS)
    images = rng.normal(size=(2, 64, 96, 1)).astype(np.float32)
    before = network.predict_on_batch(images)
    folded = fold_batchnorm.folded(network)
    after = folded.predict_on_batch(images)
    assert np.ptp(after) > 3
    np.testing.assert_allclose(after, before, atol=1e-5)
    assert not any(isinstance(m, keras.layers.BatchNormalization) for m in folded.layers)
    np.testing.assert_array_equal(yolov5_network.anchors_of(folded), ANCHORS)
    np.testing.assert_array_equal(network.predict_on_batch(images), before)


def test_positions_without_a_particle_are_dropped_first() -> None:
    rng = np.random.default_rng(0)
    boxes = rng.uniform(20, 100, (5000, 4))
    probabilities = rng.uniform(0, 1, (5000, 4)) ** 8
    found = nms.detections(boxes, probabilities, min_confidence=0.01)
    scores = probabilities[:, 1:] * probabilities[:, :1]
    expected = nms.non_maximum_suppression(boxes, scores, min_confidence=0.01)
    assert 50 < len(found.boxes) <= 300
    for name in ("boxes", "labels", "confidence"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_the_most_confident_of_overlapping_boxes_is_kept_class_by_class() -> None:
    boxes = np.array([[50.0, 50, 20, 20], [52, 50, 20, 20], [90, 50, 20, 20], [50, 50, 20, 20]])
    scores = np.array([[0.9, 0], [0.8, 0], [0.3, 0], [0, 0.7]])
    found = nms.non_maximum_suppression(boxes, scores)
    assert found.confidence.tolist() == pytest.approx([0.9, 0.7, 0.3])
    assert found.labels.tolist() == [0, 1, 0]
    assert nms.non_maximum_suppression(boxes, np.zeros((4, 2))).boxes.shape == (0, 4)
    assert len(nms.non_maximum_suppression(boxes, scores, max_detections=1).boxes) == 1


def test_anchors_describe_the_boxes_they_are_fitted_to() -> None:
    rng = np.random.default_rng(0)
    sizes = np.exp(rng.normal([3, 3.2], 0.8, (500, 2)))
    found = anchors.fitted(sizes)
    assert found.shape == (3, 3, 2)
    areas = found.prod(axis=2).ravel()
    assert (np.diff(areas) >= 0).all()
    assert anchors.best_possible_recall(sizes, found) > 0.99
    assert (anchors.fitted(sizes) == found).all()
    one_size = np.full((20, 2), 30.0)
    assert anchors.best_possible_recall(one_size, anchors.fitted(one_size)) == 1
    assert np.isfinite(anchors.fitted(one_size)).all()


def test_weights_of_a_detector_of_other_classes_are_loaded_but_for_the_heads(tmp_path) -> None:
    from benchmark.models import checkpoint

    learned, fresh = (yolov5_network.network("n", (32, 32, 1), classes) for classes in (3, 2))
    file = tmp_path / "best-1.npz"
    checkpoint.save(file, learned.variables)
    before = [np.array(v) for v in fresh.variables]
    yolov5.load_pretrained(fresh, file)
    same = [np.array_equal(a, b) for a, b in zip(before, fresh.variables, strict=True)]
    pairs = zip(fresh.variables, learned.variables, strict=True)
    taken = [np.array_equal(a, b) for a, b in pairs if a.shape == b.shape]
    assert all(taken)
    assert len(fresh.variables) - len(taken) == yolov5.HEAD_VARIABLES
    assert same.count(False) > 50
    small = yolov5_network.network("s", (32, 32, 1), 3)
    with pytest.raises(BenchmarkError, match="of the same size"):
        yolov5.load_pretrained(small, file)
    with pytest.raises(BenchmarkError, match="--weights MODEL="):
        yolov5.load_pretrained(small, None)


def test_the_class_gain_is_the_weight_of_the_classes_part() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    wanted = targets(BOXES, LABELS, positions)[None]
    faulty = perfect(positions, wanted[0])
    faulty[..., 5:] *= -1  # every class is wrong
    losses = {
        gain: float(DetectionLoss(positions, 2, 128, class_gain=gain).call(wanted, faulty))
        for gain in (0.0, 0.4, 0.8)
    }
    assert DetectionLoss(positions, 11, 512).gains["classes"] == pytest.approx(0.5 * 11 / 80)
    errors = 12 * 3  # of a logit of 12, on each of three scales where there are boxes
    assert losses[0.8] - losses[0.4] == pytest.approx(0.4 * errors, rel=0.01)
    assert losses[0.4] - losses[0.0] == pytest.approx((0.4 - 0.5 * 2 / 80) * errors, rel=0.01)


def test_the_loss_of_the_paper_is_multiplied_by_the_batch() -> None:
    positions = grid.grid(64, 64, ANCHORS)
    wanted = np.stack([targets(BOXES[:1], LABELS[:1], positions)] * 4)
    logits = np.zeros((4, len(positions), 7), np.float32)
    mean = float(DetectionLoss(positions, 2, 64).call(wanted, logits))
    times = float(DetectionLoss(positions, 2, 64, times_batch=True).call(wanted, logits))
    assert times == pytest.approx(4 * mean)


def test_a_confident_detection_far_from_every_box_is_not_punished() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    boxes, labels = BOXES[:1], LABELS[:1]
    is_far = far(boxes, positions)
    centre = (positions.cells + 0.5) * positions.stride[:, None]
    place = int(np.flatnonzero(is_far)[np.hypot(*(centre[is_far] - (110, 110)).T).argmin()])
    beside = int(np.flatnonzero(~is_far & (targets(boxes, labels, positions)[:, 0] == 0))[0])
    loss = DetectionLoss(positions, 2, 128, ignore_confidence=0.6)
    for with_far in (False, True):
        wanted = targets(boxes, labels, positions, with_far=with_far)[None]
        best = perfect(positions, wanted[0])
        none = float(loss.call(wanted, best))
        for position, logit, ignored in (
            (place, 5.0, with_far), (place, 0.1, False), (beside, 5.0, False),
        ):  # fmt: skip
            found = best.copy()
            found[0, position, 4] = logit
            assert (float(loss.call(wanted, found)) <= none) == ignored


def test_weights_of_boxes_move_the_loss_to_their_classes() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    losses = []
    for weights in (np.array([1.0, 1]), np.array([0.1, 1.9])):
        wanted = targets(BOXES, LABELS, positions, weights)
        faulty = perfect(positions, wanted)
        faulty[0, wanted[:, 5] == 1, 5:] *= -1  # the class of the others is right
        losses.append(float(DetectionLoss(positions, 2, 128, 1.0).call(wanted[None], faulty)))
    assert losses[1] > losses[0]


def test_local_contrast_is_a_channel_inside_the_network() -> None:
    plain = yolov5_network.network("n", (None, None, 1), 3)
    network = yolov5_network.network("n", (None, None, 1), 3, contrast_sigma=4.0)
    assert network.input_shape == plain.input_shape
    first = network.weights[0].shape
    assert (plain.weights[0].shape[2], first[2]) == (4, 8)
    images = np.random.default_rng(0).normal(size=(1, 64, 64, 1)).astype(np.float32)
    folded = fold_batchnorm.folded(network)
    np.testing.assert_allclose(
        folded.predict_on_batch(images), network.predict_on_batch(images), atol=1e-4
    )


def test_the_threshold_of_suppression_can_be_set() -> None:
    boxes = np.array([[50.0, 50, 40, 40], [60, 50, 40, 40]])  # their IoU is 0.6
    scores = np.array([[1.0, 0.9], [1.0, 0.8]])
    assert len(nms.detections(boxes, scores, iou_threshold=0.65).boxes) == 2
    assert len(nms.detections(boxes, scores, iou_threshold=0.5).boxes) == 1
