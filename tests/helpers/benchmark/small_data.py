"""A generated config of three classes as an .npz file: discs, stripes and noise."""

from pathlib import Path

import numpy as np

from benchmark.classification import npz_file
from benchmark.classification.data import Data, Patches
from tem_virus_dataset.building import content_hash

CLASSES = ("Adenovirus", "Ebola", "Orf")
COUNTS = {"train": 8, "validation": 4, "test": 4}  # patches a class, two to a micrograph


def small_data() -> Data:
    """Make the config; the same at every call."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:256, :256]
    digests, splits = {}, {}
    for split, count in COUNTS.items():
        images, labels, ids, micrographs = [], [], [], []
        for label, name in enumerate(CLASSES):
            for number in range(count):
                phase, noise = rng.uniform(0, 6), rng.normal(0, 20, (256, 256))
                disc = np.hypot(x - 128, y - 128) < 50 + 5 * phase
                pattern = (disc, np.sin(x / 6 + phase) > 0, np.zeros((256, 256)))[label]
                image = np.clip(100 + 60 * pattern + noise, 0, 255).astype(np.uint8)[..., None]
                images.append(image)
                labels.append(label)
                ids.append(f"{split}/{name}/{number}")
                micrographs.append(f"{split}/{name}/micrograph_{number // 2}")
                digests[ids[-1]] = content_hash.example_digest(label, image)
        splits[split] = Patches(
            np.stack(images), np.array(labels, np.int32), np.array(ids), np.array(micrographs)
        )
    return Data(
        "tem_virus/phantom_small", "1.0.0", CLASSES, content_hash.content_hash(digests), splits
    )


def write(path: Path) -> Path:
    """Write it to a file."""
    npz_file.write(small_data(), path)
    return path
