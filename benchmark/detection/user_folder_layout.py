"""The layout of a user's folder of annotated micrographs: YOLO label files, or COCO JSON.

    PATH/images/SPLIT/<image>  PATH/labels/SPLIT/<image>.txt
    PATH/SPLIT/images/<image>  PATH/SPLIT/labels/<image>.txt

with the classes' names in PATH/classes.txt or PATH/data.yaml, see `tem_virus_dataset.annotations`;
or one of

    PATH/SPLIT.json  PATH/annotations/SPLIT.json  PATH/SPLIT/_annotations.coco.json

(`instances_SPLIT.json`, too), with the images beside it, in PATH, in PATH/images, or in a folder
of the split in either. SPLIT is train, validation (or valid, val) and test: the user divides the
images. No image is opened here.
"""

import json
from pathlib import Path

from benchmark.errors import BenchmarkError
from tem_virus_dataset import facts
from tem_virus_dataset.annotations import coco, yolo
from tem_virus_dataset.annotations.annotated import Annotations

_NAMES = [name for names in yolo.SPLITS.values() for name in names]
LAYOUT = (
    "PATH/images/{train,validation,test} with PATH/labels/{train,validation,test} beside it, or "
    "PATH/{train,validation,test}.json"
)


def is_laid_out_so(root: Path) -> bool:
    """Return whether a folder holds annotated micrographs in splits.

    Raises:
      BenchmarkError: its images are not divided into splits, or a split has two files.
    """
    if _jsons(root) or _has_labels(root) or _has_divided_images(root):
        return True
    if any((root / split).is_dir() for split in facts.SPLITS):
        return False  # patches by class, if anything
    is_json = root.is_file() and root.suffix.lower() == ".json"
    if is_json or (root.is_dir() and _is_undivided(root)):
        raise BenchmarkError(
            f"{root}: its images are not divided into splits; expected {LAYOUT}. Divide them, "
            "and keep the images of one sample in one split."
        )
    return False


def read(root: Path) -> Annotations:
    """Read the boxes of a folder that is laid out so.

    Raises:
      DatasetError: an annotation or an image is invalid or missing. BenchmarkError: two files
        for one split, both kinds of annotation, or categories that differ.
    """
    files = _jsons(root)
    if not files:
        return yolo.read(root)
    if _has_labels(root):
        raise BenchmarkError(
            f"{root}: found {next(iter(files.values()))} and YOLO labels; expected one of the two, "
            "since they may differ. Move the other away."
        )
    parts = [coco.read(file, _pictures(root, file, split), split) for split, file in files.items()]
    classes, first = parts[0].classes, next(iter(files.values()))
    for file, part in zip(files.values(), parts, strict=True):
        if part.classes != classes:
            raise BenchmarkError(
                f"{file}: categories {', '.join(part.classes)}; expected {', '.join(classes)}, as "
                f"in {first}. List the same in every file, in the same order of their ids."
            )
    return Annotations(
        tuple(picture for part in parts for picture in part.pictures),
        classes,
        *(sum(getattr(part, name) for part in parts) for name in ("cut", "crowds", "outlines")),
    )


def _jsons(root: Path) -> dict[str, Path]:
    """Return the COCO file of each split that has one."""
    files: dict[str, Path] = {}
    for split, names in yolo.SPLITS.items():
        for name in names:
            for file in (
                root / f"{name}.json",
                root / "annotations" / f"{name}.json",
                root / "annotations" / f"instances_{name}.json",
                root / name / "_annotations.coco.json",
            ):
                if file.is_file() and files.setdefault(split, file) != file:
                    raise BenchmarkError(
                        f"{file}: a second file of split {split}, beside {files[split]}; expected "
                        "one. Move one away."
                    )
    return files


def _pictures(root: Path, file: Path, split: str) -> Path:
    """Return the folder that a COCO file's names are relative to: where the first image is."""
    try:
        first = str(json.loads(file.read_bytes())["images"][0]["file_name"])
    except (OSError, ValueError, LookupError, TypeError):
        return file.parent  # `coco.read` reports the fault
    below = [root / place / name for name in yolo.SPLITS[split] for place in ("", "images")]
    places = [file.parent, root, root / "images", *below]
    return next((place for place in places if (place / first).is_file()), file.parent)


def _has_labels(root: Path) -> bool:
    """Return whether there are YOLO labels by split."""
    return any(
        (root / "labels" / name).is_dir()
        or ((root / name / "labels").is_dir() and (root / name / "images").is_dir())
        for name in _NAMES
    )


def _has_divided_images(root: Path) -> bool:
    return any((root / "images" / name).is_dir() for name in _NAMES)


def _is_undivided(root: Path) -> bool:
    """Return whether there are images or annotations outside of any split."""
    return (
        (root / "images").is_dir()
        or any(root.glob("*.json"))
        or any(path.suffix.lower() in yolo.PICTURES for path in root.iterdir())
    )
