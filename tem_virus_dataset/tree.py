"""A folder tree to read from: an unpacked folder, or a zip that is never unpacked."""

import dataclasses
import functools
import hashlib
import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from tem_virus_dataset import zip_file
from tem_virus_dataset.errors import DatasetError

LARGEST_FILE = 256 * 2**20  # bytes; nothing that we read comes near, a zip bomb does
# RuntimeError: a member has a password, or is packed in a way unknown to zipfile
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, RuntimeError)
NEVER_OPENED = "dataset code.zip"  # the authors' programs, beside the data in their archive


@dataclasses.dataclass(frozen=True)
class File:
    """One file of a tree; small, so that it can be sent to another process.

    Attributes:
      source: the folder or the zip file.
      member: path inside the source.
      name: path relative to the tree's root.
      sha256: what the bytes must give, in lower-case hex; None where that is not known.
      size: how many bytes there must be; None where that is not known.
    """

    source: Path
    member: str
    name: str
    sha256: str | None = None
    size: int | None = None

    @property
    def where(self) -> str:
        """The file's place in words, for messages."""
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
            if size <= LARGEST_FILE and self.size in (None, size):
                data = self._read(size)
        except UNREADABLE as error:
            raise DatasetError(
                f"{self.where}: cannot be read ({error}); expected an intact file. "
                "Download the archive again, whole."
            ) from error
        if size > LARGEST_FILE:
            raise DatasetError(
                f"{self.where}: {size} bytes; no file of this data set has more than "
                f"{LARGEST_FILE}. Download the archive again, from its publisher."
            )
        if self.size not in (None, size):
            raise self._another(f"{size} bytes", f"{self.size} bytes")
        if self.sha256:
            found = hashlib.sha256(data).hexdigest()
            if found != self.sha256:
                raise self._another(f"{len(data)} bytes with sha256 {found}", self.sha256)
        return data

    def _stated_size(self) -> int:
        if self.source.is_file():
            return zip_file.opened(self.source).size(self.member)
        return (self.source / self.member).stat().st_size

    def _read(self, size: int) -> bytes:
        if self.source.is_file():
            return zip_file.opened(self.source).read(self.member)
        with (self.source / self.member).open("rb") as stream:
            return stream.read(size + 1)  # and no more of a device, or of a file that grows

    def _another(self, found: str, expected: str) -> DatasetError:
        return DatasetError(
            f"{self.where}: {found}; expected the file that is on record, {expected}. Put the "
            "published file in its place, or download the archive again."
        )


@dataclasses.dataclass(frozen=True)
class Tree:
    """Read-only files below one root.

    Attributes:
      source: the folder or the zip file.
      prefix: path of the root inside the source, "" or ending in "/".
      files: every file's path relative to the root, with "/".
      sums: sha256 of the files that are on record, by path relative to the root.
      sizes: bytes of the files that are on record, by path relative to the root.
    """

    source: Path
    prefix: str
    files: tuple[str, ...]
    sums: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    sizes: Mapping[str, int] = dataclasses.field(default_factory=dict, repr=False)

    @functools.cached_property
    def _folders(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for file in self.files:
            path = PurePosixPath(file)
            found.setdefault(str(path.parent), []).append(path.name)
        return found

    def names(self, folder: str, suffix: str) -> list[str]:
        """Names directly in `folder` that end in `suffix`, in case-insensitive order."""
        inside = self._folders.get(folder, [])
        return sorted((name for name in inside if name.lower().endswith(suffix)), key=str.lower)

    def file(self, name: str) -> File:
        """Return one file, unread, with what is known of it."""
        known = self.sums.get(name), self.sizes.get(name)
        return File(self.source, self.prefix + name, name, *known)

    def read(self, name: str) -> bytes:
        """Return one file's bytes; see `File.read`."""
        return self.file(name).read()

    def where(self, name: str) -> str:
        """Return the place of a file or a folder in words, for messages."""
        return self.file(name).where


def find(sources: Iterable[Path], folder: str) -> Tree | None:
    """Look through folders and zips for the tree that has `folder` at its root.

    Returns:
      The first such tree, or None where no source has one.

    Raises:
      DatasetError: there is none, and a file given as a zip is none, or could do harm.
    """
    faults = []
    for source in sources:
        try:
            names = _names(source)
        except DatasetError as error:  # it may have nothing to do with what is looked for
            faults.append(error)
            continue
        for name in sorted(names, key=lambda n: (n.count("/"), n)):
            head, found, _ = f"/{name}".partition(f"/{folder}/")
            if found:
                prefix = f"{head[1:]}/" if head else ""
                below = (n.removeprefix(prefix) for n in names if n.startswith(prefix))
                return Tree(source, prefix, tuple(below))
    if faults:
        raise faults[0]
    return None


def sources(manual_dir: Path) -> list[Path]:
    """Return where an archive may lie: the zips in a folder, then the folder itself."""
    if not manual_dir.is_dir():
        return []
    zips = (path for path in manual_dir.glob("*.zip") if path.name.lower() != NEVER_OPENED)
    return [*sorted(zips), manual_dir]


def _names(source: Path) -> Collection[str]:
    if source.is_dir():
        return [p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()]
    return zip_file.opened(source).names
