"""Checks of read micrographs with boxes against those that were written."""

from collections.abc import Callable

import numpy as np

from benchmark import tasks
from benchmark.detection.data import Scenes
from tem_virus_dataset import facts

DTYPES = (np.uint8, np.uint16)


def task_of(data: str) -> str:
    """Name the task that data are for."""
    return tasks.of_data(data).name


def check_same(found: Scenes, made: Scenes, named: Callable[[str], str] = str) -> None:
    """Check images and boxes, by id; a folder's pixel sizes are not known."""
    assert found.classes == made.classes
    for split in facts.SPLITS:
        assert [one.id for one in found.splits[split]] == [named(s.id) for s in made.splits[split]]
        for one, other in zip(found.splits[split], made.splits[split], strict=True):
            np.testing.assert_array_equal(one.image, other.image)
            np.testing.assert_allclose(one.boxes, other.boxes, rtol=0, atol=1e-4)
            np.testing.assert_array_equal(one.labels, other.labels)
            assert one.image.dtype == other.image.dtype
            assert (one.boxes.dtype, one.labels.dtype) == (np.float32, np.int64)
            assert one.boxes.shape == (len(one.labels), 4)
