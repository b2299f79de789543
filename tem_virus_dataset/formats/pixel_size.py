"""The pixel size of a micrograph: from its file or from the user."""

import dataclasses
import types

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.micrographs.tags import LARGEST, SMALLEST, SQUARE

AGREE = 0.02  # relative difference between user and file that causes no warning
OPTION = "--nm-per-pixel"

IN_NM = types.MappingProxyType(
    {
        "pm": 1e-3, "å": 0.1, "a": 0.1, "angstrom": 0.1, "ang": 0.1, "nm": 1.0, "nanometer": 1.0,
        "um": 1e3, "micron": 1e3, "microns": 1e3, "micrometer": 1e3, "mm": 1e6, "cm": 1e7,
        "inch": 2.54e7, "m": 1e9,
    }
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class PixelSize:
    """Side of a pixel in nm, and its source, such as "ImageJ's unit" or "--nm-per-pixel"."""

    nm: float
    source: str


def stated(x: float, y: float, unit: str, source: str, file: str) -> PixelSize | None:
    """Return the pixel size that a file states, or None if a micrograph cannot have it.

    Programs without a pixel size write the 72 dots per inch of a screen, 1, or 0.

    Args:
      x, y: sides of a pixel in this unit, such as "nm", "µm" or "Å".
      source: of these numbers, for messages; file: for messages.

    Raises:
      DatasetError: the pixels are not square, or the image is a diffraction pattern.
    """
    name = unit.strip().lower().replace("μ", "u").replace("µ", "u")
    if name.startswith("1/") or name.endswith("^-1"):
        raise DatasetError(
            f"{file}: its pixels measure {unit} ({source}), as in a diffraction pattern; expected "
            "a micrograph, with a length. Leave the file out."
        )
    factor = IN_NM.get(name)
    if factor is None or not SMALLEST <= x * factor <= LARGEST:
        return None
    if abs(x - y) > SQUARE * x:
        raise DatasetError(
            f"{file}: pixels of {x * factor:g}x{y * factor:g} nm ({source}); expected square ones. "
            "Rescale the image."
        )
    return PixelSize(x * factor, source)


def chosen(file: str, found: PixelSize | None, given: float | None) -> tuple[PixelSize, str]:
    """Return the user's pixel size if given, otherwise the file's.

    Returns:
      The pixel size, and a warning where the two differ, else "".

    Raises:
      DatasetError: neither gives one.
    """
    if given is None:
        if found is None:
            raise DatasetError(
                f"{file}: does not say how large its pixels are; expected to know it: a particle's "
                "size tells much of what it is, and the image is rescaled to what the model "
                f"knows. Give {OPTION}, from the microscope's calibration for this magnification."
            )
        return found, ""
    own = PixelSize(given, OPTION)
    if found is None or abs(found.nm - given) <= AGREE * given:
        return own, ""
    return own, (
        f"{file}: its pixels measure {found.nm:.4g} nm according to {found.source}, {given:.4g} nm "
        f"according to {OPTION}, which is taken. Leave {OPTION} out to take the file's."
    )
