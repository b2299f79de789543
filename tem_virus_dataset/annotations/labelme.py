"""LabelMe JSON: shapes in pixels, with the names of their classes.

Outlines of one label and one `group_id` are parts of one particle, as of one behind another; so
LabelMe's own `labelme2coco.py` takes them. Rectangles of a group stay apart: each is a box.
"""

import json
import math
from collections.abc import Hashable
from typing import Any

from tem_virus_dataset.annotations.boxes import (
    JOINED,
    OUTLINE,
    Corners,
    Drawing,
    Drawn,
    enclosing,
)
from tem_virus_dataset.annotations.folders import other_kinds
from tem_virus_dataset.annotations.folders.entries import class_name
from tem_virus_dataset.annotations.folders.faults import Fault
from tem_virus_dataset.files.tree import Blob

EXPECTED = "LabelMe's JSON with rectangles, polygons or circles in its `shapes`"
REMEDY = "Correct the file, or draw the shape again as a rectangle."
_POLYGONS = ("polygon", "rotation", "oriented_rectangle")
_NO_GROUP = (None, "", -1)  # LabelMe writes null; converters write the others, for every shape
_MASK = "mask"  # its first and its last pixel, and the mask itself, which is not needed


def draw(labels: Blob, width: int, height: int) -> Drawing:
    """Read the boxes of a JSON file: of polygons and circles, the enclosing box.

    Args:
      width, height: of the image, in pixels; a size in the file has to be the same.
    """
    drawing = Drawing()

    def refuse(found: str, kind: str) -> None:
        text = f"{labels.where}: {found}"
        drawing.faults.append(Fault(kind, labels.where, text, EXPECTED, REMEDY, "shape"))

    try:
        content: Any = json.loads(labels.data)
    except (ValueError, RecursionError) as error:
        refuse(f"cannot be read as JSON ({error})", "JSON")
        return drawing
    if not isinstance(content, dict) or not isinstance(content.get("shapes"), list):
        kind = other_kinds.of_json(content)
        expected, remedy = (EXPECTED, kind.remedy) if kind else (EXPECTED, REMEDY)
        text = f"{labels.where}: found {kind.name if kind else 'no list `shapes`'}"
        drawing.faults.append(Fault("no LabelMe", labels.where, text, expected, remedy, "file"))
        return drawing
    drawing.images.append(str(content.get("imagePath") or ""))
    stated = content.get("imageWidth") or width, content.get("imageHeight") or height
    if _differs(stated[0], width) or _differs(stated[1], height):
        text = (
            f"{labels.where}: an image of {stated[0]}x{stated[1]} pixels in it, {width}x{height} "
            "as file"
        )
        remedy = "Put the image that was annotated in its place, or annotate this one."
        drawing.faults.append(Fault("size", labels.where, text, "one size", remedy, "file"))
    drawn: dict[Hashable, Drawn] = {}
    for number, shape in enumerate(content["shapes"], start=1):
        try:
            name, corners = _box(shape)
            group = _group(shape)
            key = number if group is None else (name, group)
            box = drawn.setdefault(key, Drawn(name, corners, f"shape {number}"))
            joined = enclosing((box.corners[:2], box.corners[2:], corners[:2], corners[2:]))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
            refuse(f"shape {number}: {error}", str(error))
            continue
        drawing.counts[JOINED] += box.place != f"shape {number}"
        drawing.counts[OUTLINE] += _kind(shape) != "rectangle"
        drawn[key] = box._replace(corners=joined)
    for box in drawn.values():
        try:
            drawing.add(box, width, height)
        except ValueError as error:
            refuse(f"{box.place}: {error}", str(error))
    return drawing


def _kind(shape: dict[str, Any]) -> str:
    return str(shape.get("shape_type") or "polygon")


def _group(shape: dict[str, Any]) -> Any:
    """Return the group of an outline; None for what is a particle by itself."""
    group = shape.get("group_id")
    return None if group in _NO_GROUP or _kind(shape) not in ("polygon", _MASK) else group


def _box(shape: dict[str, Any]) -> tuple[str, Corners]:
    name, kind, points = shape["label"], _kind(shape), shape["points"]
    if isinstance(name, int | float):
        raise ValueError(f"a number as its label, {name}, not a text")
    if not isinstance(name, str) or not name.strip():
        raise ValueError("no `label`")
    name = class_name(name)
    if kind == "circle":
        (x, y), edge = points
        radius = math.dist((x, y), edge)
        return name, (x - radius, y - radius, x + radius, y + radius)
    if kind not in ("rectangle", _MASK, *_POLYGONS):
        raise ValueError(f"a {kind}, which has no box")
    x0, y0, x1, y1 = enclosing(points)
    return name, (x0, y0, x1 + 1, y1 + 1) if kind == _MASK else (x0, y0, x1, y1)


def _differs(stated: object, pixels: int) -> bool:
    """Return whether a stated size is another; some programs write it as a text."""
    try:
        return float(stated) != pixels  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return True
