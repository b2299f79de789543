"""The checksums of a PNG file, which Pillow does not compare: it reads a damaged image in silence.

An interrupted copy often has the length of the whole file and ends in zeros. They decompress to
some gray level, and only the checksum of their chunk tells. Source: PNG, third edition, section 5.
"""

import struct
import zlib
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNK = struct.Struct(">I4s")  # length and name, before the data
SUM = struct.Struct(">I")  # after them
ANCILLARY = 0x20  # a bit of the first letter: a chunk without which an image can be shown
READ = 1 << 20  # bytes at a time


def damaged_chunk(stream: BinaryIO) -> str:
    """Return the name of the first chunk that an image needs and whose checksum is wrong, else "".

    A file that is cut off, or is no PNG, has none: its reader says so.
    """
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        return ""
    while len(head := stream.read(CHUNK.size)) == CHUNK.size:
        length, name = CHUNK.unpack(head)
        found = zlib.crc32(name)
        while length > 0 and (data := stream.read(min(length, READ))):
            found = zlib.crc32(data, found)
            length -= len(data)
        expected = stream.read(SUM.size)
        if len(expected) < SUM.size or name == b"IEND":
            return ""
        if SUM.unpack(expected)[0] != found and not name[0] & ANCILLARY:
            return name.decode("latin-1") if name.isalpha() else "without a name"
    return ""
