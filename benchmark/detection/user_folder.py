"""A user's own micrographs with boxes, `folder:PATH`, laid out as `folder_layout` says.

PNG, TIFF or JPEG, gray, of 8 or 16 bits and any size. A picture without boxes is background.
"""

import dataclasses
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tqdm

from benchmark.classification.data import About
from benchmark.data import user_image
from benchmark.detection import checksum, user_folder_layout
from benchmark.detection.data import Scene, Scenes, alike, centred
from benchmark.errors import BenchmarkError
from leaderboard.files.names import OWN, BadNameError, check_name, shown
from tem_virus_dataset import facts
from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.files.threads import in_threads


@dataclasses.dataclass(frozen=True)
class Own:
    """A folder, checked, with no picture read.

    Attributes:
      about: version `0.0.0-1f3a5c7e`, which changes with the boxes and the files, see
        `own_picture.fingerprint`, so that a run on others in a folder of the same name is not taken
        for finished.
      pictures: by id, `split/name`, in the order of the ids; said: what was found, in words.
    """

    about: About
    pictures: dict[str, Annotated]
    said: str


def listed(root: Path) -> Own:
    """Read the boxes of a folder, and check what can be without its pictures' pixels.

    Raises:
      BenchmarkError: names that cannot stand in a table, a split without a box, a class without
        one in train, two pictures of one name. DatasetError: see `folder_layout.read`.
    """
    found = user_folder_layout.read(root)
    classes = [_name(str(root), name, "class") for name in found.classes]
    _check_boxes(root, found)
    pictures: dict[str, Annotated] = {}
    for name, picture in _named(found.pictures):
        same = pictures.setdefault(name, picture)
        if same is not picture:
            raise BenchmarkError(
                f"{picture.path}: of the same name as {same.path} in {picture.split}; expected "
                "names that differ without their suffix. Rename one, or take it out."
            )
    pictures = dict(sorted(pictures.items()))
    about = About(f"{OWN}/{_name(str(root), root.name, 'folder')}", _version(pictures), (*classes,))
    return Own(about, pictures, str(found))


def read(root: Path) -> Scenes:
    """Read every picture; labels are in the order that the annotations list the classes in.

    Raises:
      BenchmarkError: what `listed` raises, a picture cannot be used, or two splits show the same
        one. OSError: a file cannot be opened.
    """
    own = listed(root)
    decoded = in_threads(user_image.decoded, [one.path for one in own.pictures.values()])
    scenes, places = [], []
    total = len(own.pictures)
    with tqdm.tqdm(decoded, f"reading {root.name}", total, unit="picture", mininterval=1) as bar:
        for (name, one), (image, digest) in zip(own.pictures.items(), bar, strict=True):
            scenes.append(_scene(name, one, image, own.about.classes))
            places.append((one.path, one.split, digest))
    user_image.check_places(places, "splits")
    splits = {split: [] for split in facts.SPLITS}  # type: dict[str, list[Scene]]
    for scene in alike(scenes):
        splits[scene.id.partition("/")[0]].append(scene)
    about = own.about
    return Scenes(about.dataset, about.version, about.classes, checksum.of_scenes(splits), splits)


def _scene(name: str, one: Annotated, image: np.ndarray, classes: Sequence[str]) -> Scene:
    corners = np.array(one.boxes, np.float64).reshape(-1, 4)
    labels = np.array([classes.index(of) for of in one.classes], np.int64)
    return Scene(name, image, centred(corners).astype(np.float32), labels, None)


def _named(pictures: Sequence[Annotated]) -> Iterator[tuple[str, Annotated]]:
    """Yield the id of each: its split, and its path below the folder of all those of the split."""
    for split in facts.SPLITS:
        chosen = [one for one in pictures if one.split == split]
        common = os.path.commonpath([one.path.resolve().parent for one in chosen])
        for one in chosen:
            name = one.path.resolve().relative_to(common).with_suffix("").as_posix()
            if not name.isprintable():
                raise BenchmarkError(
                    f"{one.path.parent}: found {shown(one.path.name)} in it; expected a name in "
                    "UTF-8 without control characters. Rename it."
                )
            yield f"{split}/{name}", one


def _check_boxes(root: Path, found: Annotations) -> None:
    for split in facts.SPLITS:
        chosen = [one for one in found.pictures if one.split == split]
        if not any(one.boxes for one in chosen):
            raise BenchmarkError(
                f"{root}: found {len(chosen)} pictures and no box in {split}; expected some in "
                "train, validation and test. Divide the pictures anew."
            )
    trained = {name for one in found.pictures if one.split == "train" for name in one.classes}
    for name in found.classes:
        if name not in trained:
            raise BenchmarkError(
                f"{root}: class {name} has no box in train; expected some of every class. Move a "
                f"picture with some there, or take {name} out of the list of classes."
            )


def _version(pictures: dict[str, Annotated]) -> str:
    lines = (
        f"{name}\t{one.path.suffix}\t{user_image.fingerprint(one.path)}\t{one.classes}\t{one.boxes}\n"
        for name, one in pictures.items()
    )
    return f"0.0.0-{hashlib.sha256(''.join(lines).encode()).hexdigest()[:8]}"


def _name(where: str, name: str, what: str) -> str:
    try:
        check_name(name.replace(" ", "_") if what == "class" else name, what)
    except BadNameError as error:
        raise BenchmarkError(f"{where}: {error}") from error
    return name
