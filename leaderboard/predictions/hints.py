"""What is probably meant where a header, an id, a class or a number of a CSV is not as expected."""

import math
import re
from collections.abc import Iterable, Sequence

from leaderboard.files.names import shown

_ENDING = re.compile(r"\.(jpe?g|png|tiff?|bmp|npy|npz|mrc|dm[34])$")
_SPLIT = re.compile("(train|validation|test)/")
_BYTES = re.compile(r"b(['\"])(.*)\1")
_INDEX = ("", "index", "level_0")  # and "Unnamed: 0"; columns that pandas writes
_ANSWER = re.compile(r"(y_)?pred(ict(ion|ed))?([ _](class|label))?|class|label|target|argmax")


def of_header(header: Sequence[str], ids: Iterable[str], begins: Sequence[str] = ("id",)) -> str:
    """Return what to do about the first line of a file of predictions, "" where nothing is known.

    Args:
      header: cells of the first line; ids: of the split; begins: the columns before the others.
    """
    first, expected = header[0] if header else "", begins[0]
    if not header:
        return " The file is empty: write it again."
    if not any(map(str.strip, header)):
        return " The line is blank: take it away."
    if first.strip().lower().startswith("sep="):
        return " The line sep=, is Excel's own: take it away."
    for mark in ";\t":
        if mark in first:
            return f" Cells are separated by {mark!r} here: save with commas."
    if (first.lower() in _INDEX or first.startswith("Unnamed:")) and expected in header[1:]:
        return " The first column is pandas' index: write frame.to_csv(FILE, index=False)."
    beginning = header[: len(begins) + 1]
    if not set(beginning).isdisjoint(ids) or any(map(_SPLIT.match, beginning)):
        return " The header is missing: the first line is a row. Write the names of the columns."
    if list(begins) != header[: len(begins)] and set(begins) <= set(header):
        columns = ", ".join(f"'{name}'" for name in begins)
        come = (
            f"column {expected} comes" if len(begins) == 1 else f"columns {', '.join(begins)} come"
        )
        return f" The {come} first: write frame[[{columns}, ...]].to_csv(FILE, index=False)."
    if header[-1] == "":
        return of_last_cell(header)
    if len(begins) == 1 and len(header) == 2 and _ANSWER.fullmatch(header[1].strip().lower()):
        return (
            " Write a column for each class: its probability, or 1 for the predicted class and 0 "
            "for the others."
        )
    for found, name in zip(header, begins, strict=False):
        if found != name and found.strip().lower() == name:
            return f" {shown(found)} is written {name}."
    return ""


def of_classes(found: Iterable[str], missing: Iterable[str]) -> str:
    """Return how unknown classes are written of which others are missing, "" where not known.

    >>> of_classes(["orf", "x"], ["Orf"])
    " 'orf' is written 'Orf'."
    """
    names = Names(missing)
    meant = [(name, names.meant(name)) for name in found]
    pairs = [f"{shown(name)} is written {shown(right)}" for name, right in meant if right]
    return f" {', '.join(pairs[:3])}." if pairs else ""


def of_last_cell(row: Sequence[str]) -> str:
    """Return what to do about a row of a wrong length, "" where nothing is known."""
    return " The line ends in a comma: take it away." if row[-1] == "" else ""


def of_name(found: str, known: Iterable[str]) -> str:
    """Return the known id or class that a text probably means, "" where none, or several.

    >>> of_name("Rift_Valley", ["Rift Valley", "Orf"])
    'Rift Valley'
    >>> of_name("b'test/Orf/a_1.png'", ["test/Orf/a_1"])
    'test/Orf/a_1'
    """
    return Names(known).meant(found)


def of_split(found: str, ids: Sequence[str]) -> str:
    """Return what to do about the id of another split than that of the ids, "" where it is none.

    >>> of_split("validation/Orf/1", ["test/Orf/2"])
    ' It is of validation: are two files exchanged, or two splits in one file?'
    """
    split = found.partition("/")[0]
    if not ids or not _SPLIT.match(found) or split == ids[0].partition("/")[0]:
        return ""
    return f" It is of {split}: are two files exchanged, or two splits in one file?"


class Names:
    """Known ids or classes, by what remains of them without the usual changes."""

    def __init__(self, known: Iterable[str]) -> None:
        """Args: known: the names as they should be written."""
        self._by_form: dict[str, set[str]] = {}
        for name in known:
            form = _form(name)
            parts = form.split("/")
            for start in range(len(parts)):  # without the split, or without split and class
                self._by_form.setdefault("/".join(parts[start:]), set()).add(name)

    def meant(self, found: str) -> str:
        """Return the name that is meant, "" where none or several are."""
        form = _form(found)
        parts = form.split("/")
        for start in range(len(parts)):
            names = self._by_form.get("/".join(parts[start:]), set())
            if len(names) == 1:
                return next(iter(names))
        return ""


def _form(name: str) -> str:
    """Return a name without what exports change: bytes, slashes, endings, case, blanks."""
    text = name.strip()
    quoted = _BYTES.fullmatch(text)
    text = (quoted[2] if quoted else text).replace("\\", "/").casefold().removeprefix("./")
    return _ENDING.sub("", re.sub(r"[\s_-]+", "_", text))


def of_row(row: Iterable[str]) -> str:
    """Return what the cells of a classifier's row seem to be instead of probabilities."""
    cells = [cell.strip() for cell in row]
    if not any(cells):
        return " The row is empty, as --init writes it: fill in the probabilities."
    numbers = [_number(cell) for cell in cells]
    known = [number for number in numbers if number is not None]
    if any("%" in cell for cell in cells) or (
        len(known) == len(cells) and min(known) >= 0 and abs(sum(known) - 100) < 1
    ):
        return " These are percent: divide by 100."
    if len(known) < len(cells):
        if any(re.fullmatch(r"-?\d+,\d+", cell) for cell in cells):
            return " Write a decimal point."
        if any(cell.lower() in ("nan", "null", "none", "na", "") for cell in cells):
            return " Did the network return NaN, as float16 does where it overflows?"
        return ""
    if max(known) <= 0 and abs(sum(map(math.exp, known)) - 1) < 0.01:
        return " These are logarithms of probabilities: give exp() of them."
    if -1e-3 < min(known) < 0 and abs(sum(known) - 1) < 0.01:
        return " Rounding left numbers below 0: clip them at 0."
    if min(known) < 0 or max(known) > 1.01:
        return " These look like logits: give their softmax, over the classes."
    if abs(sum(known) - 1) > 0.05:
        return " Are these sigmoids? Give a softmax over the classes, or divide rows by their sums."
    return ""


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
