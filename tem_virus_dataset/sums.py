"""Manifests: sha256 and size of files, recorded when they are first read, enforced from then on.

A manifest is what `sha256sum` writes and `sha256sum --check` reads; a comment holds the size:

    # 27183 bytes
    <64 hexadecimal digits>  images/train/Adenovirus_A4-080201_1.jpg

Names are relative to the root of the tree, so that a folder and a zip of it have one manifest.
"""

import importlib.resources
import os
import re
import uuid
from collections.abc import Mapping
from pathlib import Path

import filelock

from tem_virus_dataset.errors import DatasetError

LINE = re.compile(r"([0-9a-f]{64}) [ *](.*\S.*)")
SIZE = re.compile(r"# (\d+) bytes")
NOTHING: Mapping[str, int] = {}
WAIT = 60  # seconds for another process to write its few lines


def read(path: Path) -> dict[str, str]:
    """Return the sha256 of each file by name; none where there is no manifest.

    Raises:
      DatasetError: a line of the manifest is damaged, or two contradict each other.
    """
    return _parse(_text(path), str(path))[0]


def read_sizes(path: Path) -> dict[str, int]:
    """Return the size in bytes of each file whose size the manifest gives; see `read`."""
    return _parse(_text(path), str(path))[1]


def shipped(source: str) -> tuple[dict[str, str], dict[str, int]]:
    """Return sha256 and size by name from `<source>.sha256`, which comes with the package."""
    file = importlib.resources.files("tem_virus_dataset") / f"{source}.sha256"
    return _parse(file.read_text("utf-8"), str(file))


def write(path: Path, sums: Mapping[str, str], sizes: Mapping[str, int] = NOTHING) -> None:
    """Write a manifest, whole or not at all.

    Raises:
      DatasetError: a name that a line cannot hold.
    """
    lines = []
    for name, digest in sorted(sums.items()):
        line = f"{digest}  {name}"
        if not LINE.fullmatch(line) or len(line.splitlines()) != 1:
            raise DatasetError(
                f"{path}: {line!r} makes no line of a manifest; expected a sha256 and a name of "
                "one line. Rename the file as published."
            )
        lines += [f"# {sizes[name]} bytes", line] if name in sizes else [line]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as out:
            out.writelines(f"{line}\n" for line in lines)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def record(path: Path, sums: Mapping[str, str], sizes: Mapping[str, int] = NOTHING) -> None:
    """Add what is not yet in the manifest; no line that is there is ever changed.

    Several processes may record at once.

    Raises:
      DatasetError: a file differs from what is on record, or the manifest is damaged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(path.with_name(f".{path.name}.lock"), timeout=WAIT):
            known, known_sizes = _parse(_text(path), str(path))
            for name, digest in sums.items():
                if known.get(name, digest) != digest:
                    raise DatasetError(
                        f"{name}: sha256 {digest}; expected {known[name]}, as recorded in {path}. "
                        "Put the published file in its place; or, if the record is wrong, delete "
                        "its line."
                    )
            if not sums.keys() <= known.keys():
                write(path, {**known, **sums}, {**sizes, **known_sizes})
    except filelock.Timeout as error:
        raise DatasetError(
            f"{path}: another process has held {error.lock_file} for {WAIT} s; expected to write "
            "the record. Wait until it has ended, then start again."
        ) from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""


def _parse(text: str, where: str) -> tuple[dict[str, str], dict[str, int]]:
    sums: dict[str, str] = {}
    sizes: dict[str, int] = {}
    size = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith("#"):
            size = SIZE.fullmatch(line) or size
            continue
        match = LINE.fullmatch(line)
        if not match or sums.get(match[2], match[1]) != match[1]:
            fault = "not `<sha256>  <name>`" if not match else "another sum of the same file above"
            raise DatasetError(
                f"{where}, line {number}: {line!r:.100}: {fault}; expected an intact manifest. "
                "Restore the file; one that you did not get with the package may be deleted, and "
                "is then recorded anew."
            )
        digest, name = match.groups()
        sums[name] = digest
        if size:
            sizes[name] = int(size[1])
        size = None
    return sums, sizes
