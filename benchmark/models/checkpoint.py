"""The weights of a training on disk: plain arrays, written completely or not at all.

A training may be killed at any moment, also while it writes. A checkpoint is therefore written to a
temporary file beside its place, flushed, and renamed over the old one in one step: a reader sees
the old or the new state, never a part, and kill -9 loses one epoch at most. Arrays are matched to
variables by their order, so that layers and variables may be renamed. There is no pickle: a
checkpoint from a stranger cannot run code.

A disk may still damage one afterwards. It is then set aside, under another name, and the training
begins anew. All arrays are read before the first is assigned, so that it begins from its own seed.
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
from leaderboard.files.names import reason

LAST = "last.npz"  # in a run's folder: the state after the last epoch, to continue from


class DamagedError(BenchmarkError):
    """A checkpoint is no longer one: cut off, overwritten, or gone."""


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
      DamagedError: the file is damaged, or missing. BenchmarkError: it is of another model, or may
        not be read. No variable is changed then.
    """
    try:
        values, about = read(path)
    except DamagedError as error:
        raise DamagedError(f"{error} Delete it: the run then starts from the beginning.") from error
    check(path, values, variables)
    for value, variable in zip(values, variables, strict=True):
        variable.assign(value)
    return about


def check(path: Path, values: Sequence[np.ndarray], variables: Sequence[Any]) -> None:
    """Raise `BenchmarkError` where a file's arrays are not those of these variables."""
    shapes = [value.shape for value in values], [tuple(variable.shape) for variable in variables]
    if shapes[0] != shapes[1]:
        differing = (i for i, (a, b) in enumerate(zip(*shapes, strict=False)) if a != b)
        number = next(differing, min(map(len, shapes)))
        found, wanted = (repr(of[number]) if number < len(of) else "none" for of in shapes)
        raise BenchmarkError(
            f"{path}: holds {len(shapes[0])} arrays, number {number} of shape {found}; expected "
            f"the checkpoint of this model, {len(shapes[1])} arrays, that one of shape {wanted}. "
            "Delete it: the run then starts from the beginning."
        )


def arrays(path: Path) -> list[np.ndarray]:
    """Return the values alone, in their order.

    Raises:
      DamagedError: the file is damaged, or missing. BenchmarkError: it may not be read.
    """
    return read(path)[0]


def read(path: Path) -> tuple[list[np.ndarray], dict[str, Any] | None]:
    """Return the values in their order, and the note.

    Raises:
      DamagedError: the file is damaged, or missing. BenchmarkError: it may not be read.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            values, about = [file[name] for name in _names(file)], json.loads(str(file["about"]))
            if not isinstance(about, dict | None):
                raise ValueError(f"its note is {about!r:.50}")
            return values, about
    except _DAMAGED as error:
        raise DamagedError(
            f"{path}: cannot be read ({reason(error)}); expected the checkpoint of a run."
        ) from error
    except OSError as error:
        raise BenchmarkError(
            f"{path}: cannot be read ({reason(error)}); expected a checkpoint that may be read. "
            "Change its permissions, or delete it: the run then starts from the beginning."
        ) from error


def set_aside(path: Path) -> Path:
    """Give a damaged file another name beside it, `damaged-NAME`, and return that."""
    return path.replace(path.with_name(f"damaged-{path.name}"))


def _names(file: Any) -> list[str]:
    return sorted(name for name in file.files if name != "about")


_DAMAGED = (
    FileNotFoundError, ValueError, KeyError, AttributeError, TypeError, EOFError,
    NotImplementedError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
