"""SER, the files of FEI's program TIA, and the .emi beside them, which holds no pixels of its own.

Sources: the description of C. Boothroyd, as ncempy's reader has it. That reader fails on bytes, on
units that are not ASCII, and wherever the .emi is odd, so the few fields are read here.
"""

import contextlib
import mmap
import re
import struct
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures.axes import Axis, fault, statement
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import SAVE, cut_off

HEAD = struct.Struct("<HHH4I")  # order, series, version, data, tags, elements in all and valid
LITTLE_ENDIAN, SERIES = 0x4949, 0x0197
OFFSETS = types.MappingProxyType({0x0210: "<I", 0x0220: "<Q"})  # before and since TIA 4.7.3
SPECTRA, IMAGES = 0x4120, 0x4122
CALIBRATION = struct.Struct("<ddi")  # offset, step, element
TYPES = types.MappingProxyType(
    {1: "u1", 2: "<u2", 3: "<u4", 4: "i1", 5: "<i2", 6: "<i4", 7: "<f4", 8: "<f8", 9: "<c8",
     10: "<c16"}
)  # fmt: skip
MODE = re.compile(rb"<Label>Mode</Label>\s*<Value>([^<]*)</Value>")
NUMBERED = re.compile(r"(.+)_\d+")
SOURCE = "TIA's calibration"


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open a .ser file, or the only one that belongs to a .emi file.

    Raises:
      DatasetError: the file is damaged, holds no image, or has none or several .ser files.
      OSError: it cannot be opened.
    """
    series = _series_of(path) if path.suffix.lower() == ".emi" else path
    try:
        yield [_picture(series)]
    except struct.error as error:
        size = series.stat().st_size
        raise cut_off(series, "SER", size, size + 1) from error


def _series_of(path: Path) -> Path:
    """Return the .ser file of a .emi file: a_1.ser of a.emi."""
    path.stat()
    beside = sorted(
        file
        for file in path.parent.iterdir()
        if file.suffix.lower() == ".ser"
        and (match := NUMBERED.fullmatch(file.stem))
        and match[1] == path.stem
    )
    if len(beside) == 1:
        return beside[0]
    found = ", ".join(file.name for file in beside[:5]) or "none"
    raise DatasetError(
        f"{path}: an .emi file holds no pixels; expected one file {path.stem}_1.ser beside it, "
        f"found {found}. Give the .ser file that is meant."
    )


def _picture(path: Path) -> Picture:
    with path.open("rb") as file:
        order, series, version, kind, _, _, valid = HEAD.unpack(file.read(HEAD.size))
        if (order, series) != (LITTLE_ENDIAN, SERIES) or version not in OFFSETS:
            raise DatasetError(
                f"{path}: starts with no header of a SER file; expected a file of FEI's TIA. "
                "Leave the file out, or give it the suffix of its kind."
            )
        if not valid or kind not in (SPECTRA, IMAGES):
            raise DatasetError(
                f"{path}: holds {valid} data sets of kind {kind:#x}; expected one image. Its "
                f"acquisition may have been stopped. {SAVE}"
            )
        (table,) = _unpack(file, OFFSETS[version])
        _check_place(path, table)
        file.seek(table)
        (start,) = _unpack(file, OFFSETS[version])
        _check_place(path, start)
        file.seek(start)
        axes_of_file = 2 if kind == IMAGES else 1
        steps = [
            abs(CALIBRATION.unpack(file.read(CALIBRATION.size))[1]) for _ in range(axes_of_file)
        ]
        number, *sides = _unpack(file, "<hii" if kind == IMAGES else "<hi")
        offset = file.tell()
    if number not in TYPES or min(sides) < 1:
        raise DatasetError(
            f"{path}: holds an image of type {number} and sides {sides}; expected types 1 to 10. "
            f"The file is damaged. {SAVE}"
        )
    dtype, shape = np.dtype(TYPES[number]), tuple(sides[::-1])
    size, end = path.stat().st_size, offset + int(np.prod(shape, dtype=object)) * dtype.itemsize
    if size < end:
        raise cut_off(path, "SER", size, end)
    unit = "1/m" if max(steps) > 1 else "m"
    axes = [Axis(step, unit if kind == IMAGES else "") for step in steps[::-1]]
    shape = shape if valid == 1 else (valid, *shape)
    squeezed = tuple(length for length in shape if length > 1)
    return Picture(
        name="image 1",
        shape=squeezed,
        dtype=dtype,
        pixels=lambda: _pixels(path, offset, dtype, shape),
        statements=statement(axes, SOURCE),
        not_a_micrograph=_kind(kind, valid)
        or fault(squeezed, dtype, axes)
        or _diffraction_by_emi(path),
    )


def _check_place(path: Path, place: int) -> None:
    """Refuse a place beyond the end of a file, where a damaged header leads."""
    size = path.stat().st_size
    if place >= size:
        raise DatasetError(
            f"{path}: its header leads to byte {place}, beyond its end at {size}; expected an "
            f"intact SER file. Copy it again. {SAVE}"
        )


def _unpack(file, form: str) -> tuple:  # type: ignore[no-untyped-def]
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _kind(kind: int, valid: int) -> str:
    if kind == SPECTRA:
        return "a spectrum" if valid == 1 else f"{valid} spectra"
    return "" if valid == 1 else f"a stack of {valid} images"


def _pixels(path: Path, offset: int, dtype: np.dtype, shape: tuple[int, ...]) -> NDArray:
    """Read (height, width); a SER file starts with the lowest row."""
    count = int(np.prod(shape, dtype=object))
    return np.fromfile(path, dtype, count, offset=offset).reshape(shape)[::-1]


def _diffraction_by_emi(path: Path) -> str:
    """Return what the .emi beside it says of a diffraction pattern; "" where there is none.

    A scanning microscope is in a diffraction mode for all its images.
    """
    match = NUMBERED.fullmatch(path.stem)
    beside = path.with_name(f"{match[1]}.emi") if match else path.with_suffix(".emi")
    try:
        with beside.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as emi:
            found = MODE.search(emi)
            mode = found[1].decode("latin-1").strip() if found else ""
    except (OSError, ValueError):  # none, or empty
        return ""
    if "diffraction" in mode.lower() and not mode.upper().startswith("STEM"):
        return f"a diffraction pattern: {beside.name} says {mode}"
    return ""
