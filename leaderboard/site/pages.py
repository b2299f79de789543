"""All pages of the site: the start page, one for each benchmark, and one for each row scored here.

A row's page depends on the row alone, so it is built once, in a process of its own where there are
many, and kept until something that it shows changes (`reuse`). The other pages are always written.
"""

import functools
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.ranking import published
from leaderboard.ranking.grouping import grouped, rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results import official
from leaderboard.results import store as records
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site import addresses, benchmark_page, reuse, row_page, start_page
from leaderboard.site.boards import comparison
from leaderboard.site.boards.benchmarks import Benchmark
from leaderboard.site.boards.leaderboards import under
from leaderboard.site.classes import facts
from leaderboard.site.row_page import Place
from leaderboard.site.text import rendering
from leaderboard.submission.card import Card, read

SHARED = ("style.css", "site.js")  # of all pages
PICTURES = "pictures"
ALONE = 24  # rows that one process builds sooner than several have started


@dataclass(frozen=True)
class Content:
    """What benchmarks are made of.

    Attributes:
      root: folder of the records; records: all; rows: published ones and those scored here.
      links: of the rows' pages by `id(row)`, relative to the page of their benchmark.
      official: records with the scores of their networks on the official test patches.
    """

    root: Path
    records: Sequence[Record]
    rows: Sequence[Row]
    links: dict[int, str]
    official: Sequence[tuple[Record, OfficialScores]]


# Each returns the benchmarks of one kind; see `benchmarks` for how to add another.
SOURCES: tuple[Callable[[Content], Sequence[Benchmark]], ...] = (
    lambda content: benchmark_page.of_configs(
        content.records, content.rows, content.links, content.official
    ),
)


@dataclass(frozen=True)
class Job:
    """A row to build: its records, and where its page is written and will lie in the end."""

    records: list[Record]
    root: Path
    folder: Path
    final: Path
    before: Path | None
    repository: str
    official: list[tuple[Record, OfficialScores]]
    shared: dict[str, Any]


def write(out: Path, root: Path, repository: str = "", site: Path | None = None) -> None:
    """Write the site into an empty folder.

    Args:
      root: folder of the records; cards of submissions are in `submissions` beside it.
      repository: address that shows the files of the repository; without it they are not linked.
      site: where the folder will lie in the end, and where a site may lie before; `out` if not
        given.

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
        "updated": updated,
        "year": updated[:4],
    }
    groups = grouped(found)
    places = addresses.of_rows(groups)
    before, keys, jobs = reuse.read(site)["rows"], {}, []
    for group, place in zip(groups, places, strict=True):
        own = [pair for pair in on_official if pair[0] in group]
        there = os.path.relpath(root, site / place)
        keys[place] = reuse.key(_files(group, root), repository, there, repr(own))
        same = before.get(place) == keys[place]
        jobs.append(
            Job(
                group, root, out / place, site / place, site / place if same else None, repository,
                own, {**shared, "updated": ""},
            )
        )  # fmt: skip
    own_rows = list(_built(jobs))
    links = {
        id(row): f"{place.partition('/')[2]}/index.html"
        for row, place in zip(own_rows, places, strict=True)
    }
    content = Content(root, found, [*published.read_all(), *own_rows], links, on_official)
    made = [benchmark for source in SOURCES for benchmark in source(content)]
    made.sort(key=lambda benchmark: benchmark.is_phantom)
    for benchmark in made:
        benchmark_page.write(out / benchmark.slug, benchmark, made, **shared)
    start_page.write(out / "index.html", made, **shared)
    _write_shared(out, updated)
    write_bytes(out / reuse.MANIFEST, reuse.manifest(out, keys))


def _write_shared(out: Path, updated: str) -> None:
    for name in SHARED:
        write_bytes(out / name, (rendering.TEMPLATES / name).read_bytes())
    write_bytes(out / "updated.js", rendering.text_of("updated.js", updated=updated).encode())
    for picture in sorted(facts.PICTURES.glob("*.jpg")):
        write_bytes(out / PICTURES / picture.name, picture.read_bytes())


def _files(group: Sequence[Record], root: Path) -> Iterator[Path]:
    """Yield the files that a row's page follows from."""
    for record in group:
        yield records.path(root, record)
        for split in SPLITS:
            yield records.predictions_path(root, record, split)
        if record.network:
            yield records.network_path(root, record)
        if record.submission:
            yield _card_file(record, root)


def _built(jobs: Sequence[Job]) -> Iterator[Row]:
    """Build the rows, in several processes where that is faster, and show progress."""
    number = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    bar = functools.partial(tqdm, total=len(jobs), unit="row", disable=None, leave=False)
    if len(jobs) <= ALONE or not number or number < 2:
        yield from bar(map(_build, jobs))
        return
    with ProcessPoolExecutor(number, multiprocessing.get_context("spawn")) as pool:
        yield from bar(pool.map(_build, jobs, chunksize=4))


def _build(job: Job) -> Row:
    """Score a row and write its page; return it without its predictions."""
    (row,) = rows_of(job.records, job.root)
    if not (job.before and reuse.link(job.before, job.folder)):
        page = job.folder / "index.html"
        place = Place(page, address=addresses.of_files(job.repository, job.final / "index.html"))
        row_page.write(
            place, row, job.root, _card(job.records[0], job.root), job.official, **job.shared
        )
        script = comparison.of_row(row, job.folder.name, under(row))
        if script:
            write_bytes(job.folder / comparison.ROW, script)
    if row.evidence is None:
        return row
    return replace(row, evidence=replace(row.evidence, predictions=(), validation=()))


def _card_file(record: Record, root: Path) -> Path:
    return root.parent / "submissions" / record.submission / "card.toml"


def _card(record: Record, root: Path) -> Card | None:
    return read(_card_file(record, root)) if record.submission else None
