"""Rows of a folder of records, scored or from the cache, one after another."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from leaderboard.cached_rows.keys import Keys
from leaderboard.cached_rows.packing import packed, unpacked
from leaderboard.cached_rows.processes import in_order
from leaderboard.files.cache import Cache
from leaderboard.ranking.grouping import grouped, row_of
from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record

Progress = Callable[[int, int], None]  # takes the number of rows scored so far, and of all of them


@dataclass(frozen=True)
class ScoredRow:
    """A row, and what it follows from.

    Attributes:
      row: without `evidence`, which takes megabytes.
      key: hash of records, predictions, ground truth and code, 64 hex digits: a page of the row
        need not be written again while it is the same.
    """

    row: Row
    key: str


@dataclass(frozen=True)
class _Job:
    """A row to score, and where it is kept."""

    key: str
    group: list[Record]
    root: Path
    cache: Cache | None


def scored_rows(
    found: Iterable[Record],
    root: Path,
    cache: Cache | None = None,
    processes: int = 1,
    progress: Progress | None = None,
) -> Iterator[ScoredRow]:
    """Yield one row for all finished records that differ only in their seed.

    The rows are the same with and without a cache, to the last digit, and in the order of their
    first records. A row is in the cache as soon as it is scored, so a run that is ended goes on
    where it was.

    Args:
      found: records, as `results.store.read_all` returns them; root: their folder.
      cache: of scores; without one everything is scored.
      processes: that score at once where there is much to score; above 1 only under the guard
        `if __name__ == "__main__"`.
      progress: is called before the first and after every row that is scored.

    Raises:
      RecordError: predictions are missing, or do not give a record's scores.
    """
    keys = Keys(root)
    keyed = [(keys.of_row(group), group) for group in grouped(found)]
    missing = [
        _Job(key, group, root, cache)
        for key, group in keyed
        if not cache or _cached(cache, key, group) is None
    ]
    done, awaited = 0, {job.key for job in missing}
    if progress and missing:
        progress(0, len(missing))
    with in_order(_scored, missing, processes) as contents:
        for key, group in keyed:
            if key in awaited:
                content, problem = next(contents)
                row = unpacked(content, group)
                done += 1
                if cache and problem:
                    cache.problem = problem  # of another process
                if progress:
                    progress(done, len(missing))
            else:
                # an entry that was deleted meanwhile is scored here
                row = _cached(cache, key, group) if cache else None
                row = row or unpacked(_scored(_Job(key, group, root, cache))[0], group)
            assert row is not None
            yield ScoredRow(row, key)


def _cached(cache: Cache, key: str, group: list[Record]) -> Row | None:
    content = cache.get(key)
    return unpacked(content, group) if content else None


def _scored(job: _Job) -> tuple[bytes, str]:
    """Score a row and put it into the cache; return it as bytes, and the cache's problem."""
    content = packed(row_of(job.group, job.root))
    # a file that has been replaced meanwhile must not be known by the hash of the old one
    if job.cache and Keys(job.root).of_row(job.group) == job.key:
        job.cache.put(job.key, content)
    return content, job.cache.problem if job.cache else ""
