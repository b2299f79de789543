"""Which pages of rows need not be built again: `build.json` holds a key of each.

A key covers all that a row's page shows: the key of the scored row (`cached_rows.keys`: records,
predictions, ground truth, code), its card and networks, and the code and templates of the pages. A
page with the same key is linked from the site before, not written.
"""

import functools
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

from leaderboard.files import plain_file

MANIFEST = "build.json"
_BEFORE = ("index.html", "phantoms.html", "rows")  # of sites without a manifest
_PACKAGE = Path(__file__).parents[1]
_CODE = ("*.py", "*.html", "*.csv")  # what a page follows from, beside the records
_DATA = ("records", "submissions", "official")  # not code


def read(site: Path) -> dict[str, Any]:
    """Return the manifest of a site, an empty one where there is none or it is damaged."""
    empty: dict[str, Any] = {"top": [], "rows": {}}
    try:
        found = json.loads((site / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return empty
    is_sound = isinstance(found, dict) and all(
        isinstance(found.get(name), kind) for name, kind in (("top", list), ("rows", dict))
    )
    return found if is_sound else empty


def top(site: Path) -> frozenset[str]:
    """Return the names that a site before wrote into its folder: they may be replaced."""
    return frozenset((*_BEFORE, MANIFEST, *map(str, read(site)["top"])))


def manifest(folder: Path, rows: dict[str, str]) -> bytes:
    """Return the manifest of a finished site; `rows`: key of each row's page, by its folder."""
    names = sorted({one.name for one in folder.iterdir()} | {MANIFEST})
    return json.dumps({"top": names, "rows": rows}, indent=1, sort_keys=True).encode() + b"\n"


def key(*parts: str) -> str:
    """Return the key of a page: the sha256 of the code of the pages and of these texts."""
    found = hashlib.sha256(_code().encode())
    for part in parts:
        found.update(part.encode("utf-8", "replace") + b"\0")
    return found.hexdigest()


def digest(file: Path) -> str:
    """Return the sha256 of a file, "" where it is not there."""
    return plain_file.digest(file).hex() if file.is_file() else ""


def link(before: Path, after: Path) -> bool:
    """Put a folder of files into another place without copying; say whether it was there."""
    if not (before / "index.html").is_file():
        return False
    after.mkdir(parents=True)
    for file in before.iterdir():
        if file.is_file():
            try:
                os.link(file, after / file.name)
            except OSError:  # another disk, or one without links
                shutil.copy2(file, after / file.name)
    return True


@functools.cache
def _code() -> str:
    """Return the sha256 of all code, templates and ground truth of the package."""
    digest = hashlib.sha256()
    files = sorted(file for pattern in _CODE for file in _PACKAGE.rglob(pattern))
    for file in files:
        if file.relative_to(_PACKAGE).parts[0] not in _DATA:
            digest.update(file.relative_to(_PACKAGE).as_posix().encode() + b"\0")
            digest.update(plain_file.digest(file))
    return digest.hexdigest()
