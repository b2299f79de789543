"""Names of classes in a user's folders, as tables and CSV files can hold them."""

from collections.abc import Iterable

from benchmark.errors import BenchmarkError
from leaderboard.files.names import shown

LONGEST = 64  # characters
FORBIDDEN = '|<>"\\`\t'  # marks of tables, pages and CSV files
ALLOWED = f"at most {LONGEST} letters, digits, blanks and signs other than {FORBIDDEN.strip()}"


def check(where: str, names: Iterable[str]) -> None:
    """Refuse names that cannot stand in a table, all in one message.

    >>> check("mine", ["virus (full)", "IgG+", "T=3"])
    """
    bad = [name for name in names if not _is_fit(name)]
    if bad:
        raise BenchmarkError(
            f"{where}: class: found {', '.join(map(shown, bad[:9]))}, expected {ALLOWED}, starting "
            f"with a letter or a digit, without '..'. Rename the class{'es' * (len(bad) > 1)}."
        )


def _is_fit(name: str) -> bool:
    is_short = 0 < len(name) <= LONGEST and name[0].isalnum() and name == name.strip()
    return is_short and name.isprintable() and ".." not in name and not set(name) & set(FORBIDDEN)
