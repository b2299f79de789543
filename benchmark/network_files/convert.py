"""A Keras network as an ONNX model, by `keras.Model.export` and tf2onnx."""

import importlib.util
import tempfile
import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np

NEEDED = ("onnx", "tf2onnx", "onnxruntime")
INPUT, OUTPUT = "images", {"classification": "probabilities", "detection": "logits"}
TRIED = 64  # pixels of an image that a network for any size is called with


def obstacle() -> str:
    """Return why no file can be written here, or ""."""
    backend = keras.backend.backend()
    if backend != "tensorflow":
        return f"the backend {backend} writes no ONNX files; TensorFlow does"
    missing = [name for name in NEEDED if not importlib.util.find_spec(name)]
    if missing:
        return f"{' and '.join(missing)} not installed; the extra `benchmark` has them"
    return ""


def converted(network: keras.Model, task: str) -> Any:
    """Return a network in float32 as an `onnx.ModelProto`.

    Its input is `images`, (n, height, width, 1) float32, standardized. Its output is
    `probabilities`, (n, classes), or the `logits` of `yolov5_network.network`.

    Args:
      network: trained; task: see `leaderboard.tasks`.
    """
    import onnx

    height, width, channels = (size or TRIED for size in network.input_shape[1:])
    network(np.zeros((1, height, width, channels), np.float32))  # Keras exports what was called
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tf2onnx, on NumPy's names
        file = Path(folder) / "network.onnx"
        network.export(file, format="onnx", verbose=False)
        model = onnx.load(file)
    _rename(
        model.graph, {model.graph.input[0].name: INPUT, model.graph.output[0].name: OUTPUT[task]}
    )
    return model


def _rename(graph: Any, names: dict[str, str]) -> None:
    """Give inputs and outputs of a graph other names."""
    for value in (*graph.input, *graph.output):
        value.name = names.get(value.name, value.name)
    for node in graph.node:
        for places in (node.input, node.output):
            for index, name in enumerate(places):
                places[index] = names.get(name, name)
