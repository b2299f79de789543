"""A config of annotated micrographs as one compact .npz file; no pickle.

Of each split: all pixels in one row, image after image; the images' shapes; all boxes and labels,
and how many of them each image has; pixel sizes, nan where they are not known. Each row of an image
is stored as its difference from the row above, which compresses to three quarters of the size.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.data import npz
from benchmark.detection.data import Scene, Scenes, checksum
from leaderboard.files.atomic import replacing
from tem_virus_dataset import facts

BOXES = "train_boxes"  # an array that only files of micrographs have


def write(scenes: Scenes, path: Path) -> None:
    """Write a config; raises `OSError` where the folder cannot be written to."""
    arrays: dict[str, Any] = {
        f"{split}_{name}": values
        for split, of_split in scenes.splits.items()
        for name, values in _columns(of_split).items()
    }
    about = np.array([scenes.config, scenes.version, scenes.content_hash])
    with replacing(path) as file:
        np.savez_compressed(
            file,
            about=about,
            classes=np.array(scenes.classes),
            checksum=np.array(checksum(scenes.splits)),
            **arrays,
        )


def read(path: Path) -> Scenes:
    """Read a config back; `BenchmarkError` where the file is damaged or was changed."""
    return npz.opened(path, _scenes)


def _columns(scenes: Sequence[Scene]) -> dict[str, np.ndarray]:
    sizes = [np.nan if scene.nm_per_pixel is None else scene.nm_per_pixel for scene in scenes]
    return {
        "ids": np.array([scene.id for scene in scenes]),
        "shapes": np.array([scene.image.shape for scene in scenes], np.int64),
        "pixels": np.concatenate([_differences(scene.image).ravel() for scene in scenes]),
        "counts": np.array([len(scene.boxes) for scene in scenes], np.int64),
        "boxes": np.concatenate([scene.boxes for scene in scenes]).astype(np.float32),
        "labels": np.concatenate([scene.labels for scene in scenes]).astype(np.int64),
        "nm_per_pixel": np.array(sizes, np.float64),
    }


def _scenes(file: Mapping[str, np.ndarray]) -> Scenes:
    (config, version, digest), classes = npz.about(file)
    splits = {split: _split(file, split) for split in facts.SPLITS}
    stated = str(file["checksum"])
    if checksum(splits) != stated:
        raise ValueError(f"its content is not that of checksum {stated[:8]}, which it states")
    return Scenes(config, version, classes, digest, splits)


def _split(file: Mapping[str, np.ndarray], split: str) -> list[Scene]:
    shapes, counts = file[f"{split}_shapes"], file[f"{split}_counts"]
    pixels = np.split(file[f"{split}_pixels"], shapes.prod(axis=1).cumsum()[:-1])
    boxes, labels = (
        np.split(file[f"{split}_{name}"], counts.cumsum()[:-1]) for name in ("boxes", "labels")
    )
    sizes = file[f"{split}_nm_per_pixel"].tolist()
    rows = zip(file[f"{split}_ids"], pixels, shapes, boxes, labels, sizes, strict=True)
    return [
        Scene(str(name), _summed(row.reshape(shape)), box, label, None if np.isnan(nm) else nm)
        for name, row, shape, box, label, nm in rows
    ]


def _differences(image: np.ndarray) -> np.ndarray:
    """Return (height, width) of the same unsigned type; differences below 0 wrap around."""
    return np.diff(image, axis=0, prepend=image.dtype.type(0))


def _summed(differences: np.ndarray) -> np.ndarray:
    return np.cumsum(differences, axis=0, dtype=differences.dtype)
