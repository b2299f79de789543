"""DM3 and DM4, the files of Gatan's DigitalMicrograph: their images by the tags that ncempy reads.

Why ncempy: it is maintained and its licence is MIT; that of rosettasciio is the GPL. Only its tags
are used. Its own choice of an image counts calibrations: a second image, a colour image and an
image without calibration go wrong there.
"""

import contextlib
import math
import re
import struct
import types
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures.axes import Axis, fault, statement
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import cut_off, unreadable

HEADS = types.MappingProxyType({3: ">4xII", 4: ">4xQI"})  # length of the tags, order of the bytes
LITTLE_ENDIAN = 1
OF_IMAGE = re.compile(r"\.ImageList\.(\d+)\.(Name|(?:ImageData|ImageTags)\..+)")
OF_THUMBNAIL = re.compile(r"\.Thumbnails\.\d+\.ImageIndex")
TYPES = types.MappingProxyType(
    {1: "<i2", 2: "<f4", 3: "<c8", 6: "u1", 7: "<i4", 9: "i1", 10: "<u2", 11: "<u4", 12: "<f8",
     13: "<c16", 14: "?", 23: "<u4", 39: "<i8", 40: "<u8"}
)  # fmt: skip
COLOUR = 23  # blue, green, red and alpha, a byte each
PACKED = (5, 27, 28)  # halves of Fourier transforms
MOST_AXES = 6
FORMAT = "ImageTags.Meta Data.Format"
IMAGING, OPERATION = (f"ImageTags.Microscope Info.{name} Mode" for name in ("Imaging", "Operation"))
SOURCE = "Gatan's tags"


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open a DM3 or DM4 file and list its images, with the thumbnail.

    Raises:
      DatasetError: the file is damaged, big-endian, or holds no image.
      OSError: it cannot be opened.
    """
    tags = _tags(path)
    images: dict[int, dict[str, Any]] = defaultdict(dict)
    for name, value in tags.items():
        if match := OF_IMAGE.fullmatch(name):
            images[int(match[1])][match[2].removeprefix("ImageData.")] = value
    thumbnails = {int(value) + 1 for name, value in tags.items() if OF_THUMBNAIL.fullmatch(name)}
    pictures = [
        _picture(path, index, image, is_reduced=index in thumbnails and len(images) > 1)
        for index, image in sorted(images.items())
        if "Data.arrayOffset" in image
    ]
    if not pictures:
        raise DatasetError(
            f"{path}: holds no image; expected a micrograph. Save it from DigitalMicrograph again, "
            "or leave the file out."
        )
    yield pictures


def _tags(path: Path) -> Mapping[str, Any]:
    """Return all tags by their names, such as ".ImageList.2.ImageData.DataType"."""
    with path.open("rb") as file:
        start = file.read(16)
        size = path.stat().st_size
        version = int.from_bytes(start[:4], "big")
        if version not in HEADS:
            raise DatasetError(
                f"{path}: starts with no header of DM3 or DM4; expected a file of Gatan's "
                "DigitalMicrograph. Leave the file out, or give it the suffix of its kind."
            )
        kind = f"DM{version}"
        head = struct.calcsize(HEADS[version])
        if len(start) < head:
            raise cut_off(path, kind, size, head)
        length, order = struct.unpack(HEADS[version], start[:head])
        if order != LITTLE_ENDIAN:
            raise DatasetError(
                f"{path}: {kind} in big-endian order, as on old Macintoshes; expected "
                "little-endian. Open it in DigitalMicrograph and save it again, or as TIFF."
            )
        from ncempy.io import dm  # takes seconds to import

        try:
            file.seek(0)
            with np.errstate(all="ignore"):  # its counters of tags are bytes, and overflow
                return dict(dm.fileDM(file, on_memory=False).allTags)
        except Exception as error:
            if size < length:
                raise cut_off(path, kind, size, length) from error
            raise unreadable(path, kind, error) from error


def _picture(path: Path, index: int, image: dict[str, Any], is_reduced: bool) -> Picture:
    name = f"image {index}"
    if isinstance(image.get("Name"), str) and image["Name"].isprintable() and image["Name"]:
        name += f" ({image['Name']})"
    try:
        offset, size, number, lengths, axes = _layout(image)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise unreadable(path, "DM", error) from error
    dtype = np.dtype(TYPES.get(number, f"V{size // max(math.prod(lengths), 1)}"))
    if offset + size > path.stat().st_size:
        raise cut_off(path, "DM", path.stat().st_size, offset + size)
    if number in TYPES and math.prod(lengths) * dtype.itemsize != size:
        raise DatasetError(
            f"{path}: {name} has {size} bytes; expected {'x'.join(map(str, lengths))} numbers of "
            f"{dtype.itemsize} bytes. The file is damaged: save it again from DigitalMicrograph."
        )
    kept = [i for i, length in enumerate(lengths) if length != 1]
    shape = tuple(lengths[i] for i in kept)
    remaining = [axes[i] for i in kept]
    is_colour = number == COLOUR
    unit = np.dtype(np.uint8) if is_colour else dtype
    return Picture(
        name=name,
        shape=shape,
        dtype=unit,
        pixels=lambda: _pixels(path, offset, dtype, shape, is_colour),
        statements=statement(remaining, SOURCE),
        channels=3 if is_colour else 1,
        is_reduced=is_reduced,
        not_a_micrograph=_of_type(number)
        or fault(shape, unit, remaining)
        or _diffraction(image, remaining),
    )


def _of_type(number: int) -> str:
    if number in PACKED:
        return "half of a Fourier transform"
    return "" if number in TYPES else f"values of Gatan's type {number}"


def _diffraction(image: dict[str, Any], axes: list[Axis]) -> str:
    """Return how the tags call a pattern without a calibration; "" for a micrograph.

    A length is believed before these tags: a scanning microscope is in a diffraction mode always.
    """
    if any(axis.unit.strip() for axis in axes):
        return ""
    imaging, operation = (str(image.get(name, "")).upper() for name in (IMAGING, OPERATION))
    is_scanning = not operation or "SCAN" in operation or "STEM" in operation
    is_pattern = "DIFFRACTION" in imaging and not is_scanning
    if is_pattern or "diffraction" in str(image.get(FORMAT, "")).lower():
        return "a diffraction pattern, as Gatan's tags say"
    return ""


def _layout(image: dict[str, Any]) -> tuple[int, int, int, list[int], list[Axis]]:
    """Return offset and size in bytes, type, and the axes, the slowest first."""
    lengths, axes = [], []
    for i in range(1, MOST_AXES + 1):
        if f"Dimensions.{i}" not in image:
            break
        lengths.append(int(image[f"Dimensions.{i}"]))
        prefix = f"Calibrations.Dimension.{i}"
        unit = image.get(f"{prefix}.Units", "")
        step = float(image.get(f"{prefix}.Scale", math.nan))
        axes.append(Axis(step, unit if isinstance(unit, str) else ""))
    if not lengths or min(lengths) < 1:
        raise ValueError(f"sides {lengths}")
    offset, size = int(image["Data.arrayOffset"]), int(image["Data.arraySize"])
    return offset, size, int(image["DataType"]), lengths[::-1], axes[::-1]


def _pixels(
    path: Path, offset: int, dtype: np.dtype, shape: tuple[int, ...], is_colour: bool
) -> NDArray:
    values = np.fromfile(path, dtype, math.prod(shape), offset=offset).reshape(shape)
    if not is_colour:
        return values
    return values.view(np.uint8).reshape(*shape, 4)[..., 2::-1]
