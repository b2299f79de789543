"""A user's own annotated micrographs, `folder:PATH`, laid out as `user_folder_layout` says.

PNG, TIFF or JPEG, gray, of 8 or 16 bits and any size. An image without boxes is background.
"""

import dataclasses
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import tqdm

from benchmark.data import pixel_sizes, user_image
from benchmark.data.address import About
from benchmark.data.pixel_sizes import PixelSizes
from benchmark.detection import user_folder_layout
from benchmark.detection.data import Scene, Scenes, checksum, of_one_depth
from benchmark.errors import BenchmarkError
from leaderboard.files.names import OWN, BadNameError, check_name, shown
from tem_virus_dataset import facts
from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.networks.boxes import centred


@dataclasses.dataclass(frozen=True)
class Listing:
    """A checked folder, before any image is read.

    Attributes:
      about: its version, `0.0.0-1f3a5c7e`, changes with the boxes and the files (see
        `user_image.fingerprint`), so that a run on others in a folder of the same name does not
        count as finished.
      images: by id, `split/name`, in the order of the ids; notice: what the folder holds, in
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
    annotations = user_folder_layout.read(root)
    classes = [_name(str(root), name, "class") for name in annotations.classes]
    _check_boxes(root, annotations)
    pictures: dict[str, Annotated] = {}
    for name, picture in _named(annotations.pictures):
        same = pictures.setdefault(name, picture)
        if same is not picture:
            raise BenchmarkError(
                f"{picture.path}: of the same name as {same.path} in {picture.split}; expected "
                "names that differ without their suffix. Rename one, or take it out."
            )
    pictures = dict(sorted(pictures.items()))
    dataset = f"{OWN}/{_name(str(root), root.name, 'folder')}"
    sizes = pixel_sizes.of_folder(root, [p.path for p in pictures.values()], nm_per_pixel)
    about = About(dataset, _version(pictures, sizes.nm), tuple(classes))
    return Listing(about, pictures, f"{annotations}; {sizes.notice}", sizes)


def read(root: Path, nm_per_pixel: float | None = None) -> Scenes:
    """Read every image; labels are in the order of the classes in the annotations.

    Raises:
      BenchmarkError: errors of `listed`, an image cannot be used, or lies in two splits.
      OSError: a file cannot be opened.
    """
    listing = listed(root, nm_per_pixel)
    about, total = listing.about, len(listing.pictures)
    decoded = in_threads(user_image.decoded, [p.path for p in listing.pictures.values()])
    scenes, places = [], []
    with tqdm.tqdm(
        decoded, f"reading {root.name}", total, unit="image", mininterval=1, disable=None
    ) as bar:
        for (name, picture), (image, digest) in zip(listing.pictures.items(), bar, strict=True):
            size = listing.sizes.of(picture.path)
            scenes.append(_scene(name, picture, image, about.classes, size))
            places.append((picture.path, picture.split, digest))
    user_image.check_places(places, "splits")
    splits: dict[str, list[Scene]] = {split: [] for split in facts.SPLITS}
    for scene in of_one_depth(scenes):
        splits[scene.id.partition("/")[0]].append(scene)
    return Scenes(about.dataset, about.version, about.classes, checksum(splits), splits)


def _scene(
    name: str, picture: Annotated, image: np.ndarray, classes: Sequence[str], size: float | None
) -> Scene:
    corners = np.array(picture.boxes, np.float64).reshape(-1, 4)
    labels = np.array([classes.index(class_name) for class_name in picture.classes], np.int64)
    return Scene(name, image, centred(corners).astype(np.float32), labels, size)


def _named(pictures: Sequence[Annotated]) -> Iterator[tuple[str, Annotated]]:
    """Yield each image with its id: its split, and its path below the split's common folder."""
    for split in facts.SPLITS:
        chosen = [picture for picture in pictures if picture.split == split]
        common = os.path.commonpath([picture.path.resolve().parent for picture in chosen])
        for picture in chosen:
            name = picture.path.resolve().relative_to(common).with_suffix("").as_posix()
            if not name.isprintable():
                raise BenchmarkError(
                    f"{picture.path.parent}: found {shown(picture.path.name)} in it; expected a "
                    "name in UTF-8 without control characters. Rename it."
                )
            yield f"{split}/{name}", picture


def _check_boxes(root: Path, annotations: Annotations) -> None:
    for split in facts.SPLITS:
        chosen = [picture for picture in annotations.pictures if picture.split == split]
        if not any(picture.boxes for picture in chosen):
            raise BenchmarkError(
                f"{root}: found {len(chosen)} images and no box in {split}; expected some in "
                "train, validation and test. Divide the images again."
            )
    of_train = [picture for picture in annotations.pictures if picture.split == "train"]
    trained = {name for picture in of_train for name in picture.classes}
    for name in annotations.classes:
        if name not in trained:
            raise BenchmarkError(
                f"{root}: class {name} has no box in train; expected some of every class. Move an "
                f"image with some there, or take {name} out of the list of classes."
            )


def _version(pictures: dict[str, Annotated], nm_per_pixel: Mapping[Path, float]) -> str:
    lines = (
        f"{name}\t{picture.path.suffix}\t{user_image.fingerprint(picture.path)}"
        f"\t{picture.classes}\t{picture.boxes}\n"
        for name, picture in pictures.items()
    )
    sizes = (f"{nm_per_pixel[p.path]!r}\n" for p in pictures.values() if p.path in nm_per_pixel)
    return f"0.0.0-{hashlib.sha256(''.join([*lines, *sizes]).encode()).hexdigest()[:8]}"


def _name(where: str, name: str, what: str) -> str:
    try:
        check_name(name.replace(" ", "_") if what == "class" else name, what)
    except BadNameError as error:
        raise BenchmarkError(f"{where}: {error}") from error
    return name
