"""The feed inside the step and the tf.data pipeline are exact against NumPy and one another."""

import numpy as np
import pytest
import reference

from benchmark.classification import tf_data_pipeline
from benchmark.classification.data import Patches
from benchmark.classification.resident_feed import Feed, statistics
from benchmark.errors import BenchmarkError
from benchmark.training import sampling

rng = np.random.default_rng(0)
IMAGES = rng.integers(0, 4096, (6, 256, 256, 1)).astype(np.uint16)
LABELS = np.array([0, 0, 0, 0, 1, 1], np.int32)
IDS = np.array([f"train/A/{n}" for n in range(6)])


def expected(image: np.ndarray, transform: int) -> np.ndarray:
    values = image[..., 0].astype(np.float64)
    values = (values - values.mean()) / values.std()
    return reference.d4_transform(values, transform)


def fed(index: list, transform: list, share: list | None = None, side: int = 256) -> np.ndarray:
    share = share or np.ones(np.shape(index)).tolist()
    inputs = {
        "index": np.array(index, np.int32),
        "transform": np.array(transform, np.int32),
        "share": np.array(share, np.float32),
    }
    return np.asarray(Feed(IMAGES, side)(inputs))[..., 0]


@pytest.mark.parametrize("transform", range(8))
def test_every_d4_transform_is_exact(transform: int) -> None:
    found = fed([[3]], [[transform]])[0]
    np.testing.assert_allclose(found, expected(IMAGES[3], transform), atol=1e-5)


def test_the_eight_transforms_are_the_rotations_and_their_mirror_images() -> None:
    transformed = {fed([[0]], [[t]])[0].round(4).tobytes() for t in range(8)}
    rotated = {
        np.rot90(m, k).round(4).tobytes()
        for m in (fed([[0]], [[0]])[0], fed([[0]], [[1]])[0])
        for k in range(4)
    }
    assert len(transformed) == 8
    assert transformed == rotated


def test_patches_are_mixed_by_their_shares() -> None:
    mixed = fed([[1, 2]], [[0, 5]], [[0.25, 0.75]])[0]
    np.testing.assert_allclose(
        mixed, 0.25 * expected(IMAGES[1], 0) + 0.75 * expected(IMAGES[2], 5), atol=1e-5
    )


def test_patches_are_averaged_down() -> None:
    blocks = expected(IMAGES[1], 0).reshape(64, 4, 64, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(fed([[1]], [[0]], side=64)[0], blocks, atol=1e-5)


def test_a_side_that_does_not_divide_the_patch_is_refused() -> None:
    for side in (100, 512):
        with pytest.raises(
            BenchmarkError, match=f"image_size {side}: found images of 256x256 .*--set"
        ):
            Feed(IMAGES, side)


def test_statistics_are_of_raw_counts_at_either_depth() -> None:
    for images in (IMAGES, (IMAGES // 16).astype(np.uint8)):
        mean, inverse = statistics(images)
        flat = images.reshape(6, -1).astype(np.float64)
        np.testing.assert_allclose(mean, flat.mean(axis=1), rtol=1e-6)
        np.testing.assert_allclose(1 / inverse, flat.std(axis=1), rtol=1e-5)


def test_a_constant_patch_becomes_zeros() -> None:
    constant = np.full((1, 256, 256, 1), 40_000, np.uint16)
    assert statistics(constant)[1].tolist() == [0.0]


def test_the_tf_data_pipeline_gives_the_patches_of_the_feed() -> None:
    patches = Patches(IMAGES, LABELS, IDS, IDS)
    epoch = sampling.epoch(LABELS, seed=2, number=5, samples_per_class=4)
    batches = list(
        tf_data_pipeline.training(patches, batch_size=3, seed=2, epoch=5, samples_per_class=4)
    )
    images = np.concatenate([images.numpy() for images, _ in batches])[..., 0]
    labels = np.concatenate([labels.numpy() for _, labels in batches])
    np.testing.assert_array_equal(labels, LABELS[epoch.index])
    np.testing.assert_allclose(
        images, fed(epoch.index[:, None].tolist(), epoch.transform[:, None].tolist()), atol=1e-5
    )


def test_the_pipeline_evaluates_every_patch_once_in_order() -> None:
    patches = Patches(IMAGES, LABELS, IDS, IDS)
    batches = list(tf_data_pipeline.evaluation(patches, batch_size=4))
    assert [len(labels) for _, labels in batches] == [4, 2]
    np.testing.assert_array_equal(np.concatenate([b.numpy() for _, b in batches]), LABELS)
