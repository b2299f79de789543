"""Folders of pairs of an image and a coloured mask: `<name>_image.png`, `<name>_gt.png`.

Such pairs circulate at screen resolution and without a pixel size; a detector can be tested on
them. `instances.from_colours` defines the masks.
"""

import dataclasses
import io
from pathlib import Path

import numpy as np
from PIL import Image

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import listing, reader_error
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs import instances

PICTURE, MASKS = "_image.png", ("_gt.png", "_manual_gt.png")
OFF = 1  # pixels by which the sizes of image and mask may differ
REMEDY = "Restore the file."


@dataclasses.dataclass(frozen=True)
class Pair:
    """One image with its mask.

    Attributes:
      name: common beginning of both file names.
      path: of the image.
      image: (height, width) uint8 or uint16.
      mask: (height, width) uint16, 0 is background, any other value one exosome.
      same_as: name of an earlier pair with the identical image; "" for none.
    """

    name: str
    path: Path
    image: np.ndarray
    mask: np.ndarray
    same_as: str


def read(folder: Path) -> list[Pair]:
    """Read the pairs of a folder, in the order of their names.

    Raises:
      DatasetError: see `list_pairs` and `decode_pair`.
    """
    pairs: list[Pair] = []
    seen: dict[bytes, str] = {}
    for name, paths in list_pairs(folder).items():
        image, mask = decode_pair(*(Blob(path.read_bytes(), str(path)) for path in paths))
        key = image.tobytes()
        pairs.append(Pair(name, paths[0], image, mask, seen.get(key, "")))
        seen.setdefault(key, name)
    return pairs


def list_pairs(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Return the paths of image and mask of every pair, by name and sorted by name.

    Raises:
      DatasetError: no pair in the folder, an image without mask or a mask without image.
    """
    names = [
        path.name.removesuffix(PICTURE)
        for path in sorted(folder.glob(f"*{PICTURE}"))
        if path.is_file()
    ]
    masks = {name: _mask_of(folder, name) for name in names}
    bare = [f"{name}{PICTURE}" for name, mask in masks.items() if mask is None]
    if bare:
        raise DatasetError(
            f"{folder / bare[0]}: no mask beside it{listing.such(bare)}; expected "
            f"{bare[0].removesuffix(PICTURE)}{MASKS[0]}. Complete the folder, or remove the image."
        )
    pairs = {name: (folder / f"{name}{PICTURE}", mask) for name, mask in masks.items() if mask}
    known = {mask for _, mask in pairs.values()}
    alone = sorted(p for p in folder.glob(f"*{MASKS[0]}") if p not in known)
    if alone or not pairs:
        such = listing.such([path.name for path in alone])
        what = f"{alone[0]}: no image beside it{such}" if alone else f"{folder}: no *{PICTURE}"
        raise DatasetError(
            f"{what}; expected <name>{PICTURE} and <name>{MASKS[0]} side by side. "
            "Complete the folder, or name another."
        )
    return pairs


def decode_pair(picture: Blob, mask: Blob) -> tuple[np.ndarray, np.ndarray]:
    """Return image and instance mask, see `Pair`.

    Where their sizes differ by a pixel, both are cropped at the right and at the bottom to their
    common size: at which border the odd pixel lies is unknown.

    Raises:
      DatasetError: a file that cannot be decoded, or sizes that differ by more.
    """
    image = image_file.gray(picture.data, picture.where, REMEDY)
    instance_mask = instances.from_colours(_colours(mask))
    if np.abs(np.subtract(image.shape, instance_mask.shape)).max() > OFF:
        (height, width), (high, wide) = image.shape, instance_mask.shape
        raise DatasetError(
            f"{mask.where}: {wide}x{high} pixels; expected {width}x{height} (or {OFF} more or "
            f"less), as {picture.where} has. {REMEDY}"
        )
    height, width = np.minimum(image.shape, instance_mask.shape)
    return image[:height, :width], instance_mask[:height, :width]


def _mask_of(folder: Path, name: str) -> Path | None:
    masks = (folder / f"{name}{suffix}" for suffix in MASKS)
    return next((mask for mask in masks if mask.is_file()), None)


def _colours(mask: Blob) -> np.ndarray:
    try:
        with Image.open(io.BytesIO(mask.data), formats=image_file.FORMATS) as image:
            return np.asarray(image.convert("RGB"))
    except Exception as error:  # Pillow raises almost any kind on damaged files
        raise DatasetError(
            f"{mask.where}: cannot be decoded ({reader_error.reason(error)}); expected a "
            f"mask in colours. {REMEDY}"
        ) from error
