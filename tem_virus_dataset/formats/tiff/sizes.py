"""Pixel sizes that a TIFF page states: in tags of cameras and programs, in texts, as a resolution.

The tags: Olympus (SIS) 33560; Thermo Fisher, before FEI, 34680, 34682 and 34683; Zeiss 34118; TVIPS
37706; Gatan 65003 to 65010; AMT's text is in 270. The most trustworthy come first: cameras, then
texts that say a unit, last the resolution, which is meant for printers and holds 72 dots per inch
where nobody set it.
"""

import re
import types
from collections.abc import Iterator, Mapping
from typing import Any

import tifffile

from tem_virus_dataset.formats.pictures.axes import Axis, statement
from tem_virus_dataset.formats.pictures.picture import Statement
from tem_virus_dataset.formats.tiff import sizes_in_xml

RESOLUTION = 282, 283  # TIFF 6.0, section 8
UNITS = types.MappingProxyType({2: "inch", 3: "cm", 4: "mm", 5: "µm"})  # the last two: tifffile's
UNIT, INCH = 296, 2
INCHES = types.MappingProxyType({"inch": 1.0, "cm": 1 / 2.54, "mm": 1 / 25.4, "µm": 1 / 25400})
PRINTED, WHOLE = (50, 2400), 0.05  # dots per inch that printers and screens have: whole numbers
SIS, ZEISS, TVIPS = 33560, 34118, 37706
FEI_INI, FEI_XML = (34682, 34680), (34683, 65001)
LATIN = (b"\xc5", b"\xb5m")  # Å and µm in one byte a letter
GATAN_UNITS, GATAN_SCALES = (65003, 65004), (65009, 65010)
DESCRIPTION = 270
AMT = re.compile(  # pixels per unit, in lines or without any space between
    r"XpixCal\s*=\s*([0-9]+\.?[0-9]*)\s*YpixCal\s*=\s*([0-9]+\.?[0-9]*)\s*Unit\s*=\s*([^\W\d_]+)",
    re.I,
)
ZEISS_NAMES = ("ap_image_pixel_size", "ap_pixel_size")  # of the image; of the screen


def statements(file: tifffile.TiffFile, page: tifffile.TiffPage) -> tuple[Statement, ...]:
    """Return what a page states, the most trustworthy first; x and y as the image is stored."""
    return (
        *_sis(page), *_fei(page), *_gatan(page), *_tvips(page), *_zeiss(page),
        *_ome(file, page), *_imagej(file, page), *_amt(page), *_resolution(page),
    )  # fmt: skip


def _value(page: tifffile.TiffPage, code: int) -> Any:
    """Return the value of a tag; None where it is missing or damaged."""
    try:
        return page.tags.valueof(code)
    except Exception:  # of the library, on a tag that does not matter for the pixels
        return None


def _fields(page: tifffile.TiffPage, code: int) -> Mapping[str, Any]:
    value = _value(page, code)
    return value if isinstance(value, Mapping) else {}


def _word(value: Any) -> str:
    """Return a text; GMS also writes its units in two bytes a letter."""
    if isinstance(value, bytes):
        if value[1:2] == b"\0":
            value = value.decode("utf-16-le", "replace")
        else:
            value = value.decode("cp1252" if value.strip(b"\0") in LATIN else "utf-8", "replace")
    return str(value or "").strip("\0 ")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _pair(
    x: Any, y: Any, unit: str, source: str, unit_of_y: str = "", is_dots: bool = False
) -> Iterator[Statement]:
    """Yield a statement where both are numbers; y may be missing, and has the unit of x then."""
    sides = _number(x), _number(x if y is None else y)
    if sides[0] is None or sides[1] is None:
        return
    if is_dots and not (sides[0] > 0 and sides[1] > 0):
        return
    of_x, of_y = (1 / side if is_dots else side for side in sides if side is not None)
    axes = [Axis(of_y, unit if y is None else unit_of_y or unit), Axis(of_x, unit)]
    yield from statement(axes, source)


def _sis(page: tifffile.TiffPage) -> Iterator[Statement]:
    about = _fields(page, SIS)
    if "pixelsizex" in about:
        source = "the Olympus camera's tag"
        yield from _pair(about["pixelsizex"], about.get("pixelsizey"), "m", source)


def _fei(page: tifffile.TiffPage) -> Iterator[Statement]:
    for code in FEI_XML:
        yield from sizes_in_xml.of_fei(_value(page, code))
    for code in FEI_INI:
        stated = _width(_fields(page, code))
        if stated not in (None, page.imagewidth):
            continue  # the image was rescaled, or cut out
        for section in _fields(page, code).values():
            if isinstance(section, Mapping) and _number(section.get("PixelWidth")):
                sides = section["PixelWidth"], section.get("PixelHeight")
                yield from _pair(*sides, "m", "Thermo Fisher's tag")
                break  # a section has zeros of a beam that was not used


def _width(sections: Mapping[str, Any]) -> float | None:
    """Return the width of the image in pixels that the sections of a tag state, or None."""
    image = sections.get("Image")
    return _number(image.get("ResolutionX")) if isinstance(image, Mapping) else None


def _gatan(page: tifffile.TiffPage) -> Iterator[Statement]:
    x, y = (_value(page, code) for code in GATAN_SCALES)
    units = [_word(_value(page, code)) for code in GATAN_UNITS]
    if x is None or not units[0]:
        return
    yield from _pair(x, y, units[0], "Gatan's tags", units[1])


def _tvips(page: tifffile.TiffPage) -> Iterator[Statement]:
    about = _fields(page, TVIPS)
    if "PixelSizeX" in about:
        sides = about["PixelSizeX"], about.get("PixelSizeY")
        yield from _pair(*sides, "nm", "the TVIPS camera's tag")


def _zeiss(page: tifffile.TiffPage) -> Iterator[Statement]:
    about = _fields(page, ZEISS)
    for name in ZEISS_NAMES:
        field = about.get(name)
        if isinstance(field, tuple) and len(field) == 3:  # its name, the number, its unit
            yield from _pair(field[1], None, str(field[2]), "Zeiss's tag")
            return


def _ome(file: tifffile.TiffFile, page: tifffile.TiffPage) -> Iterator[Statement]:
    try:
        text = file.ome_metadata
    except Exception:  # of the library, on a text that does not matter for the pixels
        return
    yield from sizes_in_xml.of_ome(text, page.index, (page.imagewidth, page.imagelength))


def _imagej(file: tifffile.TiffFile, page: tifffile.TiffPage) -> Iterator[Statement]:
    try:  # the text is that of the first page: a later one beside it is of another program
        about = (file.imagej_metadata or {}) if page.index == 0 else {}
    except Exception:  # as above
        return
    unit = str(about.get("unit", "")).strip()
    dots = _dots(page)
    if not unit or dots is None or unit in ("pixel", "pixels"):
        return
    of_resolution = UNITS.get(_value(page, UNIT), "")
    if of_resolution and (unit == of_resolution or _is_printed(dots[0], of_resolution)):
        return  # the resolution states the same, or another program wrote its own
    of_y = str(about.get("yunit", "")).strip()
    yield from _pair(*dots, unit, "ImageJ's unit", of_y, is_dots=True)


def _amt(page: tifffile.TiffPage) -> Iterator[Statement]:
    if stated := AMT.search(_word(_value(page, DESCRIPTION))):
        dots = _number(stated[1]), _number(stated[2])
        yield from _pair(*dots, stated[3], "the AMT camera's text", is_dots=True)


def _is_printed(dots: float, unit: str) -> bool:
    """Say whether dots per inch or cm are those of printers and screens.

    ImageJ names neither beside a unit of its own. Programs for photographs keep its text, and
    write their 72 or 300 dots per inch: with the unit µm in the text these would be 14 or 3.3 nm.
    """
    per_inch = dots / INCHES[unit]
    is_whole = abs(per_inch - round(per_inch)) < WHOLE
    return is_whole and PRINTED[0] <= per_inch <= PRINTED[1]


def _resolution(page: tifffile.TiffPage) -> Iterator[Statement]:
    dots, unit = _dots(page), _value(page, UNIT)
    unit = INCH if unit is None else unit
    if dots is not None and unit in UNITS:
        yield from _pair(*dots, UNITS[unit], "the TIFF's resolution", is_dots=True)


def _dots(page: tifffile.TiffPage) -> tuple[float, float] | None:
    """Return pixels per unit in x and y, or None where they are missing, 0 or no numbers."""
    values = [_ratio(_value(page, code)) for code in RESOLUTION]
    x, y = values[0], values[1] if values[1] is not None else values[0]
    return (x, y) if x is not None and y is not None else None


def _ratio(value: Any) -> float | None:
    """Return the number of a tag: a ratio, or a fraction, which is a tuple of one."""
    if isinstance(value, tuple) and len(value) == 2:
        numerator, denominator = map(_number, value)
        return numerator / denominator if numerator and denominator else None
    if isinstance(value, tuple) and len(value) == 1:
        (value,) = value
    return _number(value) or None
