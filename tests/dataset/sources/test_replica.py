"""Whole micrographs of the real size: re-cropped patches against published ones.

TEM_VIRUS_REPLICA names a folder in which `make_replica.py` has laid out `TEM virus dataset`. Its
patches come from an image that its RAW files do not hold to the bit: they were cut before the
pixels were truncated, to whole counts in 8 bits and to sixteenths in 16 bits. So the patches
re-cropped lie half of that step lower on average. They are at the same place, to the pixel.
"""

import os
import random
from pathlib import Path

import numpy as np
import pytest
import reference

from tem_virus_dataset.sources import published_patches, raw

SAMPLE = 40  # micrographs


@pytest.fixture(scope="module")
def pairs():
    """Jobs of a sample of micrographs: re-cropped, and published."""
    folder = os.environ.get("TEM_VIRUS_REPLICA")
    if not folder:
        pytest.skip("set TEM_VIRUS_REPLICA to a folder that make_replica.py has filled")
    ready = {job.micrograph: job for job in published_patches.jobs(Path(folder))}
    anew = {job.micrograph: job for job in raw.recropped(Path(folder))}
    assert anew.keys() == ready.keys()
    assert [job.count for job in anew.values()] == [ready[name].count for name in anew]
    names = sorted(n for n in anew if anew[n].count < 30)  # few enough to be quick
    return [(anew[name], ready[name]) for name in random.Random(0).sample(names, SAMPLE)]


def test_recropped_patches_are_the_published_ones(pairs):
    depths = set()
    for job, ready in pairs:
        micrograph = job.decode(job.read())
        expected = list(ready.items())
        found = list(job.cut(micrograph))
        assert len(found) == len(expected)
        depths.add(micrograph.image.dtype.itemsize)
        for patch, made in zip(found, expected, strict=True):
            assert made.image.dtype == np.uint8
            if micrograph.image.dtype == np.uint8:  # of -.6 to 1.6 of a step, rounded twice
                difference = patch.image.astype(float) - made.image
                mean, lowest, highest = -0.5, -2, 1
            else:  # the published patch is rounded to 1, and clipped at 255
                difference = (patch.image / 16).clip(0, 255) - made.image
                mean, lowest, highest = -0.5 / 16, -0.6, 0.53
            assert lowest <= difference.min() < difference.max() <= highest, patch.file
            assert abs(difference.mean() - mean) < 0.1 * abs(mean) + 0.01, patch.file
    assert depths == {1, 2}


def test_recropped_patches_are_those_of_pillow(pairs):
    for job, _ in pairs[:8]:
        micrograph = job.decode(job.read())
        size, particles = micrograph.nm_per_pixel, micrograph.particles.points
        expected = reference.patches(micrograph.image, size, particles)
        for patch, image in zip(job.cut(micrograph), expected, strict=True):
            assert np.abs(patch.image - image.astype(np.float64)).max() < 0.51, patch.file
