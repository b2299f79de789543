"""A cache of computed results outside the repository: one small file for each, by a content key.

Why files and not a database: a damaged or half-written entry is lost alone; processes need no lock,
for an entry is renamed into place; folders on a network work; and anybody may delete any of them at
any time. Every entry begins with a checksum of the rest and is ignored where that does not match.

The key is a hash of everything that a result follows from. So the cache is never asked whether
something has changed, and an entry is never out of date. Entries lie in a folder of the version of
the code that computed them; folders of versions that nobody has used for a month are deleted.
"""

import contextlib
import hashlib
import os
import shutil
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

LONGEST_UNUSED = 30 * 24 * 3600  # seconds
_CHECKSUM = hashlib.sha256().digest_size  # bytes


def user_folder() -> Path:
    """Return the folder of this project in the user's folder of caches, whether or not it exists.

    It is `~/.cache/tem-virus`, or what the system has instead of `~/.cache`.
    """
    home = Path.home()
    places = {
        "darwin": home / "Library" / "Caches",
        "win32": Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"),
    }
    usual = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return places.get(sys.platform, usual) / "tem-virus"


@dataclass
class Cache:
    """Entries of one version of the code; a folder that cannot be used holds nothing.

    Attributes:
      folder: of the caches of all versions; version: letters and digits.
      problem: why an entry could not be written, "" where all could; the command prints it.
    """

    folder: Path
    version: str
    problem: str = field(default="", init=False)

    def get(self, key: str) -> bytes | None:
        """Return the entry of a key, a hash in hexadecimal digits; None where there is none."""
        try:
            data = self._file(key).read_bytes()
        except OSError:
            return None
        content = data[_CHECKSUM:]
        return content if hashlib.sha256(content).digest() == data[:_CHECKSUM] else None

    def put(self, key: str, content: bytes) -> None:
        """Write the entry of a key; where that is not possible, only `problem` says so."""
        file = self._file(key)
        temporary = file.with_name(f".{uuid.uuid4().hex}.tmp")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            # not flushed to the disk: after a power cut the checksum is wrong, and nothing is lost
            temporary.write_bytes(hashlib.sha256(content).digest() + content)
            temporary.replace(file)
        except OSError as error:
            self.problem = f"{self.folder}: cannot be written ({error.strerror})"
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def tidy(self) -> None:
        """Note that this version is in use, and delete those that have not been for a month."""
        with contextlib.suppress(OSError):
            own = self.folder / self.version
            if own.is_dir():
                os.utime(own)
            for other in self.folder.iterdir():
                if time.time() - other.stat().st_mtime > LONGEST_UNUSED and _is_version(other):
                    shutil.rmtree(other, ignore_errors=True)

    def _file(self, key: str) -> Path:
        return self.folder / self.version / key[:2] / key


def _is_version(folder: Path) -> bool:
    """Say whether a folder is one of ours, so that nothing else is ever deleted."""
    return folder.is_dir() and all(
        len(part.name) == 2 and set(part.name) <= set("0123456789abcdef")
        for part in folder.iterdir()
    )
