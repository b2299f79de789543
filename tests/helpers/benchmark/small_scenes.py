"""Generated micrographs with boxes: discs and rings on a noisy background, of differing sizes.

As `Scenes`, as the .npz file that `benchmark.export` writes, as a YOLO label folder, as COCO files.
"""

import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from benchmark.detection import npz_file
from benchmark.detection.data import Scene, Scenes, checksum
from tem_virus_dataset.annotations import coco, write_yolo
from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.networks.boxes import centred, corners

CLASSES = ("disc", "ring")
COUNTS = {"train": 6, "validation": 3, "test": 3}
NM_PER_PIXEL = 2.0


def scene(name: str, dtype: type = np.uint8, particles: bool = True) -> Scene:
    """One micrograph of about 96x128 pixels; the name decides what is on it.

    Three to five particles, of both classes, brighter than the background; no two touch. One of
    them may reach past the left border, where its box is cut off.
    """
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    height, width = (int(side + 4 * rng.integers(-2, 3)) for side in (96, 128))
    y, x = np.mgrid[:height, :width] + 0.5  # the middle of each pixel
    bright = np.zeros((height, width), bool)
    boxes = np.zeros((rng.integers(3, 6) if particles else 0, 4))
    labels = np.arange(len(boxes)) % len(CLASSES)
    for number, place in enumerate(rng.permutation(6)[: len(boxes)]):
        row, column = divmod(place, 3)
        middle = np.array([(column + 0.5) * width / 3, (row + 0.5) * height / 2])
        radius = rng.uniform(8, 14)
        if number == column == 0:
            middle[0] = 4
        far = np.hypot(x - middle[0], y - middle[1])
        bright |= (far < radius) & ((far > radius - 4) | (labels[number] == 0))
        boxes[number] = [*(middle - radius), *(middle + radius)]
    counts = (60 + 120 * bright + rng.normal(0, 12, (height, width))).clip(0, 255)
    image = (counts * (1 if dtype == np.uint8 else 100)).astype(dtype)
    found = centred(boxes.clip(0, [width, height, width, height])).astype(np.float32)
    return Scene(name, image, found, labels.astype(np.int64), NM_PER_PIXEL)


def small_scenes(dtype: type = np.uint8) -> Scenes:
    """Six, three and three of them, one of train's without a particle; the same at every call."""
    splits = {
        split: [
            scene(f"{split}/Mixed/{number}", dtype, particles=(split, number) != ("train", 0))
            for number in range(count)
        ]
        for split, count in COUNTS.items()
    }
    digest = content_hash.content_hash({"what": checksum(splits)})  # another than the file's
    return Scenes("tem_virus/phantom_small_boxes", "1.0.0", CLASSES, digest, splits)


def write(path: Path, dtype: type = np.uint8) -> Path:
    """Write them to one file."""
    npz_file.write(small_scenes(dtype), path)
    return path


def annotated(folder: Path, dtype: type = np.uint8) -> Annotations:
    """Save the images, `folder/SPLIT/N.png`, and return their boxes."""
    pictures = []
    for split, several in small_scenes(dtype).splits.items():
        for number, one in enumerate(several):
            path = folder / split / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(one.image).save(path)
            height, width = one.image.shape
            boxes = tuple(map(tuple, corners(one.boxes.astype(np.float64)).tolist()))
            names = tuple(CLASSES[label] for label in one.labels)
            pictures.append(Annotated(path, width, height, boxes, names, split))
    return Annotations(tuple(pictures), CLASSES)


def write_yolo_folder(folder: Path, raw: Path, dtype: type = np.uint8) -> Path:
    """Write a YOLO label folder; `raw` is where the images are copied from."""
    write_yolo.write(annotated(raw, dtype), folder)
    return folder


def write_coco_folder(folder: Path, dtype: type = np.uint8) -> Path:
    """Write `SPLIT.json` for each split, and the images in a folder of the split's name."""
    found = annotated(folder, dtype)
    for split in COUNTS:
        chosen = tuple(one for one in found.pictures if one.split == split)
        coco.write(Annotations(chosen, CLASSES), folder / f"{split}.json")
    return folder
