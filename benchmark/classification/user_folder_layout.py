"""The layout of a user's folder of patches: PATH/{train,validation,test}/<Class>/<image>.

Intervals are drawn over micrographs, so patches of one micrograph must be known as such. The
micrograph of an image is

1. the folder it lies in, in `<Class>/<micrograph>/<image>`;
2. else its name up to the last `_`, where every image of the class is named
   `<micrograph>_<number>`, as the official patches are, and there are several such micrographs;
3. else the image itself.

Hidden files, and files beside the three splits, are ignored. No file is opened here.
"""

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmark.data import user_image
from benchmark.errors import BenchmarkError
from leaderboard.files.names import BadNameError, check_name, shown
from tem_virus_dataset import facts

SUFFIXES = (".png", ".tif", ".tiff", ".jpg", ".jpeg")
LAYOUT = "PATH/{train,validation,test}/<Class>/<image>"
_HIDDEN = re.compile(r"\..*|thumbs\.db|desktop\.ini|__MACOSX", re.IGNORECASE)
_NUMBERED = re.compile(r"(.+)_\d+")


@dataclasses.dataclass(frozen=True)
class Picture:
    """One image, unread; `inside` is the folder of its micrograph, "" where it has none."""

    file: Path
    split: str
    class_name: str
    inside: str

    @property
    def folder(self) -> str:
        """`split/Class`, the beginning of its id."""
        return f"{self.split}/{self.class_name}"

    @property
    def id(self) -> str:
        """`split/Class/name` or `split/Class/micrograph/name`; the name without suffix."""
        return "/".join(filter(None, (self.folder, self.inside, self.file.stem)))


def pictures(root: Path) -> list[Picture]:
    """Return all images in the order of their ids.

    Raises:
      BenchmarkError: the first path that does not fit the layout.
    """
    if not root.is_dir():
        raise BenchmarkError(f"{root}: no such folder; expected {LAYOUT}. Correct the path.")
    missing = [split for split in facts.SPLITS if not (root / split).is_dir()]
    if missing:
        names = ", ".join(shown(path.name) for path in _entries(root)[:9])
        raise BenchmarkError(
            f"{root / missing[0]}: no such folder; {root} holds {names or 'nothing'}. Expected "
            f"{LAYOUT}. Rename or add it."
        )
    classes_in = {split: _classes(root / split) for split in facts.SPLITS}
    classes = sorted(set().union(*classes_in.values()))
    if len(classes) < 2:
        raise BenchmarkError(
            f"{root}: found {len(classes)} classes; expected two or more, as the folders "
            f"{LAYOUT.removesuffix('/<image>')}. Add some, or correct the path."
        )
    listed: dict[str, Picture] = {}
    for split in facts.SPLITS:
        for name in classes:
            if name not in classes_in[split]:
                raise BenchmarkError(
                    f"{root / split / name}: no such folder; expected images of every class in "
                    f"train, validation and test. Add some, or take {name} out of the others."
                )
            for picture in _of_class(root, split, name):
                same = listed.setdefault(picture.id, picture)
                if same is not picture:
                    raise BenchmarkError(
                        f"{picture.file}: of the same name as {same.file.name} beside it; expected "
                        "names that differ without their suffix. Rename one, or take it out."
                    )
    return [listed[name] for name in sorted(listed)]


def version(listed: Sequence[Picture], nm_per_pixel: Mapping[Path, float]) -> str:
    """Return a version that changes with names, contents and pixel sizes: `0.0.0-1f3a5c7e`.

    So a run on other images in a folder of the same name does not count as finished.
    """
    lines = (
        f"{picture.id}\t{picture.file.suffix}\t{user_image.fingerprint(picture.file)}\n"
        for picture in listed
    )
    sizes = (f"{nm_per_pixel[p.file]!r}\n" for p in listed if p.file in nm_per_pixel)
    return f"0.0.0-{hashlib.sha256(''.join([*lines, *sizes]).encode()).hexdigest()[:8]}"


def micrographs(listed: Sequence[Picture]) -> list[str]:
    """Return `split/Class/micrograph` of each image."""
    stems: dict[str, set[str]] = {}
    for picture in listed:
        if not picture.inside:
            match = _NUMBERED.fullmatch(picture.file.stem)
            stems.setdefault(picture.class_name, set()).add(match[1] if match else "")
    numbered = {name for name, known in stems.items() if len(known) > 1 and "" not in known}

    def stem(picture: Picture) -> str:
        name = picture.file.stem
        is_numbered = picture.class_name in numbered
        return picture.inside or (name.rpartition("_")[0] if is_numbered else name)

    return [f"{picture.folder}/{stem(picture)}" for picture in listed]


def _classes(folder: Path) -> list[str]:
    for path in _entries(folder):
        if not path.is_dir():
            raise BenchmarkError(f"{path}: a file; expected a folder of each class. Move it away.")
        try:
            check_name(path.name.replace(" ", "_"), "class")  # a space is fine: "Nipah virus"
        except BadNameError as error:
            raise BenchmarkError(f"{path}: {error}") from error
    return [path.name for path in _entries(folder)]


def _of_class(root: Path, split: str, name: str) -> Iterator[Picture]:
    for path in _filled(root / split / name):
        if not path.is_dir():
            yield Picture(_checked(path), split, name, "")
            continue
        for file in _filled(path):
            yield Picture(_checked(file), split, name, path.name)


def _filled(folder: Path) -> list[Path]:
    entries = _entries(folder)
    if not entries:
        raise BenchmarkError(f"{folder}: empty; expected images. Add some, or remove it.")
    return entries


def _checked(file: Path) -> Path:
    if file.is_dir():
        raise BenchmarkError(
            f"{file}: a folder; expected images in <Class>/<micrograph>. Move its images up."
        )
    if file.suffix.lower() not in SUFFIXES:
        raise BenchmarkError(
            f"{file}: found {shown(file.suffix or file.name)}; expected an image, "
            f"{', '.join(SUFFIXES)}. Convert it, or move it away."
        )
    return file


def _entries(folder: Path) -> list[Path]:
    """Return the entries of a folder by name, without hidden ones."""
    entries = sorted(path for path in folder.iterdir() if not _HIDDEN.fullmatch(path.name))
    for path in entries:
        if not path.name.isprintable():  # it could not be written into a record
            raise BenchmarkError(
                f"{folder}: found {shown(path.name)} in it; expected a name in UTF-8 without "
                "control characters. Rename it."
            )
    return entries
