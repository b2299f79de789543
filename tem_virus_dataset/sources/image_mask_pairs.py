"""Folders of pictures with a coloured mask beside each: `<name>_image.png`, `<name>_gt.png`.

Such pairs are seen in the wild, at screen resolution and without a pixel size; they serve to try a
detector on. What the masks hold: see `instances.from_colours`.
"""

import dataclasses
import io
from pathlib import Path

import numpy as np
from PIL import Image

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.formats.image_file import UNREADABLE
from tem_virus_dataset.micrographs import instances

PICTURE, MASKS = "_image.png", ("_gt.png", "_manual_gt.png")
OFF = 1  # pixels by which a mask may be smaller or larger than its picture
REMEDY = "Restore the file."


@dataclasses.dataclass(frozen=True)
class Pair:
    """One picture with its mask.

    Attributes:
      name: what both files' names begin with.
      path: of the picture.
      image: (height, width) uint8 or uint16.
      mask: (height, width) uint16, 0 is background, any other value one exosome.
      same_as: name of an earlier pair of the very same picture; "" for none.
    """

    name: str
    path: Path
    image: np.ndarray
    mask: np.ndarray
    same_as: str


def read(folder: Path) -> list[Pair]:
    """Read the pairs of a folder, in the order of their names.

    Raises:
      DatasetError: see `listed` and `decoded`.
    """
    found: list[Pair] = []
    seen: dict[bytes, str] = {}
    for name, paths in listed(folder).items():
        image, mask = decoded(*(Blob(path.read_bytes(), str(path)) for path in paths))
        key = image.tobytes()
        found.append(Pair(name, paths[0], image, mask, seen.get(key, "")))
        seen.setdefault(key, name)
    return found


def listed(folder: Path) -> dict[str, tuple[Path, Path]]:
    """Return picture and mask of every pair, by name and in the order of the names, unread.

    Raises:
      DatasetError: no pair there, a picture without mask or a mask without picture.
    """
    names = [path.name.removesuffix(PICTURE) for path in sorted(folder.glob(f"*{PICTURE}"))]
    found = {name: (folder / f"{name}{PICTURE}", _mask_of(folder, name)) for name in names}
    known = {mask for _, mask in found.values()}
    alone = sorted(p for p in folder.glob(f"*{MASKS[0]}") if p not in known)
    if alone or not found:
        what = f"{alone[0]}: no picture beside it" if alone else f"{folder}: no *{PICTURE}"
        raise DatasetError(
            f"{what}; expected <name>{PICTURE} and <name>{MASKS[0]} side by side. "
            "Complete the folder, or name another."
        )
    return found


def decoded(picture: Blob, mask: Blob) -> tuple[np.ndarray, np.ndarray]:
    """Return picture and instance mask, see `Pair`.

    Where they differ by a pixel, both are cut at the right and at the bottom to what they have in
    common: which border the odd pixel lies at is not known.

    Raises:
      DatasetError: a file that cannot be decoded, or sizes that differ by more.
    """
    image = image_file.gray(picture.data, picture.where, REMEDY)
    found = instances.from_colours(_colours(mask))
    if np.abs(np.subtract(image.shape, found.shape)).max() > OFF:
        (height, width), (high, wide) = image.shape, found.shape
        raise DatasetError(
            f"{mask.where}: {wide}x{high} pixels; expected {width}x{height} (or {OFF} more or "
            f"less), as {picture.where} has. {REMEDY}"
        )
    height, width = np.minimum(image.shape, found.shape)
    return image[:height, :width], found[:height, :width]


def _mask_of(folder: Path, name: str) -> Path:
    for suffix in MASKS:
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
    raise DatasetError(
        f"{folder / name}{PICTURE}: no mask beside it; expected {name}{MASKS[0]}. "
        "Complete the folder, or remove the picture."
    )


def _colours(mask: Blob) -> np.ndarray:
    try:
        with Image.open(io.BytesIO(mask.data)) as image:
            return np.asarray(image.convert("RGB"))
    except UNREADABLE as error:
        raise DatasetError(
            f"{mask.where}: cannot be decoded ({error}); expected a mask in colours. {REMEDY}"
        ) from error
