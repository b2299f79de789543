"""Which cache a command uses: the options `--cache` and `--no-cache`, and where neither is given.

A cache never lies in the repository, so no pull request brings one. On a server that checks pull
requests the variable CI is set; there no cache is used unless one is named, for a folder that jobs
of strangers can write to must not be believed by a later job.
"""

import argparse
import os
from pathlib import Path

from leaderboard.cached_rows.keys import code_version
from leaderboard.files.arguments import output_folder
from leaderboard.files.cache import Cache, user_folder

VARIABLE = "TEM_VIRUS_CACHE"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add both options; `cache_of` reads them."""
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--cache", type=output_folder, metavar="DIR", help="folder of scores already computed, "
        f"which may be deleted at any time (default: {VARIABLE} or {_shown(user_folder())}; none "
        "where CI is set)",
    )  # fmt: skip
    choice.add_argument("--no-cache", action="store_true", help="score all predictions again")


def cache_of(args: argparse.Namespace) -> Cache | None:
    """Return the cache that the options name, None where none is used."""
    return None if args.no_cache else default_cache(args.cache)


def default_cache(folder: Path | None = None) -> Cache | None:
    """Return the cache in a folder, or that of the user; None where none is used."""
    named = os.environ.get(VARIABLE)
    if folder is None and (named == "" or (named is None and os.environ.get("CI"))):
        return None
    cache = Cache(folder or Path(named or user_folder()).expanduser(), code_version())
    cache.tidy()
    return cache


def _shown(folder: Path) -> str:
    home = Path.home()
    return f"~/{folder.relative_to(home).as_posix()}" if home in folder.parents else str(folder)
