"""A classifier's file that is written in a moment: the largest gray of each quarter decides."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from benchmark.network_files import onnx_file
from tem_virus_dataset.networks.metadata import BY_IMAGE, FORM, Metadata

SIDE = 32


def write(
    file: Path, classes: tuple[str, ...], novelty: float | None = None, seed: int = 0
) -> Path:
    """Write the file; with a threshold of novelty it has the second output, the largest gray."""
    weights = np.random.default_rng(seed).normal(size=(4, len(classes))).astype(np.float32)
    nodes = [
        helper.make_node("Transpose", ["images"], ["moved"], perm=[0, 3, 1, 2]),
        helper.make_node(
            "MaxPool", ["moved"], ["pooled"], kernel_shape=[SIDE // 2] * 2, strides=[SIDE // 2] * 2
        ),
        helper.make_node("Flatten", ["pooled"], ["features"]),
        helper.make_node("MatMul", ["features", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    outputs = [
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", len(classes)])
    ]
    if novelty:
        nodes.append(helper.make_node("ReduceMax", ["features"], ["novelty"], axes=[1], keepdims=0))
        outputs.append(helper.make_tensor_value_info("novelty", TensorProto.FLOAT, ["n"]))
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", SIDE, SIDE, 1])
    initial = [numpy_helper.from_array(weights, "weights")]
    graph = helper.make_graph(nodes, "tiny", [images], outputs, initial)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    stated = Metadata(
        form=FORM, task="classification", classes=list(classes), image_size=SIDE, nm_per_pixel=8.0,
        standardization=BY_IMAGE, tta=8, temperature=None, confidence=None, anchors=None,
        dtype="float32", data="tem_virus/phantom_small", data_version="1.0.0", content_hash="",
        run=f"tiny-scratch-brief-s{seed}", seed=seed, scores={}, pretraining="none",
        training_data="", licence="", software="",
        novelty_score="largest" if novelty else None, novelty_threshold=novelty,
        novelty_accepted=0.95 if novelty else None,
    )  # fmt: skip
    file.write_bytes(onnx_file.written(model, stated))
    assert onnx.load(file)
    return file
