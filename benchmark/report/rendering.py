"""Templates to pages. Everything put into a page is escaped: names and notes may hold markup."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2

from leaderboard.atomic import write_bytes

UNKNOWN = "-"


def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("benchmark.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "score": lambda value: UNKNOWN if value is None else f"{value:.3f}",
        "count": lambda value: UNKNOWN if value is None else f"{value:,}",
        "percent": lambda share: f"{100 * share:.1f} %",
        "duration": _duration,
        "path": quote,
    }
    return found


def write(path: Path, template: str, **values: Any) -> None:
    """Fill a template of this package and write the page, whole or not at all.

    Raises:
      OSError: the folder cannot be written to.
    """
    write_bytes(path, _environment().get_template(template).render(values).encode())


def _duration(seconds: float | None) -> str:
    """Return seconds as a person says them.

    >>> _duration(2496.7), _duration(7325), _duration(4.2)
    ('42 min', '2 h 2 min', '4 s')
    """
    if seconds is None:
        return UNKNOWN
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
