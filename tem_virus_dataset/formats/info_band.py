"""A band of text at the first rows of an image: the rule by which an info strip is found."""

import functools
import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

HIGHEST = 1 / 3  # of the image's height
LOWEST = 10  # rows
TOLERANCES = (0.0, 1 / 128, 1 / 40, 1 / 16, 1 / 8)  # of the image's range: JPEG's noise
TEXT_ROW = 0.45  # share of background from which on a row belongs to a strip
BLANK_ROW = 0.95  # share of background of a row without text
FIRST_COLUMNS = 4  # one of so many columns is looked at first
IMAGE_ROW = 0.4  # share of pixels like the background that the image beside the strip may have
# of the range, by which the image differs from the background, by bytes a pixel: JPEG has one; in
# two bytes the text may be many times brighter than the micrograph
LEAST_STEP = {1: 1 / 40, 2: 1 / 1000}
RINGING = 8  # rows beside the image that JPEG makes noisy
BESIDE = 16  # rows of the image that are compared with the strip
LINES = 4  # of so many columns one counts for the median of a row: a line is of one value
BORDER = 4  # rows of a strip beside the image, which hold no text
SOFT = 2  # rows over which a resized or compressed border is spread
STEP = 2 * SOFT  # rows in which half of the difference to the image is reached
STROKES, STROKE_ROWS = 5, 5  # of text: strokes that a row crosses, and such rows
MOST_INK = 0.45  # share of a strip
EIGHT_BITS = 250, 255  # the range of a strip by a program of 8 bits, in an image of larger counts
INSIDE = 255  # of OpenCV's masks
INK = 0.35  # of the strip's contrast: what differs more from the background is ink


def height_of(image: NDArray[np.integer], low: float, high: float) -> int:
    """Return the height of the strip in the first rows, 0 for none; of several bands, of all."""
    height = _band(image, low, high, needs_text=True)
    while height and (more := _band(image[height:], low, high, needs_text=False)):
        height += more
    return height


def _band(image: NDArray[np.integer], low: float, high: float, needs_text: bool) -> int:
    """Return the height of a band of one background that begins in the first row, else 0."""
    highest = int(HIGHEST * len(image))
    least = LOWEST + BESIDE + RINGING
    if highest < LOWEST or len(image) < least or image.shape[1] < BESIDE:
        return 0
    # Most images have no strip. Counts of pixels show that, in a tenth of the time of the rest.
    probable = likely(image, highest, [share * (high - low) for share in TOLERANCES])
    if not probable:
        return 0
    counts = np.ascontiguousarray(image[: highest + BESIDE + RINGING])
    least_step = LEAST_STEP[image.dtype.itemsize]
    first_rows = counts[: _dense(counts)]
    first_medians = np.median(first_rows, axis=1, keepdims=True).astype(np.float32)
    off_line = np.abs(first_rows - first_medians)
    rows = functools.cache(lambda: counts.astype(np.float32))
    medians = functools.cache(lambda: np.median(rows()[:, ::LINES], axis=1, keepdims=True))
    for tolerance, background in probable:
        far = max(1.5 * tolerance, least_step * (high - low))
        has_line = bool(((off_line <= tolerance).mean(axis=1) >= BLANK_ROW).any())
        if not (has_line or _has_background(first_rows, background, tolerance)):
            continue  # none of the first rows can belong to a band
        if not may_end(counts, background, far, highest):
            continue
        distance = np.abs(rows() - background)
        is_near = distance <= tolerance
        is_like_median = np.abs(rows() - medians()) <= tolerance
        height = _height(is_near, is_like_median)
        if not 0 < height <= highest or not _ends_sharply(distance, height, far):
            continue
        if not needs_text:
            if is_near[:height].mean(axis=1).min() >= BLANK_ROW:
                return height
        elif height >= LOWEST and _has_text(
            rows()[:height], is_near[:height], background, _contrast(rows()[:height], high - low)
        ):
            return _edge(distance, height)
    return 0


def _contrast(strip: NDArray[np.float32], of_image: float) -> float:
    """Return the contrast of a strip's text; of_image: the range of the complete image.

    Text that ends exactly at 255 counts above or below its background is from a program of 8 bits.
    In an image of 12 or 16 bits it is a small part of the range.
    """
    span = float(np.ptp(strip))
    return min(span, of_image) if EIGHT_BITS[0] <= span <= EIGHT_BITS[1] else of_image


def _backgrounds(image: NDArray[np.integer]) -> Iterator[float]:
    """Yield the commonest values of the first rows: a frame may hide the background at first."""
    known = set()
    for first, last in ((0, 8), (4, len(image) // 40 + 12), (8, len(image) // 16 + 16)):
        value = int(np.bincount(image[first:last].ravel()).argmax())
        if value not in known:
            known.add(value)
            yield float(value)


def likely(
    image: NDArray[np.integer], highest: int, tolerances: Sequence[float]
) -> list[tuple[float, float]]:
    """Return tolerances and backgrounds by which one of the first rows may be a blank one.

    Every band has such rows. A part of the columns shows where none is: it alone holds more pixels
    of other values than a blank row.

    Args:
      highest: rows of a band at most; tolerances: ascending.
    """
    width = image.shape[1]
    part = np.ascontiguousarray(image[:highest, : width // FIRST_COLUMNS])
    beside = width - part.shape[1]
    backgrounds = list(_backgrounds(image))
    found: list[tuple[float, float]] = []
    for tolerance in reversed(tolerances):
        most = math.floor(np.float32(tolerance))
        backgrounds = [
            background
            for background in backgrounds
            if ((within(part, background, most) + beside) / width >= BLANK_ROW).any()
        ]
        found[:0] = [(tolerance, background) for background in backgrounds]
    return found


def _dense(rows: NDArray) -> int:
    """Return how many rows of dense text, with little background, may follow each other."""
    return max(SOFT, len(rows) // 40)


def _has_background(rows: NDArray[np.integer], background: float, tolerance: float) -> bool:
    """Return whether a row has enough background for a band; rows: (r, width) counts."""
    most = math.floor(np.float32(tolerance))
    return bool((within(rows, background, most) / rows.shape[1] >= TEXT_ROW).any())


def may_end(
    rows: NDArray[np.integer], background: float, far: float, highest: int, most: float = IMAGE_ROW
) -> bool:
    """Return whether `_ends_sharply` holds for any height of a band.

    Args:
      rows: (r, width) counts, up to those beside the highest band; far: see `_ends_sharply`.
      most: share of pixels like the background that the image may have.
    """
    near = within(rows, background, math.ceil(np.float32(far)) - 1)
    up_to = np.concatenate([[0], np.cumsum(near)])
    beside = up_to[BESIDE:] - up_to[:-BESIDE]
    least = beside[RINGING + 1 : RINGING + highest + 1].min()
    return bool(least / (BESIDE * rows.shape[1]) <= most)


def within(rows: NDArray[np.integer], background: float, most: int) -> NDArray[np.int64]:
    """Return in each row of counts the number of pixels so near to a background, (r,).

    OpenCV's mask takes a third of the time of NumPy's comparisons.

    Args:
      rows: contiguous (r, width); most: by which a pixel that is near differs.
    """
    mask = cv2.inRange(rows, background - most, background + most)
    sums = cv2.reduce(mask, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return sums.reshape(-1).astype(np.int64) // INSIDE


def _height(is_near: NDArray[np.bool_], is_like_median: NDArray[np.bool_]) -> int:
    """Return how many of the first rows belong to a band, up to its last blank row or line.

    Rows of dense text may have little background, if few follow each other.

    Args:
      is_near: (rows, width), what is like the background; is_like_median: like that of its row.
    """
    share = is_near.mean(axis=1)
    is_line = is_like_median.mean(axis=1) >= BLANK_ROW
    is_line &= ~_wide(is_line & (share < TEXT_ROW), len(share) // 32)
    belongs = np.flatnonzero((share >= TEXT_ROW) | is_line)
    ends = np.flatnonzero(np.diff(belongs, prepend=-1) > _dense(share))
    belongs = belongs[: ends[0]] if len(ends) else belongs
    closing = belongs[(share[belongs] >= 0.85) | is_line[belongs]]
    return int(closing[-1]) + 1 if len(closing) else 0


def _wide(mask: NDArray[np.bool_], rows: int) -> NDArray[np.bool_]:
    """Return which entries of a mask (n,) are in a run of more than some."""
    bounds = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    wide = np.zeros_like(mask)
    for first, last in bounds.reshape(-1, 2):
        wide[first:last] = last - first > rows
    return wide


def _ends_sharply(distance: NDArray[np.float32], height: int, far: float) -> bool:
    """Return whether most pixels of the rows behind a band are far from its background.

    That must begin within few rows: stain that gets darker, row by row, ends no band.

    Args:
      distance: of all pixels from the background; far: so much or more.
    """
    beside = distance[height + RINGING : height + RINGING + BESIDE]
    if len(beside) < BESIDE or (beside < far).mean() > IMAGE_ROW:
        return False
    first = max(0, height - BESIDE)  # a line may lie between the band and the image
    middle = np.median(distance[first : height + RINGING + BESIDE], axis=1)
    rise = middle[STEP:] - middle[:-STEP]
    return bool(rise.max() >= np.median(middle[-BESIDE:]) / 2)


def _edge(distance: NDArray[np.float32], height: int) -> int:
    """Return where the image begins, at or soon after a row: where most pixels are as far off."""
    middle = np.median(distance[height : height + RINGING + BESIDE], axis=1)
    return height + int(np.argmax(middle >= np.median(middle[RINGING:]) / 2))


def _has_text(
    rows: NDArray[np.float32], is_near: NDArray[np.bool_], background: float, contrast: float
) -> bool:
    """Return whether a band holds blank rows and rows of many strokes, of the image's contrast."""
    distance = np.abs(rows[:-BORDER] - background)
    ink = distance > INK * max(np.percentile(distance, 99.8), contrast)
    strokes = (np.diff(ink.astype(np.int8), axis=1) == 1).sum(axis=1)
    blank = is_near.mean(axis=1) >= BLANK_ROW
    return bool(
        (strokes >= STROKES).sum() >= STROKE_ROWS
        and ink.mean() <= MOST_INK
        and blank.sum() >= max(2, len(rows) // 20)
    )
