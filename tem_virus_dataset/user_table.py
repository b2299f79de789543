"""Tables that users write: points, pixel sizes and splits, as spreadsheets save them.

The columns are separated by commas, semicolons or tabs. Before the table may be blank lines, and
the line `sep=;` of Excel. All such tables are read here, so that each takes what the others take.
"""

import csv
import dataclasses
import io
import re
from collections.abc import Mapping, Sequence

from tem_virus_dataset.errors import DatasetError

SEPARATORS = ",;\t"
_SEP = re.compile(r"\"?sep=.\"?\s*$", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class UserTable:
    """A table as it was read.

    Attributes:
      begin: its first line; columns: their names in it, without blanks around them.
      separator: of the columns.
      rows: number of the line in the file, and values by column; rows of blanks are left out.
    """

    begin: str
    columns: Sequence[str]
    separator: str
    rows: Sequence[tuple[int, Mapping[str, str]]]


def read(text: str, where: str) -> UserTable:
    """Read a table with a first line of names.

    Args:
      where: the file, as messages name it.

    Raises:
      csv.Error: it is no CSV. DatasetError: a row has more values than there are columns.
    """
    lines = text.split("\n")
    skipped = next((n for n, line in enumerate(lines) if not _is_before(line)), 0)
    begin = lines[skipped].rstrip("\r")
    separator = next((sign for sign in begin if sign in SEPARATORS), ",")
    table = io.StringIO("\n".join(lines[skipped:]), newline="")
    found = csv.DictReader(table, delimiter=separator, skipinitialspace=True, restval="")
    columns = found.fieldnames = [name.strip() for name in found.fieldnames or ()]
    rows = []
    for row in found:
        line, more = skipped + found.line_num, row.pop(None, [])
        if any(map(str.strip, more)):
            raise _longer(f"{where}: line {line}", columns, separator)
        if any(value.strip() for value in row.values()):
            rows.append((line, row))
    return UserTable(begin, columns, separator, rows)


def _is_before(line: str) -> bool:
    return not line.strip() or bool(_SEP.match(line))


def _longer(where: str, columns: Sequence[str], separator: str) -> DatasetError:
    """Return the error of `a.png,1,5`: a decimal comma ended the number."""
    remedy = "Name each column in the first line."
    if separator == ",":
        remedy = (
            "Write decimal points in place of commas, or separate the columns by semicolons. Put "
            "names that hold a comma between quotation marks."
        )
    if columns[0].startswith("#"):
        remedy = "Take the lines out that are above the names of the columns."
    expected = ",".join(columns)
    return DatasetError(f"{where}: more values than columns; expected {expected}. {remedy}")
