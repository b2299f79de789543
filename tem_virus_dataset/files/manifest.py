"""The manifest of an archive: sha256 and size of every file, recorded once, then enforced.

Why: two of the publishers give no checksums, so none can be shipped. The first build records what
it reads, and every later build must read the same bytes: a file that was replaced, cut off or
converted is an error with its name, never a silent change of the data. Of the mirror all files are
known; its manifest comes with the package, and a file that is not in it is refused.

`sha256sum` writes this format and `sha256sum --check` reads it; a comment holds the size:

    # 27183 bytes
    <64 hexadecimal digits>  images/train/Adenovirus_A4-080201_1.jpg

Names are relative to the root of the tree, so that a folder and a zip of it have one manifest.
"""

import dataclasses
import hashlib
import importlib.resources
import re
from collections.abc import Mapping
from pathlib import Path

import filelock

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic

LINE = re.compile(r"([0-9a-f]{64}) [ *](.*\S.*)")
SIZE = re.compile(r"# (\d+) bytes")
FORM = "<sha256>  <name>` below `# <size> bytes"
WAIT = 60  # seconds for another process to write its few lines


@dataclasses.dataclass(frozen=True)
class Checksum:
    """Identity of a file's content.

    Attributes:
      sha256: of its bytes, in lower-case hex.
      size: in bytes.
    """

    sha256: str
    size: int

    def __str__(self) -> str:
        return f"{self.size} bytes with sha256 {self.sha256}"


Manifest = Mapping[str, Checksum]  # by name of the file


def checksum_of(data: bytes) -> Checksum:
    """Return the checksum of a file with these bytes."""
    return Checksum(hashlib.sha256(data).hexdigest(), len(data))


def read(path: Path) -> dict[str, Checksum]:
    """Read a manifest; an absent one is empty.

    Raises:
      DatasetError: a line of the manifest is damaged, or two contradict each other.
    """
    try:
        text = path.read_text("utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return {}
    return _parse(text, str(path))


def shipped(source: str) -> dict[str, Checksum]:
    """Read `<source>.sha256`, which comes with the package."""
    file = importlib.resources.files("tem_virus_dataset.sources") / f"{source}.sha256"
    return _parse(file.read_text("utf-8"), str(file))


def write(path: Path, manifest: Manifest) -> None:
    """Write a manifest, whole or not at all.

    Raises:
      DatasetError: a name that does not fit in one line.
    """
    lines = []
    for name, known in sorted(manifest.items()):
        line = f"{known.sha256}  {name}"
        if not LINE.fullmatch(line) or len(line.splitlines()) != 1:
            raise DatasetError(
                f"{path}: {line!r} is no line of a manifest; expected a sha256 and a name of "
                "one line. Rename the file as published."
            )
        lines += [f"# {known.size} bytes", line]
    with atomic.replacing(path) as out:
        out.writelines(f"{line}\n".encode("utf-8", "surrogateescape") for line in lines)


def record(path: Path, manifest: Manifest) -> None:
    """Add new files to the manifest at `path`; existing lines are never changed.

    Several processes may record at once.

    Raises:
      DatasetError: a file differs from its recorded checksum, or the manifest is damaged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=WAIT):
            before = read(path)
            for name, known in manifest.items():
                if before.get(name, known) != known:
                    raise DatasetError(
                        f"{name}: {known}; expected {before[name]}, as recorded in {path}. Put the "
                        "published file in its place; or, if the record is wrong, delete its line."
                    )
            if not manifest.keys() <= before.keys():
                write(path, {**before, **manifest})
    except filelock.Timeout as error:
        raise DatasetError(
            f"{path}: another process has held {error.lock_file} for {WAIT} s; expected to write "
            "the record. Wait until it has ended, then start again."
        ) from error


def _parse(text: str, where: str) -> dict[str, Checksum]:
    manifest: dict[str, Checksum] = {}
    size = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            size = SIZE.fullmatch(line) or size
            continue
        match = LINE.fullmatch(line)
        known = Checksum(match[1], int(size[1])) if match and size else None
        if not match or not known or manifest.get(match[2], known) != known:
            fault = "another entry of the same file above" if known else f"not `{FORM}`"
            raise DatasetError(
                f"{where}, line {number}: {line!r:.100}: {fault}; expected an intact manifest. "
                "Restore the file; one that you did not get with the package may be deleted, and "
                "is then recorded again."
            )
        manifest[match[2]], size = known, None
    return manifest
