"""A folder tree to read from: an unpacked folder, or a zip that is never unpacked."""

import codecs
import dataclasses
import functools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import listing, manifest, reader_error, zip_file
from tem_virus_dataset.files.manifest import Checksum

LARGEST_FILE = 256 * 2**20  # bytes; far above every real file; a gzip or zip bomb exceeds it
PACKED = (".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".zst", ".zipx", ".z01")
UNFINISHED = (".part", ".crdownload", ".download", ".partial")  # as browsers name them
NEVER_OPENED = "dataset code.zip"  # the authors' programs, beside the data in their archive


@dataclasses.dataclass(frozen=True)
class Blob:
    """The bytes of a file, and where they were read, for messages."""

    data: bytes
    where: str

    def lines(self) -> list[str]:
        """Return the lines of a small text file, whatever program wrote it.

        UTF-8, or UTF-16 with a byte-order mark; bytes that are neither are replaced.
        """
        utf16 = self.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return self.data.decode("utf-16" if utf16 else "utf-8-sig", "replace").splitlines()

    def names(self) -> list[str]:
        """Return the lines of a file of names, which no byte may be lost of.

        Raises:
          DatasetError: it is neither in UTF-8 nor, with a byte-order mark, in UTF-16.
        """
        lines = self.lines()
        if any(sign in line for line in lines for sign in "\ufffd\0"):
            raise DatasetError(
                f"{self.where}: found letters that are not in UTF-8; expected names in UTF-8. Open "
                "it in an editor, see that the names are right, and save it in UTF-8."
            )
        return lines


@dataclasses.dataclass(frozen=True)
class File:
    """One file of a tree; small, so that it can be sent to another process.

    Attributes:
      source: the folder or the zip file.
      member: path inside the source.
      name: path relative to the tree's root.
      known: checksum that the file must have; None where none is on record.
      record: the manifest that holds this checksum, if the user may delete it.
    """

    source: Path
    member: str
    name: str
    known: Checksum | None = None
    record: str = ""

    @property
    def where(self) -> str:
        """The file's place, for messages."""
        return f"{self.source}{' :: ' if self.source.is_file() else '/'}{self.member}"

    def read(self) -> bytes:
        """Return the file's bytes.

        Raises:
          DatasetError: the file is absent, damaged, far larger than any of this data set, or not
            the one that is on record.
        """
        data = b""
        try:
            size = self._stated_size()
            if size <= LARGEST_FILE and (not self.known or self.known.size == size):
                data = self._read(size)
        except DatasetError:  # of the zip as a whole
            raise
        except Exception as error:  # zipfile and zlib raise almost any kind
            raise DatasetError(
                f"{self.where}: cannot be read ({reader_error.reason(error)}); expected an intact "
                f"file. {self._remedy(error)}"
            ) from error
        if size > LARGEST_FILE:
            raise DatasetError(
                f"{self.where}: {size} bytes; no file of this data set has more than "
                f"{LARGEST_FILE}. Put the published file in its place."
            )
        if self.known and (size != self.known.size or manifest.checksum_of(data) != self.known):
            found = manifest.checksum_of(data) if data else f"{size} bytes"
            remedy = f" If a wrong copy was recorded, delete {self.record}." if self.record else ""
            cut = " It may be cut off: download it again, whole." * (size < self.known.size)
            raise DatasetError(
                f"{self.where}: {found}; expected the file that is on record, {self.known}. Put "
                f"the published file in its place.{cut}{remedy}"
            )
        return data

    def blob(self) -> Blob:
        """Return the file's bytes with their place; raises what `read` does."""
        return Blob(self.read(), self.where)

    def _remedy(self, error: Exception) -> str:
        if isinstance(error, zip_file.UnpackError):
            return "Unpack the zip with the program that packed it, and name the folder."
        if isinstance(error, PermissionError):
            return "Make it readable."
        if isinstance(error, FileNotFoundError | KeyError):
            return "Put it back."
        if self.source.is_file():  # a part of it has come through wrong
            return "The zip is damaged: download the archive again, whole."
        return "Put the published file in its place."

    def _stated_size(self) -> int:
        if self.source.is_file():
            return zip_file.opened(self.source).size(self.member)
        return (self.source / self.member).stat().st_size

    def _read(self, size: int) -> bytes:
        if self.source.is_file():
            return zip_file.opened(self.source).read(self.member)
        with (self.source / self.member).open("rb") as stream:
            return stream.read(size + 1)  # and no more of a device, or of a file that grows


@dataclasses.dataclass(frozen=True)
class Tree:
    """Read-only files below one root.

    Attributes:
      source: the folder or the zip file.
      prefix: path of the root inside the source, "" or ending in "/".
      files: every file's path relative to the root, with "/".
    """

    source: Path
    prefix: str
    files: tuple[str, ...]

    @functools.cached_property
    def _folders(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for file in self.files:
            folder, _, name = file.rpartition("/")
            names.setdefault(folder.lower(), []).append(name)
        return names

    def names(self, folder: str, suffix: str) -> list[str]:
        """Names directly in `folder` that end in `suffix`, in case-insensitive order.

        The folder may be spelled with other capitals, as some programs write it.
        """
        inside = self._folders.get(folder.lower(), [])
        return sorted((name for name in inside if name.lower().endswith(suffix)), key=str.lower)

    def folders(self, folder: str) -> list[str]:
        """Names of the folders directly in `folder`, in case-insensitive order."""
        above = f"{folder.lower()}/"
        names = {
            file[len(above) :].partition("/")[0]
            for file in self.files
            if file.lower().startswith(above) and "/" in file[len(above) :]
        }
        return sorted(names, key=str.lower)

    @functools.cached_property
    def _spelled(self) -> dict[str, str]:
        return {file.lower(): file for file in self.files}

    def file(self, name: str) -> File:
        """Return one file, unread; where it is spelled with other capitals, that one.

        Its name keeps the given capitals, so that the record of checksums fits both spellings.
        """
        member = name if name in self._exact else self._spelled.get(name.lower(), name)
        return File(self.source, self.prefix + member, name)

    @functools.cached_property
    def _exact(self) -> frozenset[str]:
        return frozenset(self.files)

    def has(self, name: str) -> bool:
        """Whether the file is there, with whatever capitals."""
        return name.lower() in self._spelled

    def where(self, name: str) -> str:
        """Return the place of a file or a folder, for messages."""
        return self.file(name).where


def find_tree(sources: Iterable[Path], folder: str) -> Tree | None:
    """Search folders and zips for the tree that has `folder` at its root.

    Returns:
      The first such tree, or None where no source has one.

    Raises:
      DatasetError: there is none, and a zip among the sources is damaged or unsafe.
    """
    faults = []
    for source in sources:
        try:
            names = _names(source)
        except DatasetError as error:  # of a zip that may be unrelated
            faults.append(error)
            continue
        wanted = f"/{folder}/".lower()
        places = ((f"/{name}", f"/{name}".lower().find(wanted)) for name in names)
        heads = {name[:at] for name, at in places if at >= 0}
        if heads:  # the uppermost
            head = min(heads, key=lambda h: (h.count("/"), h))
            prefix = f"{head[1:]}/" if head else ""
            below = (n.removeprefix(prefix) for n in names if n.startswith(prefix))
            return Tree(source, prefix, tuple(below))
    if faults:
        raise DatasetError("\n".join(map(str, faults)))
    return None


def sources(manual_dir: Path) -> list[Path]:
    """Return where an archive may be: the zips in a folder, then the folder itself; or one zip."""
    if not manual_dir.is_dir():
        return [manual_dir] if manual_dir.is_file() else []
    zips = (
        path
        for path in manual_dir.iterdir()
        if path.suffix.lower() == ".zip" and not _is_macos_metadata(path.name)
    )
    return [*sorted(path for path in zips if path.name.lower() != NEVER_OPENED), manual_dir]


def _names(source: Path) -> list[str]:
    names = _below(source) if source.is_dir() else zip_file.opened(source).names
    return [name for name in names if not any(map(_is_macos_metadata, name.split("/")))]


def _below(folder: Path) -> Iterator[str]:
    """Yield the files below a folder; links are followed, but not to a folder above."""
    for at, folders, files in os.walk(folder, followlinks=True):
        here = os.path.realpath(at)
        folders[:] = [f for f in folders if not _leads_up(os.path.realpath(Path(at, f)), here)]
        paths = (Path(at, file) for file in files)
        yield from (path.relative_to(folder).as_posix() for path in paths if path.is_file())


def _leads_up(target: str, here: str) -> bool:
    return f"{here}{os.sep}".startswith(f"{target}{os.sep}")


def found(manual_dir: Path) -> str:
    """Return what lies in a folder that should hold an archive, as text for a message."""
    if not manual_dir.is_dir():
        return f"found {manual_dir.name}"
    zips = [path.name for path in sources(manual_dir) if path.is_file()]
    names = sorted(path.name for path in manual_dir.iterdir())
    packed = [name for name in names if name.lower().endswith(PACKED)]
    unfinished = [name for name in names if name.lower().endswith(UNFINISHED)]
    text = f"found {listing.listed(zips) if zips else 'no zip'}"
    if packed:
        text += f", {listing.listed(packed)} (unpack it)"
    inner = {
        f"{member} in {path.name}"
        for path in sources(manual_dir)
        if path.is_file()
        for member in _packed_within(path)
    }
    if inner:
        text += f", {listing.listed(inner)} (unpack the outer zip)"
    if unfinished:
        text += f", {listing.listed(unfinished)} (an unfinished download)"
    return text


def _packed_within(path: Path) -> list[str]:
    """Return the zips in a zip; none of one that cannot be read."""
    try:
        names = _names(path)
    except DatasetError:
        return []
    return [n for n in names if n.lower().endswith(".zip") and not n.lower().endswith(NEVER_OPENED)]


def _is_macos_metadata(part: str) -> bool:
    """Whether macOS has added this file or folder beside the data."""
    return part == "__MACOSX" or part.startswith("._")
