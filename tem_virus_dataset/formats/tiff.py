"""TIFF: the image, and its pixel size as cameras of microscopes, OME and ImageJ write it."""

import xml.etree.ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import tifffile
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.formats.pixel_size import PixelSize, stated

REMEDY = "Save it as gray TIFF of 8 or 16 bits, in which 0 is black."
UNITS = {2: "inch", 3: "cm"}  # of the resolution, TIFF 6.0, section 8
UNREADABLE = (tifffile.TiffFileError, ValueError, KeyError, IndexError, TypeError, RuntimeError)

Sides = tuple[float, float, str, str]  # x and y of a pixel, their unit, their source


def read(path: Path) -> tuple[NDArray, PixelSize | None]:
    """Return the only image of a file, (height, width), and the side of its pixels.

    A thumbnail, as some cameras add, does not count.

    Raises:
      DatasetError: the file is damaged, or holds several images.
      DatasetError: it has colours, or 0 is white. OSError: it cannot be opened.
    """
    try:
        with tifffile.TiffFile(path) as file:
            _check_one(file, path)
            size = next(filter(None, (stated(*sides, str(path)) for sides in _sides(file))), None)
            page = file.pages.first
            if page.dtype is not None and page.dtype.kind in "if" and page.samplesperpixel == 1:
                return page.asarray(), size
    except UNREADABLE as error:
        raise DatasetError(
            f"{path}: cannot be read as TIFF ({error}); expected an intact gray image. Copy it "
            f"again. {REMEDY}"
        ) from error
    return image_file.gray(path.read_bytes(), str(path), REMEDY), size


def _check_one(file: tifffile.TiffFile, path: Path) -> None:
    pages = sum(not page.is_reduced for page in map(file.pages.get, range(len(file.pages))))
    within = (file.imagej_metadata or {}).get("images", 1)  # ImageJ hides large stacks in one page
    if max(pages, within) > 1:
        raise DatasetError(
            f"{path}: found {max(pages, within)} images; expected one. A stack can be a tilt "
            "series, a movie or a volume: save the image that is meant as a file of its own."
        )


def _sides(file: tifffile.TiffFile) -> Iterator[Sides]:
    """Yield the pixel sizes that the file states, the most reliable first."""
    readers: tuple[Callable[[tifffile.TiffFile], Sides | None], ...]
    readers = (_sis, _tvips, _ome, _imagej, _resolution)
    yield from filter(None, (reader(file) for reader in readers))


def _sis(file: tifffile.TiffFile) -> Sides | None:
    about = file.sis_metadata or {}
    if "pixelsizex" not in about:
        return None
    return about["pixelsizex"], about["pixelsizey"], "m", "the Olympus camera's tag"


def _tvips(file: tifffile.TiffFile) -> Sides | None:
    about = file.tvips_metadata or {}
    if "PixelSizeX" not in about:
        return None
    return about["PixelSizeX"], about["PixelSizeY"], "nm", "the TVIPS camera's tag"


def _ome(file: tifffile.TiffFile) -> Sides | None:
    if not file.ome_metadata:
        return None
    for pixels in xml.etree.ElementTree.fromstring(file.ome_metadata).iter():
        if pixels.tag.endswith("}Pixels") and "PhysicalSizeX" in pixels.attrib:
            x = float(pixels.attrib["PhysicalSizeX"])
            y = float(pixels.attrib.get("PhysicalSizeY", x))
            return x, y, pixels.attrib.get("PhysicalSizeXUnit", "µm"), "OME's PhysicalSizeX"
    return None


def _imagej(file: tifffile.TiffFile) -> Sides | None:
    unit = str((file.imagej_metadata or {}).get("unit", ""))
    x, y = file.pages.first.resolution
    if not unit or not (x > 0 and y > 0):
        return None
    return 1 / x, 1 / y, unit.replace("\\u00B5", "µ"), "ImageJ's unit"


def _resolution(file: tifffile.TiffFile) -> Sides | None:
    page = file.pages.first
    x, y = page.resolution
    if page.resolutionunit not in UNITS or not (x > 0 and y > 0):
        return None
    return 1 / x, 1 / y, UNITS[page.resolutionunit], "the TIFF's resolution"
