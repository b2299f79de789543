"""The small generated config with names of the mirror, so that the sessions are known."""

import dataclasses
from pathlib import Path

import numpy as np
import small_data

from benchmark.classification import npz_file
from benchmark.classification.data import Data
from tem_virus_dataset.building import content_hash

# By class: micrographs of train, four of two patches each; of validation and test, two each.
# Orf has two sessions here, Adenovirus three, Ebola four.
STEMS = {
    "Adenovirus": {
        "train": ("A4-080201_1", "A4-080201_2", "B2-080201_14", "B3-65k-070920_3"),
        "validation": ("A4-080201_3", "B2-080201_16"),
        "test": ("A4-080201_13", "B2-080201_17"),
    },
    "Ebola": {
        "train": ("1414", "1471", "2554", "6110"),
        "validation": ("2577", "6111"),
        "test": ("2582", "6113"),
    },
    "Orf": {
        "train": ("1686", "1703", "6005", "6006"),
        "validation": ("1708", "6007"),
        "test": ("1709", "6008"),
    },
}


def data() -> Data:
    """Return the config; the same at every call."""
    small = small_data.small_data()
    splits, digests = {}, {}
    for split, patches in small.splits.items():
        names = [str(name).split("/") for name in patches.ids]
        stems = [STEMS[name][split][int(number) // 2] for _, name, number in names]
        ids = [
            f"{split}/{name}/{stem}_{int(number) % 2 + 1}"
            for (_, name, number), stem in zip(names, stems, strict=True)
        ]
        micrographs = [f"{split}/{n}/{stem}" for (_, n, _), stem in zip(names, stems, strict=True)]
        splits[split] = dataclasses.replace(
            patches, ids=np.array(ids), micrographs=np.array(micrographs)
        )
        digests |= {
            name: content_hash.example_digest(int(label), image)
            for name, label, image in zip(ids, patches.labels, patches.images, strict=True)
        }
    return dataclasses.replace(
        small, content_hash=content_hash.content_hash(digests), splits=splits
    )


def write(path: Path) -> Path:
    """Write it to a file."""
    npz_file.write(data(), path)
    return path
