"""A folder tree to read from: an unpacked folder, or a zip that is never unpacked."""

import dataclasses
import functools
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from tem_virus_dataset.errors import DatasetError

LARGEST_FILE = 256 * 2**20  # bytes; nothing that we read comes near, a zip bomb does
# RuntimeError: a member has a password, or is packed in a way unknown to zipfile
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, RuntimeError)


@dataclasses.dataclass(frozen=True)
class File:
    """One file of a source: small, so that a worker elsewhere can be told what to read."""

    source: Path
    member: str
    name: str
    sha256: str | None = None

    def read(self) -> bytes:
        """Return the file's bytes."""
        prefix = self.member.removesuffix(self.name)
        return Tree(self.source, prefix, ()).read(self.name)

    @property
    def where(self) -> str:
        """Its place in words."""
        return f"{self.source}{' :: ' if self.source.is_file() else '/'}{self.member}"


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
    def _zip(self) -> zipfile.ZipFile | None:
        return zipfile.ZipFile(self.source) if self.source.is_file() else None

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
        """Return one file, unread."""
        return File(self.source, self.prefix + name, name)

    def read(self, name: str) -> bytes:
        """Return one file's bytes.

        Raises:
          DatasetError: the file is absent, damaged, or far larger than any of this data set.
        """
        path = self.source / self.prefix / name
        try:
            packed = self._zip.getinfo(self.prefix + name) if self._zip else None
            size = packed.file_size if packed else path.stat().st_size
            if size <= LARGEST_FILE:
                return self._zip.read(packed) if self._zip and packed else path.read_bytes()
        except UNREADABLE as error:
            raise DatasetError(
                f"{self.where(name)}: cannot be read ({error}); expected an intact file. "
                "Download the archive again, whole."
            ) from error
        raise DatasetError(
            f"{self.where(name)}: {size} bytes; no file of this data set has more than "
            f"{LARGEST_FILE}. Download the archive again, from its publisher."
        )

    def where(self, name: str) -> str:
        """Return a file's place in words, for messages."""
        return f"{self.source}{' :: ' if self._zip else '/'}{self.prefix}{name}"


def find(sources: Iterable[Path], folder: str) -> Tree | None:
    """Look through folders and zips for the tree that has `folder` at its root.

    Returns:
      The first such tree, or None where no source has one.

    Raises:
      DatasetError: a file given as a zip is none.
    """
    for source in sources:
        names = _names(source)
        for name in sorted(names, key=lambda n: (n.count("/"), n)):
            head, found, _ = f"/{name}".partition(f"/{folder}/")
            if found:
                prefix = f"{head[1:]}/" if head else ""
                below = (n.removeprefix(prefix) for n in names if n.startswith(prefix))
                return Tree(source, prefix, tuple(below))
    return None


def sources(manual_dir: Path) -> list[Path]:
    """Return where an archive may lie: the zips in a folder, then the folder itself."""
    return [*sorted(manual_dir.glob("*.zip")), manual_dir] if manual_dir.is_dir() else []


def _names(source: Path) -> list[str]:
    if source.is_dir():
        return [p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()]
    try:
        with zipfile.ZipFile(source) as archive:
            return [name for name in archive.namelist() if not name.endswith("/")]
    except (zipfile.BadZipFile, OSError) as error:
        raise DatasetError(
            f"{source}: not a readable zip ({error}); expected the archive as its publisher "
            "gives it. Download it again, whole."
        ) from error
