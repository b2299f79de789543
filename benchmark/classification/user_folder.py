"""A user's own patches, `folder:PATH`, laid out as `user_folder_layout` says.

Every image file that `tem_virus_dataset.formats` reads, all square and of one size: 256x256, or
another multiple of the recipe's `image_size`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tqdm

from benchmark.classification import user_folder_layout
from benchmark.classification.data import Data, Patches
from benchmark.classification.user_folder_layout import Picture
from benchmark.data import user_image
from benchmark.data.address import About
from benchmark.errors import BenchmarkError
from leaderboard.files.names import OWN, BadNameError, check_name
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.files.threads import in_threads


def describe(root: Path) -> About:
    """Describe what `read` would read without opening a file; raises what `images` raises."""
    return _about(root, user_folder_layout.pictures(root))


def read(root: Path) -> Data:
    """Read every image; labels are in alphabetical order of the classes.

    Raises:
      BenchmarkError: the folder is laid out otherwise, an image cannot be used, or lies in two
        splits or classes. OSError: a file cannot be opened.
    """
    pictures = user_folder_layout.pictures(root)
    about = _about(root, pictures)
    images = _images(root.name, pictures)
    labels = np.array([about.classes.index(picture.class_name) for picture in pictures], np.int32)
    ids = np.array([picture.id for picture in pictures])
    digests = map(content_hash.example_digest, labels.tolist(), images)
    digest = content_hash.content_hash(dict(zip(ids.tolist(), digests, strict=True)))
    columns = (images, labels, ids, np.array(user_folder_layout.micrographs(pictures)))
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
    return About(f"{OWN}/{name}", user_folder_layout.version(pictures), tuple(classes))


def _images(name: str, pictures: Sequence[Picture]) -> np.ndarray:
    """Return (n, side, side, 1) uint8 where every count fits, else uint16."""
    images: list[np.ndarray] = []
    decoded = in_threads(lambda picture: user_image.decoded(picture.file), pictures)
    places = []
    with tqdm.tqdm(
        decoded, f"reading {name}", len(pictures), unit="image", mininterval=1, disable=None
    ) as bar:
        for picture, (image, digest) in zip(pictures, bar, strict=True):
            images.append(_checked_size(picture.file, image, images, pictures[0].file))
            places.append((picture.file, picture.folder, digest))
    user_image.check_places(places, "splits or classes")
    small = all(image.dtype == np.uint8 for image in images)
    return np.stack(images).astype(np.uint8 if small else np.uint16, copy=False)[..., None]


def _checked_size(
    file: Path, image: np.ndarray, before: Sequence[np.ndarray], first: Path
) -> np.ndarray:
    """Return an image that is square, and of the size of the first image."""
    (height, width), wanted = image.shape, before[0].shape if before else image.shape[:1] * 2
    if image.shape != wanted:
        like = f"{wanted[1]}x{wanted[0]} as in {first}" if before else "a square such as 256x256"
        raise BenchmarkError(
            f"{file}: {width}x{height} pixels; expected {like}. Cut or rescale it, or take it out."
        )
    return image
