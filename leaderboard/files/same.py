"""Where two values that JSON could hold differ, but for the rounding of numbers."""

import math

EXACT = 1e-6


def differing(found: object, expected: object, place: str = "") -> str:
    """Return the first place where two values differ, such as "seeds['0']['auroc']", or "".

    Numbers differ where they are more than a millionth apart.

    >>> differing({"a": [1.0, 2.0]}, {"a": [1.0, 2.1]})
    "['a'][1]"
    >>> differing({"a": [1.0]}, {"a": (1.0 + 1e-9,)})
    ''
    """
    if isinstance(found, dict) and isinstance(expected, dict):
        if found.keys() != expected.keys():
            return place or "a name"
        pairs = [(name, found[name], expected[name]) for name in found]
        return next(filter(None, (differing(a, b, f"{place}[{n!r}]") for n, a, b in pairs)), "")
    if isinstance(found, list | tuple) and isinstance(expected, list | tuple):
        if len(found) != len(expected):
            return place or "a list"
        parts = enumerate(zip(found, expected, strict=True))
        return next(filter(None, (differing(a, b, f"{place}[{n}]") for n, (a, b) in parts)), "")
    if type(found) in (int, float) and type(expected) in (int, float):
        is_close = math.isclose(found, expected, abs_tol=EXACT)  # type: ignore[arg-type]
        return "" if is_close else place or "a number"
    return "" if found == expected else place or "a value"
