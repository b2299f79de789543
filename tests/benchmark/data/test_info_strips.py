"""Info strips in a user's own images are counted and named; nothing is cut off."""

import logging

import numpy as np
from PIL import Image
from small_strip import field, strip

from benchmark.detection import user_folder

SPLITS = ("train", "validation", "test")


def folder(root, with_strip):
    """One micrograph with a box in each split; some end with an info strip."""
    for seed, split in enumerate(SPLITS):
        image = np.roll(field(), seed, axis=1)
        band = strip("AMT") if split in with_strip else np.roll(field()[:84], 7 + seed, axis=1)
        (root / "images" / split).mkdir(parents=True)
        (root / "labels" / split).mkdir(parents=True)
        Image.fromarray(np.vstack([image, band])).save(root / "images" / split / f"{split}.png")
        (root / "labels" / split / f"{split}.txt").write_text("0 0.5 0.4 0.1 0.1\n")
    (root / "classes.txt").write_text("virus\n")
    return root


def test_they_are_named_once_and_stay(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    root = folder(tmp_path, SPLITS[:2])
    for _ in range(2):
        scenes = user_folder.read(root)
    assert scenes.splits["train"][0].image.shape == (564, 640)
    (message,) = (record.getMessage() for record in caplog.records)
    assert f"{root}: found an info strip in 2 of 3 images" in message
    assert "train.png: the lowest 84 rows; validation.png: the lowest 84 rows)" in message
    assert "Cut the strips off" in message


def test_nothing_is_said_of_images_without_one(tmp_path, caplog):
    user_folder.read(folder(tmp_path, ()))
    assert not caplog.records
