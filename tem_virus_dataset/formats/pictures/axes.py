"""What the axes of an array say: whether it can be a micrograph, and how large its pixels are."""

import dataclasses
import math
import types
from collections.abc import Sequence

import numpy as np

from tem_virus_dataset.formats.pictures.picture import Statement

ANGLES = ("rad", "mrad", "urad", "deg", "°", "degree", "degrees")  # of scattering
ENERGIES = ("ev", "kev", "channel", "channels")
MINUS_ONE = ("^-1", "-1", "⁻¹", "^{-1}")
IN_NM = types.MappingProxyType(
    {"pm": 1e-3, "å": 0.1, "a": 0.1, "nm": 1.0, "um": 1e3, "µm": 1e3, "mm": 1e6, "m": 1e9}
)
TYPES = types.MappingProxyType(
    {"c": "complex numbers, as of a Fourier transform", "b": "a mask of two values"}
)


@dataclasses.dataclass(frozen=True)
class Axis:
    """Step from one pixel to the next, in this unit as the file spells it."""

    step: float
    unit: str


def plain_unit(unit: str) -> str:
    """Return a unit without brackets, spaces and underscores: "[n_m]" and "1 / µm" are met."""
    kept = unit.strip().translate(str.maketrans("", "", "[]_ \0"))
    return kept.replace("μ", "µ").replace("\u212b", "Å")


def fault(shape: Sequence[int], dtype: np.dtype, axes: Sequence[Axis] = ()) -> str:
    """Return why an array without axes of length 1 cannot be a micrograph, else "".

    Args:
      shape: (height, width) of a micrograph; dtype: of a pixel; axes: of the same order.
    """
    units = [plain_unit(axis.unit) for axis in axes]
    spectral = next((unit for unit in units if unit.lower() in ENERGIES), "")
    if len(shape) < 2 or spectral:
        return f"a spectrum, in {spectral}" if spectral else "a spectrum or a single row"
    if len(shape) > 2:
        return f"a stack or a volume of {math.prod(shape[:-2])} images"
    if dtype.kind not in "iuf":
        return TYPES.get(dtype.kind, f"values of type {dtype}")
    scattered = next((unit for unit in units if is_reciprocal(unit)), "")
    return f"a diffraction pattern, in {scattered}" if scattered else ""


def is_reciprocal(unit: str) -> bool:
    """Say whether a unit measures a diffraction pattern: "1/nm", "nm^-1", "mrad"."""
    name = plain_unit(unit).lower().replace("µ", "u")
    return name.startswith(("1/", "/")) or name.endswith(MINUS_ONE) or name in ANGLES


def statement(axes: Sequence[Axis], source: str) -> tuple[Statement, ...]:
    """Return the pixel size that two axes state, y before x; nothing where they have no unit.

    Two axes with two units are compared in nm, since a statement has one unit.
    """
    if len(axes) != 2 or not any(plain_unit(axis.unit) for axis in axes):
        return ()
    y, x = axes
    units = plain_unit(y.unit), plain_unit(x.unit)
    if units[0] == units[1]:
        return (Statement(x.step, y.step, units[1], source),)
    in_nm = [IN_NM.get(unit.lower(), math.nan) for unit in units]
    if any(map(math.isnan, in_nm)):
        return (Statement(x.step, y.step, f"{units[1]} and {units[0]}", source),)
    return (Statement(x.step * in_nm[1], y.step * in_nm[0], "nm", source),)
