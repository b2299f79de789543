"""TIFF, by tifffile: every page is a picture, with what the tags of that page say of its pixels."""

import contextlib
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from tem_virus_dataset.formats import tiff_sizes
from tem_virus_dataset.formats.pictures.axes import fault
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import unreadable

KIND = "TIFF"
WHITE_IS_ZERO, PALETTE, MASK = 0, 3, 4  # photometric interpretations, TIFF 6.0, section 8
GRAY_OR_RGB = (0, 1, 2, 3, 6, 34892)  # white or black is zero, RGB, palette, YCbCr, linear raw
ORIENTATION = 274
# Orientation n: transposed if in `TRANSPOSED`, then flipped; row 0 of 3 is at the bottom.
TRANSPOSED = (5, 6, 7, 8)
FLIPPED = types.MappingProxyType({2: (1,), 3: (0, 1), 4: (0,), 6: (1,), 7: (0, 1), 8: (0,)})


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open a TIFF file: a picture for each page.

    Raises:
      DatasetError: the file is damaged. OSError: it cannot be opened.
    """
    path.open("rb").close()
    try:
        file = tifffile.TiffFile(path)
    except Exception as error:  # of tifffile's many kinds
        raise unreadable(path, KIND, error) from error
    with file:
        try:
            pictures = _listed(file, path)
        except Exception as error:
            raise unreadable(path, KIND, error) from error
        yield pictures


def _listed(file: tifffile.TiffFile, path: Path) -> list[Picture]:
    of_file = tiff_sizes.of_file(file)
    images = (file.imagej_metadata or {}).get("images", 1)  # ImageJ hides large stacks in one page
    pictures = []
    for number in range(len(file.pages)):
        page = file.pages.get(number)
        shape, channels = _shape(page)
        if len(file.pages) == 1 and images > 1:
            shape = (images, *shape)
        pictures.append(
            Picture(
                name=f"page {number + 1}",
                shape=shape,
                dtype=np.dtype(page.dtype or "V1"),
                pixels=lambda page=page: _pixels(page, path),  # type: ignore[misc]
                statements=(*tiff_sizes.of_page(page), *of_file, *tiff_sizes.resolution(page)),
                channels=channels,
                is_reduced=bool(page.is_reduced),
                not_a_micrograph=_fault(page, shape),
            )
        )
    return pictures


def _shape(page: tifffile.TiffPage) -> tuple[tuple[int, ...], int]:
    """Return the shape without channels and axes of length 1, and the number of channels."""
    sizes = dict(zip(page.axes, page.shape, strict=True))
    channels = sizes.pop("S", 1)
    return tuple(length for length in sizes.values() if length > 1), channels


def _fault(page: tifffile.TiffPage, shape: tuple[int, ...]) -> str:
    if page.dtype is None:
        return f"values of {page.bitspersample} bits of format {page.sampleformat}"
    if page.photometric == MASK:
        return "a mask of transparency"
    if page.photometric not in GRAY_OR_RGB:
        return f"colours of the kind {getattr(page.photometric, 'name', page.photometric)}"
    return fault(shape, np.dtype(page.dtype))


def _pixels(page: tifffile.TiffPage, path: Path) -> NDArray:
    try:
        values = page.asarray()
    except Exception as error:  # of tifffile's and imagecodecs' many kinds
        raise unreadable(path, KIND, error) from error
    if "S" in page.axes:
        values = np.moveaxis(values, page.axes.index("S"), -1)
    if values.ndim > 2 + ("S" in page.axes):  # a depth of one
        values = values.squeeze()
    if page.photometric == PALETTE and page.colormap is not None:
        values = np.moveaxis(np.asarray(page.colormap)[:, values], 0, -1)
    if page.photometric == WHITE_IS_ZERO:
        values = _inverted(values, page)
    return _upright(values, page)


def _inverted(values: NDArray, page: tifffile.TiffPage) -> NDArray:
    """Return values in which 0 is black, in the same type."""
    if values.dtype.kind == "u":
        bits = page.bitspersample if isinstance(page.bitspersample, int) else 8
        return values.dtype.type(2**bits - 1) - values
    if values.dtype.kind == "i":
        return np.invert(values)
    return -values


def _upright(values: NDArray, page: tifffile.TiffPage) -> NDArray:
    """Return the image as viewers show it, by the tag of its orientation."""
    tag = page.tags.get(ORIENTATION)
    number = int(tag.value) if tag is not None else 1
    if number in TRANSPOSED:
        values = values.swapaxes(0, 1)
    return np.flip(values, FLIPPED[number]) if number in FLIPPED else values
