"""A generated folder in the layout of the official test patches: four classes, two micrographs."""

import csv
import hashlib
import zlib
from pathlib import Path

import numpy as np
import pytest
import small_archive

from tem_virus_dataset.sources import official_test

CLASSES = ("Adenovirus", "Ebola", "Influenza", "Orf")  # small_data has all but Influenza
STEMS = {"A-1_02": 2, "b3": 1}  # with their numbers of patches
COLUMNS = ("file", "class", "micrograph", "k", "official_patch_inferred", "sha256_16")


def write(folder: Path) -> None:
    """Write test/ and manifest.csv."""
    rows = []
    for name in CLASSES:
        for rank, (stem, count) in enumerate(STEMS.items(), start=1):
            for k in range(count):
                file = f"test/{name}/{stem}_{k}.png"
                rng = np.random.default_rng(zlib.crc32(file.encode()))
                small_archive.save(folder / file, rng.integers(0, 256, (256, 256)).astype(np.uint8))
                digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()[:16]
                rows.append((file, name, stem, k, f"{rank}_{k + 1}.tif", digest))
    with (folder / official_test.MANIFEST).open("w", newline="") as lines:
        csv.writer(lines).writerows([COLUMNS, *rows])


def expect(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make the folder as it is the official one."""
    patch.setattr(official_test, "EXPECTED", dict.fromkeys(CLASSES, sum(STEMS.values())))
    with (folder / official_test.MANIFEST).open(newline="") as lines:
        patches = [
            official_test.OfficialPatch(
                row["file"], row["class"], f"test/{row['class']}/{row['micrograph']}",
                row["sha256_16"],
            )
            for row in csv.DictReader(lines)
        ]  # fmt: skip
    digest = official_test.digest(sorted(patches, key=lambda one: one.id))
    patch.setattr(official_test, "DIGEST", digest)
