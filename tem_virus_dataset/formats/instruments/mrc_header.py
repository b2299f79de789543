"""The header of an MRC file, also of programs that do not keep to MRC2014."""

import dataclasses
import math
from pathlib import Path
from typing import Literal

import numpy as np

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures.picture import Statement
from tem_virus_dataset.formats.pictures.unreadable import COPY, cut_off

HEADER_BYTES = 1024
LONGEST_SIDE = 1 << 20
SMALL_MODES = 128  # all modes of MRC2014 and of IMOD are below
IMOD_WORDS = 152  # bytes before IMOD's stamp and flags
PACKED_LABEL = b"4 bits packed"  # of SerialEM, before IMOD had a flag for it
VOLUME = 1  # space groups from here on are of volumes; 0 is of a stack
USUAL_AXES = 1, 2, 3
OLD_FEI = 128 * 1024, 44  # bytes of FEI's first extended header, and before its pixel size
TEM, DIFFRACTION = 1, 1  # instrument mode, and projection mode, of FEI1 and FEI2
SMALLEST_METRES, LARGEST_METRES = 1e-12, 1e-5  # of what may be a pixel size


Order = Literal["<", ">"]


@dataclasses.dataclass(frozen=True)
class Header:
    """What is needed of a header.

    Attributes:
      shape: sections, rows, columns; mode: of the pixels; byte_order: "<" or ">".
      extended_bytes: between the header and the pixels.
      is_volume: its sections belong together; smallest, largest: pixel values, often not set.
      imod_stamp, imod_flags: IMOD's words.
      is_labelled_packed: its only label says that a byte holds two pixels of 4 bits.
      axes: 1, 2, 3 for x, y, z: along columns, rows, sections (MAPC, MAPR, MAPS).
      statements: of the pixel size; diffraction: why it is a diffraction pattern, else "".
    """

    shape: tuple[int, int, int]
    mode: int
    byte_order: Order
    extended_bytes: int
    is_volume: bool
    smallest: float
    largest: float
    imod_stamp: int
    imod_flags: int
    is_labelled_packed: bool
    axes: tuple[int, int, int]
    statements: tuple[Statement, ...]
    diffraction: str


def read_header(path: Path) -> Header:
    """Read the header, whatever its stamps say.

    Raises:
      DatasetError: it is no header of an MRC file, or the file ends within it.
      OSError: the file cannot be opened.
    """
    import mrcfile.dtypes

    with path.open("rb") as file:
        data = file.read(HEADER_BYTES)
        if len(data) < HEADER_BYTES:
            raise cut_off(path, "MRC", len(data), HEADER_BYTES)
        order = _byte_order(data, path)
        fields = np.frombuffer(data, mrcfile.dtypes.HEADER_DTYPE.newbyteorder(order))[0]
        extended = file.read(min(max(int(fields["nsymbt"]), 0), OLD_FEI[0]))
    if int(fields["nsymbt"]) < 0:
        raise DatasetError(
            f"{path}: has an extended header of {int(fields['nsymbt'])} bytes; expected 0 or more. "
            f"The file is damaged. {COPY}"
        )
    stamp, flags = np.frombuffer(data, np.dtype("u4").newbyteorder(order), 2, IMOD_WORDS)
    of_extended, diffraction = _of_fei(bytes(fields["exttyp"]), extended, order)
    return Header(
        shape=tuple(int(fields[name]) for name in ("nz", "ny", "nx")),  # type: ignore[arg-type]
        mode=int(fields["mode"]),
        byte_order=order,
        extended_bytes=int(fields["nsymbt"]),
        is_volume=int(fields["ispg"]) >= VOLUME or path.suffix.lower() in (".map", ".rec"),
        smallest=float(fields["dmin"]),
        largest=float(fields["dmax"]),
        imod_stamp=int(stamp),
        imod_flags=int(flags),
        is_labelled_packed=int(fields["nlabl"]) == 1 and PACKED_LABEL in bytes(fields["label"][0]),
        axes=_axes(fields),
        statements=(*of_extended, *_of_cell(fields)),
        diffraction=diffraction,
    )


def _byte_order(data: bytes, path: Path) -> Order:
    """Return the order in which sides and mode make sense; the stamp is often not set.

    A mode may be unknown: then it is named later, by whoever reads the pixels.
    """
    candidates: list[tuple[bool, Order]] = []
    orders: tuple[Order, Order] = ("<", ">")
    for order in orders:
        *sides, mode = np.frombuffer(data, f"{order}i4", 4).tolist()
        if all(0 < side <= LONGEST_SIDE for side in sides):
            candidates.append((not 0 <= mode < SMALL_MODES, order))
    if not candidates:
        raise DatasetError(
            f"{path}: starts with no header of an MRC file; expected width, height and number of "
            "sections. Leave the file out, or give it the suffix of its kind."
        )
    return min(candidates)[1]


def _axes(fields: np.void) -> tuple[int, int, int]:
    """Return the axes along columns, rows and sections; where they are not set, as usual."""
    axes = tuple(int(fields[name]) for name in ("mapc", "mapr", "maps"))
    return axes if sorted(axes) == [*USUAL_AXES] else USUAL_AXES  # type: ignore[return-value]


def _of_cell(fields: np.void) -> tuple[Statement, ...]:
    """Return the voxel size, unless the cell is cut into 0 parts, as some programs write."""
    parts = [int(fields[name]) for name in ("mx", "my")]
    if min(parts) < 1:
        return ()
    x, y = (float(fields["cella"][name]) / count for name, count in zip("xy", parts, strict=True))
    return (Statement(x, y, "Å", "the MRC header"),)


def _of_fei(kind: bytes, extended: bytes, order: Order) -> tuple[tuple[Statement, ...], str]:
    """Return what EPU, or an older program of FEI, says of pixel size and diffraction."""
    import mrcfile.dtypes

    if kind in (b"FEI1", b"FEI2"):
        dtype = mrcfile.dtypes.get_ext_header_dtype(kind, "<")  # EPU writes it little-endian
        if len(extended) < dtype.itemsize:
            return (), ""
        fields = np.frombuffer(extended, dtype, 1)[0]
        is_pattern = fields["Instrument mode"] == TEM and fields["Projection mode"] == DIFFRACTION
        sides = float(fields["Pixel size X"]), float(fields["Pixel size Y"])
        name = "EPU's extended header"
    elif len(extended) >= OLD_FEI[0] and not kind.strip(b"\0 "):
        dtype = np.dtype("f4").newbyteorder(order)
        sides = (float(np.frombuffer(extended, dtype, 1, OLD_FEI[1])[0]),) * 2
        is_pattern, name = False, "FEI's extended header"
    else:
        return (), ""
    likely = all(math.isfinite(s) and SMALLEST_METRES < s < LARGEST_METRES for s in sides)
    return (
        (Statement(*sides, "m", name),) if likely else (),
        "a diffraction pattern, as EPU says" if is_pattern else "",
    )
