"""The hash of a cell: all its images, so that predictions of other images are recognized."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.building import content_hash

NO_LABEL = 0


def cell_hash(images: Iterable[NDArray[np.integer]], ids: Iterable[str]) -> str:
    """Return the sha256 of images by their ids, as hexadecimal digits; no label is in it.

    Args:
      images: n, (height, width) or (height, width, 1) counts; ids: n, in any order.
    """
    digests = {
        str(id): content_hash.example_digest(NO_LABEL, image)
        for id, image in zip(ids, images, strict=True)
    }
    return content_hash.content_hash(digests)
