"""Folders of pictures with a coloured mask beside each: `<name>_image.png`, `<name>_gt.png`.

Such pairs are seen in the wild, at screen resolution and without a pixel size; they serve to try a
detector on. What the masks hold: see `instances.from_colours`.
"""

import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image

from tem_virus_dataset import image_file
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.exosome import instances
from tem_virus_dataset.image_file import UNREADABLE

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

    Where picture and mask differ by a pixel, both are cut at the right and at the bottom to what
    they have in common: which border the odd pixel lies at is not known.

    Raises:
      DatasetError: no pair there, a picture without mask or a mask without picture, a file that
        cannot be read, or sizes that differ by more.
    """
    paths = sorted(folder.glob(f"*{PICTURE}"))
    found: list[Pair] = []
    seen: dict[bytes, str] = {}
    for path in paths:
        name = path.name.removesuffix(PICTURE)
        image = image_file.gray(path.read_bytes(), str(path), REMEDY)
        mask = instances.from_colours(_colours(_mask_of(folder, name)))
        if np.abs(np.subtract(image.shape, mask.shape)).max() > OFF:
            (height, width), (high, wide) = image.shape, mask.shape
            raise DatasetError(
                f"{_mask_of(folder, name)}: {wide}x{high} pixels; expected {width}x{height} (or "
                f"{OFF} more or less), as {path.name} has. {REMEDY}"
            )
        height, width = np.minimum(image.shape, mask.shape)
        key = image.tobytes()
        image, mask = image[:height, :width], mask[:height, :width]
        found.append(Pair(name, path, image, mask, seen.get(key, "")))
        seen.setdefault(key, name)
    known = {_mask_of(folder, pair.name) for pair in found}
    alone = sorted(p for p in folder.glob(f"*{MASKS[0]}") if p not in known)
    if alone or not found:
        what = f"{alone[0]}: no picture beside it" if alone else f"{folder}: no *{PICTURE}"
        raise DatasetError(
            f"{what}; expected <name>{PICTURE} and <name>{MASKS[0]} side by side. "
            "Complete the folder, or name another."
        )
    return found


def _mask_of(folder: Path, name: str) -> Path:
    for suffix in MASKS:
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
    raise DatasetError(
        f"{folder / name}{PICTURE}: no mask beside it; expected {name}{MASKS[0]}. "
        "Complete the folder, or remove the picture."
    )


def _colours(path: Path) -> np.ndarray:
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except UNREADABLE as error:
        raise DatasetError(
            f"{path}: cannot be decoded ({error}); expected a mask in colours. {REMEDY}"
        ) from error
