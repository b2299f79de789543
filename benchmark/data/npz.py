"""An .npz file of either task: opened without pickle, and its own description."""

import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmark.data.address import About
from benchmark.errors import BenchmarkError
from tem_virus_dataset.files import reader_error

T = TypeVar("T")
UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def opened(path: Path, read: Callable[[Mapping[str, np.ndarray]], T]) -> T:
    """Return the result of `read` on the open file.

    Raises:
      BenchmarkError: the file is damaged, or `read` does not understand it.
    """
    if path.exists() and not path.is_file():  # to open a named pipe would wait for a writer
        raise BenchmarkError(
            f"{path}: found a folder, a pipe or a device; expected a file that `python -m "
            "benchmark.export` wrote. Correct the path."
        )
    try:
        with np.load(path, allow_pickle=False) as file:
            return read(file)
    except FileNotFoundError as error:
        raise BenchmarkError(
            f"{path}: no such file; expected one that `python -m benchmark.export` wrote. Correct "
            "the path."
        ) from error
    except UNREADABLE as error:
        raise BenchmarkError(
            f"{path}: cannot be read ({reader_error.reason(error)}); expected a file that "
            "`python -m benchmark.export` wrote. Write it again."
        ) from error


def about(file: Mapping[str, np.ndarray]) -> tuple[tuple[str, str, str], tuple[str, ...]]:
    """Return config, version and content hash, and the classes, of an open file."""
    config, version, digest = (str(value) for value in file["about"])
    return (config, version, digest), tuple(map(str, file["classes"]))


def describe(path: Path) -> About:
    """Describe the data of a file without reading an image; raises what `opened` raises."""
    (dataset, version, _), classes = opened(path, about)
    return About(dataset, version, classes)


def holds(path: Path, array: str) -> bool:
    """Return whether a file has an array of a name; raises what `opened` raises."""
    return opened(path, lambda file: bool(about(file)) and array in file)
