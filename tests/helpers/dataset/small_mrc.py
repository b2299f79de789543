"""MRC files with whatever header."""

import struct
from pathlib import Path

import mrcfile
import numpy as np


def write(path: Path, image: np.ndarray, angstrom: float = 5.0, edits: dict | None = None, **named):
    """Write an image, then change fields of its header.

    Args:
      angstrom: side of a voxel; edits: new bytes by their place; named: fields of mrcfile's header.
    """
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(image)
        file.voxel_size = angstrom
        for name, value in named.items():
            file.header[name] = value
    data = bytearray(path.read_bytes())
    for place, new in (edits or {}).items():
        data[place : place + len(new)] = new
    path.write_bytes(data)
    return path


def write_big_endian(path: Path, image: np.ndarray, angstrom: float = 5.0):
    """Write uint16 as a program on a big-endian machine does."""
    data = write(path, image, angstrom).read_bytes()
    header = bytearray(np.frombuffer(data[:1024], "<i4").byteswap().tobytes())
    header[208:216] = b"MAP \x11\x11\0\0"
    header[104:108], header[224:] = data[104:108], data[224:1024]
    path.write_bytes(bytes(header) + image.astype(">u2").tobytes())
    return path


def write_epu(path: Path, image: np.ndarray, metres: float, kind: bytes, diffraction: bool = False):
    """Write what EPU writes: no cell, and the pixel size in an extended header."""
    import mrcfile.dtypes

    fields = np.zeros(1, mrcfile.dtypes.get_ext_header_dtype(kind, "<"))
    fields["Metadata size"] = fields.dtype.itemsize
    fields["Pixel size X"] = fields["Pixel size Y"] = metres
    fields["Instrument mode"], fields["Projection mode"] = 1, 1 if diffraction else 2
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(image)
        file.voxel_size = 0.0
        file.set_extended_header(fields)
        file.header.exttyp = kind
    return path


def imod_words(flags: int) -> dict[int, bytes]:
    """Return IMOD's stamp and flags, as edits."""
    return {152: struct.pack("<II", 1146047817, flags)}
