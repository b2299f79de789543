"""The micrograph among the images of a file: one rule for all formats.

Cameras add thumbnails, coloured views with a scale bar, survey spectra. They are left out, step by
step, as long as something else is left. Exactly one image must remain, since nobody can guess which
of two micrographs is meant; it keeps the statements on its own pixel size.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures import units
from tem_virus_dataset.formats.pictures.picture import Picture

PREVIEW = 0.3  # of the largest image's pixels, up to which an image is a preview of it
TWO_UNITS = " and "  # in a statement whose axes have two units that differ
LISTED = 4  # images that a message names
OF_MASKS = "Save the micrograph itself as gray TIFF of 8 or 16 bits, or leave the file out."
REMEDY = "Save the image that is meant as a file of its own."
REMEDIES = (  # where all images of a file have one of these words in their reason
    (("mask",), OF_MASKS),
    (("tem-virus drew",), "Take the micrograph itself, and move this file elsewhere."),
    (("colour",), "Save it again as gray TIFF of 8 or 16 bits."),
    (("diffraction", "spectrum", "complex", "Fourier"), "Leave the file out."),
)


def micrograph(pictures: Sequence[Picture], path: Path) -> tuple[Picture, list[str]]:
    """Return the one micrograph of a file, and remarks on what is left out.

    Raises:
      DatasetError: there is none, or there are several.
    """
    full = [picture for picture in pictures if not picture.is_reduced] or list(pictures)
    kept = [picture for picture in full if not _reason(picture)]
    if not kept:
        found = _several(full) if full else "no image"
        remedy = _remedy([_reason(picture) for picture in full])
        raise DatasetError(f"{path}: found {found}; expected one micrograph. {remedy}")
    kept = _without_views(kept)
    most = max(math.prod(picture.shape) for picture in kept)
    kept = [p for p in kept if math.prod(p.shape) > PREVIEW * most]
    if len(kept) > 1:
        raise DatasetError(
            f"{path}: found {_several(kept)}; expected one micrograph, not a tilt series, a movie "
            f"or a volume. {REMEDY}"
        )
    left_out = [p for p in pictures if p is not kept[0] and not p.is_reduced]
    remarks = [f"left out {_several(left_out)}; {kept[0].name} is taken"] if left_out else []
    return kept[0], remarks


def _without_views(pictures: Sequence[Picture]) -> list[Picture]:
    """Return the gray images, since coloured ones are views of them, where there are any.

    A gray image can also be saved in colours. Then a gray one of fewer pixels is its preview.
    """
    gray = [picture for picture in pictures if picture.channels == 1]
    largest = max(gray, key=lambda picture: math.prod(picture.shape), default=None)
    if largest is None or any(_is_preview(largest, p) for p in pictures if p.channels > 1):
        return list(pictures)
    return gray


def _is_preview(gray: Picture, coloured: Picture) -> bool:
    """Say whether a gray image has fewer pixels than a coloured one, and no more worth.

    A micrograph of few pixels beside its large view states its pixel size, or has more bits.
    """
    worth = [(len(picture.statements), picture.dtype.itemsize) for picture in (gray, coloured)]
    return math.prod(gray.shape) <= PREVIEW * math.prod(coloured.shape) and worth[0] <= worth[1]


def _remedy(reasons: Sequence[str]) -> str:
    """Return what to do about a file whose images are no micrographs for these reasons."""
    for words, remedy in REMEDIES:
        if reasons and all(any(word in reason for word in words) for reason in reasons):
            return remedy
    return REMEDY


def _reason(picture: Picture) -> str:
    """Return why an image cannot be a micrograph, else ""."""
    if picture.not_a_micrograph:
        return picture.not_a_micrograph
    for statement in picture.statements:
        if units.is_reciprocal(statement.unit):
            return f"a diffraction pattern, in {statement.unit}"
        if any(map(units.is_spectral, statement.unit.split(TWO_UNITS))):
            return f"a spectrum, in {statement.unit}"
    if not math.prod(picture.shape):
        return "an image without pixels"
    if len(picture.shape) != 2:
        return "a stack or a volume" if len(picture.shape) > 2 else "a spectrum or a single row"
    return ""


def _several(pictures: Sequence[Picture]) -> str:
    """Return images in words, the first few of many."""
    named = "; ".join(_described(picture) for picture in pictures[:LISTED])
    count = f"{len(pictures)} images: " if len(pictures) > 1 else ""
    return f"{count}{named}{' and others' if len(pictures) > LISTED else ''}"


def _described(picture: Picture) -> str:
    size = "x".join(map(str, picture.shape)) or "1"
    colours = f" in {picture.channels} channels" if picture.channels > 1 else ""
    reason = _reason(picture)
    return f"{picture.name} ({size} {picture.dtype}{colours}{f', {reason}' if reason else ''})"
