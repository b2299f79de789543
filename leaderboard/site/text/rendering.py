"""Templates to pages. All values are escaped, because names and notes may hold markup."""

import functools
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from leaderboard.files.atomic import write_bytes
from leaderboard.ranking.rows import Value
from leaderboard.site.text.links import parts
from leaderboard.tables import cells

TEMPLATES = Path(__file__).parents[1] / "templates"
UNKNOWN = "-"


def write(path: Path, template: str, own: Path = TEMPLATES, **values: Any) -> None:
    """Fill a template and write the page, whole or not at all.

    Args:
      own: folder of further templates, which may extend and import those of this package.

    Raises:
      OSError: the folder cannot be written to.
    """
    write_bytes(path, text_of(template, own, **values).encode())


def quoted(path: str) -> str:
    """Return a path as part of an address."""
    return quote(path)


def text_of(template: str, own: Path = TEMPLATES, **values: Any) -> str:
    """Fill a template, and return its text."""
    return _environment(own).get_template(template).render(values)


def value(number: Value | None, with_interval: bool = True) -> str:
    """Return a value such that a line breaks only between its parts, "" where not known."""
    return unbroken(cells.score(number, with_interval))


def unbroken(text: str) -> str:
    """Return a text of numbers with each number and its unit on one line."""
    space = "\N{NO-BREAK SPACE}"
    for before, after in (("± ", f"±{space}"), (", ", f",{space}"), (" %", f"{space}%")):
        text = text.replace(before, after)
    return text


def breakable(text: str) -> Markup:
    """Return a name, escaped, with line breaks allowed before `+` and after `_`."""
    return Markup(re.sub(r"(?=\+)|(?<=_)", "<wbr>", str(escape(text))))


def duration(seconds: float | None) -> str:
    """Return seconds in the unit that fits.

    >>> duration(2496.7), duration(7325), duration(4.2)
    ('42 min', '2 h 2 min', '4 s')
    """
    if seconds is None:
        return UNKNOWN
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@functools.cache
def _environment(own: Path) -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader([own, TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "score": lambda number: UNKNOWN if number is None else f"{number:.3f}",
        "value": value,
        "breakable": breakable,
        "unbroken": unbroken,
        "count": lambda number: UNKNOWN if number is None else f"{number:,}",
        "percent": lambda share: f"{100 * share:.1f} %",
        "duration": duration,
        "path": quote,
        "parts": parts,
    }
    return found
