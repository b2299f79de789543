"""Write a YOLO label folder; images are copied, never moved."""

import shutil
from pathlib import Path

from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.annotations.folders import images
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic, optional

KEYS = {"train": "train", "validation": "val", "test": "test"}  # of data.yaml


def write(annotations: Annotations, folder: Path) -> None:
    """Write `images/SPLIT`, `labels/SPLIT`, `classes.txt` and `data.yaml`.

    Images that are not divided go to `images` and `labels` themselves. One without a box gets an
    empty label file.

    Raises:
      DatasetError: the folder has something in it, two images have one name, or a class has a
        name of several lines or one that is not among `annotations.classes`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(
            f"{folder}: there already; expected a new folder, or an empty one. Name another."
        )
    _check(annotations, folder)
    yaml = optional.package("yaml", "PyYAML", str(folder / "data.yaml"))
    for picture in annotations.pictures:
        copy = folder / "images" / picture.split / picture.path.name
        labels = folder / "labels" / picture.split / f"{images.stem(picture.path)}.txt"
        with picture.path.open("rb") as source, atomic.replacing(copy) as out:
            shutil.copyfileobj(source, out)
        _text(labels, _lines(picture, annotations.classes))
    _text(folder / "classes.txt", "".join(f"{name}\n" for name in annotations.classes))
    used = {picture.split for picture in annotations.pictures}
    content = {KEYS[split]: f"images/{split}" for split in KEYS if split in used}
    names = {"names": dict(enumerate(annotations.classes))}
    _text(folder / "data.yaml", yaml.safe_dump({"path": ".", **content, **names}, sort_keys=False))


def _lines(picture: Annotated, classes: tuple[str, ...]) -> str:
    lines = []
    for (x0, y0, x1, y1), name in zip(picture.boxes, picture.classes, strict=True):
        x, y = (x0 + x1) / 2 / picture.width, (y0 + y1) / 2 / picture.height
        w, h = (x1 - x0) / picture.width, (y1 - y0) / picture.height
        lines.append(f"{classes.index(name)} {x:.8f} {y:.8f} {w:.8f} {h:.8f}\n")
    return "".join(lines)


def _check(annotations: Annotations, folder: Path) -> None:
    seen: dict[tuple[str, str], Path] = {}
    for picture in annotations.pictures:
        key = picture.split, images.stem(picture.path).lower()
        other = seen.get(key)
        seen[key] = picture.path
        if other:
            raise DatasetError(
                f"{picture.path}: has the name of {other}; expected names that differ, since both "
                f"go to {folder}. Rename one of the two."
            )
        unknown = set(picture.classes) - set(annotations.classes)
        if unknown:
            raise DatasetError(
                f"{picture.path}: boxes of class {min(unknown)!r}; expected one of "
                f"{', '.join(annotations.classes)}."
            )
    for name in annotations.classes:
        if len(name.splitlines()) != 1 or name != name.strip():
            raise DatasetError(
                f"class {name!r}: no name of one line without blanks around it, as classes.txt "
                "needs. Rename the class."
            )


def _text(path: Path, text: str) -> None:
    with atomic.replacing(path) as out:
        out.write(text.encode())
