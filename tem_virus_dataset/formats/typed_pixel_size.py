"""A pixel size that a person types: a number of nm, and what is meant by anything else.

Sizes are copied from microscopes and programs, which show them in Å, pm or m.
"""

import re

from tem_virus_dataset import typed_number
from tem_virus_dataset.files.arguments import number
from tem_virus_dataset.formats.pictures import units
from tem_virus_dataset.formats.pixel_size import LARGEST, SMALLEST

_WITH_UNIT = re.compile(r"\s*([0-9]*[.,]?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([^\s\d.,+-].*)")
_UNNAMED = "pm", "m"  # units of numbers that are no size in nm


def _meant(text: str) -> str:
    """Return what to write in place of a text, as a sentence; "" where that is not known.

    >>> _meant("5 Å"), _meant("0,5nm"), _meant("500"), _meant("large")
    ('In nm: 0.5.', 'In nm: 0.5.', 'If it is in pm, write 0.5.', '')
    """
    try:
        value = typed_number.read(text.replace(",", "."), float)
    except ValueError:
        match = _WITH_UNIT.fullmatch(text)
        factor = units.in_nm(match[2]) if match else None
        nm = float(match[1].replace(",", ".")) * factor if match and factor else 0.0
        return f"In nm: {nm:.6g}." if SMALLEST <= nm <= LARGEST else ""
    for unit in _UNNAMED:
        nm = value * units.IN_NM[unit]
        if SMALLEST <= nm <= LARGEST:
            return f"If it is in {unit}, write {nm:.6g}."
    return ""


nm_per_pixel = number(
    float,
    f"{SMALLEST:g} to {LARGEST:g} nm, without a unit",
    lambda nm: SMALLEST <= nm <= LARGEST,
    _meant,
)
