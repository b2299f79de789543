"""Reading the tables that `benchmark.speed` prints."""

import re


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of a table's rows, by the first one."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("---"):
            break
    cells = (re.split(r"\s{2,}", line) for line in lines if re.search(r"\S\s{2,}\S", line))
    return {name: values for name, *values in cells}
