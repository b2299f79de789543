"""The pictures of `open_set_14class`: official test patches of a folder, and the far rings.

Pictures are never shipped. Counts, names and checksums of the official ones are checked against
those that are known; the generated ones against their own sums.
"""

import sys
from pathlib import Path

import numpy as np

from benchmark.classification.data import Patches
from benchmark.errors import BenchmarkError
from benchmark.official import patches as official
from benchmark.open_set import rings
from leaderboard.files.atomic import replacing
from leaderboard.open_set import boards, truth
from tem_virus_dataset import facts
from tem_virus_dataset.files import progress


def read(folder: Path) -> Patches:
    """Return the 2,300 pictures in the order of the ground truth; labels as there, -1 is unknown.

    Args:
      folder: of the official test patches, which holds `test/`.

    Raises:
      DatasetError: a picture is missing, foreign or another one. BenchmarkError: the folder holds
        other patches than the ground truth.
    """
    expected = truth.read(boards.OFFICIAL)
    known = official.read(folder, facts.CLASSES_14)
    far = progress.bar(boards.FAR, desc="generated pictures", unit="ring")
    generated = {ring: rings.pictures(ring) for ring in far}
    for ring, images in generated.items():
        if rings.digest(images) != rings.DIGESTS[ring]:
            print(
                f"warning: the pictures of {ring} differ from those of the board, perhaps in a "
                "last bit: this machine computes Fourier transforms differently.",
                file=sys.stderr,
            )
    ids = [*map(str, known.ids), *expected.ids[len(known) :].tolist()]
    if ids != expected.ids.tolist():
        raise BenchmarkError(f"{folder}: other patches than those of the board; restore it.")
    return Patches(
        np.concatenate([known.images, *generated.values()]),
        expected.labels.astype(np.int32),
        expected.ids,
        expected.micrographs,
    )


def write(file: Path, pictures: Patches) -> None:
    """Write ids and images (n, 256, 256, 1) uint8 as one .npz file, for networks of other code."""
    with replacing(file) as stream:
        np.savez_compressed(stream, ids=pictures.ids, images=pictures.images)
