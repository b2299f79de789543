"""Reading every patch once before anything is built: a fault in the last file is met early."""

from collections.abc import Iterable

import numpy as np
import tqdm

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.patch import Job

SHAPE = (facts.PATCH, facts.PATCH)


def patches(jobs: Iterable[Job]) -> None:
    """Decode every patch, with a progress bar; keep none.

    Raises:
      DatasetError: a file cannot be read, a patch is not 256x256, or its depth is not that of the
        patches before it.
    """
    depths: dict[np.dtype, str] = {}
    for job in tqdm.tqdm(list(jobs), "checking micrographs", leave=False, disable=None):
        for patch in job.patches():
            if patch.image.shape != SHAPE:
                height, width = patch.image.shape
                raise DatasetError(
                    f"{patch.file}: {width}x{height} pixels; expected {SHAPE[1]}x{SHAPE[0]}. Put "
                    "the published file in its place."
                )
            depths.setdefault(patch.image.dtype, patch.file)
            if len(depths) > 1:
                others = "; ".join(f"{dtype} in {file}" for dtype, file in depths.items())
                raise DatasetError(
                    f"{patch.file}: depth differs among the files ({others}); expected one depth "
                    "throughout. Put the published file in its place."
                )
