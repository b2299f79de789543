"""The public 1 nm mirror of eleven classes: 701 real micrographs in the official splits.

`images/{train,valid,test}/<Class>_<stem>.jpg` are 1000x1000 windows of micrographs at 1 nm per
pixel, black outside the picture; `labels/.../<Class>_<stem>.txt` hold one YOLO box per particle.
The black frame tells the magnification and so the class: it is never shown to a model.
`PUBLISHED` says where they were found.
"""

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tem_virus_dataset import facts, image_file, tree
from tem_virus_dataset.audit.picture import Picture
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.patch import Job, Patch, cut

FOLDERS = {"train": "train", "validation": "valid", "test": "test"}
DARK = 8  # counts; a row whose mean is darker lies in the black frame
PUBLISHED = "https://github.com/deep-disease-detection/FasterRCNN_model"
HOW_TO_GET = (
    f"Take the repository {PUBLISHED} at commit 97704b9, as a clone or as a zip; its folder "
    "FRCNN/Dataset/dataset-yolo holds images/ and labels/. Put it into the folder given as "
    "--manual-dir, or name it there."
)


def jobs(manual_dir: Path) -> list[Job]:
    """List the patches of every micrograph from its label file, without reading a picture.

    Args:
      manual_dir: folder with images/ and labels/, at any depth, or with a zip of it.

    Raises:
      DatasetError: no mirror there, a picture without labels, or labels that cannot be read.
    """
    places = tree.sources(manual_dir)
    mirror = tree.find(places, "images/train")
    if mirror is None or not mirror.names("labels/train", ".txt"):
        raise DatasetError(
            f"{manual_dir}: found no images/train with labels/train beside it; expected the "
            f"mirror of 701 micrographs. {HOW_TO_GET}"
        )
    found = []
    for split, folder in FOLDERS.items():
        for name in mirror.names(f"images/{folder}", ".jpg"):
            class_name, _, stem = name.rpartition(".")[0].partition("_")
            labels = f"labels/{folder}/{class_name}_{stem}.txt"
            centres = _centres(mirror, labels)
            read = functools.partial(_read, mirror, f"images/{folder}/{name}", stem, centres)
            found.append(Job(split, class_name, stem, len(centres), read))
    return found


def pictures(manual_dir: Path) -> list[Picture]:
    """List the micrographs, whole as far as they are visible; raises what `jobs` does."""
    listed = jobs(manual_dir)
    mirror = tree.find(tree.sources(manual_dir), "images/train")
    assert mirror is not None  # or `jobs` had raised
    found = []
    for job in listed:
        file = f"images/{FOLDERS[job.split]}/{job.class_name}_{job.stem}.jpg"
        read = functools.partial(_visible, mirror, file)
        found.append(Picture(job.split, job.class_name, job.stem, read))
    return found


def visible_window(image: np.ndarray) -> tuple[int, int, int, int]:
    """Return the picture's rectangle x0, y0, x1, y1 (pixels, end exclusive) inside the frame.

    Sides that border on the black frame are moved in by one pixel, which the frame has darkened.
    """
    bounds = []
    for axis in (0, 1):
        length = image.shape[1 - axis]
        lit = np.flatnonzero(image.mean(axis=axis) > DARK)
        first, last = (int(lit[0]), int(lit[-1]) + 1) if lit.size else (0, length)
        bounds.append((first + (first > 0), last - (last < length)))
    (x0, x1), (y0, y1) = bounds
    return x0, y0, x1, y1


def _centres(mirror: tree.Tree, labels: str) -> tuple[tuple[float, float], ...]:
    """Centres of the boxes, as fractions of the picture's width and height."""
    centres = []
    text = mirror.read(labels).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            _, x, y, _, _ = (float(value) for value in line.split())
            if not (0 <= x <= 1 and 0 <= y <= 1):
                raise ValueError("centre outside the picture")
        except ValueError as error:
            raise DatasetError(
                f"{mirror.where(labels)}, line {number}: {line!r:.80} ({error}); expected "
                "`class x y width height` in fractions of the picture. Restore the file."
            ) from error
        centres.append((x, y))
    return tuple(centres)


def _visible(mirror: tree.Tree, file: str) -> np.ndarray:
    image = image_file.gray(mirror.read(file), mirror.where(file))
    x0, y0, x1, y1 = visible_window(image)
    return image[y0:y1, x0:x1]


def _read(
    mirror: tree.Tree, file: str, stem: str, centres: tuple[tuple[float, float], ...]
) -> Iterator[Patch]:
    where = mirror.where(file)
    image = image_file.gray(mirror.read(file), where)
    if image.max(initial=0) <= DARK:
        raise DatasetError(f"{where}: all black; expected a micrograph. Restore the file.")
    x0, y0, x1, y1 = visible_window(image)
    height, width = image.shape
    for number, (x, y) in enumerate(centres, start=1):
        patch = cut(image[y0:y1, x0:x1], x * width - x0, y * height - y0)
        yield Patch(f"{stem}_{number}", patch, where)


EXPECTED = facts.counts(
    # Patches = boxes, as counted in the mirror itself (commit 97704b9): 3075 / 1071 / 984.
    {
        "Adenovirus": (149, 42, 67),
        "Astrovirus": (266, 86, 66),
        "CCHF": (241, 86, 86),
        "Cowpox": (85, 26, 32),
        "Ebola": (36, 14, 13),
        "Marburg": (49, 15, 20),
        "Norovirus": (231, 103, 84),
        "Orf": (80, 35, 30),
        "Papilloma": (692, 227, 187),
        "Rift Valley": (1102, 395, 366),
        "Rotavirus": (144, 42, 33),
    }
)
