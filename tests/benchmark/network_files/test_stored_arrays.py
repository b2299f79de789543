"""Arrays of a network file in half precision, and the images that it is given."""

import keras
import numpy as np
import onnx

from benchmark.data import d4_transforms
from benchmark.network_files.half_precision import stored_in_half
from tem_virus_dataset.networks import classifier
from tem_virus_dataset.networks import d4_transforms as numpy_transforms


def test_only_large_arrays_that_float16_can_hold_are_stored_in_it() -> None:
    rng = np.random.default_rng(0)
    arrays = {
        "large": rng.normal(size=(40, 50)), "small": rng.normal(size=(50,)),
        "wide": np.full((50, 50), 1e6),
    }  # fmt: skip
    nodes = [
        onnx.helper.make_node("MatMul", ["x", "large"], ["y"]),
        onnx.helper.make_node("Add", ["y", "small"], ["z"]),
        onnx.helper.make_node("MatMul", ["z", "wide"], ["out"]),
    ]
    of_type = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes, "g",
        [onnx.helper.make_tensor_value_info("x", of_type, (1, 40))],
        [onnx.helper.make_tensor_value_info("out", of_type, (1, 50))],
        [onnx.numpy_helper.from_array(a.astype(np.float32), n) for n, a in arrays.items()],
    )  # fmt: skip
    half = stored_in_half(onnx.helper.make_model(graph))
    onnx.checker.check_model(half, full_check=True)
    types = {tensor.name: tensor.data_type for tensor in half.graph.initializer}
    assert types == {
        "large_half": onnx.TensorProto.FLOAT16, "small": of_type, "wide": of_type,
    }  # fmt: skip
    assert [tensor.name for tensor in graph.initializer] == list(arrays)  # it is a copy


def test_transforms_by_numpy_are_those_of_the_benchmark() -> None:
    images = np.random.default_rng(0).normal(size=(3, 5, 5, 1)).astype(np.float32)
    for transform in range(8):
        expected = d4_transforms.apply(images, np.full(3, transform, np.int32))
        found = numpy_transforms.applied(images, transform)
        np.testing.assert_array_equal(found, keras.ops.convert_to_numpy(expected))


def test_a_constant_patch_is_standardized_to_zeros() -> None:
    images = np.full((2, 64, 64, 1), 65535, np.uint16)
    images[1, :, 32:] = 0
    found = classifier.standardized(images, 32)
    assert found.shape == (2, 32, 32, 1)
    assert (found[0] == 0).all()
    np.testing.assert_allclose(found[1, :, :, 0], np.tile([1.0] * 16 + [-1.0] * 16, (32, 1)))
