"""Weights stored in float16, arithmetic in float32.

A file of half the size must not compute in half precision: float16 overflows in the layers of a
network that was trained in float32. So only what is stored is rounded: each large array of weights
is followed by a node that converts it, and a runtime does that once, when it loads the file.
Converters of other libraries change the arithmetic as well.
"""

from typing import Any

import numpy as np

SMALLEST = 1000  # numbers: smaller arrays, such as biases, stay as they are


def stored_in_half(model: Any) -> Any:
    """Return a copy of an `onnx.ModelProto` with its large arrays in float16."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph, casts = result.graph, []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALLEST:
            continue
        if np.abs(values).max() > np.finfo(np.float16).max:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return result
