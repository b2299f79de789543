"""The microscope's tags of a micrograph: `tags/<stem>.tif_tags.csv`.

Lines of `field;value`, without a header; the decimal point may be a comma. Fields seen: Heigt
(spelled so), Width, GridposX, GridposY, GridposZ, Xscale, Yscale (nm per pixel), AccVoltage,
Defocus, Date, Magnification, Photographer, CameraModel.
"""

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob

SMALLEST, LARGEST = 0.05, 10.0  # nm per pixel; other sizes are in another unit
PADDING = ';" \t\r'  # characters that may surround a value
SQUARE = 1e-3  # relative difference of a pixel's sides that is allowed


def nm_per_pixel(blob: Blob) -> float:
    """Return the side of a micrograph's pixels in nm, from its tags.

    Raises:
      DatasetError: the size is missing, no number, implausible, or differs between x and y.
    """
    fields: dict[str, str] = {}
    for line in blob.lines():
        name, _, value = line.partition(";")
        fields[name.strip(PADDING).lower()] = value.strip(PADDING)
    x, y = (_size(fields, name, blob.where) for name in ("Xscale", "Yscale"))
    if abs(x - y) > SQUARE * x:
        raise _error(blob.where, f"Xscale is {x:g} and Yscale {y:g}", "square pixels")
    return x


def _size(fields: dict[str, str], name: str, where: str) -> float:
    text = fields.get(name.lower())
    if text is None:
        raise _error(where, f"{name} is missing", f"a line `{name};<nm per pixel>`")
    try:
        size = float(text.replace(",", "."))
    except ValueError as error:
        raise _error(where, f"{name} is {text!r:.80}", "a number, in nm per pixel") from error
    if not SMALLEST <= size <= LARGEST:
        raise _error(where, f"{name} is {size:g}", f"{SMALLEST:g} to {LARGEST:g} nm per pixel")
    return size


def _error(where: str, found: str, expected: str) -> DatasetError:
    return DatasetError(
        f"{where}: {found}; expected {expected}: without the pixel size a patch cannot be cut. "
        "Put the published file in its place."
    )
