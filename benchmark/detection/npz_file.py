"""A config of micrographs as one compact .npz file; no pickle in it.

Of each split: all pixels in one row, picture after picture, each as its difference from the one
above, which packs a quarter smaller; the pictures' shapes; all boxes and labels, and how many of
them are of each picture; pixel sizes, nan where they are not known.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.classification import npz_file
from benchmark.detection import checksum as hashing
from benchmark.detection.data import Scene, Scenes
from leaderboard.files.atomic import replacing
from tem_virus_dataset import facts


def write(scenes: Scenes, path: Path) -> None:
    """Write a config; raises `OSError` where the folder cannot be written to."""
    arrays: dict[str, Any] = {
        f"{split}_{name}": values
        for split, several in scenes.splits.items()
        for name, values in _columns(several).items()
    }
    about = np.array([scenes.config, scenes.version, scenes.content_hash])
    checksum = np.array(hashing.of_scenes(scenes.splits))  # the hash of a config has more in it
    with replacing(path) as file:
        np.savez_compressed(
            file, about=about, classes=np.array(scenes.classes), checksum=checksum, **arrays
        )


def read(path: Path) -> Scenes:
    """Read a config back; `BenchmarkError` where the file is damaged or was changed."""
    return npz_file.opened(path, _everything)


def _columns(scenes: Sequence[Scene]) -> dict[str, np.ndarray]:
    sizes = [np.nan if one.nm_per_pixel is None else one.nm_per_pixel for one in scenes]
    return {
        "ids": np.array([one.id for one in scenes]),
        "shapes": np.array([one.image.shape for one in scenes], np.int64),
        "pixels": np.concatenate([_differences(one.image).ravel() for one in scenes]),
        "counts": np.array([len(one.boxes) for one in scenes], np.int64),
        "boxes": np.concatenate([one.boxes for one in scenes]).astype(np.float32),
        "labels": np.concatenate([one.labels for one in scenes]).astype(np.int64),
        "nm_per_pixel": np.array(sizes, np.float64),
    }


def _everything(file: Mapping[str, np.ndarray]) -> Scenes:
    (config, version, digest), classes = npz_file.about(file)
    splits = {split: _scenes(file, split) for split in facts.SPLITS}
    stated = str(file["checksum"])
    if hashing.of_scenes(splits) != stated:
        raise ValueError(f"its content is not that of checksum {stated[:8]}, which it states")
    return Scenes(config, version, classes, digest, splits)


def _scenes(file: Mapping[str, np.ndarray], split: str) -> list[Scene]:
    shapes, counts = file[f"{split}_shapes"], file[f"{split}_counts"]
    pixels = np.split(file[f"{split}_pixels"], shapes.prod(axis=1).cumsum()[:-1])
    boxes, labels = (
        np.split(file[f"{split}_{name}"], counts.cumsum()[:-1]) for name in ("boxes", "labels")
    )
    sizes = file[f"{split}_nm_per_pixel"].tolist()
    rows = zip(file[f"{split}_ids"], pixels, shapes, boxes, labels, sizes, strict=True)
    return [
        Scene(str(name), _summed(row.reshape(shape)), of, kinds, None if np.isnan(size) else size)
        for name, row, shape, of, kinds, size in rows
    ]


def _differences(image: np.ndarray) -> np.ndarray:
    """Return (height, width) of the same unsigned type; what is less than 0 wraps around."""
    return np.diff(image, axis=0, prepend=image.dtype.type(0))


def _summed(differences: np.ndarray) -> np.ndarray:
    return np.cumsum(differences, axis=0, dtype=differences.dtype)
