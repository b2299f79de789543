"""A user's own pictures, `folder:PATH`, laid out as `folder_layout` says.

PNG, TIFF or JPEG, gray, of 8 or 16 bits, all square and of one size: 256x256, or another multiple
of the recipe's side.
"""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tqdm
from PIL import Image

from benchmark import folder_layout
from benchmark.errors import BenchmarkError
from benchmark.folder_layout import Picture
from benchmark.patches import About, Data, Patches
from leaderboard.names import OWN, BadNameError, check_name
from tem_virus_dataset import content, facts, image_file
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.job import in_threads

PREFIX = f"{OWN}:"  # folder:PATH is the data set folder/NAME
REMEDY = "Save it anew as a gray picture of 8 or 16 bits, or take it out."


def path(data: str) -> Path:
    """Return the folder that `folder:PATH` names, absolute."""
    return Path(data.removeprefix(PREFIX)).expanduser().resolve()


def describe(root: Path) -> About:
    """Say what `read` would read, without opening a picture; raises what the layout alone tells."""
    return _about(root, folder_layout.pictures(root))


def read(root: Path) -> Data:
    """Read every picture; labels are alphabetical.

    Raises:
      BenchmarkError: the folder is not laid out so, a picture cannot be used, or two splits or
        classes show the same one. OSError: a file cannot be opened.
    """
    pictures = folder_layout.pictures(root)
    about = _about(root, pictures)
    images = _images(root.name, pictures)
    labels = np.array([about.classes.index(picture.class_name) for picture in pictures], np.int32)
    ids = np.array([picture.id for picture in pictures])
    digests = map(content.example_digest, labels.tolist(), images)
    digest = content.content_hash(dict(zip(ids.tolist(), digests, strict=True)))
    columns = (images, labels, ids, np.array(folder_layout.micrographs(pictures)))
    splits = {}
    for split in facts.SPLITS:
        chosen = np.array([picture.split == split for picture in pictures])
        splits[split] = Patches(*(values[chosen] for values in columns))
    return Data(about.dataset, about.version, about.classes, digest, splits)


def _about(root: Path, pictures: Sequence[Picture]) -> About:
    try:
        name = check_name(root.name, "folder")
    except BadNameError as error:
        raise BenchmarkError(f"{root}: {error}") from error
    classes = sorted({picture.class_name for picture in pictures})
    return About(f"{OWN}/{name}", folder_layout.version(pictures), tuple(classes))


def _images(name: str, pictures: Sequence[Picture]) -> np.ndarray:
    """Return (n, side, side, 1) uint8 where every count fits, else uint16."""
    images: list[np.ndarray] = []
    seen: dict[bytes, Picture] = {}
    twice = []
    decoded = in_threads(_decoded, pictures)
    with tqdm.tqdm(decoded, f"reading {name}", len(pictures), unit="picture", mininterval=1) as bar:
        for picture, (image, digest) in zip(pictures, bar, strict=True):
            images.append(_alike(picture.file, image, images, pictures[0].file))
            first = seen.setdefault(digest, picture)
            if first.folder != picture.folder:
                twice.append((first.file, picture.file))
    if twice:
        raise BenchmarkError(
            f"{twice[0][1]}: the same picture as {twice[0][0]}, as it is, turned or mirrored "
            f"({len(twice)} such in all); expected no picture in two splits or classes: its score "
            "would say nothing. Keep one of them."
        )
    small = all(image.dtype == np.uint8 for image in images)
    return np.stack(images).astype(np.uint8 if small else np.uint16, copy=False)[..., None]


def _decoded(picture: Picture) -> tuple[np.ndarray, bytes]:
    """Return (height, width) uint8 or uint16, and a digest that its eight views share."""
    file, data = picture.file, picture.file.read_bytes()
    try:
        image = image_file.gray(data, str(file), REMEDY)
    except DatasetError as error:
        raise BenchmarkError(str(error)) from error
    pages = _pages(data)
    if pages > 1:
        raise BenchmarkError(
            f"{file}: {pages} pictures in one file; expected one. Save each as a file of its own."
        )
    if (image == image[0, 0]).all():
        raise BenchmarkError(
            f"{file}: constant, all pixels {image[0, 0]}; expected a picture. Take it out."
        )
    if image.max() <= np.iinfo(np.uint8).max:
        image = image.astype(np.uint8)
    turned = (np.rot90(side, k) for side in (image, image.T) for k in range(4))
    first = min(np.ascontiguousarray(view, "<u2").tobytes() for view in turned)
    return image, hashlib.sha256(first).digest()


def _pages(data: bytes) -> int:
    try:
        with Image.open(io.BytesIO(data)) as image:
            return getattr(image, "n_frames", 1)
    except image_file.UNREADABLE:  # of what follows the first picture, which is whole
        return 1


def _alike(file: Path, image: np.ndarray, before: Sequence[np.ndarray], one: Path) -> np.ndarray:
    """Return a picture that is square, and of the size of the first one."""
    (height, width), wanted = image.shape, before[0].shape if before else image.shape[:1] * 2
    if image.shape != wanted:
        like = f"{wanted[1]}x{wanted[0]} as in {one}" if before else "a square such as 256x256"
        raise BenchmarkError(
            f"{file}: {width}x{height} pixels; expected {like}. Cut or rescale it, or take it out."
        )
    return image
