"""Addresses of rows on the site, of files of the repository, and when the site was updated."""

import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from leaderboard.results.record import Record
from leaderboard.site.boards.benchmarks import listing, slug

REPOSITORY = Path(__file__).parents[2]
PROJECT = {  # files of the repository that the top bar links, by title
    "Data": "tem_virus_dataset/tem_virus/README.md",
    "Submit": "docs/submit.md",
    "Rules": "docs/rules.md",
}


def of_rows(groups: Sequence[Sequence[Record]]) -> list[str]:
    """Return the folder of each row's page: `<benchmark>/<row>`; no two differ in case alone.

    The name of a row is its model, initialization and recipe, without characters that an address
    has to escape; that of a submission is its folder's. Of equal names the oldest row keeps it, and
    the others get the beginning of a hash, so that no new row changes the address of an old one.
    """
    named: dict[str, list[int]] = defaultdict(list)
    names = [_name(group[0]) for group in groups]
    for place, name in enumerate(names):
        named[name.lower()].append(place)
    for places in named.values():
        ordered = sorted(places, key=lambda place: (groups[place][0].created, groups[place][0].key))
        for place in ordered[1:]:
            record = groups[place][0]
            identity = "\0".join((*map(str, record.key[:-1]), record.content_hash))
            names[place] += f"-{sha256(identity.encode()).hexdigest()[:8]}"
    return names


def _name(record: Record) -> str:
    run = f"{record.model}-{record.initialization}-{record.recipe}"
    name = f"by-{record.submission}" if record.submission else run
    return f"{listing(record.data).slug}/{slug(name)}"


def project_links(repository: str) -> list[tuple[str, str]]:
    """Return title and address of what the top bar links; none without an address."""
    base = repository.rstrip("/")
    if not base:
        return []
    linked = ((title, of_document(base, file)) for title, file in PROJECT.items())
    return [*linked, ("Source", base)]


def of_document(repository: str, file: str) -> str:
    """Return the address of a file of the repository, "" where that of the repository is not known.

    >>> of_document("https://example.org/blob/main/", "docs/rules.md")
    'https://example.org/blob/main/docs/rules.md'
    """
    base = repository.rstrip("/")
    return f"{base}/{file}" if base else ""


def of_files(repository: str, page: Path) -> Callable[[Path], str]:
    """Return the function that gives the address of a file, to be downloaded from a page.

    A file of the repository has the address that serves its bytes, where one is given; any other
    file, and all without an address, are linked by their path relative to the page.

    Args:
      repository: address that shows the files of the repository, or "".
      page: the page's file, where it will lie in the end.
    """
    from leaderboard.site.text.rendering import quoted

    base = repository.rstrip("/").replace("/blob/", "/raw/", 1)

    def address(file: Path) -> str:
        inside = file.resolve()
        if base and inside.is_relative_to(REPOSITORY):
            return f"{base}/{quoted(inside.relative_to(REPOSITORY).as_posix())}"
        return quoted(Path(os.path.relpath(inside, page.parent)).as_posix())

    return address


def updated(root: Path, records: Iterable[Record]) -> str:
    """Return date and commit of the records' repository, such as "2026-11-28 (6aadb50)".

    Outside of a repository it is the date of the newest record, "" without one.
    """
    git = shutil.which("git")
    if git and root.is_dir():
        command = [git, "-C", str(root), "log", "-1", "--format=%cs (%h)"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
    return max((record.created[:10] for record in records), default="")
