"""One image of a user, in any format that micrographs are predicted from, and by the same reader.

An image that lies in two splits would be trained on and scored. Such pairs are refused, also where
one is a D4 transform of the other: the digest is that of the transform that sorts before the rest.
"""

import functools
import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmark.errors import BenchmarkError
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import read

ENDS = 2**16  # bytes at either end of a file; two images of a camera differ there


def fingerprint(file: Path) -> str:
    """Return 12 hex digits that differ between files, without reading all of them."""
    size = file.stat().st_size
    with file.open("rb") as stream:
        begin = stream.read(ENDS)
        stream.seek(max(0, size - ENDS))
        return hashlib.sha256(b"%d\t" % size + begin + stream.read()).hexdigest()[:12]


def decoded(file: Path) -> tuple[np.ndarray, bytes]:
    """Return (height, width) uint8 where every count fits, else uint16, and a digest.

    The digest is the same for all eight D4 transforms of the image.

    Raises:
      BenchmarkError: it is damaged, has colours or several images, or is constant. OSError: it
        cannot be opened.
    """
    try:
        image = read.read(file).image
    except DatasetError as error:
        raise BenchmarkError(str(error)) from error
    if image.max() <= np.iinfo(np.uint8).max:
        image = image.astype(np.uint8)
    transforms = (np.rot90(flipped, k) for flipped in (image, image.T) for k in range(4))
    first = min((t.shape, np.ascontiguousarray(t, "<u2").tobytes()) for t in transforms)
    return image, hashlib.sha256(f"{first[0]}".encode() + first[1]).digest()


def check_places(pictures: Iterable[tuple[Path, str, bytes]], places: str) -> None:
    """Refuse an image that lies in two places; warn of one that lies twice in one.

    Args:
      pictures: file, place such as its split, and digest of each; places: in words.

    Raises:
      BenchmarkError: an image lies in two places.
    """
    seen: dict[bytes, tuple[Path, str]] = {}
    twice, copies = [], []
    for file, place, digest in pictures:
        first, its_place = seen.setdefault(digest, (file, place))
        if its_place != place:
            twice.append((first, file))
        elif first != file:
            copies.append((first, file))
    if twice:
        raise BenchmarkError(
            f"{twice[0][1]}: the same image as {twice[0][0]}, as it is, rotated or flipped "
            f"({len(twice)} such in all); expected no image in two {places}: a score on images "
            "of the training would mean nothing. Keep one of them."
        )
    if copies:
        warn(
            f"{copies[0][1]}: the same image as {copies[0][0]}, as it is, rotated or flipped "
            f"({len(copies)} such in all); each counts twice in training and scores. Keep one, "
            "after a look whether both are annotated alike."
        )


@functools.cache
def warn(text: str) -> None:
    """Report a warning once, however often a folder is read; "" is none."""
    if text:
        logging.getLogger(__name__).warning("warning: %s", text)
