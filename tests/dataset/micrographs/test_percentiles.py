"""Percentiles by counting are those of NumPy, to the last bit."""

import numpy as np
import pytest

from tem_virus_dataset.micrographs import percentiles


@pytest.fixture(params=["with OpenCV", "in parts", "without OpenCV"], autouse=True)
def way(request, monkeypatch) -> None:
    if request.param == "in parts":
        monkeypatch.setattr(percentiles, "PART", 1000)
    if request.param == "without OpenCV":
        monkeypatch.setattr(percentiles, "cv2", None)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_they_are_those_of_numpy(dtype) -> None:
    rng = np.random.default_rng(0)
    for size in (1, 2, 7, 100, 4001):
        counts = rng.integers(0, rng.integers(2, np.iinfo(dtype).max), (1, size)).astype(dtype)
        levels = (0, 0.05, 0.5, *rng.uniform(0, 100, 5), 99.5, 100)
        assert percentiles.of_counts(counts, levels) == np.percentile(counts, levels).tolist()
