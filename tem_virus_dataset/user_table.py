"""Tables that users write: points, pixel sizes and splits, as spreadsheets save them.

The columns are separated by commas, semicolons or tabs. Before the table may be blank lines, and
the line `sep=;` of Excel. All such tables are read here, so that each takes what the others take.
"""

import codecs
import csv
import dataclasses
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tem_virus_dataset.errors import DatasetError

SEPARATORS = ",;\t"
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
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


# Excel writes "CSV" in the code page of its Windows, without a word which one that is. In another
# code page the letters of a name would be others. But the tables name images, so the western one
# is taken only where it gives such a name in each line that depends on it.


def text_of(file: Path, images: Iterable[str]) -> str:
    """Return the text of a table, in UTF-8, UTF-16 ("Unicode text") or Windows-1252.

    Args:
      images: paths or names of the images that the table may name.

    Raises:
      UnicodeDecodeError: it is in another encoding. OSError: the file cannot be read.
    """
    data = file.read_bytes()
    if data.startswith(UTF16):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
        parts = {part for name in images for part in Path(name).with_suffix("").parts}
        known = [unicodedata.normalize("NFC", part) for part in parts if not part.isascii()]
        odd = [line for line in text.splitlines() if not line.isascii()]
        if not all(any(part in line for part in known) for line in odd):
            raise
        return text


def read(text: str, where: str) -> UserTable:
    """Read a table with a first line of names.

    Args:
      where: the file, as messages name it.

    Raises:
      csv.Error: it is no CSV. DatasetError: a row has more values than there are columns.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    skipped = next((n for n, line in enumerate(lines) if not _is_before(line)), 0)
    begin = lines[skipped]
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
