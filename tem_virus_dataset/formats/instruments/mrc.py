"""MRC: one image, with its pixel size in the header.

Source: MRC2014 (Cheng et al. 2015, doi:10.1016/j.jsb.2015.04.002). The library mrcfile knows the
headers; the pixels are read here. It takes the bytes of mode 0 for signed always, refuses the
headers of older programs, and in its permissive mode takes anything for an MRC.
"""

import contextlib
import math
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.instruments.mrc_header import (
    HEADER_BYTES,
    USUAL_AXES,
    Header,
    read_header,
)
from tem_virus_dataset.formats.pictures.axes import fault
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import cut_off

MODES = types.MappingProxyType(
    {0: "i1", 1: "i2", 2: "f4", 3: "2i2", 4: "c8", 6: "u2", 7: "i4", 12: "f2", 16: "3u1"}
)  # 7 and 16 are IMOD's
COMPLEX = (3, 4)
FOUR_BITS = 101
RGB = 16
ROWS_COMPARED = 512  # of a large image, to tell signed bytes from unsigned ones
TRANSPOSED = 2, 1, 3  # axes along columns, rows and sections: columns of the image come first
PADDING = 4096  # bytes that may follow the image
IMOD_STAMP = 1146047817
SIGNED_BYTES, PACKED_BYTES = 1, 16  # bits of IMOD's flags, the word behind its stamp
UNSIGNED = types.MappingProxyType({0: np.uint8, 1: np.uint16})  # of modes that may be unsigned


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open an MRC file: one picture, which may be a stack or a volume.

    The rows keep the order of the file; some programs show the last row on top.

    Raises:
      DatasetError: the file is no MRC, is damaged, or of a mode that is not read.
      OSError: it cannot be opened.
    """
    header = read_header(path)
    _check_mode(path, header)
    dtype = np.dtype(MODES[header.mode]).newbyteorder(header.byte_order)
    _check_length(path, header, dtype)
    _check_axes(path, header)
    sides = header.shape[:0:-1] if header.axes == TRANSPOSED else header.shape[1:]
    shape = tuple(length for length in (header.shape[0], *sides) if length > 1)
    kind = np.dtype(np.complex64) if header.mode in COMPLEX else dtype.base
    yield [
        Picture(
            name="image 1",
            shape=shape,
            dtype=kind,
            pixels=lambda: _pixels(path, header, dtype),
            statements=header.statements,
            channels=3 if header.mode == RGB else 1,
            not_a_micrograph=_of_volume(header) or fault(shape, kind) or header.diffraction,
            is_turned=header.axes == TRANSPOSED,
        )
    ]


def _check_mode(path: Path, header: Header) -> None:
    mode = header.mode
    if mode == FOUR_BITS or (mode == 0 and _is_packed(header)):
        raise DatasetError(
            f"{path}: MRC of mode {mode}, 4 bits a pixel; expected 8 bits or more. Convert it with "
            "IMOD: newstack -mode 1."
        )
    if mode not in MODES:
        known = ", ".join(map(str, MODES))
        raise DatasetError(
            f"{path}: MRC of mode {mode}; expected one of {known}. The header is damaged, or a "
            "program wrote its own kind: save the image again as TIFF."
        )


def _is_packed(header: Header) -> bool:
    """Say whether a byte of mode 0 holds two pixels, as frames of SerialEM: half the width."""
    by_flag = header.imod_stamp == IMOD_STAMP and header.imod_flags & PACKED_BYTES
    return bool(by_flag) or header.is_labelled_packed


def _check_length(path: Path, header: Header, dtype: np.dtype) -> None:
    """Refuse a file that ends early, or that holds more than its header says.

    Some bytes more are padding. A whole section more means that the header counts too few sections,
    or leaves out an extended header: then the image would be read from the wrong place.
    """
    size = path.stat().st_size
    section = dtype.itemsize * math.prod(header.shape[1:])
    expected = HEADER_BYTES + header.extended_bytes + section * header.shape[0]
    if size < expected:
        raise cut_off(path, "MRC", size, expected)
    if size - expected >= min(PADDING, section):
        raise DatasetError(
            f"{path}: has {size - expected} bytes after its image; expected none, so its header "
            "may be wrong. Open it in the program that wrote it, and save it again."
        )


def _check_axes(path: Path, header: Header) -> None:
    if header.axes not in (USUAL_AXES, TRANSPOSED):
        raise DatasetError(
            f"{path}: its columns, rows and sections lie along the axes "
            f"{', '.join('xyz'[axis - 1] for axis in header.axes)} (MAPC, MAPR, MAPS); expected a "
            "micrograph in x and y. It is a section of a volume: save the image that is meant as "
            "a file of its own."
        )


def _of_volume(header: Header) -> str:
    if header.shape[0] == 1 or not header.is_volume:
        return ""
    return f"a volume of {header.shape[0]} sections"


def _pixels(path: Path, header: Header, dtype: np.dtype) -> NDArray:
    """Read (height, width), or (height, width, 3), with signs and axes as the header says."""
    offset = HEADER_BYTES + header.extended_bytes
    count = math.prod(header.shape)
    values = np.fromfile(path, dtype, count, offset=offset).reshape(*header.shape[1:], *dtype.shape)
    values = values.astype(dtype.base.newbyteorder("="), copy=False)
    values = values.swapaxes(0, 1) if header.axes == TRANSPOSED else values
    values = np.ascontiguousarray(values)
    if header.mode in UNSIGNED and _is_unsigned(header, values):
        return values.view(UNSIGNED[header.mode])
    return values


def _is_unsigned(header: Header, values: NDArray[np.int8] | NDArray[np.int16]) -> bool:
    """Say whether the whole numbers of modes 0 and 1 are unsigned.

    MRC2014 says signed; before it, and in some cameras' programs until today, they are unsigned.
    IMOD has a flag for bytes. Other headers give the smallest and the largest value. Where those
    are not set, or fit neither, such as those before a conversion, the smoother image is the
    correct one: taken with the wrong sign, gray levels around the middle jump from one end of the
    scale to the other.
    """
    is_bytes = header.mode == 0
    if is_bytes and header.imod_stamp == IMOD_STAMP:
        return not header.imod_flags & SIGNED_BYTES
    most = int(np.iinfo(values.dtype).max)
    exceeds_signed = header.smallest >= 0 and most < header.largest <= 2 * most + 1
    is_within_signed = header.smallest < 0 <= header.largest <= most
    if exceeds_signed or is_within_signed:
        return exceeds_signed
    return _roughness(values.view(UNSIGNED[header.mode])) < _roughness(values)


def _roughness(values: NDArray) -> float:
    """Return the mean absolute difference of neighbours in a row."""
    some_rows = values[:: max(1, len(values) // ROWS_COMPARED)]
    differences = np.diff(some_rows.astype(np.int32), axis=1)
    return float(np.abs(differences).mean()) if differences.size else 0.0
