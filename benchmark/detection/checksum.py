"""A hash over micrographs with their boxes, as `content_hash` has for examples."""

from collections.abc import Mapping, Sequence

import numpy as np

from benchmark.detection.data import Scene
from tem_virus_dataset.building import content_hash

NO_LABEL = 0  # a micrograph has none of its own


def of_scenes(splits: Mapping[str, Sequence[Scene]]) -> str:
    """Return the hash over all ids, pixels, boxes, labels and pixel sizes; order is no matter."""
    return content_hash.content_hash(
        {scene.id: _digest(scene) for scenes in splits.values() for scene in scenes}
    )


def _digest(scene: Scene) -> str:
    shape = np.array(scene.image.shape, np.int64)
    size = np.array(np.nan if scene.nm_per_pixel is None else scene.nm_per_pixel, np.float64)
    return content_hash.example_digest(
        NO_LABEL, scene.image, shape, scene.boxes, scene.labels, size
    )
