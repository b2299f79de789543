"""Pixel sizes in XML: of OME, and of FEI, now Thermo Fisher."""

import xml.etree.ElementTree
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from tem_virus_dataset.formats.pictures.axes import Axis, statement
from tem_virus_dataset.formats.pictures.picture import Statement

OME, FEI = "OME's PhysicalSizeX", "Thermo Fisher's XML"
X_NAMES = ("pixelwidth", "pixelsizex", "pixelsizewidth")
Y_NAMES = ("pixelheight", "pixelsizey", "pixelsizeheight")
LONGEST = 1 << 24  # characters


def _root(text: Any) -> Element | None:
    """Return the root of a text or its bytes; None where it is no XML."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if not isinstance(text, str) or "<" not in text or len(text) > LONGEST:
        return None
    try:
        return xml.etree.ElementTree.fromstring(text.strip("\0 \r\n\t\ufeff"))
    except (xml.etree.ElementTree.ParseError, ValueError):
        return None


def of_ome(text: Any, index: int, sides: tuple[int, int]) -> Iterator[Statement]:
    """Yield the size of a page.

    Of several images in the text the one counts that names the page, or has its width and height.

    Args:
      text: OME-XML; index: of the page; sides: its width and height.
    """
    root = _root(text)
    if root is None:
        return
    images = [pixels for pixels in root.iter() if _name(pixels) == "pixels"]
    fitting = [pixels for pixels in images if _sides(pixels) in (sides, None)]
    naming = [pixels for pixels in fitting if index in _pages(pixels)]
    for pixels in (naming or fitting)[:1]:
        x, y = _float(pixels.get("PhysicalSizeX")), _float(pixels.get("PhysicalSizeY"))
        if x is None:
            return
        unit = pixels.get("PhysicalSizeXUnit")
        y_unit = pixels.get("PhysicalSizeYUnit", unit)
        if unit is None and x == 1:  # what programs write that know no size
            unit = y_unit = ""
        unit = "µm" if unit is None else unit
        of_y = Axis(x, unit) if y is None else Axis(y, unit if y_unit is None else y_unit)
        yield from statement([of_y, Axis(x, unit)], OME)


def _sides(pixels: Element) -> tuple[int, int] | None:
    x, y = _float(pixels.get("SizeX")), _float(pixels.get("SizeY"))
    return (int(x), int(y)) if x is not None and y is not None else None


def _pages(pixels: Element) -> set[int]:
    """Return the pages whose planes an OME image has, as far as it lists them."""
    listed = [node.get("IFD") for node in pixels if _name(node) == "tiffdata"]
    numbers = [_float(number) for number in listed if number is not None]
    return {int(number) for number in numbers if number is not None}


def of_fei(text: Any) -> Iterator[Statement]:
    """Yield the sizes in FEI's XML.

    They are met as `<pixelWidth unit="m">`, as X and Y within `<PixelSize>`, and as a label with
    its value and perhaps its unit. Their unit is the metre where they name none.
    """
    root = _root(text)
    if root is None:
        return
    found: dict[str, tuple[float, str]] = {}
    for parent in root.iter():
        label = ""
        beside = next((node.text or "" for node in parent if _name(node) == "unit"), "").strip()
        for node in parent:
            name = _name(node)
            if name == "label":
                label = _key(node.text or "")
            value, unit = _float(node.text), node.get("unit") or node.get("Unit")
            if value is None:
                continue
            key = label if name == "value" else _key(node.get("name") or node.get("Name") or name)
            if _name(parent) == "pixelsize" and key in ("x", "y", "width", "height"):
                key = f"pixelsize{key}"
            found.setdefault(key, (value, unit or beside or "m"))
    x = next((found[name] for name in X_NAMES if name in found), None)
    y = next((found[name] for name in Y_NAMES if name in found), x)
    if x is not None and y is not None:
        unit = x[1] if x[1] == y[1] else f"{x[1]} and {y[1]}"
        yield Statement(x[0], y[0], unit, FEI)


def _name(node: Element) -> str:
    """Return a tag's name without its namespace, in small letters."""
    return node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""


def _key(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _float(text: str | None) -> float | None:
    try:
        value = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) != float("inf") and value == value else None
