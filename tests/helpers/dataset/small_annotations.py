"""Small images with two boxes, as a YOLO folder in each layout; folders divided into splits."""

import numpy as np
import small_archive

WIDTH, HEIGHT = 80, 50
LINES = "1 0.5 0.4 0.25 0.2\n\n0 0.05 0.5 0.2 0.4\n"  # the second reaches past the left border
BOXES = ((30, 15, 50, 25), (0, 15, 12, 35))
LAYOUTS = {
    "images and labels, divided": ("images/{}/a.png", "labels/{}/a.txt", ""),
    "divided, images and labels": ("{}/images/a.tif", "{}/labels/a.txt", ""),
    "not divided": ("images/a.jpg", "labels/a.txt", "labels/"),
    "side by side": ("a.JPG", "a.txt", ""),
}


def picture(path, size=(HEIGHT, WIDTH)):
    """Write a black image."""
    small_archive.save(path, np.zeros(size, np.uint8))
    return path


def layout(folder, name="images and labels, divided", names="virus\nexosome\n", lines=LINES):
    """One labelled image in train and one without labels in valid, where they are divided."""
    image, labels, beside = LAYOUTS[name]
    for split in ("train", "valid") if "{}" in image else ("",):
        picture(folder / image.format(split))
        (folder / labels.format(split)).parent.mkdir(parents=True, exist_ok=True)
    small_archive.text(folder / labels.format("train"), lines)
    if names:
        small_archive.text(folder / f"{beside}classes.txt", names)
    return folder


SPLITS = ("train", "validation", "test")
STEMS = dict(zip(SPLITS, "abc", strict=True))


def divided(
    folder,
    images="images/{}/{}.png",
    labels="labels/{}/{}.txt",
    lines=LINES,
    names="virus\nexosome\n",
    splits=SPLITS,
):
    """One labelled image in each split: a, b and c; `splits` are the names of the folders."""
    for split, stem in zip(splits, STEMS.values(), strict=True):
        picture(folder / images.format(split, stem))
        small_archive.text(folder / labels.format(split, stem), lines)
    if names:
        small_archive.text(folder / "classes.txt", names)
    return folder
