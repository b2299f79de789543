"""Pixel sizes of a user's own images: given for all, listed in a table, or stated by the files.

With them, images of different magnifications are trained at one scale, and the trained network
knows its own. Without them it is trained pixel for pixel, as long as no image has a size: images
with and without one cannot be brought to one scale.

`pixel_sizes.csv` in the folder is the table. Files that it does not list keep what they state.
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmark.errors import BenchmarkError
from tem_virus_dataset.annotations.folders import size_table
from tem_virus_dataset.annotations.folders.size_table import COLUMNS, TABLE, name_of
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.formats.pixel_size import AGREE, OPTION, PixelSize
from tem_virus_dataset.formats.read import stated_size

SHOWN = 5  # files that a message names
Stated = tuple[PixelSize | None, tuple[str, ...]]  # and remarks


@dataclasses.dataclass(frozen=True)
class PixelSizes:
    """The pixel sizes of the images of a folder.

    Attributes:
      nm: of each file, nm per pixel; empty where no size is known.
      notice: what is known and from where, in words.
      faults: of files that cannot be read as a micrograph; whoever reads their pixels may say more.
    """

    nm: Mapping[Path, float]
    notice: str
    faults: Mapping[Path, str]

    def of(self, file: Path) -> float | None:
        """Return nm per pixel of a file whose pixels were read; None where no size is known.

        Raises:
          BenchmarkError: it is no micrograph, such as a diffraction pattern.
        """
        if file in self.faults:
            raise BenchmarkError(self.faults[file])
        return self.nm.get(file)


def of_folder(root: Path, files: Sequence[Path], given: float | None = None) -> PixelSizes:
    """Return the pixel sizes of the images of a folder.

    Args:
      root: of the folder, in which the table may lie; files: its images.
      given: nm per pixel of all of them, from the user; it is taken whatever else is known.

    Raises:
      BenchmarkError: some images have a size and others have none, or the table is invalid.
      OSError: a file cannot be opened.
    """
    found = dict(zip(files, in_threads(_of_file, files), strict=True))
    faults = {file: one for file, one in found.items() if isinstance(one, str)}
    stated, remarks = _stated(
        root, {f: one for f, one in found.items() if not isinstance(one, str)}
    )
    listed = {} if given else _listed(root, files)
    if given:
        nm = dict.fromkeys(files, given)
        source = f"as {OPTION} says"
    else:
        nm = {file: size for file in files if (size := listed.get(file) or stated.get(file))}
        of_files = len(nm) - len(listed)
        source = "as the files state" if of_files else f"as {TABLE} lists"
        if listed and of_files:
            source = f"{len(listed)} as {TABLE} lists, {of_files} as the files state"
    if not nm:
        return PixelSizes(
            nm,
            f"no pixel size is known: images are used pixel for pixel ({REMEDY}){remarks}",
            faults,
        )
    without = [file for file in files if file not in nm and file not in faults]
    if without:
        raise BenchmarkError(
            f"{root}: {len(without)} of {len(files)} images have no pixel size, the others have "
            f"one: {_names(root, without)}. Expected one of every image or of none, since all are "
            f"trained at one scale. List these in {root / TABLE}, with the columns "
            f"{','.join(COLUMNS)}, or give {OPTION} where all have the same{remarks}."
        )
    differing = _differing(root, nm, stated)
    return PixelSizes(nm, f"{_span(nm)} nm per pixel, {source}{differing}{remarks}", faults)


REMEDY = f"{OPTION} or {TABLE} brings them to one scale"


def _span(nm: Mapping[Path, float]) -> str:
    low, high = min(nm.values()), max(nm.values())
    return f"{low:.4g}" if high - low <= AGREE * low else f"{low:.4g} to {high:.4g}"


def _differing(root: Path, nm: Mapping[Path, float], stated: Mapping[Path, float]) -> str:
    """Return a remark on the files that state another size than is taken, or ""."""
    others = [file for file, size in stated.items() if abs(size - nm[file]) > AGREE * nm[file]]
    if not others:
        return ""
    first = others[0]
    return (
        f"; {len(others)} files state another size, such as {stated[first]:.4g} nm in "
        f"{name_of(root, first)}"
    )


def _names(root: Path, files: Sequence[Path]) -> str:
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    return ", ".join(name_of(root, file) for file in files[:SHOWN]) + more


def _stated(root: Path, found: Mapping[Path, Stated]) -> tuple[dict[Path, float], str]:
    """Return what the files state, nm per pixel, and a remark on what is no size, or ""."""
    nm = {file: size.nm for file, (size, _) in found.items() if size}
    odd = {file: remarks for file, (_, remarks) in found.items() if remarks}
    if not odd:
        return nm, ""
    first = next(iter(odd))
    return nm, f"; {len(odd)} files state {'; '.join(odd[first])}, such as {name_of(root, first)}"


def _of_file(file: Path) -> Stated | str:
    state = file.stat()
    return _of_state(file, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=2**17)
def _of_state(file: Path, changed: int, length: int) -> Stated | str:
    """Return the size of a file in this state, or its fault; a command asks several times."""
    try:
        return stated_size(file)
    except DatasetError as error:
        return str(error)


def _listed(root: Path, files: Sequence[Path]) -> Mapping[Path, float]:
    """Return the sizes of the table, by file; every line names one of them."""
    try:
        table = size_table.read(root, files)
    except DatasetError as error:
        raise BenchmarkError(str(error)) from error
    if table.unknown:
        raise BenchmarkError(table.unknown[0])
    return table.nm
