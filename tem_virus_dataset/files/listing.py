"""Many names in one message: the first ten, and how many there are."""

from collections.abc import Collection, Sequence

MOST = 10  # names; a message stays readable


def listed(names: Collection[str], most: int = MOST) -> str:
    """Return names, sorted, as text; beyond `most` of them only their number.

    >>> listed(["c", "a", "b"], most=2)
    'a, b and 1 more'
    """
    first = sorted(names)[:most]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def such(names: Sequence[str]) -> str:
    """Return " (3 such: a, b, c)" where there are several; "" where a message has named the one."""
    return f" ({len(names)} such: {listed(names)})" if len(names) > 1 else ""
