"""Lines of text from strangers: short, printable, and of marks that stay in their line."""

import re
import unicodedata

_INVISIBLE = "\u115f\u1160\u3164\uffa0\u2800"  # letters and a sign that nobody sees
_PILED = re.compile("M{4}")  # marks upon marks reach into the lines above
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # change the order of reading
_ADDRESS = re.compile(  # no name before the host, no number as host
    r"https?://(?=[^/:]*[a-z])([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z0-9](:[0-9]{1,5})?([/?#]"
    r"[^\s<>\"\\^`{|}]*)?",
    re.IGNORECASE,
)
_SURROGATE = re.compile("[\ud800-\udfff]")  # cannot be written as UTF-8


def is_line(text: object, longest: int) -> bool:
    r"""Say whether this is one line of at most so many printable characters.

    >>> is_line("a note", 300), is_line("two\nlines", 300), is_line("turned \u202e around", 300)
    (True, False, False)
    """
    return (
        isinstance(text, str)
        and len(text) <= longest
        and text.isprintable()
        and not _PILED.search("".join(map(category, text)))
    )


def is_address(text: str) -> bool:
    """Say whether this is the address of a page, by whose host a reader can trust it.

    >>> is_address("https://github.com/ada/swin"), is_address("https://github.com@evil.example/x")
    (True, False)
    """
    return bool(text.isascii() and text.isprintable() and _ADDRESS.fullmatch(text))


def is_safe(text: str) -> bool:
    """Say whether a text of many lines can be written, and is read in the order it is written."""
    return not (_BIDI.search(text) or _SURROGATE.search(text))


def made_safe(text: str) -> str:
    """Return a text such that `is_safe`, a question mark for every character that is not."""
    return _SURROGATE.sub("?", _BIDI.sub("?", text))


def as_line(text: str, longest: int) -> str:
    r"""Return a text as one line for which `is_line` holds, cut where it is longer.

    >>> as_line("two\nlines \u202e", 300)
    'two lines ?'
    """
    line = " ".join(text.split())
    line = "".join(c if c.isprintable() else "?" for c in line)
    while piled := _PILED.search("".join(map(category, line))):
        line = line[: piled.end() - 1] + line[piled.end() :]
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def says_something(text: str) -> bool:
    """Say whether a text has a letter or a number that can be seen."""
    return any(category(character) in "LN" for character in text)


def category(character: str) -> str:
    """Return L for a letter, N for a number, M for a mark upon others, another letter else."""
    return "Z" if character in _INVISIBLE else unicodedata.category(character)[0]
