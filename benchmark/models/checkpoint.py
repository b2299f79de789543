"""The weights of a training on disk: plain arrays, written completely or not at all.

A training may be killed at any moment, also while it writes. A checkpoint is therefore written to a
temporary file beside its place, flushed, and renamed over the old one in one step: a reader sees
the old or the new state, never a part, and kill -9 loses one epoch at most. Arrays are matched to
variables by their order, so that layers and variables may be renamed. There is no pickle: a
checkpoint from a stranger cannot run code.
"""

import json
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.errors import BenchmarkError
from leaderboard.files.atomic import replacing

LAST = "last.npz"  # in a run's folder: the state after the last epoch, to continue from


def best(folder: Path, epoch: int) -> Path:
    """Name the checkpoint of the kept epoch by its number: no other epoch's can take its place."""
    return folder / f"best-{epoch}.npz"


def save(path: Path, variables: Sequence[Any], about: dict[str, Any] | None = None) -> None:
    """Write the values of `keras.Variable`s in their order, and a JSON-able note beside them."""
    arrays: dict[str, Any] = {f"v{i:05d}": np.asarray(v.numpy()) for i, v in enumerate(variables)}
    with replacing(path) as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)


def load(path: Path, variables: Sequence[Any]) -> dict[str, Any] | None:
    """Assign the values to the variables in their order, and return the note.

    Raises:
      BenchmarkError: the file is damaged, or of another model.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            names = _names(file)
            for name, variable in zip(names, variables, strict=True):
                variable.assign(file[name])
            return json.loads(str(file["about"]))
    except _DAMAGED as error:
        raise BenchmarkError(
            f"{path}: cannot be read ({error}); expected the checkpoint of this model. Delete it: "
            "the run then starts from the beginning."
        ) from error


def arrays(path: Path) -> list[np.ndarray]:
    """Return the values alone, in their order.

    Raises:
      BenchmarkError: the file is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return [file[name] for name in _names(file)]
    except _DAMAGED as error:
        raise BenchmarkError(
            f"{path}: cannot be read ({error}); expected the checkpoint of a run."
        ) from error


def _names(file: Any) -> list[str]:
    return sorted(name for name in file.files if name != "about")


_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
