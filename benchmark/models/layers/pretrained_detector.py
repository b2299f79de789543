"""Starting from what a detector has learned on another set."""

from pathlib import Path

import keras
import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint

HEAD_VARIABLES = 6  # kernel and bias of three maps


def transfer(network: keras.Model, file: Path | None) -> None:
    """Take the weights of a run's `best-<epoch>.npz`; those of the heads only where they fit.

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
