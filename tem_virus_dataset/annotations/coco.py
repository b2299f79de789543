"""COCO JSON: `images`, `annotations` with `bbox` [x, y, width, height] in pixels, `categories`."""

import dataclasses
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tem_virus_dataset.annotations.annotated import (
    Annotated,
    Annotations,
    Corners,
    clip_box,
    size_of,
)
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic

REMEDY = "Correct the file, or export it again."


def read(path: Path, pictures: Path | None = None, split: str = "") -> Annotations:
    """Read the images that a JSON lists and their boxes, classes in the order of their ids.

    Outlines (`segmentation`) are not taken, and crowds (`iscrowd`) left out; both are counted.

    Args:
      images: folder that the files' names are relative to; without, that of the JSON.
      split: of the images, if any.

    Raises:
      DatasetError: broken JSON, something missing in it, an id given twice or unknown, a box of no
        size, not finite or wholly outside, an image that is missing or of another size.
    """
    content = _content(path)
    try:
        names = _by_id(content, "categories", "name")
        _by_id(content, "images", "file_name")
    except ValueError as error:
        raise _error(path, str(error)) from error
    blank = {
        image["id"]: _picture(path, pictures or path.parent, image, split)
        for image in content["images"]
    }
    boxes: dict[int, list[tuple[Corners, str]]] = {key: [] for key in blank}
    cut = crowds = outlines = 0
    for number, annotation in enumerate(content["annotations"]):
        try:
            key, class_name = _of(annotation, blank, names)
            if annotation.get("iscrowd"):
                crowds += 1
                continue
            x, y, width, height = (float(value) for value in annotation["bbox"])
            size = blank[key].width, blank[key].height
            corners, less = clip_box((x, y, x + width, y + height), *size)
        except (KeyError, TypeError, ValueError) as error:
            found = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise _error(path, f"annotation {_id(annotation, number)}: {found}") from error
        boxes[key].append((corners, class_name))
        cut += less
        outlines += bool(annotation.get("segmentation"))
    full = tuple(
        dataclasses.replace(
            picture, boxes=tuple(c for c, _ in boxes[key]), classes=tuple(n for _, n in boxes[key])
        )
        for key, picture in blank.items()
    )
    return Annotations(full, tuple(names[key] for key in sorted(names)), cut, crowds, outlines)


def _picture(path: Path, folder: Path, image: Mapping[str, Any], split: str) -> Annotated:
    """Return an image of the list, without boxes."""
    file = folder / image["file_name"]
    width, height = size_of(file)
    stated = image.get("width", width), image.get("height", height)
    if stated != (width, height):
        raise _error(
            path,
            f"image {image['file_name']} has {stated[0]}x{stated[1]} pixels in it, and "
            f"{width}x{height} as {file}",
        )
    return Annotated(file, width, height, (), (), split)


def _of(
    annotation: Mapping[str, Any], pictures: Mapping[int, Any], names: Mapping[int, str]
) -> tuple[int, str]:
    """Return the image's id and the class's name of an annotation."""
    image_id, category = annotation["image_id"], annotation["category_id"]
    if image_id not in pictures:
        raise ValueError(f"of image {image_id!r}, which is not listed")
    if category not in names:
        raise ValueError(f"of category {category!r}, which is not listed")
    return image_id, names[category]


def write(annotations: Annotations, path: Path) -> None:
    """Write a JSON, whole or not at all; the names of images are relative to its folder."""
    ids = {name: number for number, name in enumerate(annotations.classes, start=1)}
    images: list[dict[str, Any]] = []
    boxes: list[dict[str, Any]] = []
    for number, picture in enumerate(annotations.pictures, start=1):
        name = Path(os.path.relpath(picture.path, path.parent)).as_posix()
        size = {"width": picture.width, "height": picture.height}
        images.append({"id": number, "file_name": name, **size})
        for (x0, y0, x1, y1), class_name in zip(picture.boxes, picture.classes, strict=True):
            width, height = x1 - x0, y1 - y0
            boxes.append(
                {
                    "id": len(boxes) + 1,
                    "image_id": number,
                    "category_id": ids[class_name],
                    "bbox": [x0, y0, width, height],
                    "area": width * height,
                    "iscrowd": 0,
                }
            )
    categories = [{"id": number, "name": name} for name, number in ids.items()]
    content = {"images": images, "annotations": boxes, "categories": categories}
    with atomic.replacing(path) as out:
        out.write(json.dumps(content, indent=1, allow_nan=False).encode())


def _content(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _error(path, f"cannot be read as JSON ({error})") from error
    for key in ("images", "annotations", "categories"):
        entries = content.get(key) if isinstance(content, dict) else None
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            raise _error(path, f"no list `{key}`")
    if not content["images"]:
        raise _error(path, "no image")
    return content


def _by_id(content: Mapping[str, list[dict[str, Any]]], key: str, value: str) -> dict[Any, str]:
    """Return the values of a list by the ids in it."""
    values: dict[Any, str] = {}
    for number, entry in enumerate(content[key]):
        if not isinstance(entry.get("id"), int) or not isinstance(entry.get(value), str):
            raise ValueError(f"{key}, entry {_id(entry, number)}: no number `id`, or no `{value}`")
        if entry["id"] in values or entry[value] in values.values():
            raise ValueError(f"{key}, entry {_id(entry, number)}: there twice ({entry[value]})")
        values[entry["id"]] = entry[value]
    return values


def _id(entry: Mapping[str, Any], number: int) -> str:
    """Name an entry: by its id, else by its place."""
    return f"with id {entry['id']!r}" if "id" in entry else f"number {number + 1}"


def _error(path: Path, found: str) -> DatasetError:
    return DatasetError(
        f"{path}: {found}; expected COCO JSON with images, annotations and categories that "
        f"agree with the images. {REMEDY}"
    )
