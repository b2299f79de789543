"""Rows of a folder of records, scored or from the cache, one after another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from leaderboard.cached_rows.keys import Keys
from leaderboard.cached_rows.packing import packed, unpacked
from leaderboard.files.cache import Cache
from leaderboard.ranking.grouping import grouped, row_of
from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record


@dataclass(frozen=True)
class ScoredRow:
    """A row, and what it follows from.

    Attributes:
      row: without `evidence`, which takes megabytes; `with_evidence` returns it.
      key: hash of records, predictions, ground truth and code, 64 hex digits: a page of the row
        need not be written again while it is the same.
    """

    row: Row
    key: str


def scored_rows(
    found: Iterable[Record], root: Path, cache: Cache | None = None
) -> Iterator[ScoredRow]:
    """Yield one row for all finished records that differ only in their seed.

    The rows are the same with and without a cache, to the last digit, and in the order of their
    first records.

    Args:
      found: records, as `results.store.read_all` returns them; root: their folder.
      cache: of scores; without one everything is scored.

    Raises:
      RecordError: predictions are missing, or do not give a record's scores.
    """
    keys = Keys(root)
    for group in grouped(found):
        key = keys.of_row(group)
        content = cache.get(key) if cache else None
        row = unpacked(content, group) if content else None
        if row is None:
            content = packed(row_of(group, root))
            # a file that has been replaced meanwhile must not be known by the hash of the old one
            if cache and keys.of_row(group) == key:
                cache.put(key, content)
            row = unpacked(content, group)
        assert row is not None
        yield ScoredRow(row, key)


def with_evidence(row: Row, root: Path) -> Row:
    """Score the predictions of a row again, and return it with `evidence`, for a page of it.

    Raises:
      RecordError: predictions are missing, or do not give a record's scores.
    """
    return row_of(list(row.records), root)
