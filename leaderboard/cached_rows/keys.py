"""Keys of the cache: hashes of everything that a scored row follows from."""

import dataclasses
import functools
import hashlib
import importlib.metadata
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from leaderboard.files import plain_file
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.results import store as records
from leaderboard.results.record import Record
from leaderboard.tasks import TASKS, part

PACKAGE = Path(__file__).resolve().parents[1]
# Rooms and modules whose code decides what a scored row holds.
CODE = (
    "tasks.py", "files", "ground_truth", "predictions", "metrics", "scoring", "results", "ranking",
    "cached_rows", "open_set", "submission",
)  # fmt: skip
PLACE = 3  # parts of a path that say which row a file is of: board, row, name
LIBRARIES = ("numpy", "msgspec", "faster-coco-eval", "scikit-learn", "scipy")


@functools.cache
def code_version() -> str:
    """Return a hash of the code that scores, and of the versions of its libraries, 16 hex digits.

    Any edit of that code gives another version: a forgotten number of a version could otherwise
    bring back scores of older code.
    """
    digest = hashlib.sha256(sys.version.encode())
    for library in LIBRARIES:
        digest.update(f"{library} {_version_of(library)}\n".encode())
    for name in CODE:
        place = PACKAGE / name
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            _add(digest, file.relative_to(PACKAGE).as_posix().encode(), file.read_bytes())
    return digest.hexdigest()[:16]


def _version_of(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "none"


class Keys:
    """The keys of rows in one folder of records; each ground-truth table is read once."""

    def __init__(self, root: Path) -> None:
        """Args: root: folder of the records."""
        self._root = root
        self._tables = _by_data(
            table for task in TASKS for table in part("ground_truth", task).known().items()
        )

    def of_row(self, group: Sequence[Record]) -> str:
        """Return the key of the row of these records, by seed; 64 hex digits.

        It is a hash of the version of the code, the shipped ground truth of the config in any
        version, task and case of its name, every field of the records, and the bytes of their
        predictions.
        """
        first = group[0]
        digest = hashlib.sha256(code_version().encode())
        _add(digest, self._tables.get(first.data.casefold(), b""))
        for record in group:
            _add(digest, _content(record))
            for split in SPLITS:
                _add(digest, _digest(records.predictions_path(self._root, record, split)))
        return digest.hexdigest()


def of_files(files: Iterable[Path]) -> str:
    """Return the key of what follows from these files and all shipped ground truth, 64 hex digits.

    A file counts with its name and those of the two folders that hold it: the same bytes in another
    row are not known.
    """
    digest = hashlib.sha256(code_version().encode())
    shipped = sorted((PACKAGE / "ground_truth").rglob("*.csv"))
    for file in (*shipped, *sorted(files)):
        _add(digest, "/".join(file.parts[-PLACE:]).encode(), _digest(file))
    return digest.hexdigest()


def _content(record: Record) -> bytes:
    """Return all fields of a record as bytes."""
    try:
        return msgspec.msgpack.encode(record)
    except UnicodeEncodeError:  # half of a pair of UTF-16, which JSON may hold
        return json.dumps(dataclasses.asdict(record)).encode()


def _by_data(tables: Iterable[tuple[tuple[str, str], Path]]) -> dict[str, bytes]:
    """Return a hash of all ground-truth tables of each data config."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for (data, version), file in tables:
        found.setdefault(data.casefold(), []).append((version, _digest(file)))
    return {data: msgspec.msgpack.encode(sorted(of_data)) for data, of_data in found.items()}


def _digest(file: Path) -> bytes:
    """Return the sha256 of a file, as it lies there, packed or not; b"" where it cannot be read.

    What opens it later says why.
    """
    try:
        return plain_file.digest(file)
    except OSError:
        return b""


def _add(digest: "hashlib._Hash", *parts: bytes) -> None:
    """Add parts to a hash, each with its length, so that no two lists of parts are alike."""
    for content in parts:
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
