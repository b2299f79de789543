"""Kinds of annotation that are not read: recognized by their files, with the way to convert."""

import codecs
import dataclasses
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tem_virus_dataset.annotations.folders import entries, images

LIKE_IMAGES = ("images", "JPEGImages", "imgs", "image", "img", "frames")
_MASKS = (
    "masks", "mask", "labels", "label", "gt", "ground_truth", "groundtruth", "segmentation",
    "annotations", "annotation", "segmentationclass", "segmentationobject",
)  # fmt: skip
BEGIN = 2**16  # bytes of a JSON that cannot be read, which tell what it was to be
MOST_FOLDERS = 50  # of a level, that are searched
LARGEST = 2**28  # bytes of a JSON that is opened to see what it is


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of annotation: its name, and what to do with it."""

    name: str
    remedy: str


_SNIPPET = "docs/own-data.md has a few lines of Python that convert it"
COCO = Kind(
    "COCO JSON", "Write a JSON for each split, and name it after the split, such as train.json."
)
VIA = Kind(
    "VIA's JSON",
    "In VIA choose Annotation, Export Annotations (COCO format). It leaves out regions whose class "
    "is no option of an attribute of type dropdown or radio: change the type first.",
)
VIA_TABLE = dataclasses.replace(VIA, name="VIA's table (CSV)")
LABELME = Kind(
    "LabelMe's JSON", "Name each file after its image (a.json for a.png), beside it or in labels/."
)
LABEL_STUDIO = Kind("Label Studio's JSON", "In Label Studio choose Export, YOLO with images.")
CREATE_ML = Kind("CreateML's JSON", "Export the data again as COCO or YOLO.")
CSV = Kind("boxes as CSV", f"Export them as COCO or YOLO; {_SNIPPET}.")
DARKNET = Kind(
    "Darknet's lists",
    "Move the images and their .txt to images/SPLIT and labels/SPLIT, and rename obj.names to "
    "classes.txt.",
)
CVAT_YOLO = Kind(
    "CVAT's YOLO 1.1",
    "In CVAT export 'Ultralytics YOLO Detection 1.0' or 'COCO 1.0', or move the images and their "
    ".txt to images/SPLIT and labels/SPLIT, and rename obj.names to classes.txt.",
)
CVAT_XML = Kind("CVAT's XML", "In CVAT export 'COCO 1.0' or 'Ultralytics YOLO Detection 1.0'.")
VOC = Kind("Pascal VOC XML", "Put the XML files beside their images, in a folder of each split.")
SUPERVISELY = Kind("Supervisely's JSON", "In Supervisely export as COCO or YOLO.")
IMAGEJ = Kind("ROIs of ImageJ", f"Convert them to COCO or YOLO; {_SNIPPET}.")
GEOJSON = Kind("GeoJSON, as QuPath writes it", "Convert it to COCO or YOLO.")
TFRECORD = Kind("TFRecord", "Export the data again as COCO or YOLO.")
PARTICLES = f"Convert them to COCO or YOLO, with the size of the particles; {_SNIPPET}."
RELION = Kind("RELION's particles (.star)", PARTICLES)
EMAN = Kind("EMAN's boxes (.box)", PARTICLES)
CRYOLO = Kind("crYOLO's boxes (.cbox)", PARTICLES)
TOPAZ = Kind("Topaz's particles", PARTICLES)
CRYOSPARC = Kind("cryoSPARC's particles (.cs)", PARTICLES)
JSON_LINES = Kind("JSON lines (.jsonl)", f"Export the data again as COCO or YOLO; {_SNIPPET}.")
DOTA = Kind("DOTA's labels", "Export them as YOLO OBB.")
KERAS = Kind("a list of images with their boxes", "Export the data again as COCO or YOLO.")
DATUMARO = Kind("Datumaro's JSON", "In CVAT export 'COCO 1.0' or 'Ultralytics YOLO Detection 1.0'.")
VOTT = Kind("VoTT's JSON", "Export the data again as Pascal VOC.")
PACKED = Kind("a zip archive of labels", "Unpack it in its folder, and see that its files lie so.")
MASKS = Kind(
    "masks, as for segmentation",
    "Boxes are read: export boxes (COCO or YOLO) from the program that the masks are of.",
)
OF_LABELS = (".txt", ".xml", ".json")  # suffixes of label files, as `yolo.READERS` has them
READ = (VOC, LABELME)  # beside YOLO, whose text is of no kind
OF_ONE_IMAGE = (".box", ".cbox", ".star", ".roi", ".zip", ".geojson")  # a.box of a.png
_ENDINGS = {
    ".csv": CSV,
    ".star": RELION,
    ".box": EMAN,
    ".cbox": CRYOLO,
    ".cs": CRYOSPARC,
    ".jsonl": JSON_LINES,
    ".roi": IMAGEJ,
    ".geojson": GEOJSON,
    ".tfrecord": TFRECORD,
    ".record": TFRECORD,
}
_DOTA = re.compile(rb"imagesource:|gsd:|(-?[\d.]+ ){8}[^\W\d][\w-]* \d\s")
_TOPAZ = re.compile(rb"image_name[\t,]x_coord[\t,]y_coord")
_VIA_HEADER = b"filename,file_size,file_attributes,region_count"
_OF_VIA = (_VIA_HEADER, b"#" + _VIA_HEADER, b"# Exported using VGG Image")
_WITH_BOXES = re.compile(rb"[^\r\n]+\.\w+( \d+,\d+,\d+,\d+,\d+)+\s")


def of_json(content: Any) -> Kind | None:
    """Return the kind of a JSON file's content, or None."""
    if isinstance(content, dict):
        if isinstance(content.get("images"), list) and "annotations" in content:
            return COCO
        if isinstance(content.get("shapes"), list):
            return LABELME
        if content.get("type") == "FeatureCollection":
            return GEOJSON
        if {"annotations", "data"} <= content.keys() or {"result", "task"} <= content.keys():
            return LABEL_STUDIO
        if isinstance(content.get("objects"), list):
            return SUPERVISELY
        if isinstance(content.get("items"), list) and "categories" in content:
            return DATUMARO
        if isinstance(content.get("assets"), dict) and "tags" in content:
            return VOTT
        regions = any(isinstance(value, dict) and "regions" in value for value in content.values())
        return (
            VIA if "_via_img_metadata" in content or "_via_settings" in content or regions else None
        )
    if isinstance(content, list) and content and isinstance(content[0], dict):
        keys = content[0].keys()
        if content[0].get("type") == "Feature":
            return GEOJSON
        if {"annotations", "data"} <= keys or {"annotations", "file_upload"} <= keys:
            return LABEL_STUDIO
        if "annotations" in keys and ({"image", "imagefilename"} & keys):
            return CREATE_ML
        return LABEL_STUDIO if {"image", "label"} <= keys or {"image", "bbox"} <= keys else None
    return None


def of_file(path: Path) -> Kind | None:
    """Return the kind of annotation in a file, or None."""
    ending = path.suffix.casefold()
    if ending == ".json":
        try:
            with path.open("rb") as stream:
                return of_json(json.loads(stream.read(LARGEST)))
        except (OSError, ValueError, RecursionError):
            return None
    if ending == ".xml":
        try:
            with path.open("rb") as stream:
                begin = stream.read(4096)
        except OSError:
            return None
        return CVAT_XML if b"<annotations" in begin else VOC if b"<annotation" in begin else None
    name = path.name.casefold()
    if name in entries.TABLES:
        return None
    if ending == ".zip":
        return _of_archive(path)
    if ending in (".txt", ".csv", ".tsv"):
        return _of_text(path) or _ENDINGS.get(ending)
    if name in ("obj.data", "obj.names") or name.endswith("_darknet.labels"):
        return DARKNET
    return _ENDINGS.get(ending)


def _of_archive(path: Path) -> Kind | None:
    try:
        with zipfile.ZipFile(path) as archive:
            endings = {Path(name).suffix.casefold() for name in archive.namelist()}
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return None
    return IMAGEJ if ".roi" in endings else PACKED if endings & {*OF_LABELS} else None


def _of_text(path: Path) -> Kind | None:
    """Return the kind of a text or a table by its begin; None also for any other table."""
    try:
        with path.open("rb") as stream:
            begin = stream.read(BEGIN).lstrip()
    except OSError:
        return None
    begin = begin.removeprefix(codecs.BOM_UTF8)
    if _DOTA.match(begin):
        return DOTA
    if _TOPAZ.match(begin):
        return TOPAZ
    if begin.startswith(_OF_VIA):
        return VIA_TABLE
    return KERAS if _WITH_BOXES.match(begin) else None


def within(folder: Path) -> tuple[Path, Kind] | None:
    """Return a file of annotations in a folder or its nearest folders, with its kind."""
    if any(entries.child(folder, f"obj_{name}_data") for name in ("train", "test", "validation")):
        return folder, CVAT_YOLO
    for path in _nearest(folder):
        if kind := of_file(path):
            return path, kind
    return next(((path, MASKS) for path in masks(folder)), None)


def masks(root: Path) -> Iterator[Path]:
    """Yield the folders of masks beside a folder of images, in a folder or two levels below."""
    level = [root]
    for _ in range(3):
        for folder in level:
            is_beside = entries.child(folder, *LIKE_IMAGES)
            names = entries.folders(folder) if is_beside else ()
            for path in (path for path in names if path.name.casefold() in _MASKS):
                if any(map(images.is_image, entries.files_below(path))):
                    yield path
        level = [below for folder in level for below in entries.folders(folder)][:MOST_FOLDERS]


def _nearest(folder: Path) -> Iterable[Path]:
    """Yield a few files of each ending, in the folder, those below it, and those below them."""
    level = [folder]
    for _ in range(3):
        for here in level:
            seen: dict[str, int] = {}
            for path in entries.files(here):
                seen[path.suffix] = seen.get(path.suffix, 0) + 1
                if seen[path.suffix] <= 3:
                    yield path
        level = [path for here in level for path in entries.folders(here)][:MOST_FOLDERS]
