"""A config as one compact .npz file, for machines that have no TensorFlow; no pickle in it."""

import dataclasses
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmark.classification.data import About, Data, Patches
from benchmark.errors import BenchmarkError
from leaderboard.files.atomic import replacing
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash

T = TypeVar("T")
BOXES = "train_boxes"  # an array that only micrographs have
UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)


def write(data: Data, path: Path) -> None:
    """Write a config; raises `OSError` where the folder cannot be written to."""
    arrays = {
        f"{split}_{field.name}": getattr(patches, field.name)
        for split, patches in data.splits.items()
        for field in dataclasses.fields(Patches)
    }
    stated = np.array([data.config, data.version, data.content_hash])
    with replacing(path) as file:
        np.savez_compressed(file, about=stated, classes=np.array(data.classes), **arrays)


def read(path: Path) -> Data:
    """Read a config back; `BenchmarkError` where the file is damaged or was changed."""
    return opened(path, _everything)


def describe(path: Path) -> About:
    """Say what data it holds, without reading a picture; raises what `read` raises."""
    (dataset, version, _), classes = opened(path, about)
    return About(dataset, version, classes)


def holds_boxes(path: Path) -> bool:
    """Say whether `detection.exported` wrote the file, and not `write`; raises what `read` does."""
    return opened(path, lambda file: bool(about(file)) and BOXES in file)


def about(file: Mapping[str, np.ndarray]) -> tuple[tuple[str, str, str], tuple[str, ...]]:
    """Return config, version and content hash, and the classes, of an open file."""
    config, version, digest = (str(value) for value in file["about"])
    return (config, version, digest), tuple(map(str, file["classes"]))


def _everything(file: Mapping[str, np.ndarray]) -> Data:
    (config, version, digest), classes = about(file)
    names = [field.name for field in dataclasses.fields(Patches)]
    splits = {s: Patches(*(file[f"{s}_{name}"] for name in names)) for s in facts.SPLITS}
    digests = {
        str(name): content_hash.example_digest(int(label), image)
        for patches in splits.values()
        for name, label, image in zip(patches.ids, patches.labels, patches.images, strict=True)
    }
    if content_hash.content_hash(digests) != digest:
        raise ValueError(f"its content is not that of hash {digest[:8]}, which it states")
    return Data(config, version, classes, digest, splits)


def opened(path: Path, read: Callable[[Mapping[str, np.ndarray]], T]) -> T:
    """Return what `read` makes of an open file; `BenchmarkError` where it cannot."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return read(file)
    except UNREADABLE as error:
        raise BenchmarkError(
            f"{path}: cannot be read ({error}); expected a file that `python -m benchmark.export` "
            "wrote. Write it again."
        ) from error
