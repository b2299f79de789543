"""Lists of images: of the splits that `data.yaml` names, `train.txt` and its like, Pascal VOC's."""

import dataclasses
import types
from collections.abc import Mapping, Sequence
from pathlib import Path

from tem_virus_dataset.annotations.folders import data_yaml, entries, images
from tem_virus_dataset.annotations.folders.data_yaml import DataYaml
from tem_virus_dataset.annotations.folders.entries import child, split_in, split_of
from tem_virus_dataset.annotations.folders.faults import Fault, refuse
from tem_virus_dataset.files.tree import Blob

VOC = ("ImageSets/Main", "ImageSets", "ImageSets/Segmentation", "ImageSets/Layout")
FOLDERS = ("splits", "split", "lists")  # that hold lists
_DARKNET = ("obj.data", "obj_train_data")  # whose lists are refused as a whole


@dataclasses.dataclass(frozen=True)
class ImageList:
    """A list of images of one split; `files` are those images."""

    split: str
    path: Path
    files: tuple[Path, ...]


def of_yaml(
    split: str, file: Path, yaml: DataYaml, known: Mapping[str, Path] = types.MappingProxyType({})
) -> ImageList:
    """Read a list of paths, which are relative to the list or as data.yaml has them.

    Args:
      known: images by their names, where lines may have no path.

    Raises:
      DatasetError: it names files that are not there, or is in another encoding.
    """
    files, faults = [], []
    for line in _lines(file):
        found = _resolved(line, file, yaml, known)
        if found is None:
            faults.append(_missing(file, line, f"the path of an image, relative to {file.parent}"))
        else:
            files.append(found)
    refuse(faults)
    return ImageList(split, file, tuple(dict.fromkeys(files)))


def of_splits(root: Path, pictures: Path) -> list[ImageList]:
    """Read the texts of a folder that are called after splits, and list images.

    They lie in it, or in a folder `splits`. A line is a path, or the name of an image with or
    without its suffix. What lists no images, by half of its lines or more, is left alone.

    Args:
      pictures: the folder of the images, for those that are named without a path.

    Raises:
      DatasetError: see `of_yaml`.
    """
    if child(root, *_DARKNET):
        return []
    known, yaml = _by_name(pictures), DataYaml(root / data_yaml.NAMES[0], ())
    inside = (one for one in entries.folders(root) if one.name.casefold() in FOLDERS)
    for folder in (root, *inside):
        for split_by in (split_of, split_in):
            found = []
            for file in entries.files(folder):
                split = split_by(file.stem) if file.suffix.casefold() == ".txt" else None
                if split and _is_list(file, yaml, known):
                    found.append(of_yaml(split, file, yaml, known))
            if found:
                return found
    return []


def of_voc(folders: Sequence[Path], pictures: Path) -> list[ImageList]:
    """Read Pascal VOC's lists: of the first folder that has some of splits.

    A line is the name of an image, with or without its suffix, and maybe a number behind it.

    Raises:
      DatasetError: a list names what is not there, or is in another encoding.
    """
    known = _by_name(pictures)
    for folder in folders:
        found, faults = [], []
        for file in entries.files(folder):
            split = split_of(file.stem) if file.suffix.casefold() == ".txt" else None
            if not split:
                continue
            files: list[Path] = []
            for line in _lines(file):
                names = (line, line.replace("\\", "/").rpartition("/")[2], line.split()[0])
                keys = (*names, *map(entries.folded, names))
                image = next((known[key] for key in keys if key in known), None)
                if image is None:
                    faults.append(_missing(file, line, f"an image of this name in {pictures}"))
                else:
                    files.append(image)
            found.append(ImageList(split, file, tuple(dict.fromkeys(files))))
        refuse(faults)
        if found:
            return found
    return []


def _by_name(pictures: Path) -> dict[str, Path]:
    """Return the images of a folder by their names as they are, and as they may be spelled.

    Those in folders within have a path, too, and no name alone that two folders have.
    """
    known: dict[str, Path] = {}
    files = [file for file in entries.files_below(pictures) if images.is_image(file)]
    files.sort(key=lambda file: images.suffix(file) not in images.PLAIN)  # a.png, not a.dm4
    several: set[str] = set()
    for spelled in (str, entries.folded):
        for image in files:
            path = image.relative_to(pictures)
            for place in (path, path.with_name(images.stem(path))):
                known.setdefault(spelled(place.as_posix()), image)
        for image in files:
            for name in map(spelled, (image.name, images.stem(image))):
                if known.setdefault(name, image).parent not in (image.parent, pictures):
                    several.add(name)
    return {name: image for name, image in known.items() if name not in several}


def _lines(file: Path) -> list[str]:
    """Return the lines of a list, without blank ones."""
    return [text for line in Blob(file.read_bytes(), str(file)).names() if (text := line.strip())]


def _is_list(file: Path, yaml: DataYaml, known: Mapping[str, Path]) -> bool:
    """Return whether a text lists images: not the labels of an image of its name."""
    if entries.folded(file.stem) in known:
        return False
    text = [line.strip() for line in Blob(file.read_bytes(), str(file)).lines() if line.strip()]
    likely = [line for line in text if line in known or images.is_image(Path(line))]
    if not likely or 2 * len(likely) < len(text):
        return False
    return 2 * sum(bool(_resolved(line, file, yaml, known)) for line in likely) >= len(text)


def _resolved(line: str, file: Path, yaml: DataYaml, known: Mapping[str, Path]) -> Path | None:
    """Return the image that a line names by its path, or by its name alone; or None."""
    beside = dataclasses.replace(yaml, path=file, base="")
    found = data_yaml.resolved(beside, line, True) or data_yaml.resolved(yaml, line, True)
    if found and found.is_file() and images.is_image(found):
        return found
    name = entries.normal_path(line)
    return known.get(name) or known.get(entries.folded(name))


def _missing(file: Path, name: str, expected: str) -> Fault:
    """Return the fault of a list that names what is not there."""
    remedy = "Correct the list, or restore the image."
    found = f"{file}: names {name!r}, which is not there"
    return Fault("missing", str(file), found, expected, remedy, "name")
