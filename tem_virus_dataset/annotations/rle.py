"""Masks of COCO JSON as run lengths: pixels without and with the particle in turn, by columns.

They are a list of numbers, or that list packed into text by COCO's programs.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from tem_virus_dataset.annotations.boxes import Corners

_FIRST, _BITS = 48, 5  # the letter of 0, and bits of a number in a letter
_MORE, _SIGN = 1 << _BITS, 1 << (_BITS - 1)  # bits of a letter: another follows; below 0


def enclosing(mask: Mapping[str, Any], width: int, height: int) -> Corners:
    """Return the box around the pixels of a mask.

    Args:
      mask: `size` [height, width] and `counts`; width, height: of the image, in pixels.

    Raises:
      ValueError: the mask is of another size, damaged, or without a pixel; without the file's name.
    """
    size, runs = mask.get("size"), mask.get("counts")
    if not isinstance(size, Sequence) or [*size] != [height, width]:
        raise ValueError(f"a mask (RLE) of size {size}, not [{height}, {width}]")
    counts = _unpacked(runs) if isinstance(runs, str) else runs
    if not isinstance(counts, Sequence) or not all(_is_count(count) for count in counts):
        raise ValueError("a mask (RLE) without whole numbers as its counts")
    ends = [0, *itertools.accumulate(counts)]
    if ends[-1] != width * height:
        raise ValueError(f"a mask (RLE) of {ends[-1]} pixels, not {width * height}")
    filled = list(itertools.pairwise(ends))[1::2]
    filled = [(start, end - 1) for start, end in filled if end > start]
    if not filled:
        raise ValueError("a mask (RLE) without a pixel")
    rows = [
        (0, height - 1) if start // height != last // height else (start % height, last % height)
        for start, last in filled
    ]
    x0, x1 = filled[0][0] // height, filled[-1][1] // height + 1
    return x0, min(top for top, _ in rows), x1, max(bottom for _, bottom in rows) + 1


def _is_count(value: object) -> bool:
    return isinstance(value, int) and value >= 0


def _unpacked(text: str) -> list[int]:
    """Return the counts in a text; from the fourth on, a number is added to the one before last."""
    counts: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - _FIRST
        if not 0 <= bits < 2 * _MORE:
            raise ValueError(f"a mask (RLE) with {letter!r} in its counts")
        value |= (bits & (_MORE - 1)) << shift
        shift += _BITS
        if bits & _MORE:
            continue
        value -= (1 << shift) if bits & _SIGN else 0
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value = shift = 0
    if shift:
        raise ValueError("a mask (RLE) that is cut off")
    return counts
