"""The detector's network: its sizes, outputs, folding and pretrained weights."""

import keras
import numpy as np
import pytest
from keras import ops
from perfect_logits import ANCHORS

from benchmark.detection.yolo import fold_batchnorm
from benchmark.detection.yolo.decoding import decode_boxes
from benchmark.errors import BenchmarkError
from benchmark.models import registry, yolov5
from benchmark.models.layers import yolov5_network
from tem_virus_dataset.networks import grid

PUBLISHED = {  # of release 5.0 at 80 classes: modules, as PyTorch counts them, and parameters
    "s": (283, 7_276_605),
    "m": (391, 21_375_645),
    "l": (499, 47_056_765),
    "x": (607, 87_775_965),
}

C3, PYRAMIDS = 8, 1


def outputs(network: keras.Model, images: np.ndarray) -> np.ndarray:
    """What `predict_on_batch` gives; a graph of all layers would take longer than one pass."""
    return ops.convert_to_numpy(network(images, training=False))


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
    with keras.StatelessScope(initialize_variables=False):  # shapes suffice
        network = yolov5_network.network(size, (64, 64, 3), 80)
    keras.backend.clear_session(free_memory=False)
    found = modules(network), registry.trainable_parameters(network)
    assert found == PUBLISHED[size]


def test_all_five_sizes_are_registered() -> None:
    models = registry.models().items()
    detectors = [name for name, model in models if model.task == registry.DETECTION]
    found = [name for name in detectors if name.startswith("yolov5")]
    assert found == ["yolov5l", "yolov5m", "yolov5n", "yolov5s", "yolov5x"]


def test_an_image_of_any_size_has_outputs_for_every_position() -> None:
    network = yolov5_network.network("n", (None, None, 1), 3)
    for height, width in ((64, 96), (32, 32)):
        positions = grid.grid(height, width, ANCHORS)
        found = network(np.zeros((2, height, width, 1), np.float32))
        assert found.shape == (2, len(positions), 8)
        assert ops.convert_to_numpy(decode_boxes(found, positions)).shape == (
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


def test_folding_keeps_the_outputs_and_the_network() -> None:
    network = yolov5_network.network("n", (None, None, 1), 3)
    rng = np.random.default_rng(0)
    for layer in network.layers:  # as after a training
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    yolov5_network.anchors_of(network).assign(ANCHORS)
    images = rng.normal(size=(2, 64, 96, 1)).astype(np.float32)
    before = outputs(network, images)
    folded = fold_batchnorm.folded(network)
    after = outputs(folded, images)
    assert np.ptp(after) > 3
    np.testing.assert_allclose(after, before, atol=1e-5)
    assert not any(isinstance(m, keras.layers.BatchNormalization) for m in folded.layers)
    np.testing.assert_array_equal(yolov5_network.anchors_of(folded), ANCHORS)
    np.testing.assert_array_equal(outputs(network, images), before)


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


def test_local_contrast_is_a_channel_inside_the_network() -> None:
    plain = yolov5_network.network("n", (None, None, 1), 3)
    network = yolov5_network.network("n", (None, None, 1), 3, contrast_sigma=4.0)
    assert network.input_shape == plain.input_shape
    first = network.weights[0].shape
    assert (plain.weights[0].shape[2], first[2]) == (4, 8)
    images = np.random.default_rng(0).normal(size=(1, 64, 64, 1)).astype(np.float32)
    folded = fold_batchnorm.folded(network)
    np.testing.assert_allclose(outputs(folded, images), outputs(network, images), atol=1e-4)
