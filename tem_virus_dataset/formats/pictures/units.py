"""Units of length as programs spell them, in nm; and units that are no length of a micrograph.

ImageJ writes the micro sign as an escape, plug-ins write it in Latin-1, or in UTF-8 that was read
as Latin-1, and people write "Nanometres per pixel". All are folded to one spelling.
"""

import re
import types
import unicodedata

IN_NM = types.MappingProxyType(
    {
        "fm": 1e-6, "pm": 1e-3, "å": 0.1, "a": 0.1, "ang": 0.1, "angstrom": 0.1, "ångström": 0.1,
        "ångstrom": 0.1, "angström": 0.1, "angstroem": 0.1, "nm": 1.0, "um": 1e3, "mm": 1e6,
        "cm": 1e7, "dm": 1e8, "m": 1e9, "in": 2.54e7, "inch": 2.54e7, "inches": 2.54e7,
        '"': 2.54e7,
        "mu": 1e3, "micron": 1e3, "mikron": 1e3, "my": 1e3, "u": 1e3,
    }
)  # fmt: skip
PREFIXES = types.MappingProxyType(
    {"femto": "f", "pico": "p", "nano": "n", "micro": "u", "mikro": "u", "milli": "m",
     "zenti": "c", "centi": "c", "deci": "d"}
)  # fmt: skip
METRES = (
    "metre", "meter", "metres", "meters", "mètre", "mètres", "metro", "metros", "metri",
)  # fmt: skip
ANGLES = ("rad", "mrad", "urad", "deg", "°", "degree", "degrees", "radian", "radians")
ENERGIES = ("ev", "kev", "channel", "channels")
TIMES = ("s", "ms", "us", "ns", "sec", "second", "seconds")
MINUS_ONE = ("^-1", "-1", "^{-1}", "^(-1)")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
PER_PIXEL = re.compile(r"(/|per)(pixels?|px|pix)$")


def plain(unit: str) -> str:
    """Return a unit in small letters, without brackets, spaces and "per pixel"; "um" for µm."""
    text = ESCAPE.sub(lambda match: chr(int(match[1], 16)), unit)
    for wrong, right in (("cp1252", "utf-8"), ("latin-1", "utf-8")):
        try:
            text = text.encode(wrong).decode(right)
            break
        except UnicodeError:
            continue
    text = unicodedata.normalize("NFKC", text).replace("\0", "").strip().lower()
    text = "".join(text.translate(str.maketrans("", "", "[]()_{}")).split())
    text = PER_PIXEL.sub("", text.replace("μ", "u").replace("µ", "u").replace("\u2212", "-"))
    for name, letter in PREFIXES.items():
        if text.startswith(name) and text[len(name) :] in METRES:
            return f"{letter}m"
    if text in METRES:
        return "m"
    return text[:-1] if text.endswith("s") and text[:-1] in IN_NM and len(text) > 2 else text


def in_nm(unit: str) -> float | None:
    """Return the length of a unit in nm; None where it is none that is known.

    >>> in_nm("Nanometres"), in_nm("micrometers"), in_nm("furlong")
    (1.0, 1000.0, None)
    """
    return IN_NM.get(plain(unit))


def is_reciprocal(unit: str) -> bool:
    """Say whether a unit measures a diffraction pattern: "1/nm", "nm^-1", "mrad"."""
    text = plain(unit)
    return text.startswith(("1/", "/")) or text.endswith(MINUS_ONE) or text in ANGLES


def is_spectral(unit: str) -> bool:
    """Say whether a unit measures a spectrum or a time: "eV", "s"."""
    return plain(unit) in (*ENERGIES, *TIMES)
