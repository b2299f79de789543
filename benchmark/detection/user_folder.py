"""A user's own annotated micrographs, `folder:PATH`, laid out as `user_folder_layout` says.

Every image file that `tem_virus_dataset.formats` reads, of any size. An image without boxes is
background.
"""

import dataclasses
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmark.data import class_names, info_strips, pixel_sizes, user_image
from benchmark.data.address import About
from benchmark.data.pixel_sizes import PixelSizes
from benchmark.detection import user_folder_layout
from benchmark.detection.data import Scene, Scenes, checksum, of_one_depth
from benchmark.errors import BenchmarkError
from leaderboard.files.names import OWN, BadNameError, check_name, shown
from tem_virus_dataset import facts
from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.annotations.folders import data_yaml, entries, images
from tem_virus_dataset.annotations.folders.entries import child
from tem_virus_dataset.annotations.folders.faults import counted
from tem_virus_dataset.files import progress
from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.formats import info_strip
from tem_virus_dataset.networks.boxes import centred
from tem_virus_dataset.splits import table


@dataclasses.dataclass(frozen=True)
class Listing:
    """A checked folder, before any image is read.

    Attributes:
      about: its version, `0.0.0-1f3a5c7e`, changes with the boxes and the files (see
        `user_image.fingerprint`), so that a run on others in a folder of the same name does not
        count as finished.
      pictures: by id, `split/name`, in the order of the ids; notice: what the folder holds, in
        words.
      sizes: pixel sizes of the files.
    """

    about: About
    pictures: dict[str, Annotated]
    notice: str
    sizes: PixelSizes


def listed(root: Path, nm_per_pixel: float | None = None) -> Listing:
    """Read the boxes of a folder, and check everything except the images' pixels.

    Args:
      nm_per_pixel: of all images, from the user; None takes what is known, see `pixel_sizes`.

    Raises:
      BenchmarkError: names that do not fit into a table, a split without a box, a class without
        a box in train, two images of one name. DatasetError: see `user_folder_layout.read`, and
        `pixel_sizes.of_folder`.
    """
    annotations = _with_boxes(user_folder_layout.read(root))
    _check_boxes(root, annotations)
    class_names.check(str(root), annotations.classes)
    _check_files(annotations.pictures)
    pictures: dict[str, Annotated] = {}
    for name, picture in _named(annotations.pictures):
        same = pictures.setdefault(name, picture)
        if same is not picture:
            raise BenchmarkError(
                f"{picture.path}: of the same name as {same.path} in {picture.split}; expected "
                "names that differ without their suffix. Rename one, or take it out."
            )
    pictures = dict(sorted(pictures.items()))
    try:
        dataset = f"{OWN}/{check_name(root.name, 'folder')}"
    except BadNameError as error:
        raise BenchmarkError(f"{root}: {error}") from error
    sizes = pixel_sizes.of_folder(root, [p.path for p in pictures.values()], nm_per_pixel)
    about = About(dataset, _version(pictures, sizes.nm), annotations.classes)
    return Listing(about, pictures, str(annotations), sizes)


def read(root: Path, nm_per_pixel: float | None = None) -> Scenes:
    """Read every image; labels are in the order of the classes in the annotations.

    Images with an info strip are read as they are, and a warning names them.

    Raises:
      BenchmarkError: errors of `listed`, an image cannot be used, or lies in two splits.
      OSError: a file cannot be opened.
    """
    listing = listed(root, nm_per_pixel)
    about, total = listing.about, len(listing.pictures)
    decoded = in_threads(user_image.decoded, [p.path for p in listing.pictures.values()])
    scenes, places, strips = [], [], {}
    with progress.bar(decoded, f"reading {root.name}", total, unit="image", mininterval=1) as bar:
        for (name, picture), (image, digest) in zip(listing.pictures.items(), bar, strict=True):
            size = listing.sizes.of(picture.path)
            scenes.append(_scene(name, picture, image, about.classes, size))
            places.append((picture.path, picture.split, digest))
            strips[picture.path] = info_strip.find(image)
    user_image.warn(info_strips.warning(root, strips, total))
    user_image.check_places(places, "splits")
    splits: dict[str, list[Scene]] = {split: [] for split in facts.SPLITS}
    for scene in of_one_depth(scenes):
        splits[scene.id.partition("/")[0]].append(scene)
    return Scenes(about.dataset, about.version, about.classes, checksum(splits), splits)


def _scene(
    name: str, picture: Annotated, image: np.ndarray, classes: Sequence[str], size: float | None
) -> Scene:
    height, width = image.shape
    if (width, height) != (picture.width, picture.height):  # boxes would lie elsewhere
        raise BenchmarkError(
            f"{picture.path}: {width}x{height} pixels, and its boxes are of "
            f"{picture.width}x{picture.height}, as its header states in upright position; expected "
            "one size. Save the image in upright position, without EXIF."
        )
    corners = np.array(picture.boxes, np.float64).reshape(-1, 4)
    labels = np.array([classes.index(class_name) for class_name in picture.classes], np.int64)
    return Scene(name, image, centred(corners).astype(np.float32), labels, size)


def _named(pictures: Sequence[Annotated]) -> Iterator[tuple[str, Annotated]]:
    """Yield each image with its id: its split, and its path below the split's common folder."""
    for split in facts.SPLITS:
        chosen = [picture for picture in pictures if picture.split == split]
        # a link keeps its own name: the pool that it leads to may have names of numbers
        places = [Path(os.path.normpath(picture.path)) for picture in chosen]
        common = os.path.commonpath([place.parent for place in places])
        for picture, place in zip(chosen, places, strict=True):
            name = (place.parent.relative_to(common) / images.stem(place)).as_posix()
            if not name.isprintable():
                raise BenchmarkError(
                    f"{picture.path.parent}: found {shown(picture.path.name)} in it; expected a "
                    "name in UTF-8 without control characters. Rename it."
                )
            yield f"{split}/{name}", picture


def _with_boxes(annotations: Annotations) -> Annotations:
    """Leave out classes without any box: programs list some that nobody used."""
    used = {name for picture in annotations.pictures for name in picture.classes}
    unused = [name for name in annotations.classes if name not in used]
    if not unused:
        return annotations
    names = ", ".join(map(shown, unused[:9])) + ", ..." * (len(unused) > 9)
    note = f"{counted(len(unused), 'class')} without a box left out ({names})"
    return dataclasses.replace(
        annotations,
        classes=tuple(name for name in annotations.classes if name in used),
        notes=(note, *annotations.notes),
    )


def _check_boxes(root: Path, annotations: Annotations) -> None:
    for split in facts.SPLITS:
        chosen = [picture for picture in annotations.pictures if picture.split == split]
        if not any(picture.boxes for picture in chosen):
            found = f"{root}: found {counted(len(chosen), 'image')} and no box in {split}"
            telling = "not looked at", "VIA"
            hints = [note for note in annotations.notes if note.startswith(telling)]
            hint = f" ({'; '.join(hints)})" if hints else ""
            raise BenchmarkError(
                f"{found}{hint}; expected some in "
                f"train, validation and test. {_of_one_split(root, annotations) or _remedy(root)}"
            )
    of_train = [picture for picture in annotations.pictures if picture.split == "train"]
    trained = {name for picture in of_train for name in picture.classes}
    missing = [name for name in annotations.classes if name not in trained]
    if missing:
        names = ", ".join(missing)
        alike = {entries.folded(name): name for name in trained}
        same = [f"{n} and {alike[k]}" for n in missing if (k := entries.folded(n)) in alike]
        written = f" Name {', '.join(same)} alike if they are one." if same else ""
        raise BenchmarkError(
            f"{root}: class {names} has no box in train, and some in other splits; expected some "
            f"of every class in train.{written} Move an image with some there, or take the boxes "
            f"of {names} out. {_remedy(root)}"
        )


def _of_one_split(root: Path, annotations: Annotations) -> str:
    """Return how images are divided that a program exported as one split; "" where there are more.

    CVAT, among others, names the images train where nobody divided them.
    """
    splits = {picture.split for picture in annotations.pictures}
    if len(splits) != 1:
        return ""
    (split,) = splits
    folders = {
        part
        for picture in annotations.pictures
        if picture.path.is_relative_to(root)
        for part in picture.path.relative_to(root).parts[:-1]
        if entries.split_of(part) == split
    }
    steps = [
        f"move images and labels out of {name}, a folder up, and delete {name}"
        for name in sorted(folders)
    ]
    for file in sorted(annotations.sources):
        if entries.split_of(file.stem) == split and file.suffix == ".txt":
            steps.append(f"move {file.name} away")
        elif entries.split_in(file.stem) == split and file.suffix == ".json":
            steps.append(f"rename {file.name} to annotations.json")
    yaml = data_yaml.find(root)
    if yaml and yaml.splits:
        steps.append(f"take the lines of splits, such as {split}, out of {yaml.path.name}")
    return f"All are in {split}. To have them divided: {'; '.join(steps)}." if steps else ""


def _remedy(root: Path) -> str:
    found = child(root, table.TABLE)
    return f"Divide the images again: correct {found}." if found else "Divide the images again."


def _check_files(pictures: Sequence[Annotated]) -> None:
    """Refuse a file that two splits list; copies of it are found when the images are read."""
    splits: dict[Path, str] = {}
    twice = [
        (picture, other)
        for picture in pictures
        if (other := splits.setdefault(picture.path.resolve(), picture.split)) != picture.split
    ]
    if twice:
        picture, other = twice[0]
        more = f" ({len(twice)} such in all)" if len(twice) > 1 else ""
        raise BenchmarkError(
            f"{picture.path}: an image of {other} and of {picture.split}{more}; expected no image "
            "in two splits: a score on images of the training would mean nothing. Take it out of "
            "one."
        )


def _version(pictures: dict[str, Annotated], nm_per_pixel: Mapping[Path, float]) -> str:
    lines = (
        f"{name}\t{picture.path.suffix}\t{user_image.fingerprint(picture.path)}"
        f"\t{picture.classes}\t{picture.boxes}\n"
        for name, picture in pictures.items()
    )
    sizes = (f"{nm_per_pixel[p.path]!r}\n" for p in pictures.values() if p.path in nm_per_pixel)
    return f"0.0.0-{hashlib.sha256(''.join([*lines, *sizes]).encode()).hexdigest()[:8]}"
