"""A config of patches as one compact .npz file, for machines without TensorFlow; no pickle."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmark.classification.data import Data, Patches, digest
from benchmark.data import npz
from leaderboard.files.atomic import replacing
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash

IMAGES = "train_images"  # an array that only files of patches have
SIZE = "nm_per_pixel"  # an array of files whose pixel size is not 1 nm, but known


def write(data: Data, path: Path) -> None:
    """Write a config; raises `OSError` where the folder cannot be written to."""
    arrays = {
        f"{split}_{field.name}": getattr(patches, field.name)
        for split, patches in data.splits.items()
        for field in dataclasses.fields(Patches)
    }
    about = np.array([data.config, data.version, data.content_hash])
    with replacing(path) as file:
        if data.nm_per_pixel is not None:
            arrays[SIZE] = np.array(data.nm_per_pixel, np.float64)
        np.savez_compressed(file, about=about, classes=np.array(data.classes), **arrays)


def read(path: Path) -> Data:
    """Read a config back; `BenchmarkError` where the file is damaged or was changed."""
    return npz.opened(path, _data)


def _data(file: Mapping[str, np.ndarray]) -> Data:
    (config, version, stated), classes = npz.about(file)
    size = float(file[SIZE]) if SIZE in file else None
    names = [field.name for field in dataclasses.fields(Patches)]
    splits = {s: Patches(*(file[f"{s}_{name}"] for name in names)) for s in facts.SPLITS}
    digests = {
        str(name): digest(int(label), image, size)
        for patches in splits.values()
        for name, label, image in zip(patches.ids, patches.labels, patches.images, strict=True)
    }
    if content_hash.content_hash(digests) != stated:
        raise ValueError(f"its content is not that of hash {stated[:8]}, which it states")
    return Data(config, version, classes, stated, splits, size)
