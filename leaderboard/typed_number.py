"""Numbers that people type: in options, addresses, tables and labels."""

from collections.abc import Callable
from typing import TypeVar

N = TypeVar("N", int, float)


def read(text: str, kind: Callable[[str], N]) -> N:
    """Return a number of a kind, `float` or `int`; raises `ValueError` where the text is none.

    Python also takes 0_5, and reads it as 5. Whoever types it means 0.5, or a name.

    >>> read(" 0.5", float), read("12", int)
    (0.5, 12)
    """
    if "_" in text:
        raise ValueError(f"{text!r:.40} is no number")
    return kind(text)
