"""The pixel size of a micrograph: from what its file states, or from the user.

Programs without a pixel size write what unset headers hold: 1 Å, 72 dots per inch, 0. Such values,
and those that no micrograph has, are left out and named: they are no measurements.
"""

import dataclasses
import math
from collections.abc import Iterable, Sequence

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures import units
from tem_virus_dataset.formats.pictures.picture import Statement

SMALLEST, LARGEST = 0.01, 100.0  # nm per pixel, of electron micrographs
AGREE = 0.02  # relative difference of two sizes, of user and file, that causes no warning
SQUARE, ALMOST = 1e-3, 0.01  # relative difference of a pixel's sides: not worth a word; a warning
UNSET_UNITS = ("å", "a", "angstrom")  # of the 1 that headers hold where nobody has set one
CONVERTED = ("um", "micron", "mm", "cm", "in", "inch")  # units that converters make of such a 1 Å
ROUNDING = 1e-6  # relative error of a number of 4 bytes, such as a cell of 1 Å a pixel
DOTS = ("in", "inch", "cm")  # units of a resolution for printers and screens
OPTION, TABLE = "--nm-per-pixel", "pixel_sizes.csv"  # from where a user's size is


@dataclasses.dataclass(frozen=True)
class PixelSize:
    """Side of a pixel in nm, and its source, such as "ImageJ's unit" or "--nm-per-pixel"."""

    nm: float
    source: str


def found(statements: Iterable[Statement]) -> tuple[PixelSize | None, list[str]]:
    """Return the first pixel size that a micrograph can have, and remarks on the statements.

    They name what is left out before it, and what contradicts it.

    Args:
      statements: the most trustworthy first.
    """
    size: PixelSize | None = None
    remarks: list[str] = []
    for statement in statements:
        fault, factor = _fault(statement), units.in_nm(statement.unit)
        if fault and size is None:
            remarks.append(fault)
        if fault or factor is None:
            continue
        x, y = statement.x * factor, statement.y * factor
        nm = (x + y) / 2 if x != y else x
        if size is None:
            size = PixelSize(nm, statement.source)
            if abs(x - y) > SQUARE * max(x, y):
                remarks.append(
                    f"pixels of {x:.6g}x{y:.6g} nm ({size.source}); the mean of both is taken"
                )
        elif abs(nm - size.nm) > AGREE * size.nm:
            remarks.append(
                f"two pixel sizes: {size.nm:.4g} nm ({size.source}), and {nm:.4g} nm "
                f"({statement.source}); the first is taken without {OPTION}"
            )
    return size, remarks


def _fault(statement: Statement) -> str:
    """Return why a statement is not taken, "" where it is, or where it states nothing."""
    x, y, source = statement.x, statement.y, statement.source
    stated = f"{x:.6g}" if x == y else f"{x:.6g}x{y:.6g}"
    factor = units.in_nm(statement.unit)
    if not (math.isfinite(x) and math.isfinite(y)) or x <= 0 or y <= 0:
        return f"{stated} {statement.unit} ({source}) is no size of a pixel"
    name = units.plain(statement.unit)
    if factor is None:
        if name in ("", "pixel", "pixels", "px") and x == y == 1:
            return ""
        unit = f"the unit {statement.unit!r}" if name else "no unit"
        return f"{stated} with {unit} ({source})"
    nm = x * factor, y * factor
    if name in (*UNSET_UNITS, *CONVERTED) and all(abs(10 * side - 1) < ROUNDING for side in nm):
        return f"1 Å ({source}), which headers hold that nobody has set"
    if not all(SMALLEST <= side <= LARGEST for side in nm):
        if name in DOTS and "resolution" in source and max(nm) > LARGEST:
            return f"{1 / x:.4g} dots per {name} ({source}), which is meant for printers"
        sides = f"{nm[0]:.4g}" if x == y else f"{nm[0]:.4g}x{nm[1]:.4g}"
        return f"{sides} nm ({source}); expected {SMALLEST:g} to {LARGEST:g}"
    if abs(nm[0] - nm[1]) > ALMOST * max(nm):
        return f"pixels of {nm[0]:.4g}x{nm[1]:.4g} nm ({source}); expected square ones"
    return ""


def chosen(
    file: str,
    size: PixelSize | None,
    remarks: Sequence[str],
    given: float | None,
    source: str = OPTION,
) -> tuple[PixelSize, list[str]]:
    """Return the user's pixel size if given, otherwise the file's; and warnings.

    Args:
      size, remarks: of `found`, on the file; given: by the user, in nm.
      source: of what the user gives, OPTION or TABLE.

    Raises:
      DatasetError: neither gives one.
    """
    if given is None:
        if size is not None:
            return size, list(remarks)
        said = f": found {'; '.join(remarks)}" if remarks else ""
        raise DatasetError(
            f"{file}: does not state its pixel size{said}; expected it, since the image is "
            f"rescaled to that of the model. Give {OPTION}, from the scale bar or the microscope's "
            f"calibration for this magnification. Where sizes differ, write {TABLE} into the "
            "folder, with the columns file,nm_per_pixel."
        )
    own = PixelSize(given, source)
    warnings = [f"the file states {remark}; {source} is taken" for remark in remarks]
    if size is not None and abs(size.nm - given) > AGREE * given:
        leave = f"Leave {OPTION} out" if source == OPTION else f"Take its line out of {source}"
        warnings.append(
            f"its pixels measure {size.nm:.4g} nm according to {size.source}, {given:.4g} nm "
            f"according to {source}, which is taken. {leave} to take the file's"
        )
    return own, warnings
