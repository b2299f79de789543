"""COCO JSON: `images`, `annotations` with `bbox` [x, y, width, height] in pixels, `categories`."""

import collections
import filecmp
import json
import os
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tem_virus_dataset.annotations import class_names, coco_boxes
from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.annotations.boxes import Drawing, drawn_once
from tem_virus_dataset.annotations.folders import entries, images, other_kinds
from tem_virus_dataset.annotations.folders.faults import Fault, counted, refuse
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic

EXPECTED = "COCO JSON with images, annotations and categories that agree with the images"
REMEDY = "Correct the file, or export it again."
_VIA = "VGG Image Annotator"  # in its description of what it exports


def read(path: Path, pictures: Path | Sequence[Path] = (), split: str = "") -> Annotations:
    """Read the images that a JSON lists and their boxes, classes in the order of their ids.

    An outline (`segmentation`, polygons or RLE) is replaced by the box around it where no `bbox` is
    stated, or one of zeros. Crowds (`iscrowd`) are left out, but for masks of CVAT, which marks
    each of them so. All are counted.

    Args:
      pictures: folders that the files' names may be relative to; without, that of the JSON.
      split: of the images; without, an image has the one that its `split` or `subset` names.

    Raises:
      DatasetError: broken JSON, something missing in it, an id given twice or unknown, a box of no
        size, not finite or wholly outside, an image that is missing or of another size.
    """
    content = _content(path)
    try:
        names = _by_id({"categories": class_names.used_categories(content)}, "categories", "name")
        _by_id(content, "images", "file_name")
    except ValueError as error:
        raise _error(path, str(error)) from error
    places = [pictures] if isinstance(pictures, Path) else list(pictures) or [path.parent]
    files = _files(path, places, content["images"])
    sizes = _sizes(path, content["images"], files)
    splits = dict.fromkeys(files, split) if split else _splits(path, content["images"])
    drawings: dict[Hashable, Drawing] = {key: Drawing() for key in files}
    faults = []
    for number, annotation in enumerate(content["annotations"]):
        try:
            key, class_name = _of(annotation, sizes, names)
            coco_boxes.draw(drawings[key], annotation, class_name, sizes[key])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            where = f"{path}: annotation {_id(annotation, number)}: {what}"
            faults.append(Fault(what, str(path), where, EXPECTED, REMEDY, "annotation"))
    refuse([*coco_boxes.corners(path, content["annotations"], sizes), *faults])
    annotated, counts = [], collections.Counter()  # type: ignore[var-annotated]
    for key, drawing in drawings.items():
        boxes, twice = drawn_once(drawing.boxes)
        counts.update(drawing.counts + twice)
        corners, labels = tuple(b.corners for b in boxes), tuple(str(b.label) for b in boxes)
        annotated.append(Annotated(files[key], *sizes[key], corners, labels, splits[key]))
    classes = tuple(names[key] for key in class_names.in_order(names))
    notes = _of_via(content, annotated)
    return Annotations(tuple(annotated), classes, counts, notes, frozenset({path}))


def _of_via(content: Mapping[str, Any], pictures: Sequence[Annotated]) -> tuple[str, ...]:
    """Warn of boxes that VIA's export leaves out; it says so in the browser alone."""
    about = content.get("info")
    description = about.get("description") if isinstance(about, dict) else None
    empty = sum(not picture.boxes for picture in pictures)
    if not (empty and _VIA in str(description)):
        return ()
    return (
        "VIA exports no region whose class is no option of a dropdown or radio attribute: look "
        f"at {counted(empty, 'image')} without a box",
    )


def _files(
    path: Path, places: Sequence[Path], listed: Sequence[Mapping[str, Any]]
) -> dict[Hashable, Path]:
    """Return the file of each image by its id: all are in the folder that has most of them."""
    found = [_there(place, listed) for place in places]
    files = max(found, key=len)
    refuse(_in_two_folders(path, files, [other for other in found if len(other) == len(files)]))
    if len(files) < len(listed):
        files = max((_there(place, listed, in_any_spelling=True) for place in places), key=len)
    looked_in = ", ".join(map(str, dict.fromkeys(places)))
    remedy = (
        "Put the images there, or write `file_name` as their path relative to such a folder; "
        "remove the annotations of images that you do not have."
    )
    refuse(
        Fault(
            "missing",
            str(path),
            f"{path}: image {image['file_name']!r} is not there",
            f"a file of this name in {looked_in}",
            remedy,
            "image",
        )
        for image in listed
        if image["id"] not in files
    )
    return files


def _in_two_folders(
    path: Path, files: Mapping[Hashable, Path], others: Sequence[Mapping[Hashable, Path]]
) -> Iterator[Fault]:
    """Yield the images of which another folder has one of the same name that differs."""
    for key, file in files.items():
        for other in (several[key] for several in others if key in several):
            if not (other.samefile(file) or filecmp.cmp(file, other, shallow=False)):
                found = f"{path}: {file} and {other} have the same name, and differ"
                remedy = "Move one away, or write `file_name` as a path that tells them apart."
                yield Fault("two", str(path), found, "one image of a name", remedy, "image")
                break


def _there(
    place: Path, listed: Sequence[Mapping[str, Any]], in_any_spelling: bool = False
) -> dict[Hashable, Path]:
    """Return the images that a folder has; with other capitals, accents or separators, if so."""
    spelled = {}
    if in_any_spelling:
        below = entries.files_below(place)
        spelled = {entries.folded(file.relative_to(place).as_posix()): file for file in below}
    files = {}
    for image in listed:
        name = entries.normal_path(image["file_name"])
        path = place / image["file_name"]
        file = (
            path if entries.is_there(path) and path.is_file() else spelled.get(entries.folded(name))
        )
        if file:
            files[image["id"]] = Path(os.path.normpath(file))
    return files


def _sizes(
    path: Path, listed: Sequence[Mapping[str, Any]], files: Mapping[Hashable, Path]
) -> dict[Hashable, tuple[int, int]]:
    """Return width and height of each image by its id; refuse those that are stated otherwise."""
    of_files = images.sizes_of(dict.fromkeys(files.values()))
    sizes, faults = {}, []
    for image in listed:
        file = files[image["id"]]
        size = sizes[image["id"]] = of_files[file]
        stated = tuple(map(_pixels, (image.get("width"), image.get("height")), size))
        if stated == size:
            continue
        found = (
            f"{path}: image {image['file_name']} has {stated[0]}x{stated[1]} pixels in it, and "
            f"{size[0]}x{size[1]} as {file}"
        )
        remedy = REMEDY
        if (turned := images.orientation(file)) != 1 and stated == size[::-1]:
            found += f" in upright position (EXIF orientation {turned})"
            remedy = "Save the image in upright position, without EXIF, and draw the boxes on it."
        faults.append(Fault("size", str(path), found, EXPECTED, remedy, "image"))
    refuse(faults)
    return sizes


def _splits(path: Path, listed: Sequence[Mapping[str, Any]]) -> dict[Hashable, str]:
    """Return the split of each image by its id, "" where the file states none of any image."""
    stated = {image["id"]: image.get("split") or image.get("subset") or "" for image in listed}
    splits = {key: entries.split_of(str(word)) or "" for key, word in stated.items()}
    if not any(splits.values()):
        return splits
    expected = "train, validation or test of every image, or of none"
    refuse(
        Fault("split", str(path), f"{path}: image with id {key!r} is of split {stated[key]!r}",
              expected, "Correct them, or take them out.", "image")
        for key, split in splits.items()
        if not split
    )  # fmt: skip
    return splits


def _pixels(stated: Any, actual: int) -> Any:
    """Return a stated size as a number; the image's own where a program did not know it."""
    try:
        number = float(stated)
    except (TypeError, ValueError):
        return actual if stated in (None, "") else stated
    if number <= 0:
        return actual
    return int(number) if number.is_integer() else number


def _of(
    annotation: Mapping[str, Any],
    pictures: Mapping[Hashable, Any],
    names: Mapping[Hashable, str],
) -> tuple[Hashable, str]:
    """Return the image's id and the class's name of an annotation."""
    image_id, category = annotation["image_id"], annotation["category_id"]
    if image_id not in pictures:
        raise ValueError(f"of image {image_id!r}, which is not listed{_alike(image_id, pictures)}")
    if category not in names:
        raise ValueError(f"of category {category!r}, which is not listed{_alike(category, names)}")
    return image_id, names[category]


def _alike(wanted: object, known: Mapping[Hashable, Any]) -> str:
    """Point out an id that is the same but for its type."""
    same = next((key for key in known if str(key) == str(wanted)), None)
    return "" if same is None else f" (there is {same!r}: write both alike)"


def write(annotations: Annotations, path: Path) -> None:
    """Write a JSON, whole or not at all; the names of images are relative to its folder."""
    ids = {name: number for number, name in enumerate(annotations.classes, start=1)}
    listed: list[dict[str, Any]] = []
    boxes: list[dict[str, Any]] = []
    for number, picture in enumerate(annotations.pictures, start=1):
        name = Path(os.path.relpath(picture.path, path.parent)).as_posix()
        size = {"width": picture.width, "height": picture.height}
        listed.append({"id": number, "file_name": name, **size})
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
    content = {"images": listed, "annotations": boxes, "categories": categories}
    with atomic.replacing(path) as out:
        out.write(json.dumps(content, indent=1, allow_nan=False).encode())


def _content(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _error(path, f"cannot be read as JSON ({error})") from error
    kind = other_kinds.of_json(content)
    if kind and kind is not other_kinds.COCO:
        raise DatasetError(f"{path}: found {kind.name}; expected {EXPECTED}. {kind.remedy}")
    for key in ("images", "annotations", "categories"):
        listed = content.get(key) if isinstance(content, dict) else None
        if not isinstance(listed, list) or not all(isinstance(e, dict) for e in listed):
            raise _error(path, f"no list `{key}`")
    if not content["images"]:
        raise _error(path, "no image")
    return content


def _by_id(content: Mapping[str, list[dict[str, Any]]], key: str, value: str) -> dict[Any, str]:
    """Return the values of a list by the ids in it, which are numbers or words."""
    values: dict[Any, str] = {}
    known: set[str] = set()
    normal = entries.class_name if key == "categories" else entries.normal_path
    for number, entry in enumerate(content[key]):
        where = f"{key}, entry {_id(entry, number)}"
        if not isinstance(entry.get("id"), int | float | str):
            raise ValueError(f"{where}: no `id` that is a number or a word")
        if not isinstance(entry.get(value), str) or not entry[value].strip():
            is_number = isinstance(entry.get(value), int | float)
            what = f"a number, {entry[value]}, not a text, as its" if is_number else "no"
            raise ValueError(f"{where}: {what} `{value}`")
        if entry["id"] in values or normal(entry[value]) in known:
            raise ValueError(f"{where}: there twice ({entry[value]})")
        values[entry["id"]] = normal(entry[value])
        known.add(values[entry["id"]])
    return values


def _id(entry: Mapping[str, Any], number: int) -> str:
    """Name an entry: by its id, else by its place."""
    return f"with id {entry['id']!r}" if "id" in entry else f"number {number + 1}"


def _error(path: Path, found: str) -> DatasetError:
    return DatasetError(f"{path}: {found}; expected {EXPECTED}. {REMEDY}")
