"""The one micrograph of a file, for readers that list pictures (until `choose` has the rule)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import compressed
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pixel_size import PixelSize, stated

Opener = Callable[[Path], AbstractContextManager[list[Picture]]]


def reader(open_pictures: Opener) -> Callable[[Path], tuple[NDArray, PixelSize | None]]:
    """Return a function that reads pixels and pixel size of the only micrograph of a file."""

    def read(path: Path) -> tuple[NDArray, PixelSize | None]:
        if path.suffix.lower() in compressed.OPENERS:
            with compressed.unpacked(path) as copy:
                return read(copy)
        with open_pictures(path) as pictures:
            kept = [p for p in pictures if not (p.is_reduced or p.not_a_micrograph)]
            kept = [p for p in kept if p.channels == 1] or kept
            if len(kept) != 1:
                raise _several(path, kept or pictures)
            (picture,) = kept
            sizes = (stated(s.x, s.y, s.unit, s.source, str(path)) for s in picture.statements)
            size = next(filter(None, sizes), None)
            pixels = picture.pixels()
        if picture.channels == 1:
            return pixels, size
        if (pixels.max(axis=-1) - pixels.min(axis=-1)).max() > 8:
            raise DatasetError(f"{path}: it has colours; expected a gray image.")
        return pixels[..., 0], size

    return read


def _several(path: Path, pictures: list[Picture]) -> DatasetError:
    found = ", ".join(
        f"{p.name}, {'x'.join(map(str, p.shape))} {p.dtype}"
        + (f", {p.not_a_micrograph}" if p.not_a_micrograph else "")
        for p in pictures
    )
    return DatasetError(
        f"{path}: found {found}; expected one micrograph. Save the image that is meant as a file "
        "of its own."
    )
