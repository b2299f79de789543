"""Pixel sizes of a user's own patches: one scale for all, in the model and where it is used."""

from pathlib import Path

import numpy as np
import pytest
from predicting import write as write_tiff
from running import do_inside, only_record

from benchmark.classification import npz_file, read
from benchmark.data.address import with_nm_per_pixel
from benchmark.errors import BenchmarkError
from benchmark.predict import models
from leaderboard.results import store as records
from tem_virus_dataset.networks.classifier import patches_around

SIDE, FINE = 64, 0.5  # pixels, nm
CLASSES = ("large", "small")


def disc(radius_nm: float, nm: float, seed: int) -> np.ndarray:
    """A patch with a bright disc in its middle."""
    away = np.hypot(*(np.mgrid[:SIDE, :SIDE] + 0.5 - SIDE / 2)) * nm
    noise = np.random.default_rng(seed).normal(0, 4, (SIDE, SIDE))
    return (80 + 100 * (away < radius_nm) + noise).clip(0, 255).astype(np.uint8)


def write_folder(root: Path, coarse: float | None) -> Path:
    """Discs of 10 and 5 nm; every second patch is of another magnification."""
    for split, count in (("train", 8), ("validation", 4), ("test", 4)):
        for label, name in enumerate(CLASSES):
            for number in range(count):
                nm = coarse if coarse and number % 2 else FINE
                seed = [len(split), label, number]
                path = root / split / name / f"{number}.tif"
                path.parent.mkdir(parents=True, exist_ok=True)
                write_tiff(path, disc(10 / (1 + label), nm, seed), nm if coarse else None)
    return root


def radius_nm(image: np.ndarray, nm: float) -> float:
    return float(np.sqrt((image > 130).sum() / np.pi) * nm)


def test_patches_of_two_magnifications_show_the_same_field(tmp_path: Path) -> None:
    data = f"folder:{write_folder(tmp_path / 'mine', 1.0)}"
    assert read.notice(data).endswith(
        "0.5 to 1 nm per pixel, as the files state; 16 patches are enlarged to 0.5 nm, and their "
        "centre is used"
    )
    found = read.load(data)
    assert found.nm_per_pixel == FINE
    train = found.splits["train"]
    assert train.images.shape == (16, SIDE, SIDE, 1)
    for image, label in zip(train.images, train.labels, strict=True):
        assert radius_nm(image[..., 0], FINE) == pytest.approx((10, 5)[label], abs=0.4)
    npz_file.write(found, tmp_path / "mine.npz")
    again = npz_file.read(tmp_path / "mine.npz")
    assert (again.nm_per_pixel, again.content_hash) == (FINE, found.content_hash)


def test_without_sizes_nothing_is_rescaled_and_it_is_said(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "mine", None)
    found = read.load(f"folder:{root}")
    assert found.nm_per_pixel is None
    assert "images are used pixel for pixel" in read.notice(f"folder:{root}")
    sized = read.load(with_nm_per_pixel(f"folder:{root}", 2.0))
    np.testing.assert_array_equal(sized.splits["test"].images, found.splits["test"].images)
    assert sized.content_hash != found.content_hash
    assert sized.version != found.version


def test_sizes_that_are_too_far_apart_are_refused(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "mine", 2.5)
    with pytest.raises(BenchmarkError, match=r"2\.5 nm per pixel, and .* has 0\.5; expected sizes"):
        read.load(f"folder:{root}")


def test_a_trained_classifier_crops_patches_at_its_own_scale(tmp_path: Path) -> None:
    root = write_folder(tmp_path / "mine", 1.0)
    status = do_inside(
        tmp_path, "--models", "tiny_classifier", "--data", f"folder:{root}", "--recipe", "quick",
        "--set", "image_size=32", "samples_per_class=4", "batch_size=4", "epochs=1",
    )  # fmt: skip
    assert status == 0
    record = only_record(tmp_path)
    assert record.nm_per_pixel == FINE * SIDE / 32
    assert record.network, record.no_network
    for weights in (tmp_path / "runs", tmp_path / "none"):
        classifier = models.load(records.path(tmp_path / "records", record), weights)
        assert classifier.warning == ""
        assert classifier.nm_per_pixel == FINE * SIDE / 256
        micrograph = np.zeros((400, 400), np.uint8)
        micrograph[190:210, 190:210] = 200  # of 20 nm
        (patch,) = patches_around(micrograph, 1.0, [(200.0, 200.0)], classifier.nm_per_pixel)
        assert patch.shape == (256, 256, 1)
        side = np.sqrt((patch > 100).sum()) * classifier.nm_per_pixel
        assert side == pytest.approx(20, abs=0.3)
        assert classifier.classify(patch[None]).shape == (1, 2)
