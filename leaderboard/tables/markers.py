"""The pages of the leaderboard: tables between two markers, in prose that people write.

<!-- table:tem_virus/patches_14class -->
... generated, never edited by hand ...
<!-- end -->
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from leaderboard.files.plain_file import NoPlainFileError, read_plain

_START = re.compile(r"<!-- table:([A-Za-z0-9._-]+/[A-Za-z0-9._-]+) -->")
_END = "<!-- end -->"


class RenderError(Exception):
    """A page that is no text or has damaged markers; names the page, the line and the remedy."""


def page_text(page: Path) -> str | None:
    r"""Return the text of a page with lines that end in "\n", None where there is none.

    Raises:
      RenderError: it is a folder, no plain file, or not UTF-8. OSError: it cannot be read.
    """
    try:
        text = read_plain(page).decode()
    except FileNotFoundError:
        return None
    except (IsADirectoryError, NoPlainFileError) as error:
        raise RenderError(
            f"{page}: {error.strerror}, expected a text. Restore it from version control."
        ) from error
    except UnicodeDecodeError as error:
        raise RenderError(
            f"{page}: byte {error.start} is not UTF-8, expected a text. Save it as UTF-8."
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def configs_of(page: str, text: str) -> list[str]:
    """Return the data configs that have markers in a page, in the page's order.

    Raises:
      RenderError: a marker without its partner, or two tables of one config.
    """
    found: list[str] = []
    is_open = False
    for number, line in enumerate(text.split("\n"), start=1):
        start = _START.fullmatch(line)
        if (start and is_open) or (line == _END and not is_open):
            raise RenderError(
                f"{page}: line {number}: found {line}, expected every <!-- table:... --> to have "
                f"one {_END} below it. Put the missing marker back, each on a line of its own."
            )
        if start:
            if start[1] in found:
                raise RenderError(
                    f"{page}: line {number}: second table of {start[1]}, expected one. Remove it."
                )
            found.append(start[1])
            is_open = True
        elif line == _END:
            is_open = False
    if is_open:
        raise RenderError(
            f"{page}: the last line ends inside the table of {found[-1]}, expected {_END}. Add it "
            "below the table, on a line of its own."
        )
    return found


def filled(page: str, text: str, wanted: Iterable[str], section: Callable[[str], str]) -> str:
    """Return a page's text with every table regenerated.

    Args:
      page: name of the page, for the messages.
      text: the page as it is.
      wanted: data configs that must have a table: a section is added for those without markers.
      section: returns the text between the markers of a data config.

    Raises:
      RenderError: see `configs_of`.
    """
    present = configs_of(page, text)
    for config in wanted:
        if config not in present:
            text = f"{text.rstrip()}\n\n## {config}\n\n<!-- table:{config} -->\n{_END}\n"
    lines: list[str] = []
    is_open = False
    for line in text.split("\n"):
        start = _START.fullmatch(line)
        if line == _END:
            is_open = False
        if not is_open:
            lines.append(line)
        if start:
            is_open = True
            lines += ["", section(start[1]), ""]
    return "\n".join(lines)
