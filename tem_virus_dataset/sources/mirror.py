"""The public 1 nm mirror of eleven classes: 701 real micrographs in the official splits.

`images/{train,valid,test}/<Class>_<stem>.jpg` are 1000x1000 windows of micrographs at 1 nm per
pixel, black outside the micrograph; `labels/.../<Class>_<stem>.txt` hold one YOLO box per particle.
The width of the black frame reveals the magnification and with it the class, so the frame is
removed. `REPOSITORY` is the public source.
"""

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.annotations import yolo_labels
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import download, listing, tree
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs.boxed_micrograph import BoxedMicrograph
from tem_virus_dataset.micrographs.job import Job, as_single_item
from tem_virus_dataset.micrographs.patch import Patch, cut
from tem_virus_dataset.sources.source import NotFoundError, Source

FOLDERS = {"train": "train", "validation": "valid", "test": "test"}
DARK = 8  # counts; a row with a lower mean is in the black frame
REPOSITORY = "https://github.com/deep-disease-detection/FasterRCNN_model"


def jobs(manual_dir: Path) -> list[Job]:
    """List the patches of every micrograph, one around each box, without reading an image.

    Args:
      manual_dir: folder with images/ and labels/, at any depth, or with a zip of it.

    Raises:
      DatasetError: no mirror there, an image without labels, or faulty labels.
    """
    return [
        dataclasses.replace(job, count=count, cut=_patches) for job, count in _listed(manual_dir)
    ]


def boxed(manual_dir: Path) -> list[Job]:
    """List every micrograph, as one item of class `BoxedMicrograph`; raises what `jobs` does."""
    return [job for job, _ in _listed(manual_dir)]


def _listed(manual_dir: Path) -> Iterator[tuple[Job, int]]:
    """List micrographs with their number of boxes."""
    places = tree.sources(manual_dir)
    mirror = tree.find_tree(places, "images/train")
    if mirror is None or not mirror.names("labels/train", ".txt"):
        raise NotFoundError(
            f"{manual_dir}: {tree.found(manual_dir)}, and no images/train with labels/train beside "
            "it; expected the "
            f"mirror of 701 micrographs. {MIRROR.how_to_get}"
        )
    listed = [
        (split, f"images/{folder}/{name}", f"labels/{folder}/{name.rpartition('.')[0]}.txt")
        for split, folder in FOLDERS.items()
        for name in mirror.names(f"images/{folder}", ".jpg")
    ]
    _check_names(mirror, [(image, labels) for _, image, labels in listed])
    for split, image, labels in listed:
        class_name, stem = _class_and_stem(image)
        files = (mirror.file(image), mirror.file(labels))
        label_boxes = yolo_labels.read(files[1].blob(), class_name, CLASSES)
        decode = functools.partial(_decode, class_name, stem)
        yield Job(split, class_name, stem, 1, files, decode, as_single_item), len(label_boxes)


def _class_and_stem(image: str) -> tuple[str, str]:
    class_name, _, stem = image.rpartition("/")[2].rpartition(".")[0].partition("_")
    return class_name, stem


def _check_names(mirror: tree.Tree, pairs: list[tuple[str, str]]) -> None:
    """Raise `DatasetError` for images of unknown classes, and for images without labels."""
    unknown = [image for image, _ in pairs if _class_and_stem(image)[0] not in CLASSES]
    if unknown:
        raise DatasetError(
            f"{mirror.where(unknown[0])}: no name of a micrograph{listing.such(unknown)}; expected "
            f"<Class>_<stem>.jpg with one of {', '.join(CLASSES)}. Remove what is of another class."
        )
    missing = [(labels, image) for image, labels in pairs if not mirror.has(labels)]
    if missing:
        labels, image = missing[0]
        raise DatasetError(
            f"{mirror.where(labels)}: missing{listing.such([name for name, _ in missing])}; "
            f"expected the boxes of {image}. Restore it, or remove the image if it is not of the "
            f"mirror. {MIRROR.how_to_get}"
        )


def visible_window(image: np.ndarray) -> tuple[int, int, int, int]:
    """Return the micrograph's rectangle x0, y0, x1, y1 (pixels, end exclusive) inside the frame.

    Sides next to the black frame are moved in by one pixel, which JPEG has darkened.
    """
    bounds = []
    for axis in (0, 1):
        length = image.shape[1 - axis]
        lit = np.flatnonzero(image.mean(axis=axis) > DARK)
        first, last = (int(lit[0]), int(lit[-1]) + 1) if lit.size else (0, length)
        bounds.append((first + (first > 0), last - (last < length)))
    (x0, x1), (y0, y1) = bounds
    return x0, y0, x1, y1


def _decode(class_name: str, stem: str, blobs: Sequence[Blob]) -> BoxedMicrograph:
    picture, labels = blobs
    image = image_file.gray(picture.data, picture.where)
    if image.max(initial=0) <= DARK:
        raise DatasetError(f"{picture.where}: all black; expected a micrograph. Restore the file.")
    x0, y0, x1, y1 = visible_window(image)
    height, width = image.shape
    inside = tuple(
        (x * width - x0, y * height - y0, w * width, h * height)
        for x, y, w, h in yolo_labels.read(labels, class_name, CLASSES)
    )
    return BoxedMicrograph(stem, image[y0:y1, x0:x1], inside, picture.where)


def _patches(micrograph: BoxedMicrograph) -> Iterator[Patch]:
    for number, (x, y, _, _) in enumerate(micrograph.boxes, start=1):
        name = f"{micrograph.stem}_{number}"
        yield Patch(name, cut(micrograph.image, x, y), micrograph.file)


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
CLASSES = tuple(EXPECTED)  # in the order of the label files' class index

MICROGRAPHS = facts.counts(
    # 418 / 141 / 142, as counted in the mirror itself.
    {
        "Adenovirus": (40, 13, 14),
        "Astrovirus": (46, 15, 15),
        "CCHF": (44, 15, 15),
        "Cowpox": (28, 10, 9),
        "Ebola": (28, 11, 9),
        "Marburg": (44, 14, 17),
        "Norovirus": (32, 11, 11),
        "Orf": (38, 13, 13),
        "Papilloma": (19, 6, 6),
        "Rift Valley": (77, 26, 26),
        "Rotavirus": (22, 7, 7),
    }
)

MIRROR = Source(
    name="mirror",
    how_to_get=(
        f"Take the zip of the repository {REPOSITORY} (Code, Download ZIP; a clone on Windows may "
        "change line ends); its folder FRCNN/Dataset/dataset-yolo holds images/ and labels/. Put "
        "it into the folder given as --manual-dir, or name it there."
    ),
    addresses=download.MIRROR,
    micrographs=boxed,
    shipped=True,
)
