"""A hash over micrographs with their boxes, as `tem_virus_dataset.content` has for examples."""

from collections.abc import Mapping, Sequence

import numpy as np

from benchmark.detection.scenes import Scene
from tem_virus_dataset import content

NO_LABEL = 0  # a micrograph has none of its own


def of_scenes(splits: Mapping[str, Sequence[Scene]]) -> str:
    """Return the hash over all ids, pixels, boxes, labels and pixel sizes; order is no matter."""
    return content.content_hash(
        {scene.id: _digest(scene) for scenes in splits.values() for scene in scenes}
    )


def _digest(scene: Scene) -> str:
    shape = np.array(scene.image.shape, np.int64)
    size = np.array(np.nan if scene.nm_per_pixel is None else scene.nm_per_pixel, np.float64)
    return content.example_digest(NO_LABEL, scene.image, shape, scene.boxes, scene.labels, size)
