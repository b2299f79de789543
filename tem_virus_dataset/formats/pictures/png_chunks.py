"""Faults of a PNG file that Pillow does not tell: it reads a damaged image in silence.

An interrupted copy often has the length of the whole file and ends in zeros. They decompress to
some gray level, and only the checksum of their chunk tells. Rows that are missing, though the file
ends as it should, become zeros. Source: PNG, third edition, sections 5, 7 and 8.
"""

import struct
import types
import zlib
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNK = struct.Struct(">I4s")  # length and name, before the data
SUM = struct.Struct(">I")  # after them
HEADER = struct.Struct(">IIBBBBB")  # width, height, bits, colour type, ..., interlace
ANCILLARY = 0x20  # a bit of the first letter: a chunk without which an image can be shown
READ = 1 << 20  # bytes at a time
CHANNELS = types.MappingProxyType({0: 1, 2: 3, 3: 1, 4: 2, 6: 4})  # by colour type
WHOLE = ((0, 0, 1, 1),)  # first column and row, and steps, of the passes of an image
ADAM7 = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)
)  # fmt: skip


def fault(stream: BinaryIO) -> str:
    """Return what is wrong with the chunks that an image needs, else "".

    A file that is cut off, or is no PNG, has no fault: its reader says so.
    """
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        return ""
    expected = found = 0  # bytes of rows
    rows = zlib.decompressobj()
    while len(head := stream.read(CHUNK.size)) == CHUNK.size:
        length, name = CHUNK.unpack(head)
        if name == b"IEND":
            return _of_rows(found, expected)
        checksum = zlib.crc32(name)
        while length > 0 and (data := stream.read(min(length, READ))):
            checksum = zlib.crc32(data, checksum)
            length -= len(data)
            if name == b"IHDR" and len(data) == HEADER.size:
                expected = _row_bytes(data)
            elif name == b"IDAT" and found < expected:
                try:
                    found += len(rows.decompress(data))
                except zlib.error:  # the checksum of the chunk tells, or the reader
                    found = expected
        stated = stream.read(SUM.size)
        if len(stated) < SUM.size:
            return ""
        if SUM.unpack(stated)[0] != checksum and not name[0] & ANCILLARY:
            shown = name.decode("latin-1") if name.isalpha() else "without a name"
            return f"the checksum of a part of its pixels or header ({shown}) is wrong"
    return ""


def _row_bytes(header: bytes) -> int:
    """Return how many bytes the rows of an image have before compression."""
    width, height, bits, colours, _, _, interlace = HEADER.unpack(header)
    total = 0
    for x, y, step_x, step_y in ADAM7 if interlace else WHOLE:
        columns, rows = -(-(width - x) // step_x), -(-(height - y) // step_y)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits * CHANNELS.get(colours, 0) // 8))
    return total


def _of_rows(found: int, expected: int) -> str:
    if found >= expected:
        return ""
    return f"it holds {found:,} of the {expected:,} bytes of its rows"
