"""All pages of the site: the start page, one for each benchmark, and one for each row scored here.

A row's page depends on the row alone, so it is kept until something that it shows changes
(`reuse`). What has changed is scored and written at once, by as many processes as there are cores;
of all other rows the scores come from the cache. The other pages are always written.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leaderboard.cached_rows.keys import Keys
from leaderboard.cached_rows.packing import packed, unpacked
from leaderboard.cached_rows.processes import cores, in_order
from leaderboard.cached_rows.scored_rows import scored_rows
from leaderboard.files.atomic import write_bytes
from leaderboard.files.cache import Cache
from leaderboard.files.progress import Progress
from leaderboard.open_set.page import FOLDER as OPEN_SET
from leaderboard.ranking import published
from leaderboard.ranking.grouping import grouped, row_of
from leaderboard.ranking.rows import Row
from leaderboard.results import official
from leaderboard.results import store as records
from leaderboard.results.conditions import FOLDER as HARD_CONDITIONS
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site import (
    addresses,
    benchmark_page,
    condition_pages,
    open_set_pages,
    reuse,
    row_page,
    start_page,
)
from leaderboard.site.boards import comparison
from leaderboard.site.boards.benchmarks import Benchmark
from leaderboard.site.boards.leaderboards import under
from leaderboard.site.classes import facts
from leaderboard.site.row_page import Place
from leaderboard.site.text import rendering
from leaderboard.submission.card import Card, read

SHARED = ("style.css", "site.js")  # of all pages
PICTURES = "pictures"


@dataclass(frozen=True)
class Content:
    """What benchmarks are made of.

    Attributes:
      root: folder of the records; records: all; rows: published ones and those scored here.
      links: of the rows' pages by `id(row)`, relative to the page of their benchmark.
      official: records with the scores of their networks on the official test patches.
      repository: address that shows the files of the repository, or "".
    """

    root: Path
    records: Sequence[Record]
    rows: Sequence[Row]
    links: dict[int, str]
    official: Sequence[tuple[Record, OfficialScores]]
    repository: str = ""

    def address(self, file: str) -> str:
        """Return the address of a file of the repository, "" where it is not known."""
        return addresses.of_document(self.repository, file)


# Each returns the benchmarks of one kind; see `benchmarks` for how to add another.
SOURCES: tuple[Callable[[Content], Sequence[Benchmark]], ...] = (
    lambda content: benchmark_page.of_configs(
        content.records, content.rows, content.links, content.official
    ),
    lambda content: open_set_pages.of_folder(content.root.parent / OPEN_SET, content.address),
    lambda content: condition_pages.of_folder(
        content.root.parent / HARD_CONDITIONS, content.address
    ),
)


@dataclass(frozen=True)
class Job:
    """A row whose page has changed: it is scored, and its page is written.

    Attributes:
      records: by seed; root: their folder; key: of the scored row in `cache`.
      folder: of the page; final: where that will lie in the end.
    """

    records: list[Record]
    root: Path
    key: str
    cache: Cache | None
    folder: Path
    final: Path
    repository: str
    official: list[tuple[Record, OfficialScores]]
    shared: dict[str, Any]


def write(
    out: Path,
    root: Path,
    repository: str = "",
    site: Path | None = None,
    cache: Cache | None = None,
    processes: int = 1,
) -> None:
    """Write the site into an empty folder.

    Args:
      root: folder of the records; cards of submissions are in `submissions` beside it.
      repository: address that shows the files of the repository; without it they are not linked.
      site: where the folder will lie in the end, and where a site may lie before; `out` if not
        given.
      cache: of scores; without one all rows are scored.
      processes: that work at once where there is much to do; above 1 only under the guard
        `if __name__ == "__main__"`.

    Raises:
      RecordError: a record, a line of published scores or predictions that cannot be used.
      CardError: a card that cannot be used.
      OSError: the folder cannot be written to.
    """
    site = site or out
    found = records.read_all(root)
    on_official = official.of_records(root, found)
    updated = addresses.updated(root, found)
    shared = {
        "project_links": addresses.project_links(repository),
        "shared_files": True,
        "year": updated[:4],
    }
    groups = grouped(found)
    places = addresses.of_rows(groups)
    row_keys, before = Keys(root), reuse.read(site)["rows"]
    keys: dict[str, str] = {}
    jobs: dict[int, Job] = {}
    for number, (group, place) in enumerate(zip(groups, places, strict=True)):
        own = [pair for pair in on_official if pair[0] in group]
        row_key, there = row_keys.of_row(group), os.path.relpath(root, site / place)
        keys[place] = reuse.key(row_key, repository, there, repr(own), *_beside(group, root))
        kept = before.get(place) == keys[place] and reuse.link(site / place, out / place)
        if not kept:
            jobs[number] = Job(
                group, root, row_key, cache, out / place, site / place, repository, own,
                {**shared, "updated": ""},
            )  # fmt: skip
    own_rows = _rows(groups, jobs, root, cache, processes)
    links = {
        id(row): f"{place.partition('/')[2]}/index.html"
        for row, place in zip(own_rows, places, strict=True)
    }
    rows = [*published.read_all(), *own_rows]
    content = Content(root, found, rows, links, on_official, repository)
    benchmarks = [benchmark for source in SOURCES for benchmark in source(content)]
    benchmarks.sort(key=lambda benchmark: benchmark.is_phantom)
    shared["updated"] = updated
    for benchmark in benchmarks:
        benchmark_page.write(out / benchmark.slug, benchmark, benchmarks, **shared)
    start_page.write(out / "index.html", benchmarks, **shared)
    _write_shared(out, updated)
    write_bytes(out / reuse.MANIFEST, reuse.manifest(out, keys))


def _write_shared(out: Path, updated: str) -> None:
    for name in SHARED:
        write_bytes(out / name, (rendering.TEMPLATES / name).read_bytes())
    write_bytes(out / "updated.js", rendering.text_of("updated.js", updated=updated).encode())
    for picture in sorted(facts.PICTURES.glob("*.jpg")):
        write_bytes(out / PICTURES / picture.name, picture.read_bytes())


def _beside(group: Sequence[Record], root: Path) -> Iterator[str]:
    """Yield what a page shows beside records and predictions: the card, and whole networks."""
    first = group[0]
    if first.submission:
        yield reuse.digest(_card_file(first, root))
    for record in group:
        file = records.network_path(root, record)
        yield str(file.stat().st_size if record.network and file.is_file() else 0)


def _rows(
    groups: Sequence[list[Record]],
    jobs: dict[int, Job],
    root: Path,
    cache: Cache | None,
    processes: int,
) -> list[Row]:
    """Return all rows without their evidence, in the order of `groups`, and do the jobs."""
    kept = [record for n, group in enumerate(groups) if n not in jobs for record in group]
    rows: list[Row | None] = [None] * len(groups)
    progress = Progress("wrote {} of {} pages of rows")
    with in_order(_build, list(jobs.values()), min(processes, cores())) as built:
        for done, ((number, job), content) in enumerate(zip(jobs.items(), built, strict=True), 1):
            rows[number] = unpacked(content, job.records)
            progress(done, len(jobs))
    others = iter(scored_rows(kept, root, cache, processes))
    return [row or next(others).row for row in rows]


def _build(job: Job) -> bytes:
    """Score a row and write its page; return it as the cache holds it."""
    row = row_of(job.records, job.root)
    place = Place(
        job.folder / "index.html",
        address=addresses.of_files(job.repository, job.final / "index.html"),
    )
    card = _card(job.records[0], job.root)
    row_page.write(place, row, job.root, card, job.official, **job.shared)
    script = comparison.of_row(row, job.folder.name, under(row))
    if script:
        write_bytes(job.folder / comparison.ROW, script)
    content = packed(row)
    # a file that has been replaced meanwhile must not be known by the hash of the old one
    if job.cache and Keys(job.root).of_row(job.records) == job.key:
        job.cache.put(job.key, content)
    return content


def _card_file(record: Record, root: Path) -> Path:
    return root.parent / "submissions" / record.submission / "card.toml"


def _card(record: Record, root: Path) -> Card | None:
    return read(_card_file(record, root)) if record.submission else None
