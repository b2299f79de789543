"""Files packed with gzip, bzip2 or xz, such as X.mrc.gz: unpacked into a temporary folder."""

import bz2
import contextlib
import gzip
import io
import lzma
import tempfile
import types
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures.unreadable import described

OPENERS: types.MappingProxyType[str, Callable[[Path], io.BufferedIOBase]]
OPENERS = types.MappingProxyType({".gz": gzip.GzipFile, ".bz2": bz2.BZ2File, ".xz": lzma.LZMAFile})
MARKS = types.MappingProxyType({".gz": b"\x1f\x8b", ".bz2": b"BZh", ".xz": b"\xfd7zXZ"})
UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError)
CHUNK = 1 << 24
MOST_BYTES = 1 << 32  # one micrograph has less; a packed file may hold a thousand times its size


def kind(path: Path) -> str:
    """Return the suffix in small letters, with that of the packed file: ".mrc.gz", ".tif"."""
    suffix = path.suffix.lower()
    return path.with_suffix("").suffix.lower() + suffix if suffix in OPENERS else suffix


@contextlib.contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Yield an unpacked copy of a packed file, which is gone afterwards.

    Errors about the copy name the packed file.

    Raises:
      DatasetError: the file is damaged, not packed, or larger than a micrograph is.
      OSError: it cannot be opened, or there is no room for its contents.
    """
    _check_packed(path)
    with tempfile.TemporaryDirectory(prefix="tem-virus-") as folder:
        copy = Path(folder) / path.stem
        _unpack(path, copy)
        try:
            yield copy
        except DatasetError as error:
            raise DatasetError(str(error).replace(str(copy), str(path))) from error


def _check_packed(path: Path) -> None:
    """Refuse a file that some program has unpacked and left the name, as browsers do."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(max(map(len, MARKS.values())))
    if start and not start.startswith(MARKS[suffix]):
        raise DatasetError(
            f"{path}: does not start as a packed file; expected one of {suffix}. Remove "
            f"{path.suffix} from its name if a browser has unpacked it, or copy it again."
        )


def _unpack(path: Path, copy: Path) -> None:
    with OPENERS[path.suffix.lower()](path) as packed, copy.open("xb") as out:
        while chunk := _next_chunk(packed, path):
            if out.tell() + len(chunk) > MOST_BYTES:
                raise DatasetError(
                    f"{path}: unpacks to over {MOST_BYTES >> 30} GiB; expected one micrograph. "
                    "Unpack it, and save the image that is meant as a file of its own."
                )
            out.write(chunk)


def _next_chunk(packed: io.BufferedIOBase, path: Path) -> bytes:
    try:
        return packed.read(CHUNK)
    except UNREADABLE as error:
        raise DatasetError(
            f"{path}: cannot be unpacked ({described(error)}); expected an intact packed file. "
            "Copy it again."
        ) from error
