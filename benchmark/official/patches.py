"""The official test patches of some classes in memory."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmark.classification.data import Patches
from tem_virus_dataset.files import progress
from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.sources import official_test


def read(folder: Path, classes: Sequence[str]) -> Patches:
    """Read the official test patches of the given classes; those of others are not decoded.

    Args:
      folder: holds `test/`; classes: in label order.

    Returns:
      `Patches` in the order of their ids, of uint8.

    Raises:
      DatasetError: see `official_test.listed` and `.read`.
    """
    chosen = [patch for patch in official_test.listed(folder) if patch.class_name in classes]
    read = in_threads(lambda patch: official_test.read(folder, patch), chosen)
    images = list(progress.bar(read, "official patches", len(chosen), unit="patch"))
    return Patches(
        np.stack(images)[..., None],
        np.array([classes.index(patch.class_name) for patch in chosen], np.int32),
        np.array([patch.id for patch in chosen]),
        np.array([patch.micrograph for patch in chosen]),
    )
