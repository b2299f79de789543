"""Boxes of COCO JSON: what an annotation draws, and corners in place of a place and a size."""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tem_virus_dataset.annotations import rle
from tem_virus_dataset.annotations.boxes import (
    BOXED_OUTLINE,
    CROWD,
    FEWEST,
    IGNORED,
    MASK,
    OUTLINE,
    PAST,
    ROTATED,
    Drawing,
    Drawn,
    are_corners,
    around,
    as_degrees,
    coco_bbox,
    turned,
)
from tem_virus_dataset.annotations.folders.faults import Fault

CORNERS, PLACE_AND_SIZE = 0, 1  # Detectron2's `bbox_mode`: x0, y0, x1, y1, and COCO's own
_SAME = 0.01  # of an area


def draw(
    drawing: Drawing, annotation: Mapping[str, Any], class_name: str, size: tuple[int, int]
) -> None:
    """Add the box of an annotation; raises `ValueError` or `TypeError` where it is none."""
    is_crowd = _is_set(annotation, "iscrowd")
    if is_crowd and not _is_mask_of_cvat(annotation):
        drawing.counts[CROWD] += 1
        return
    outline = annotation.get("segmentation") or ()
    if is_crowd and outline:  # a mask of CVAT, whose bbox ends a pixel early
        corners, remark = rle.enclosing(outline, *size), OUTLINE
    elif annotation.get("bbox") and not (outline and _is_blank(annotation["bbox"])):
        corners = _box(annotation)
        degrees = _rotation(annotation)
        corners = turned(corners, degrees)
        drawing.counts[ROTATED] += degrees % 180 != 0
        remark = BOXED_OUTLINE
    elif outline and isinstance(outline, dict):
        corners, remark = rle.enclosing(outline, *size), OUTLINE
    elif outline:
        corners, remark = around(outline), OUTLINE
    else:
        raise ValueError("'bbox' is missing" if "bbox" not in annotation else "an empty bbox")
    drawing.add(Drawn(class_name, corners), *size)
    drawing.counts[remark] += bool(outline)
    drawing.counts[MASK] += is_crowd
    drawing.counts[IGNORED] += _is_set(annotation, "ignore")


def corners(
    path: Path, annotations: Sequence[Mapping[str, Any]], sizes: Mapping[Hashable, tuple[int, int]]
) -> Iterator[Fault]:
    """Yield a fault where the boxes of a file seem to be two corners.

    Their shape tells it, or the areas beside them: these are those of the corners, all of them.
    """
    boxes, by_area = [], []
    for annotation in annotations:
        try:
            x, y, w, h = coco_bbox(annotation["bbox"])
            width, height = sizes[annotation["image_id"]]
        except (KeyError, TypeError, ValueError, OverflowError):
            continue  # a fault of its own
        if _mode(annotation) == PLACE_AND_SIZE:
            boxes.append((x / width, y / height, w / width, h / height))
            by_area.append(_is_area_of_corners(annotation, (x, y, w, h)))
    are_past = [x + w > 1 + PAST or y + h > 1 + PAST for x, y, w, h in boxes]
    is_told_by_area = len(boxes) >= FEWEST and all(by_area)
    if is_told_by_area or are_corners(boxes, are_past, share=1 / 2):
        found = f"{path}: {len(boxes)} boxes that look like two corners (x0, y0, x1, y1)"
        remedy = "Write x1 - x0 and y1 - y0 for the last two, or export it again."
        yield Fault("corners", str(path), found, "bbox: x, y, width, height", remedy, "file")


def _is_mask_of_cvat(annotation: Mapping[str, Any]) -> bool:
    """Return whether CVAT wrote a mask, as of its brush: it sets `iscrowd` of each.

    Its exporter, Datumaro, tells masks from polygons by this flag alone. CVAT alone states of each
    shape whether it is `occluded`; other programs write attributes, too.
    """
    is_mask = isinstance(annotation.get("segmentation"), Mapping)
    attributes = annotation.get("attributes")
    return is_mask and isinstance(attributes, Mapping) and "occluded" in attributes


def _is_blank(bbox: object) -> bool:
    """Return whether a bbox is what programs write that state an outline alone: four zeros."""
    return not any(coco_bbox(bbox))


def _is_set(annotation: Mapping[str, Any], name: str) -> bool:
    """Return whether a flag is set, which some programs write as a text."""
    return str(annotation.get(name) or 0).strip().casefold() not in ("", "0", "false")


def _box(annotation: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Return the corners of a bbox, which Detectron2 may write as such."""
    x, y, width, height = coco_bbox(annotation["bbox"])
    mode = _mode(annotation)
    if mode not in (CORNERS, PLACE_AND_SIZE):
        raise ValueError(f"a bbox_mode of {mode!r}, not {CORNERS} or {PLACE_AND_SIZE}")
    return (x, y, width, height) if mode == CORNERS else (x, y, x + width, y + height)


def _mode(annotation: Mapping[str, Any]) -> Any:
    stated = annotation.get("bbox_mode")
    return PLACE_AND_SIZE if stated is None else stated


def _is_area_of_corners(annotation: Mapping[str, Any], bbox: Sequence[float]) -> bool:
    """Return whether the stated area is that of two corners, and not that of COCO's bbox."""
    area, (x, y, w, h) = annotation.get("area"), bbox
    if not isinstance(area, int | float) or w <= x or h <= y:
        return False
    of_corners, of_size = (w - x) * (h - y), w * h
    return math.isclose(area, of_corners, rel_tol=_SAME) and not math.isclose(
        area, of_size, rel_tol=_SAME
    )


def _rotation(annotation: Mapping[str, Any]) -> float:
    """Return by how many degrees a box is turned, as CVAT states it beside the upright box."""
    attributes = annotation.get("attributes")
    stated = attributes.get("rotation") if isinstance(attributes, Mapping) else None
    return as_degrees(stated)
