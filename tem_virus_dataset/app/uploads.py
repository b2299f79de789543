"""The micrographs that were dropped into a window: their files, their names, their pixel sizes."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import compressed
from tem_virus_dataset.formats import read as formats

LONGEST = 120  # characters of a name: the names of its results are longer
MOST_BYTES = 200  # of a stem: file systems take names of 255 bytes
NO_NAME = "micrograph"
# no system takes them all; the names that Windows keeps for its devices are none either
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d) *(\.|$)", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Upload:
    """A micrograph of a window.

    Attributes:
      path: of its copy, which names it; size: in bytes.
      nm_per_pixel: that the file states, None where it states none; remark: of where that is from,
        or why there is none.
      is_read: False for a file of a kind that is no micrograph.
      lacks_size: it is intact, and neither the file nor a text beside it states a pixel size.
    """

    path: Path
    size: int = 0
    nm_per_pixel: float | None = None
    remark: str = ""
    is_read: bool = True
    lacks_size: bool = False

    @property
    def name(self) -> str:
        """As the window and all results show it."""
        return self.path.name


def safe_name(name: str, taken: Iterable[str]) -> str:
    """Return the name that a file is kept by: valid on every system, and of no other file.

    >>> safe_name("../a:b.tif", [])
    'a_b.tif'
    >>> safe_name("A.tif", ["a.tif"])
    'A (2).tif'
    """
    plain = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    plain = _FORBIDDEN.sub("_", plain).strip(" ").rstrip(" .")
    if plain.startswith("."):  # hidden files are no micrographs
        plain = f"_{plain[1:]}"
    if not plain or _DEVICE.match(plain):
        plain = f"{NO_NAME}_{plain}" if plain else NO_NAME
    suffix = compressed.kind(Path(plain)) or Path(plain).suffix
    if len(suffix) > LONGEST // 2:
        suffix = ""
    stem = plain[: len(plain) - len(suffix)][: LONGEST - len(suffix)]
    stem = stem.encode(errors="ignore")[:MOST_BYTES].decode(errors="ignore")
    others = {text.casefold() for text in taken}
    number, result = 1, f"{stem}{suffix}"
    while result.casefold() in others:
        number += 1
        result = f"{stem} ({number}){suffix}"
    return result


def examined(path: Path) -> Upload:
    """Return a file with the pixel size that it states."""
    size = path.stat().st_size
    if compressed.kind(path) not in formats.READERS:
        return Upload(path, size, remark="no micrograph, left out", is_read=False)
    try:
        pixels, remarks = formats.stated_size(path)
    except (DatasetError, OSError):  # the prediction says what is wrong with it
        return Upload(path, size, remark="cannot be read from the file")
    except Exception:  # libraries raise anything on damaged files
        return Upload(path, size, remark="cannot be read from the file")
    if pixels is None:
        remark = f"is none: {'; '.join(remarks)}" if remarks else ""
        return Upload(path, size, remark=remark or "is not stated in the file", lacks_size=True)
    return Upload(path, size, pixels.nm, f"is from the file ({pixels.source})")
