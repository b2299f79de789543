"""python -m leaderboard.render: render the tables of the leaderboard from its records.

Writes `README.md` (real data) and `phantoms.md` (generated data) in the folder given by --out, the
boards of the open set in its `novelty/README.md`, and by default the tables on the front page.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.atomic import write_bytes
from leaderboard.files.locking import LockedError, locked
from leaderboard.ground_truth import configs
from leaderboard.open_set import page as open_set
from leaderboard.ranking import published
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results import network_file, official
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.tables import conditions_page
from leaderboard.tables.markers import RenderError, configs_of, filled
from leaderboard.tables.tables import section_text, summary_text, table_text

__all__ = ["RenderError", "main", "render", "summary", "table_text"]

HERE = Path(__file__).resolve().parent
REAL_PAGE, PHANTOM_PAGE = "README.md", "phantoms.md"
EXAMPLES = (
    "python -m leaderboard.render",
    "python -m leaderboard.render --check",
    "python -m leaderboard.render --records ~/runs/records --out ~/runs",
)
_HEADINGS = {
    REAL_PAGE: "# Leaderboard\n",
    PHANTOM_PAGE: "# Phantoms\n\nGenerated images: these scores say nothing about viruses.\n",
}


def render(
    records_dir: Path, out_dir: Path, check: bool = False, front: Path | None = None
) -> list[Path]:
    """Render the tables of both pages; processes that render at once wait for one another.

    A missing page is created where a data config of its kind has records.

    Args:
      records_dir: folder of records, see `leaderboard.results.store`.
      out_dir: folder of the pages.
      check: write nothing.
      front: another page, which gets the tables for which it has markers.

    Returns:
      The pages that were changed, or with `check` those that are stale.

    Raises:
      RecordError: a record, its predictions or its network cannot be used.
      RenderError: a page's markers cannot be followed. LockedError: another process holds the lock.
    """
    with locked(out_dir):
        changed = _changed_pages(records_dir, out_dir, front)
        for page, text in changed.items():
            if not check:
                write_bytes(page, text.encode())
    return list(changed)


def summary(records_dir: Path, config: str) -> str:
    """Return the table of one data config for the terminal, such as "mirror_11class".

    Raises:
      RecordError: a record of this config cannot be used.
    """
    return summary_text(rows_of(records.read_all(records_dir, config)))


def _changed_pages(records_dir: Path, out_dir: Path, front: Path | None) -> dict[Path, str]:
    """Return the new text of every page that is stale."""
    found = records.read_all(records_dir)
    network_file.check(records_dir, found)
    rows = [*published.read_all(), *rows_of(found, records_dir)]
    on_official = official.of_records(records_dir, found)
    changed = {}
    for name, heading in _HEADINGS.items():
        page = out_dir / name
        wanted = sorted({record.data for record in found if _page_of(record.data) == name})
        if not (wanted or page.exists()):
            continue
        old = _page_text(page)
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
            lambda data: section_text(data, found, rows, on_official),
        )
        if new != old:
            changed[page] = new
    changed |= open_set.changed(out_dir)
    hard = conditions_page.texts(out_dir / conditions_page.FOLDER)
    changed |= {page: text for page, text in hard.items() if _page_text(page) != text}
    return {**changed, **(_changed_front(front, found, rows) if front else {})}


def _changed_front(page: Path, found: list[Record], rows: list[Row]) -> dict[Path, str]:
    """Return the same for the front page, where it has markers."""
    old = _page_text(page) or ""
    if not configs_of(str(page), old):
        return {}
    new = filled(str(page), old, (), lambda data: section_text(data, found, rows))
    return {page: new} if new != old else {}


def _page_text(page: Path) -> str | None:
    try:
        return page.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise RenderError(
            f"{page}: byte {error.start} is not UTF-8, expected a text. Save it as UTF-8."
        ) from error


def _page_of(data: str) -> str:
    return PHANTOM_PAGE if configs.is_phantom(data) else REAL_PAGE


def render_all(root: Path) -> list[Path]:
    """Render the pages of a folder that holds `records`, for our own the front page, too.

    Returns and raises what `render` does.
    """
    return render(root / "records", root, front=_front(root))


def _front(out: Path) -> Path | None:
    return HERE.parent / REAL_PAGE if out.resolve() == HERE else None


@command("python -m leaderboard.render", LockedError, RecordError, RenderError, OSError)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 after an error, or where `--check` finds a stale page."""
    parser = Parser(prog="python -m leaderboard.render", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if a page is stale"
    )
    parser.add_argument("--records", type=path, default=HERE / "records", help="folder of records")
    parser.add_argument("--out", type=path, default=HERE, help="folder of the pages")
    args = parser.parse_args(arguments)
    changed = render(args.records, args.out, args.check, _front(args.out))
    for page in changed:
        if args.check:
            print(f"{page}: stale; run python -m leaderboard.render", file=sys.stderr)
        else:
            print(f"wrote {page}")
    if args.check and not changed:
        print("the tables are up to date")
    return 1 if args.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
