"""The second output of a classifier's file: its features, and the score inside of the graph."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Patches
from benchmark.errors import BenchmarkError
from benchmark.novelty import features, scores
from benchmark.novelty.arithmetic import InOnnx
from benchmark.novelty.features import Features
from benchmark.novelty.scores import Score
from tem_virus_dataset.networks.ready import NOVELTY

CAST = "Cast"  # from the type that weights are stored in, see `network_files.half_precision`


def last_layer(model: Any) -> tuple[str, NDArray[np.float32], NDArray[np.float32]]:
    """Return where a classifier's features are in its graph, and its last layer.

    Returns:
      Name of the features (n, f); kernel (f, classes) and bias (classes,).

    Raises:
      BenchmarkError: the network does not end in a dense layer and a softmax.
    """
    graph = model.graph
    producers = {name: node for node in graph.node for name in node.output}
    softmax = _producer(producers, graph.output[0].name, "Softmax")
    logits, addition = softmax.input[0], producers.get(softmax.input[0])
    if addition is not None and addition.op_type == "Add":
        logits = addition.input[0]
    else:
        addition = None  # a bias of zeros is left out of the graph
    product = _producer(producers, logits, "MatMul")
    kernel = _constant(graph, producers, product.input[1])
    bias = np.zeros(kernel.shape[1], np.float32)
    if addition is not None:
        bias = _constant(graph, producers, addition.input[1])
    return product.input[0], kernel, bias


def _producer(producers: Mapping[str, Any], name: str, kind: str) -> Any:
    node = producers.get(name)
    if node is None or node.op_type != kind:
        raise BenchmarkError(
            f"found {node.op_type if node else 'nothing'} where a classifier has {kind} at its "
            "end; expected a dense layer and a softmax. Novelty is a function of what that layer "
            "sees."
        )
    return node


def _constant(graph: Any, producers: Mapping[str, Any], name: str) -> NDArray[np.float32]:
    from onnx import numpy_helper

    node = producers.get(name)
    name = node.input[0] if node is not None and node.op_type == CAST else name
    for tensor in graph.initializer:
        if tensor.name == name:
            return numpy_helper.to_array(tensor).astype(np.float32)
    raise BenchmarkError(
        f"found no weights {name} in the network; expected those of its last layer."
    )


def of_patches(model: Any, patches: Patches, image_size: int) -> Features:
    """Return the features of patches by an `onnx.ModelProto`."""
    import onnx
    import onnxruntime

    name, _, _ = last_layer(model)
    inner = onnx.ModelProto()
    inner.CopyFrom(model)
    del inner.graph.output[:]
    inner.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    session = onnxruntime.InferenceSession(
        inner.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    given = inner.graph.input[0].name

    def compute(images: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = [
            session.run(None, {given: images[first : first + features.BATCH_SIZE]})[0]
            for first in range(0, len(images), features.BATCH_SIZE)
        ]
        return np.concatenate(parts)

    return features.of_function(compute, patches, image_size)


def with_novelty(model: Any, score: Score) -> Any:
    """Return a copy of a classifier with a second output, the distance of each image, (n,).

    Everything else stays as it is, bit by bit.
    """
    import onnx

    result = onnx.ModelProto()
    result.CopyFrom(model)
    name, _, _ = last_layer(model)
    arithmetic = InOnnx()
    arithmetic.flat(score(arithmetic, name), NOVELTY)
    result.graph.node.extend(arithmetic.nodes)
    result.graph.initializer.extend(arithmetic.initializers)
    result.graph.output.append(
        onnx.helper.make_tensor_value_info(NOVELTY, onnx.TensorProto.FLOAT, [None])
    )
    return result


def fitted(name: str, model: Any, train: Features) -> Score:
    """Return a score that is fitted on training patches of a classifier's file."""
    _, kernel, bias = last_layer(model)
    return scores.fitted(name, train, kernel, bias)
