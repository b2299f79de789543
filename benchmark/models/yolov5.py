"""YOLOv5 in its five sizes, from scratch or from the weights of another detector of its size."""

from pathlib import Path
from typing import Any

import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.models.layers import yolov5_network
from benchmark.models.registry import DETECTION, TRANSFER, Build, Options, register

HEAD_VARIABLES = 6  # kernel and bias of three maps


def _build(size: str) -> Build:
    def build(shape: Any, classes: int, options: Options) -> Any:
        network = yolov5_network.network(size, shape, classes, options.contrast_sigma)
        if options.initialization == TRANSFER:
            load_pretrained(network, options.weights)
        return network

    return build


for _size in yolov5_network.SIZES:
    register(f"yolov5{_size}", task=DETECTION)(_build(_size))


def load_pretrained(network: Any, file: Path | None) -> None:
    """Load the weights of a run's `best-<epoch>.npz`; those of the heads only where they fit.

    Args:
      network: a `keras.Model` of `yolov5_network.network`.

    Raises:
      BenchmarkError: no file, or one of a network of another size.
    """
    if file is None:
        raise BenchmarkError(
            "--start transfer: a detector starts from the weights of another one; expected "
            "--weights MODEL=runs/.../best-<epoch>.npz. Name the file of such a run."
        )
    arrays = checkpoint.arrays(file)
    variables = network.variables
    fits = [
        index < len(variables) and array.shape == tuple(variables[index].shape)
        for index, array in enumerate(arrays)
    ]
    others = fits.count(False)
    if len(arrays) != len(variables) or others > HEAD_VARIABLES:
        raise BenchmarkError(
            f"{file}: holds {len(arrays)} arrays, of which {others} do not fit; expected the "
            f"{len(variables)} of this size of network, all but the heads' {HEAD_VARIABLES} of the "
            "same shape. Take the file of a run of the same size."
        )
    for variable, array, fit in zip(variables, arrays, fits, strict=True):
        if fit:
            variable.assign(np.asarray(array))
