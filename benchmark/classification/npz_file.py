"""A config of patches as one compact .npz file, for machines without TensorFlow; no pickle."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmark.classification.data import Data, Patches
from benchmark.data import npz
from leaderboard.files.atomic import replacing
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash

IMAGES = "train_images"  # an array that only files of patches have


def write(data: Data, path: Path) -> None:
    """Write a config; raises `OSError` where the folder cannot be written to."""
    arrays = {
        f"{split}_{field.name}": getattr(patches, field.name)
        for split, patches in data.splits.items()
        for field in dataclasses.fields(Patches)
    }
    about = np.array([data.config, data.version, data.content_hash])
    with replacing(path) as file:
        np.savez_compressed(file, about=about, classes=np.array(data.classes), **arrays)


def read(path: Path) -> Data:
    """Read a config back; `BenchmarkError` where the file is damaged or was changed."""
    return npz.opened(path, _data)


def _data(file: Mapping[str, np.ndarray]) -> Data:
    (config, version, digest), classes = npz.about(file)
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
