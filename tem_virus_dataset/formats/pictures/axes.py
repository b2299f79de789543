"""What the axes of an array say: whether it can be a micrograph, and how large its pixels are."""

import dataclasses
import math
import types
from collections.abc import Sequence

import numpy as np

from tem_virus_dataset.formats.pictures import units
from tem_virus_dataset.formats.pictures.picture import Statement

TYPES = types.MappingProxyType(
    {"c": "complex numbers, as of a Fourier transform", "b": "a mask of two values"}
)


@dataclasses.dataclass(frozen=True)
class Axis:
    """Step from one pixel to the next, in this unit as the file spells it."""

    step: float
    unit: str


def fault(shape: Sequence[int], dtype: np.dtype, axes: Sequence[Axis] = ()) -> str:
    """Return why an array without axes of length 1 cannot be a micrograph, else "".

    Args:
      shape: (height, width) of a micrograph; dtype: of a pixel; axes: of the same order.
    """
    spectral = next((axis.unit for axis in axes if units.plain(axis.unit) in units.ENERGIES), "")
    if spectral:
        return f"a spectrum, in {spectral}"
    if len(shape) != 2:
        several = len(shape) > 2 and f"a stack or a volume of {math.prod(shape[:-2])} images"
        return several or "a spectrum or a single row"
    if dtype.kind not in "iuf":
        return TYPES.get(dtype.kind, f"values of type {dtype}")
    timed = next((axis.unit for axis in axes if units.is_spectral(axis.unit)), "")
    if timed:
        return f"a spectrum or a line over time, in {timed}"
    scattered = next((axis.unit for axis in axes if units.is_reciprocal(axis.unit)), "")
    return f"a diffraction pattern, in {scattered}" if scattered else ""


def statement(axes: Sequence[Axis], source: str) -> tuple[Statement, ...]:
    """Return the pixel size that two axes state, y before x; nothing where they have no unit.

    Two axes with two units are compared in nm, since a statement has one unit.
    """
    if len(axes) != 2 or not any(units.plain(axis.unit) for axis in axes):
        return ()
    y, x = axes
    if units.plain(y.unit) == units.plain(x.unit):
        return (Statement(x.step, y.step, x.unit, source),)
    of_y, of_x = (units.in_nm(axis.unit) for axis in axes)
    if of_x is None or of_y is None:
        return (Statement(x.step, y.step, f"{x.unit or '?'} and {y.unit or '?'}", source),)
    return (Statement(x.step * of_x, y.step * of_y, "nm", source),)
