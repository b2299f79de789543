"""Many names in one message: the first ten, and how many there are."""

from collections.abc import Collection

MOST = 10  # names; a message stays readable


def listed(names: Collection[str], most: int = MOST) -> str:
    """Return names, sorted, as text; beyond `most` of them only their number.

    >>> listed(["c", "a", "b"], most=2)
    'a, b and 1 more'
    """
    first = sorted(names)[:most]
    more = len(names) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")
