"""Pascal VOC XML: a box is four corners in pixels, with the name of its class.

roLabelImg adds rotated boxes: centre, width and height in pixels, and an angle in radians. CVAT
writes the corners before the rotation, and an attribute `rotation` in degrees beside them.
"""

import math
from xml.etree import ElementTree

from tem_virus_dataset.annotations.boxes import (
    DIFFICULT,
    ROTATED,
    Corners,
    Drawing,
    Drawn,
    as_degrees,
    as_number,
    turned,
)
from tem_virus_dataset.annotations.folders.entries import class_name
from tem_virus_dataset.annotations.folders.faults import Fault, counted
from tem_virus_dataset.files.tree import Blob

EXPECTED = (
    "Pascal VOC: <annotation> with <size> and <object> with <name> and <bndbox>, or <robndbox>"
)
REMEDY = "Correct the file, or export it again."
_TRUE = ("1", "true", "True")
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_ROTATED = ("cx", "cy", "w", "h", "angle")


def draw(labels: Blob, width: int, height: int) -> Drawing:
    """Read the boxes of an XML file; of rotated ones, the enclosing box.

    Args:
      width, height: of the image, in pixels; a size in the file has to be the same.
    """
    drawing = Drawing()

    def refuse(found: str, kind: str) -> None:
        text = f"{labels.where}: {found}"
        drawing.faults.append(Fault(kind, labels.where, text, EXPECTED, REMEDY, "object"))

    try:
        root = ElementTree.fromstring(labels.data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        refuse(f"cannot be read as XML ({error})", "XML")
        return drawing
    objects, size = root.findall("object"), root.find("size")
    if root.tag != "annotation" or (size is None and not objects):
        what = "without <size> and <object>" if root.tag == "annotation" else "in its place"
        refuse(f"found <{root.tag}> {what}", "no VOC")
        return drawing
    if (within := sum(1 for _ in root.iter("object")) - len(objects)) > 0:
        refuse(f"{counted(within, '<object>')} in another element, not in <annotation>", "nested")
    drawing.images.append(root.findtext("filename", ""))
    stated = root.findtext("size/width", ""), root.findtext("size/height", "")
    if _differs(stated[0], width) or _differs(stated[1], height):
        refuse(f"an image of {'x'.join(stated)} pixels in it, {width}x{height} as file", "size")
    for number, thing in enumerate(objects, start=1):
        name = class_name(thing.findtext("name", ""))
        is_rotated = thing.find("bndbox") is None and thing.find("robndbox") is not None
        try:
            if not name:
                raise ValueError("no <name>")
            degrees = 0.0 if is_rotated else _rotation(thing)
            corners = _rotated(thing) if is_rotated else turned(_upright(thing), degrees)
            drawing.add(Drawn(name, corners, f"object {number}"), width, height)
            drawing.counts[ROTATED] += is_rotated or degrees % 180 != 0
            drawing.counts[DIFFICULT] += thing.findtext("difficult", "").strip() in _TRUE
        except ValueError as error:
            refuse(f"object {number} ({name}): {error}", str(error))
    return drawing


def _upright(thing: ElementTree.Element) -> Corners:
    x0, y0, x1, y1 = _numbers(thing, "bndbox", _CORNERS)
    return x0, y0, x1, y1


def _rotation(thing: ElementTree.Element) -> float:
    """Return by how many degrees a box of CVAT is rotated."""
    for attribute in thing.iterfind("attributes/attribute"):
        if attribute.findtext("name", "").strip() == "rotation":
            return as_degrees(attribute.findtext("value", "").strip())
    return 0.0


def _rotated(thing: ElementTree.Element) -> Corners:
    """Return the box around a rotated one."""
    x, y, width, height, angle = _numbers(thing, "robndbox", _ROTATED)
    if abs(angle) > 2 * math.pi:
        raise ValueError(f"an angle of {angle:g} in place of radians")
    corners = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    return turned(corners, math.degrees(angle))


def _numbers(thing: ElementTree.Element, parent: str, names: tuple[str, ...]) -> list[float]:
    if (number := len(thing.findall(parent))) > 1:
        raise ValueError(f"{number} times <{parent}>, of which only one would be read")
    texts = [thing.findtext(f"{parent}/{name}", "") for name in names]
    if not all(texts):
        raise ValueError(f"no whole <{parent}>")
    return [as_number(text) for text in texts]


def _differs(text: str, pixels: int) -> bool:
    """Return whether a size is stated and another; programs write 0 where they do not know it."""
    try:
        return float(text) > 0 and float(text) != pixels
    except ValueError:
        return False
