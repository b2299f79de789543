"""SER files as TIA writes them, and the .emi beside them."""

import struct
from pathlib import Path

import numpy as np

TYPES = {"u1": 1, "u2": 2, "u4": 3, "i1": 4, "i2": 5, "i4": 6, "f4": 7, "f8": 8, "c8": 9, "c16": 10}


def write(path: Path, *images: np.ndarray, metres: float = 5e-10, version: int = 0x0220):
    """Write images of one shape, (height, width), or spectra of one length."""
    first = images[0]
    is_image = first.ndim == 2
    kind, offset = (0x4122 if is_image else 0x4120), ("Q" if version == 0x0220 else "I")
    head = struct.pack("<HHH4I", 0x4949, 0x0197, version, kind, 0x4152, len(images), len(images))
    table = len(head) + struct.calcsize(f"<{offset}i")
    blocks, places = [], []
    place = table + 2 * len(images) * struct.calcsize(f"<{offset}")
    for image in images:
        calibration = struct.pack("<ddi", 0, metres, 0) * (2 if is_image else 1)
        sides = struct.pack(f"<{image.ndim}i", *image.shape[::-1])
        number = struct.pack("<h", TYPES[image.dtype.str[1:]])
        blocks.append(calibration + number + sides + image[::-1].tobytes())
        places.append(place)
        place += len(blocks[-1])
    offsets = struct.pack(f"<{2 * len(images)}{offset}", *places, *places)
    path.write_bytes(head + struct.pack(f"<{offset}i", table, 0) + offsets + b"".join(blocks))
    return path


def write_emi(path: Path, mode: str):
    """Write what TIA says of a microscope's mode, among bytes that are no text."""
    about = f"<ObjectInfo><Data><Label>Mode</Label><Value> {mode}</Value></Data></ObjectInfo>"
    path.write_bytes(bytes(range(256)) + about.encode() + b"\0\xff")
    return path
