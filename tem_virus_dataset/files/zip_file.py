"""Zips that are read in place: opened once in each process, and only where they are harmless."""

import functools
import os
import re
import stat
import threading
import zipfile
from pathlib import Path

from tem_virus_dataset.errors import DatasetError

# The data set has 1245 micrographs of up to 2048x2048 pixels of 16 bits (10.4 GB), and patches of
# about 5 GB; its copies are smaller. It has fewer than 50,000 files.
LARGEST_ZIP = 40 * 10**9  # bytes, unpacked
MOST_MEMBERS = 100_000
PLAIN = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: packed where there are no such modes


class Zip:
    """An open zip that several threads may read.

    Attributes:
      names: the path of every file in it, as packed.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise DatasetError(
                f"{path}: not a readable zip ({error}); expected the archive as its publisher "
                "gives it. Download it again, whole."
            ) from error
        self._lock = threading.Lock()
        members = self._archive.infolist()
        fault = _fault(members)
        if fault:
            self._archive.close()
            raise DatasetError(
                f"{path}: refused, nothing was read from it: {fault}. Download the archive again, "
                "from its publisher."
            )
        self.names = tuple(member.filename for member in members if not member.is_dir())

    def size(self, name: str) -> int:
        """Return a file's size in bytes, as the zip states it."""
        return self._archive.getinfo(name).file_size

    def read(self, name: str) -> bytes:
        """Return a file's bytes; never more than its stated size, whatever is packed.

        Raises:
          Exception: one of `UNREADABLE`.
        """
        member = self._archive.getinfo(name)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # zipfile unpacks the other methods without a limit
            raise zipfile.BadZipFile(f"packed by method {member.compress_type}, not Deflate")
        with self._lock:  # zipfile counts its open members without one
            stream = self._archive.open(member)
        try:
            return stream.read(member.file_size + 1)
        finally:
            with self._lock:
                stream.close()


def opened(path: Path) -> Zip:
    """Return the zip at `path`, opened once for as long as the file stays what it is.

    Raises:
      DatasetError: the file is no zip, or one that could do harm.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error}); expected the archive. Put it back."
        ) from error
    # by process, too: after a fork, parent and child would move one and the same file position
    return _opened(path, status.st_mtime_ns, status.st_size, os.getpid())


@functools.lru_cache(maxsize=4)
def _opened(path: Path, *_: int) -> Zip:
    return Zip(path)


def _fault(members: list[zipfile.ZipInfo]) -> str:
    """Say what makes a zip unfit to be read; "" for nothing."""
    if len(members) > MOST_MEMBERS:
        return f"{len(members)} members, expected at most {MOST_MEMBERS}"
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_ZIP:
        return f"it unpacks to {unpacked} bytes, expected at most {LARGEST_ZIP}"
    seen = set()
    for member in members:
        name = member.orig_filename  # not yet cut at a NUL
        if name.startswith("/") or re.match("[A-Za-z]:", name):
            return f"member {name!r} has an absolute path, expected one inside the archive"
        if ".." in name.split("/"):
            return f"member {name!r} leads out of the archive, expected a path inside it"
        if "\\" in name or "\0" in name:
            return f"member {name!r} has a backslash or a NUL, expected a plain path"
        if stat.S_IFMT(member.external_attr >> 16) not in PLAIN:
            return f"member {name!r} is a link or a device, expected files and folders"
        if name in seen and not member.is_dir():
            return f"member {name!r} is there twice, expected once"
        seen.add(name)
    return ""
