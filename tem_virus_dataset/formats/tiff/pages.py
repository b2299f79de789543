"""The pages of a TIFF file as pictures. Source: TIFF 6.0; the library tifffile reads the tags."""

import contextlib
import logging
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures.axes import fault
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import cut_off, no_header, unreadable
from tem_virus_dataset.formats.tiff import pixels, sizes

MOST_PAGES = 32  # that are looked at; cameras write a few, and more are a movie
SMALLEST = 8  # bytes of a header
CLASSIC = 42  # version of a TIFF that is no BigTIFF
REDUCED, TRANSPARENCY = 1, 4  # bits of the subfile type, TIFF 6.0, section 8
OLD_REDUCED = 2  # of the subfile type of TIFF 5.0
OLD_SUBFILE_TYPE = 255
STK_PLANES = 33629  # MetaMorph's tag UIC2, with an entry for each image
PHOTOMETRICS = (0, 1, 2, 3, 6)  # white is 0, black is 0, RGB, palette, YCbCr
MASK_BITS = 1


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open a TIFF file and list its pages, with those below a page.

    Raises:
      DatasetError: the file is damaged, cut off, or no TIFF. OSError: it cannot be opened.
    """
    size = path.stat().st_size
    if size < SMALLEST:
        raise cut_off(path, "TIFF", size, SMALLEST)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        if not _starts_as_tiff(path):
            raise no_header(path, "TIFF")
        try:
            file = stack.enter_context(tifffile.TiffFile(path))
            pages = list(_pages(file))
            end = _following(file, pages[-1])
            frames = _frames(file) if len(pages) == 1 else 1
            named = _named(pages)
        except Exception as error:
            if (least := _first_tags_end(path)) > size:
                raise cut_off(path, "TIFF", size, least) from error
            raise unreadable(path, "TIFF", error) from error
        if end > size:
            raise cut_off(path, "TIFF", size, end)
        if len(pages) > MOST_PAGES:
            raise DatasetError(
                f"{path}: found more than {MOST_PAGES} images; expected one micrograph. A stack "
                "can be a tilt series, a movie or a volume: save the image that is meant as a file "
                "of its own."
            )
        yield [_picture(path, name, page, frames, file) for name, page in named]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep tifffile's log of odd tags off the screen; what matters is raised."""
    logger = logging.getLogger("tifffile")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _starts_as_tiff(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) in (b"II", b"MM")


def _first_tags_end(path: Path) -> int:
    """Return where the tags of the first page end, as the header says; 0 for a BigTIFF."""
    with path.open("rb") as file:
        start = file.read(SMALLEST)
        order = "<" if start.startswith(b"II") else ">"
        version, offset = struct.unpack(f"{order}2xHI", start)
        if version != CLASSIC:
            return 0
        file.seek(offset)
        data = file.read(2)
    count = struct.unpack(f"{order}H", data)[0] if len(data) == 2 else 1
    return int(offset + 2 + 12 * count + 4)


def _pages(file: tifffile.TiffFile) -> Iterator[tifffile.TiffPage]:
    """Yield the pages; not more than needed to see that they are too many."""
    for index in range(MOST_PAGES + 1):
        try:
            yield file.pages.get(index)
        except IndexError:
            if not index:
                raise
            return


def _frames(file: tifffile.TiffFile) -> int:
    """Return how many images follow each other behind the only page, as programs state it.

    ImageJ does so for large files, MetaMorph for all (STK), tifffile for truncated ones.
    """
    if file.imagej_metadata:
        return _count(file.imagej_metadata.get("images", 1))
    if file.is_stk:
        return int(file.pages[0].tags[STK_PLANES].count)
    about: dict[str, Any] = (file.shaped_metadata or ({},))[0]
    if not about.get("truncated"):
        return 1
    return math.prod(about["shape"]) // max(1, math.prod(file.pages[0].shape))


def _following(file: tifffile.TiffFile, page: tifffile.TiffPage) -> int:
    """Return where the page after the last one starts, 0 for none.

    In a file that is cut off it starts behind the end: otherwise a stack of which one page is left
    would pass for a micrograph.
    """
    form, stream = file.tiff, file.filehandle
    stream.seek(page.offset)
    (count,) = struct.unpack(form.tagnoformat, stream.read(form.tagnosize))
    stream.seek(page.offset + form.tagnosize + count * form.tagsize)
    data = stream.read(form.offsetsize)
    return struct.unpack(form.offsetformat, data)[0] if len(data) == form.offsetsize else 0


def _named(pages: list[tifffile.TiffPage]) -> list[tuple[str, tifffile.TiffPage]]:
    """Return pages with their names; where all pages are reduced, also those below them.

    TIFF/EP keeps the image below its thumbnail. Elsewhere what is below a page is a copy of it.
    """
    named = [(f"page {number}", page) for number, page in enumerate(pages, 1)]
    if not all(_is_reduced(page) for page in pages):
        return named
    for number, page in enumerate(pages, 1):
        below = page.pages
        if not below:
            continue
        named += [
            (f"page {number}.{i}", below.get(i - 1))
            for i in range(1, min(len(below), MOST_PAGES) + 1)
        ]
    return named


def _is_reduced(page: tifffile.TiffPage) -> bool:
    return (
        bool(_count(page.subfiletype) & REDUCED)
        or page.tags.valueof(OLD_SUBFILE_TYPE) == OLD_REDUCED
    )


def _count(value: object) -> int:
    """Return the number in a tag; 0 for what a damaged tag holds in place of one."""
    return int(value) if isinstance(value, int) else 0


def _picture(
    path: Path, name: str, page: tifffile.TiffPage, frames: int, file: tifffile.TiffFile
) -> Picture:
    depth = max(_count(frames), _count(page.imagedepth))
    sides = _count(page.imagelength), _count(page.imagewidth)
    upright = pixels.upright_shape(page, sides)
    shape = (depth, *upright) if depth > 1 else upright
    dtype = np.dtype(page.dtype) if page.dtype is not None else np.dtype("V1")
    is_palette = page.photometric == pixels.PALETTE
    return Picture(
        name=name,
        shape=shape,
        dtype=np.dtype(np.uint8) if is_palette and dtype.itemsize == 1 else dtype,
        pixels=lambda: pixels.read(path, page),
        statements=sizes.statements(file, page),
        channels=3 if is_palette else _count(page.samplesperpixel),
        is_reduced=_is_reduced(page),
        not_a_micrograph=_why_none(page, shape, dtype),
        is_turned=pixels.orientation(page) != 1,
    )


def _why_none(page: tifffile.TiffPage, shape: tuple[int, ...], dtype: np.dtype) -> str:
    if _count(page.subfiletype) & TRANSPARENCY:
        return "a transparency mask"
    if not all(shape):
        return "an image without pixels"
    if page.photometric not in PHOTOMETRICS:
        return f"colours of the kind {getattr(page.photometric, 'name', page.photometric)}"
    if page.bitspersample == MASK_BITS or dtype.kind == "b":
        return "a mask of two values"
    if len(shape) == 2:  # a single row is an image, too
        return fault((2, 2), dtype)
    return fault(shape, dtype)
