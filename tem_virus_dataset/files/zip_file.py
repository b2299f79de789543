"""Zips that are read in place: opened once in each process, and only if they are safe.

Why these rules: an archive is downloaded from a public page, so it may be damaged or hostile. A zip
bomb packs terabytes into a few kilobytes; an absolute path or `..` would lead out of the archive; a
link would show a file of the user's as data. Four rules refuse them before they do harm:

* `_unsafe_member` and `_unsafe_zip` check the directory of the zip before anything is unpacked: at
  most `LARGEST_ZIP` bytes and `MOST_MEMBERS` members in all, plain paths, no links, no duplicates.
* `tree.File.read` refuses a file whose stated size exceeds `tree.LARGEST_FILE`.
* `Zip.read` never unpacks more bytes than that stated size, so that a false one does not help.
* A member may be stored or packed by Deflate alone: zipfile unpacks other methods without a limit.

Nothing is ever unpacked to disk. Of packed files within the archive only the spreadsheets of pixel
sizes are opened.
"""

import functools
import os
import re
import stat
import threading
import zipfile
from pathlib import Path

from tem_virus_dataset.errors import DatasetError

# The largest archive has 1245 micrographs of up to 2048x2048 pixels of 16 bits (10.4 GB), patches
# of about 5 GB, and fewer than 50,000 files.
LARGEST_ZIP = 40 * 10**9  # bytes, unpacked
MOST_MEMBERS = 100_000
PLAIN = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: packed on a system without such modes


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
        fault = _unsafe_zip(members)
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
        """Return a file's bytes; never more than its stated size, even if more is packed.

        Raises:
          Exception: one of `UNREADABLE`.
        """
        member = self._archive.getinfo(name)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile(f"packed by method {member.compress_type}, not Deflate")
        with self._lock:  # zipfile counts its open members without a lock
            stream = self._archive.open(member)
        try:
            return stream.read(member.file_size + 1)
        finally:
            with self._lock:
                stream.close()


def opened(path: Path) -> Zip:
    """Return the zip at `path`, which is opened again only if the file has changed.

    Raises:
      DatasetError: the file is no zip, or an unsafe one.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise DatasetError(
            f"{path}: cannot be read ({error}); expected the archive. Put it back."
        ) from error
    # the process id: after a fork, parent and child would share one file position
    return _opened(path, status.st_mtime_ns, status.st_size, os.getpid())


@functools.lru_cache(maxsize=4)
def _opened(path: Path, *_: int) -> Zip:
    return Zip(path)


def _unsafe_zip(members: list[zipfile.ZipInfo]) -> str:
    """Return why a zip is refused as a whole; "" for a safe one."""
    if len(members) > MOST_MEMBERS:
        return f"{len(members)} members, expected at most {MOST_MEMBERS}"
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_ZIP:
        return f"it unpacks to {unpacked} bytes, expected at most {LARGEST_ZIP}"
    seen: set[str] = set()
    for member in members:
        fault = _unsafe_member(member, seen)
        if fault:
            return fault
        seen.add(member.orig_filename)
    return ""


def _unsafe_member(member: zipfile.ZipInfo, seen: set[str]) -> str:
    """Return why a member is refused; "" for a safe one. `seen` are the names before it."""
    name = member.orig_filename  # not yet cut off at a NUL
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
    return ""
