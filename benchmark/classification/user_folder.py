"""A user's own patches, `folder:PATH`, laid out as `user_folder_layout` says.

Every image file that `tem_virus_dataset.formats` reads, all square and of one size: 256x256, or
another multiple of the recipe's `image_size`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmark.classification import user_folder_layout
from benchmark.classification.data import Data, Patches, digest
from benchmark.data import one_scale, patch_micrographs, pixel_sizes, user_image
from benchmark.data.address import About
from benchmark.data.patch_micrographs import Picture
from benchmark.data.pixel_sizes import PixelSizes
from benchmark.errors import BenchmarkError
from leaderboard.files.names import OWN, BadNameError, check_name
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.files import progress
from tem_virus_dataset.files.threads import in_threads


def describe(root: Path, nm_per_pixel: float | None = None) -> About:
    """Describe what `read` would read, without reading pixels; raises what `read` raises."""
    pictures = user_folder_layout.pictures(root)
    return _about(root, pictures, _sizes(root, pictures, nm_per_pixel))


def notice(root: Path, nm_per_pixel: float | None = None) -> str:
    """Return what the folder holds, its pixel sizes, and how patches are brought to one scale."""
    sizes = _sizes(root, user_folder_layout.pictures(root), nm_per_pixel)
    return f"{user_folder_layout.notice(root)}; {sizes.notice}{one_scale.notice(sizes.nm)}"


def read(root: Path, nm_per_pixel: float | None = None) -> Data:
    """Read every image; labels are in alphabetical order of the classes.

    Patches of several pixel sizes are brought to the smallest one, see `one_scale`.

    Args:
      nm_per_pixel: of all images, from the user; None takes what is known, see `pixel_sizes`.

    Raises:
      BenchmarkError: the folder is laid out otherwise, an image cannot be used, or lies in two
        splits or classes. OSError: a file cannot be opened.
    """
    pictures = user_folder_layout.pictures(root)
    sizes = _sizes(root, pictures, nm_per_pixel)
    about = _about(root, pictures, sizes)
    images, size = _images(root.name, pictures, sizes), one_scale.finest(sizes.nm)
    labels = np.array([about.classes.index(picture.class_name) for picture in pictures], np.int32)
    ids = np.array([picture.id for picture in pictures])
    digests = (digest(*row, size) for row in zip(labels.tolist(), images, strict=True))
    of_all = content_hash.content_hash(dict(zip(ids.tolist(), digests, strict=True)))
    columns = (images, labels, ids, np.array(patch_micrographs.micrographs(pictures)))
    splits = {}
    for split in facts.SPLITS:
        chosen = np.array([picture.split == split for picture in pictures])
        splits[split] = Patches(*(values[chosen] for values in columns))
    return Data(about.dataset, about.version, about.classes, of_all, splits, size)


def _sizes(root: Path, pictures: Sequence[Picture], given: float | None) -> PixelSizes:
    return pixel_sizes.of_folder(root, [picture.file for picture in pictures], given)


def _about(root: Path, pictures: Sequence[Picture], sizes: PixelSizes) -> About:
    try:
        name = check_name(root.name, "folder")
    except BadNameError as error:
        raise BenchmarkError(f"{root}: {error}") from error
    classes = sorted({picture.class_name for picture in pictures})
    return About(f"{OWN}/{name}", user_folder_layout.version(pictures, sizes.nm), tuple(classes))


def _images(name: str, pictures: Sequence[Picture], sizes: PixelSizes) -> np.ndarray:
    """Return (n, side, side, 1) uint8 where every count fits, else uint16."""
    images: list[np.ndarray] = []
    decoded = in_threads(lambda picture: user_image.decoded(picture.file), pictures)
    places, finest = [], one_scale.finest(sizes.nm)
    with progress.bar(
        decoded, f"reading {name}", len(pictures), unit="image", mininterval=1
    ) as bar:
        for picture, (image, digest) in zip(pictures, bar, strict=True):
            checked = _checked_size(picture.file, image, images, pictures[0].file)
            images.append(one_scale.rescaled(checked, sizes.of(picture.file), finest))
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
