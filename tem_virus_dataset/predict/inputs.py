"""The image files of a prediction, the name of each one's results, and its size in memory."""

import collections
import dataclasses
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from tem_virus_dataset.annotations.folders.entries import folded, is_hidden, is_results
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import did_you_mean
from tem_virus_dataset.formats import compressed
from tem_virus_dataset.formats import read as formats
from tem_virus_dataset.formats.compressed import kind
from tem_virus_dataset.formats.pixel_size import TABLE
from tem_virus_dataset.formats.read import EXPECTED
from tem_virus_dataset.predict import folders
from tem_virus_dataset.predict.folders import Contents, real

LARGE = 2**25  # bytes of pixels, those of 4096x4096 of 16 bits: larger images are in memory alone
PACKING = 10  # times the size of a packed file, as if that were its pixels' size
LONG_DASHES = "\u2013", "\u2014"  # that programs for texts make of hyphens
QUOTES = "\"'\u201c\u201d\u201e\u2018\u2019 "
COUNT_BYTES = 2  # of a pixel, once it is read


@dataclasses.dataclass(frozen=True)
class InputImage:
    """A file, and its path below the folder that was given, as POSIX: it names the results.

    Attributes:
      is_only: no other image has this name but for its suffix.
    """

    path: Path
    file: str
    is_only: bool = True

    @property
    def stem(self) -> str:
        """`file` without its suffix, by which annotation programs pair images and labels."""
        suffix = kind(self.path)
        return self.file[: -len(suffix)] if suffix else self.file


@dataclasses.dataclass(frozen=True)
class Listing:
    """The images that were asked for.

    Attributes:
      faults: of what could not be opened, in words; remarks: what was left out, in words.
    """

    images: tuple[InputImage, ...]
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def list_images(paths: Sequence[Path], out: Path) -> Listing:
    """List files as they are given, and those of folders and their sub-folders, sorted.

    A file that is there twice, by a link or since it was given twice, is listed once. Two files of
    one name in two folders are named by their paths below what these have in common.

    Args:
      out: folder of the results, which is left out where it lies in one of these.

    Raises:
      DatasetError: a path does not exist, or there is no image in a folder.
    """
    listed: list[InputImage] = []
    found = []
    # a pattern of the shell, such as mine/*, also names the table, which is read for the others
    paths = [path for path in paths if folded(path.name) != TABLE] or paths
    for path in paths:
        if not path.is_dir():
            _check_file(path)
            _check_out(path, out)
            listed.append(InputImage(path, path.name))
            continue
        found.append(_in_folder(path, out))
        named = {real(file) for file in paths if not file.is_dir()}
        found[-1].exports = [pair for pair in found[-1].exports if real(pair[0]) not in named]
        names = [file.relative_to(path).as_posix() for file in found[-1].files]
        listed += map(InputImage, found[-1].files, names)
    images, links = _without_links(listed)
    if _share_names(images):
        images = _below_common(images, paths)
    stems = collections.Counter(folded(image.stem) for image in images)
    images = [
        dataclasses.replace(image, is_only=stems[folded(image.stem)] == 1) for image in images
    ]
    faults = [text for contents in found for text in contents.faults.values()]
    return Listing(tuple(images), tuple(dict.fromkeys(faults)), tuple(_remarks(found, links)))


def _check_file(path: Path) -> None:
    if not path.exists():
        reason = "a link to a file that is not there" if path.is_symlink() else "no such file"
        raise DatasetError(
            f"{path}: {reason}; expected a file, or a folder with files of {EXPECTED}. "
            f"{_correction(path)}"
        )
    if not path.is_file():
        raise DatasetError(
            f"{path}: neither a file nor a folder; expected a micrograph. Correct the path."
        )


def _correction(path: Path) -> str:
    """Return what to do about a path that does not exist, as a sentence."""
    text = str(path)
    if text.startswith(LONG_DASHES):
        return f"An option begins with two hyphens: --{text.lstrip(''.join(LONG_DASHES) + '-')}."
    if text.startswith("-"):
        return "What follows two hyphens alone is taken for files: give options before them."
    if set("*?") & set(text):
        return "Name the folder: this pattern fits no file, or the shell does not fill it in."
    # In Windows, a backslash before a quotation mark joins it and what follows to the path.
    bare = Path(text.lstrip(QUOTES).partition('"')[0].rstrip(f"{QUOTES}\\"))
    if bare.name and bare.exists():
        return f"Write it without quotation mark, backslash or space at its ends: {bare}"
    names = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
    near = did_you_mean(path.name, [name for name in names if not is_hidden(name)])
    return f"Correct the path{near or '.'}"


def _check_out(file: Path, out: Path) -> None:
    """Refuse to write results into the folder of a micrograph: none would be found in it again."""
    if real(file.parent) == real(out):
        raise DatasetError(
            f"--out {out}: {file} is in it; expected another folder, since results are no "
            "micrographs. Name one, such as a new folder in it."
        )


def _in_folder(folder: Path, out: Path) -> Contents:
    if real(folder).is_relative_to(real(out)):
        raise DatasetError(
            f"--out {out}: the images of {folder} are in it; expected another folder, since "
            "results are no micrographs. Name one."
        )
    if is_results(folder):
        raise DatasetError(
            f"{folder}: holds results of an earlier prediction; expected micrographs. Name their "
            "folder; if they lie among these results, move them to a folder of their own."
        )
    contents = folders.contents(folder, out)
    if not contents.files:
        unread = f" (not read: {folders.counted(contents.unread)})" if contents.unread else ""
        faults = "".join(f" {text}" for text in contents.faults.values())
        raise DatasetError(
            f"{folder}: no micrograph in it{unread}; expected a file, or a folder with files of "
            f"{EXPECTED}.{faults}"
        )
    return contents


def _without_links(images: Iterable[InputImage]) -> tuple[list[InputImage], int]:
    """Return every file once, by the path with the fewest links, and how many others there were."""
    own: dict[object, InputImage] = {}
    others = set()
    for image in images:
        place = real(image.path)
        about = place.stat() if place.exists() else None
        key = (about.st_dev, about.st_ino) if about and about.st_ino else place
        known = own.setdefault(key, image)
        if _links(image.path) < _links(known.path):
            own[key], known, image = image, image, known
        if _links(image.path) > _links(known.path) or place != real(known.path):
            others.add(image.path)
    return list(own.values()), len(others)


def _links(path: Path) -> int:
    """Return how many links a path leads through."""
    absolute = path.absolute()
    return sum(part.is_symlink() for part in (absolute, *absolute.parents))


def _share_names(images: Iterable[InputImage]) -> bool:
    """Return whether files of two given folders have one name, be it in other capitals.

    Windows and macOS take `a.tif` and `A.tif` for one name, so that results of one would replace
    those of the other there. In one folder only other systems can have both.
    """
    given_of: dict[str, set[Path]] = {}
    for image in images:
        given = real(image.path.parents[len(Path(image.file).parts) - 1])
        given_of.setdefault(folded(image.file), set()).add(given)
    return any(len(several) > 1 for several in given_of.values())


def _below_common(images: Iterable[InputImage], paths: Iterable[Path]) -> list[InputImage]:
    """Name images by their paths below the folder that all given paths have in common."""
    given = {path.absolute(): _without_dots(path) for path in paths}
    try:
        common = os.path.commonpath([path.parent for path in given.values()])
    except ValueError as error:  # two drives of Windows
        raise DatasetError(
            f"{', '.join(map(str, paths))}: hold images of one name on different drives; expected "
            "names that differ. Give each a command with an --out of its own."
        ) from error
    named = []
    for image in images:
        path = image.path.absolute()
        root = next(root for root in (path, *path.parents) if root in given)
        below = (given[root] / path.relative_to(root)).relative_to(common)
        named.append(InputImage(image.path, below.as_posix()))
    return named


def _without_dots(path: Path) -> Path:
    """Return an absolute path without "..", of which the last name stays even if it is a link."""
    return real(path) if path.name in ("", "..") else real(path.parent) / path.name


def _remarks(found: Iterable[Contents], links: int) -> Iterable[str]:
    unread: collections.Counter[str] = collections.Counter()
    exports: list[tuple[Path, Path]] = []
    twins: list[tuple[Path, Path]] = []
    for contents in found:
        unread += contents.unread
        exports += contents.exports
        twins += contents.twins
    if unread:
        yield f"not read: {folders.counted(unread)}"
    if exports:
        kinds = collections.Counter(kind(path) for path, _ in exports)
        path, micrograph = exports[0]
        yield (
            f"left out: {folders.counted(kinds)}, exports of a micrograph of the same name, such "
            f"as {path} of {micrograph.name}. Name such a file itself to predict it, too."
        )
    if twins:
        path, first = twins[0]
        yield (
            f"all predicted, though perhaps of one micrograph: {path} and {first.name}"
            f"{f', and {len(twins) - 1} more' if len(twins) > 1 else ''}. Move one elsewhere if "
            "they are: its particles are counted twice."
        )
    if links:
        yield f"left out: {links} links to files that are predicted"


def is_large(path: Path, nm_per_pixel: float | None, detector_nm: float | None) -> bool:
    """Return whether an image takes so much memory that it is predicted with none beside it.

    Its header tells, since the size of a compressed file does not.

    Args:
      nm_per_pixel: that a user gives, None for that of the file.
      detector_nm: of the pixels that the image is rescaled to, None for no other.
    """
    try:
        if path.suffix.lower() in compressed.OPENERS:  # its header is as far away as its pixels
            return path.stat().st_size * PACKING > LARGE
        shape, stored = formats.decoded(path)
        if nm_per_pixel is None and detector_nm is not None:
            size, _ = formats.stated_size(path)
            nm_per_pixel = size.nm if size else None
    except (DatasetError, OSError, MemoryError):  # what reads it reports why it cannot
        return False
    except Exception:  # libraries raise anything on damaged files
        return False
    pixels = shape[0] * shape[-1]
    factor = nm_per_pixel / detector_nm if nm_per_pixel and detector_nm else 1.0
    return max(stored, COUNT_BYTES * pixels * max(factor, 1.0) ** 2) > LARGE
