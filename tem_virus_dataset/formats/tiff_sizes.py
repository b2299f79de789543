"""The size of a pixel in a TIFF file: where cameras, microscopes, OME and ImageJ write it.

Sources: Olympus (SIS), TVIPS, FEI and Zeiss as tifffile knows their tags; FEI's Titan by
ome/bioformats#1942; Gatan's DigitalMicrograph by hyperspy/hyperspy#1043; OME's schema of 2016.
"""

import re
import xml.etree.ElementTree
from collections.abc import Callable, Iterator
from typing import Any

import tifffile

from tem_virus_dataset.formats.pictures.picture import Statement

SIS, TVIPS, FEI, FEI_HELIOS, TITAN, ZEISS = 33560, 37706, 34680, 34682, 34683, 34118
GATAN_UNITS, GATAN_SIDES = (65003, 65004), (65009, 65010)
RESOLUTION_UNITS = {2: "inch", 3: "cm"}  # TIFF 6.0, section 8
NUMBER = r"([-+0-9.,eE]+)"
TITAN_SIDES = tuple(
    re.compile(pattern, re.I | re.S)
    for pattern in (
        rf"<pixelWidth(?:\s+unit=\"(\w+)\")?>\s*{NUMBER}\s*</pixelWidth>.*?"
        rf"<pixelHeight[^>]*>\s*{NUMBER}\s*</pixelHeight>",
        rf"<PixelSize()>\s*<X[^>]*>\s*{NUMBER}\s*</X>\s*<Y[^>]*>\s*{NUMBER}\s*</Y>",
    )
)
ZEISS_SIDE = re.compile(rf"AP_IMAGE_PIXEL_SIZE\s+Image Pixel Size\s*=\s*{NUMBER}\s*(\S+)")

Source = Callable[[tifffile.TiffPage], Statement | None]


def of_page(page: tifffile.TiffPage) -> Iterator[Statement]:
    """Yield what the tags of a page state, the most trustworthy first."""
    for source in (_sis, _tvips, _fei, _titan, _zeiss, _gatan):
        try:
            statement = source(page)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            continue  # a tag that is not as its camera writes it
        if statement:
            yield statement


def of_file(file: tifffile.TiffFile) -> tuple[Statement, ...]:
    """Return what OME and ImageJ state for all pages of a file."""
    return tuple(statement for statement in (_ome(file), _imagej(file)) if statement)


def resolution(page: tifffile.TiffPage) -> tuple[Statement, ...]:
    """Return the resolution of a page, which is mostly meant for printers."""
    if not {"XResolution", "YResolution"} <= {tag.name for tag in page.tags}:
        return ()
    sides = _inverse(page)
    unit = RESOLUTION_UNITS.get(int(page.resolutionunit), "")
    return (Statement(*sides, unit, "the TIFF's resolution"),) if sides and unit else ()


def _inverse(page: tifffile.TiffPage) -> tuple[float, float] | None:
    x, y = page.resolution
    return (1 / x, 1 / y) if x > 0 and y > 0 else None


def _value(page: tifffile.TiffPage, code: int) -> Any:
    tag = page.tags.get(code)
    return None if tag is None else tag.value


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _sis(page: tifffile.TiffPage) -> Statement | None:
    about = _value(page, SIS)
    if not isinstance(about, dict) or "pixelsizex" not in about:
        return None
    x, y = float(about["pixelsizex"]), float(about["pixelsizey"])
    return Statement(x, y, "m", "the Olympus camera's tag")


def _tvips(page: tifffile.TiffPage) -> Statement | None:
    about = _value(page, TVIPS)
    if not isinstance(about, dict) or "PixelSizeX" not in about:
        return None
    x, y = float(about["PixelSizeX"]), float(about["PixelSizeY"])
    return Statement(x, y, "nm", "the TVIPS camera's tag")


def _fei(page: tifffile.TiffPage) -> Statement | None:
    for code in (FEI, FEI_HELIOS):
        about = _value(page, code)
        if isinstance(about, dict):
            for section in ("Scan", "EScan", "Image", "PrivateFei"):
                sides = about.get(section, {})
                if "PixelWidth" in sides:
                    x, y = float(sides["PixelWidth"]), float(sides["PixelHeight"])
                    return Statement(x, y, "m", "FEI's tag")
    return None


def _titan(page: tifffile.TiffPage) -> Statement | None:
    text = _text(_value(page, TITAN))
    for pattern in TITAN_SIDES:
        if match := pattern.search(text):
            unit, x, y = match.groups()
            return Statement(float(x), float(y), unit or "m", "FEI's XML")
    return None


def _zeiss(page: tifffile.TiffPage) -> Statement | None:
    value = _value(page, ZEISS)
    if isinstance(value, dict):
        for name in ("ap_image_pixel_size", "ap_pixel_size"):
            if name in value:
                _, side, unit = value[name]
                return Statement(float(side), float(side), str(unit), "Zeiss's tag")
    match = ZEISS_SIDE.search(_text(value))
    if match is None:
        return None
    side = float(match[1].replace(",", "."))
    return Statement(side, side, match[2], "Zeiss's tag")


def _gatan(page: tifffile.TiffPage) -> Statement | None:
    x, y = (_value(page, code) for code in GATAN_SIDES)
    units = [_text(_value(page, code)).strip("\0 ") for code in GATAN_UNITS]
    if x is None or not units[0]:
        return None
    return Statement(float(x), float(x if y is None else y), units[0], "Gatan's tags")


def _ome(file: tifffile.TiffFile) -> Statement | None:
    if not file.ome_metadata:
        return None
    try:
        root = xml.etree.ElementTree.fromstring(file.ome_metadata)
    except xml.etree.ElementTree.ParseError:
        return None
    for pixels in root.iter():
        if pixels.tag.rpartition("}")[2] == "Pixels" and "PhysicalSizeX" in pixels.attrib:
            x = float(pixels.attrib["PhysicalSizeX"])
            y = float(pixels.attrib.get("PhysicalSizeY", x))
            unit = pixels.attrib.get("PhysicalSizeXUnit", "µm")
            return Statement(x, y, unit, "OME's PhysicalSizeX")
    return None


def _imagej(file: tifffile.TiffFile) -> Statement | None:
    unit = str((file.imagej_metadata or {}).get("unit", "")).strip()
    sides = _inverse(file.pages.first) if unit else None
    return Statement(*sides, unit, "ImageJ's unit") if sides else None
