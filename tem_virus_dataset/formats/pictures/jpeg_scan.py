"""A hole in a JPEG file: its decoders make some image of the zeros, in silence.

A copy with errors can have zeros where bytes were not written. libjpeg only prints a warning, which
neither Pillow nor imagecodecs pass on, and what follows the zeros is shifted and too bright or too
dark. Source: ITU-T T.81, annexes B, F and K.
"""

import re
import struct
from typing import BinaryIO

SIGNATURE = b"\xff\xd8\xff"
HOLE = 512  # bytes: the smallest sector of a disk
START_OF_SCAN, END, TABLES = 0xDA, 0xD9, 0xC4
SEQUENTIAL = (0xC0, 0xC1)  # frames of Huffman codes in which each block is written once
WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD9))  # markers
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # marker behind a scan, which may hold the others
IS_AC = 0x10  # in the number of a table
SIZE_BITS = 0x0F  # of a symbol: of the difference from 0 that follows; 0 at the end of a block


# Zeros are a code as others are, of the symbol that is listed first. Where it means the end of a
# block, as in files whose codes are fitted to a dark image, a flat area is written as zeros alone.
# Otherwise it means a value that is not 0, and no image has thousands of equal ones.


def fault(stream: BinaryIO) -> str:
    """Return what is wrong with the first scan of a JPEG file, which holds the brightness, else "".

    A file that is cut off, or is no JPEG, has no fault: its reader says so. Nor has one whose flat
    areas may be zeros, or a progressive one.
    """
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        return ""
    data = SIGNATURE + stream.read()
    first: dict[int, int] = {}  # symbol of a table's code of zeros
    is_sequential, place = False, 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker, length = struct.unpack(">BH", data[place + 1 : place + 4])
        if marker == 0xFF or marker in WITHOUT_LENGTH:  # a byte that fills
            place += 1 if marker == 0xFF else 2
            continue
        segment = data[place + 4 : place + 2 + length]
        place += 2 + length
        is_sequential |= marker in SEQUENTIAL
        if marker == TABLES:
            first |= _first_symbols(segment)
        elif marker == END:
            return ""
        elif marker == START_OF_SCAN and len(segment) > 2:
            table = IS_AC | (segment[2] & 0x0F)  # of the first component: the brightness
            if not (is_sequential and first.get(table, 0) & SIZE_BITS):
                return ""
            end = _NEXT.search(data, place)
            is_whole = end is None or data.find(bytes(HOLE), place, end.start()) < 0
            return "" if is_whole else "its image has a hole of zeros"
    return ""


def _first_symbols(segment: bytes) -> dict[int, int]:
    """Return the first symbol of each Huffman table in a segment, by the number of the table."""
    found, place = {}, 0
    while place + 17 < len(segment):
        count = sum(segment[place + 1 : place + 17])
        found[segment[place]] = segment[place + 17]
        place += 17 + count
    return found
