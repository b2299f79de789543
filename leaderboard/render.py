"""python -m leaderboard.render: render the tables of the leaderboard from its records.

Writes `README.md` (real data) and `phantoms.md` (generated data) in the folder given by --out, the
boards of the open set in its `novelty/README.md`, and by default the best rows on the front page. A
table of more rows than a page shows is whole in a CSV beside them. Rows that were scored before
come from a cache; the pages are the same without it. With `--check records` nothing is said of the
pages: this is what a pull request must pass.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from leaderboard.cached_rows import cache_options
from leaderboard.cached_rows.processes import cores
from leaderboard.cached_rows.scored_rows import scored_rows
from leaderboard.files import locking
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.atomic import write_bytes
from leaderboard.files.cache import Cache
from leaderboard.files.listing import check_folder
from leaderboard.files.locking import LockedError, locked
from leaderboard.files.progress import Progress
from leaderboard.ground_truth import configs
from leaderboard.open_set import evidence as open_set_evidence
from leaderboard.open_set import page as open_set
from leaderboard.ranking import published
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results import network_file, official
from leaderboard.results import store as records
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record, RecordError
from leaderboard.submission import accept, condition_evidence
from leaderboard.tables import conditions_page, whole_tables
from leaderboard.tables.markers import RenderError, configs_of, filled, page_text
from leaderboard.tables.tables import front_text, section_text, summary_text, table_text

__all__ = ["RenderError", "main", "render", "summary", "table_text"]

HERE = Path(__file__).resolve().parent
REAL_PAGE, PHANTOM_PAGE = "README.md", "phantoms.md"
TABLES, RECORDS = "tables", "records"  # what `--check` checks
EXAMPLES = (
    "python -m leaderboard.render",
    "python -m leaderboard.render --check",
    "python -m leaderboard.render --check records",
    "python -m leaderboard.render --records ~/runs/records --out ~/runs",
)
_HEADINGS = {
    REAL_PAGE: "# Leaderboard\n",
    PHANTOM_PAGE: "# Phantoms\n\nGenerated images: these scores say nothing about viruses.\n",
}
T = TypeVar("T")


@dataclass(frozen=True)
class Content:
    """What tables are rendered from, by data config.

    Attributes:
      records: of all runs; rows: published ones and those scored here; official: records with the
        scores of their networks on the official test patches.
    """

    records: dict[str, list[Record]]
    rows: dict[str, list[Row]]
    official: dict[str, list[tuple[Record, OfficialScores]]]


def render(
    records_dir: Path,
    out_dir: Path,
    check: bool = False,
    front: Path | None = None,
    cache: Cache | None = None,
    processes: int = 1,
) -> list[Path]:
    """Render the tables of both pages; processes that render at once wait for one another.

    A missing page is created where a data config of its kind has records.

    Args:
      records_dir: folder of records, see `leaderboard.results.store`.
      out_dir: folder of the pages.
      check: write nothing.
      front: another page, which gets the best rows of the tables for which it has markers.
      cache: of scores; processes: that score at once, see `cached_rows.scored_rows`.

    Returns:
      The pages and CSV tables that were changed or deleted, or with `check` those that are stale.

    Raises:
      RecordError: a record, its predictions or its network cannot be used.
      RenderError: a page's markers cannot be followed. LockedError: another process holds the lock.
    """
    with locked(out_dir, locking.LONG_PATIENCE):
        content = read(records_dir, cache, processes)
        check_boards(out_dir, cache)
        changed = _changed_files(content, out_dir, front)
        for file, text in changed.items():
            if not check and text is None:
                file.unlink()
            elif not check and text is not None:
                write_bytes(file, text.encode())
    return list(changed)


def read(records_dir: Path, cache: Cache | None = None, processes: int = 1) -> Content:
    """Read all records, and check and score everything that they name.

    Raises:
      RecordError: a record, its predictions or its network cannot be used.
    """
    found = records.read_all(records_dir)
    network_file.check(records_dir, found)
    accept.check_cards(records_dir, found)
    progress = Progress("scored {} of {} rows")
    scored = scored_rows(found, records_dir, cache, processes, progress)
    rows = [*published.read_all(), *(one.row for one in scored)]
    return Content(
        _by_data(found, lambda record: record.data),
        _by_data(rows, lambda row: row.data),
        _by_data(official.of_records(records_dir, found), lambda pair: pair[0].data),
    )


def check_boards(out_dir: Path, cache: Cache | None = None) -> None:
    """Score the rows of the open set, and submissions under hard conditions, and compare.

    Raises:
      RecordError: kept scores are not those of their predictions.
    """
    open_set_evidence.check(out_dir / open_set.FOLDER, cache)
    condition_evidence.check(out_dir / conditions_page.FOLDER, cache)


def _by_data(items: Iterable[T], data: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for item in items:
        found[data(item)].append(item)
    return dict(found)


def summary(records_dir: Path, config: str) -> str:
    """Return the table of one data config for the terminal, such as "mirror_11class".

    Raises:
      RecordError: a record of this config cannot be used.
    """
    return summary_text(rows_of(records.read_all(records_dir, config)))


def _changed_files(content: Content, out_dir: Path, front: Path | None) -> dict[Path, str | None]:
    """Return the new text of every file that is stale, None for one that is to be deleted."""
    changed: dict[Path, str | None] = {}
    for name, heading in _HEADINGS.items():
        page = out_dir / name
        wanted = sorted(data for data in content.records if _page_of(data) == name)
        if not (wanted or page.exists()):
            continue
        old = page_text(page)
        misplaced = [data for data in configs_of(str(page), old or "") if _page_of(data) != name]
        if misplaced:
            raise RenderError(
                f"{page}: found the table of {misplaced[0]}, expected it in "
                f"{_page_of(misplaced[0])}: phantoms never stand among real data. Move its markers."
            )
        new = filled(
            str(page),
            heading if old is None else old,
            wanted,
            lambda data, page=page: _section(data, content, out_dir, page),  # type: ignore[misc]
        )
        if new != old:
            changed[page] = new
    changed |= open_set.changed(out_dir)
    hard = conditions_page.texts(out_dir / conditions_page.FOLDER)
    changed |= {page: text for page, text in hard.items() if page_text(page) != text}
    if front:
        changed |= _changed_front(front, content, out_dir)
    return {**changed, **whole_tables.changed(out_dir, content.rows)}


def _changed_front(page: Path, content: Content, out_dir: Path) -> dict[Path, str | None]:
    """Return the new text of the front page, where it has markers and is stale."""
    old = page_text(page) or ""
    if not configs_of(str(page), old):
        return {}

    def text(data: str) -> str:
        address = Path(os.path.relpath(out_dir / _page_of(data), page.parent)).as_posix()
        found, rows = content.records.get(data, []), content.rows.get(data, [])
        return front_text(data, found, rows, address)

    new = filled(str(page), old, (), text)
    return {page: new} if new != old else {}


def _section(data: str, content: Content, out_dir: Path, page: Path) -> str:
    return section_text(
        data,
        content.records.get(data, []),
        content.rows.get(data, []),
        content.official.get(data, []),
        whole=whole_tables.address(out_dir, data, page),
    )


def _page_of(data: str) -> str:
    return PHANTOM_PAGE if configs.is_phantom(data) else REAL_PAGE


def render_all(root: Path) -> list[Path]:
    """Render the pages of a folder that holds `records`, for our own the front page, too.

    The user's cache is used. Returns and raises what `render` does.
    """
    cache = cache_options.default_cache()
    return render(root / "records", root, front=_front(root), cache=cache)


def _front(out: Path) -> Path | None:
    return HERE.parent / REAL_PAGE if out.resolve() == HERE else None


@command("python -m leaderboard.render", LockedError, RecordError, RenderError, OSError)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 after an error, or where `--check` finds a stale page."""
    parser = Parser(prog="python -m leaderboard.render", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "--check", nargs="?", const=TABLES, choices=(TABLES, RECORDS), help="write nothing; exit "
        "status 1 if a page is stale. `--check records`: score all records, and ask nothing of the "
        "pages",
    )  # fmt: skip
    parser.add_argument("--records", type=path, default=HERE / "records", help="folder of records")
    parser.add_argument("--out", type=path, default=HERE, help="folder of the pages")
    cache_options.add_options(parser)
    args = parser.parse_args(arguments)
    check_folder(args.records)
    cache = cache_options.cache_of(args)
    if args.check == RECORDS:
        content = read(args.records, cache, cores())
        check_boards(args.out, cache)
        _report(args.records, cache)
        number = sum(map(len, content.records.values()))
        print(f"{number:,} records: their scores are those of their predictions")
        return 0
    check = bool(args.check)
    changed = render(args.records, args.out, check, _front(args.out), cache, cores())
    _report(args.records, cache)
    for page in changed:
        if check:
            print(f"{page}: stale; run python -m leaderboard.render", file=sys.stderr)
        else:
            print(f"wrote {page}" if page.exists() else f"deleted {page}")
    if check and not changed:
        print("the tables are up to date")
    return 1 if check and changed else 0


def _report(records_dir: Path, cache: Cache | None) -> None:
    for folder in records.unrecorded(records_dir):
        print(
            f"warning: {folder}: in no table, since it has no record. Write it: python -m "
            f"leaderboard.submit {folder}", file=sys.stderr,
        )  # fmt: skip
    if cache and cache.problem:
        print(
            f"warning: {cache.problem}; scores are computed again next time. Name another folder "
            "with --cache.", file=sys.stderr,
        )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
