"""Zips that are read in place: opened once in each process, and only if they are safe.

Why these rules: an archive is downloaded from a public page, so it may be damaged or hostile. A zip
bomb packs terabytes into a few kilobytes; an absolute path or `..` would lead out of the archive; a
link would show a file of the user's as data. Four rules refuse them before they do harm:

* `_unsafe_member` and `_unsafe_zip` check the directory of the zip before anything is unpacked: at
  most `LARGEST_ZIP` bytes and `MOST_MEMBERS` members in all, plain paths, no links, no duplicates.
* `tree.File.read` refuses a file whose stated size exceeds `tree.LARGEST_FILE`.
* `Zip.read` never unpacks more bytes than that stated size, so that a false one does not help.
* A member may be stored or packed by Deflate alone: zipfile unpacks other methods without a limit.

Some programs on Windows write backslashes in names; they are read as slashes before these checks.

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

from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files import reader_error

# The largest archive has 1245 micrographs of up to 2048x2048 pixels of 16 bits (10.4 GB), patches
# of about 5 GB, and fewer than 50,000 files.
LARGEST_ZIP = 40 * 10**9  # bytes, unpacked
MOST_MEMBERS = 100_000
ENCRYPTED = 1  # bit of a member's flags
WEB_PAGE = (b"<!doctype", b"<html", b"<?xml")  # in lower case, as the next
BEGINNINGS = {
    "an archive of 7-Zip": (b"7z\xbc\xaf",),
    "an archive of RAR": (b"rar!",),
    "packed by gzip": (b"\x1f\x8b",),
    "packed by xz": (b"\xfd7zxz",),
}
PLAIN = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: packed on a system without such modes


class UnpackError(Exception):
    """A sound zip that another program must unpack."""


class Zip:
    """An open zip that several threads may read.

    Attributes:
      names: the path of every file in it, with slashes.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
            members = self._archive.infolist()
        except Exception as error:  # zipfile raises almost any kind for what is no zip
            raise DatasetError(
                f"{path}: not a readable zip ({reader_error.reason(error)}); expected the archive "
                f"as its publisher gives it. {_remedy(path)}"
            ) from error
        self._lock = threading.Lock()
        fault = _unsafe_zip(members)
        if fault:
            self._archive.close()
            raise DatasetError(
                f"{path}: refused, nothing was read from it: {fault}. Put the archive as its "
                "publisher gives it in its place, or remove this one."
            )
        self._members = {_slashed(member): member for member in members if not _is_folder(member)}
        self.names = tuple(self._members)

    def size(self, name: str) -> int:
        """Return a file's size in bytes, as the zip states it."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """Return a file's bytes; never more than its stated size, even if more is packed.

        Raises:
          UnpackError: it has a password, or is packed by another method than Deflate.
          Exception: of zipfile and zlib, for a damaged file.
        """
        member = self._members[name]
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnpackError(f"packed by method {member.compress_type}, not Deflate")
        if member.flag_bits & ENCRYPTED:
            raise UnpackError("packed with a password")
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
            f"{path}: cannot be read ({reason(error)}); expected the archive. Put it back."
        ) from error
    if not stat.S_ISREG(status.st_mode):  # to open a named pipe would wait for a writer
        raise DatasetError(
            f"{path}: neither a file nor a folder, but a pipe or a device; expected a zip. Remove "
            "it, or name another folder."
        )
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
        seen.add(_slashed(member))
    return ""


def _unsafe_member(member: zipfile.ZipInfo, seen: set[str]) -> str:
    """Return why a member is refused; "" for a safe one. `seen` are the names before it."""
    name = _slashed(member)
    if name.startswith("/") or re.match("[A-Za-z]:", name):
        return f"member {name!r} has an absolute path, expected one inside the archive"
    if ".." in name.split("/"):
        return f"member {name!r} leads out of the archive, expected a path inside it"
    if "\0" in name:
        return f"member {name!r} has a NUL, expected a plain path"
    if stat.S_IFMT(member.external_attr >> 16) not in PLAIN:
        return f"member {name!r} is a link or a device, expected files and folders"
    if name in seen and not _is_folder(member):
        return f"member {name!r} is there twice, expected once"
    return ""


def _slashed(member: zipfile.ZipInfo) -> str:
    """Return a member's path with slashes, not yet cut off at a NUL."""
    return member.orig_filename.replace("\\", "/")


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return _slashed(member).endswith("/")


def _remedy(path: Path) -> str:
    """Return what to do about a file that zipfile cannot open, from its first bytes."""
    try:
        with path.open("rb") as stream:
            first = stream.read(64).lstrip().lower()
    except OSError:
        return "Make it readable."
    if not first or first.startswith(b"pk\x03\x04"):  # the directory stands at the end
        return "It is cut off: download it again, whole."
    if first.startswith(WEB_PAGE):
        return "It is a web page: take the zip with a browser, and put it in its place."
    for kind, beginning in BEGINNINGS.items():
        if first.startswith(beginning):
            return f"It is {kind}. Put the zip in its place, or unpack it and name the folder."
    return "Put the zip in its place, or name the unpacked folder."
