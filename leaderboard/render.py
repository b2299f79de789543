"""The command that renders the tables from the records.

    python -m leaderboard.render [--check] [--records DIR] [--out DIR]

Writes `README.md` (real data) and `phantoms.md` (generated data) in the folder given by --out, and
by default the tables on the project's front page.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.atomic import write_bytes
from leaderboard.files.locking import LockedError, locked
from leaderboard.ground_truth import configs
from leaderboard.ranking import published
from leaderboard.ranking import published_detection as published_detections
from leaderboard.ranking.rows import Row, rows_of
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.tables.markers import RenderError, configs_of, filled
from leaderboard.tables.tables import front_text, section_text, summary_text, table_text

__all__ = ["RenderError", "main", "render", "summary", "table_text"]

HERE = Path(__file__).resolve().parent
REAL_PAGE, PHANTOM_PAGE = "README.md", "phantoms.md"
_HEADINGS = {
    REAL_PAGE: "# Leaderboard\n",
    PHANTOM_PAGE: "# Phantoms\n\nGenerated pictures: these scores say nothing about viruses.\n",
}


def render(
    records_dir: Path, out_dir: Path, check: bool = False, front: Path | None = None
) -> list[Path]:
    """Make the tables of both pages anew; processes that render at once wait for one another.

    A page is made if it is not there and a data config of its kind has records.

    Args:
      records_dir: folder of records, see `leaderboard.results.store`.
      out_dir: folder of the pages.
      check: write nothing.
      front: one more page, which gets narrow tables where it has markers.

    Returns:
      The pages that were changed, or with `check` those that are stale.

    Raises:
      RecordError: a record cannot be used.
      RenderError: a page's markers cannot be followed. LockedError: another process holds the lock.
    """
    with locked(out_dir):
        changed = _changed_pages(records_dir, out_dir, front)
        for path, text in changed.items():
            if not check:
                write_bytes(path, text.encode())
    return list(changed)


def summary(records_dir: Path, config: str) -> str:
    """Return the table of one data config for the terminal, such as "mirror_11class".

    Raises:
      RecordError: a record of this config cannot be used.
    """
    return summary_text(rows_of(records.read_all(records_dir, config)))


def _changed_pages(records_dir: Path, out_dir: Path, front: Path | None) -> dict[Path, str]:
    """Return the new text of every page whose text is not what it should be."""
    found = records.read_all(records_dir)
    others = [*published.read(), *published_detections.read()]
    rows = [*others, *rows_of(found, records_dir)]
    changed = {}
    for name, heading in _HEADINGS.items():
        path = out_dir / name
        wanted = sorted({one.data for one in found if _page_of(one.data) == name})
        if not (wanted or path.exists()):
            continue
        old = _page_text(path)
        misplaced = [data for data in configs_of(str(path), old or "") if _page_of(data) != name]
        if misplaced:
            raise RenderError(
                f"{path}: found the table of {misplaced[0]}, expected it in "
                f"{_page_of(misplaced[0])}: phantoms never stand among real data. Move its markers."
            )
        new = filled(
            str(path),
            heading if old is None else old,
            wanted,
            lambda d: section_text(d, found, rows),
        )
        if new != old:
            changed[path] = new
    return {**changed, **(_changed_front(front, found, rows) if front else {})}


def _changed_front(path: Path, found: list[Record], rows: list[Row]) -> dict[Path, str]:
    """Return the same for a page that has markers for narrow tables."""
    old = _page_text(path) or ""
    if not configs_of(str(path), old):
        return {}
    new = filled(str(path), old, (), lambda data: front_text(data, found, rows))
    return {path: new} if new != old else {}


def _page_text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise RenderError(
            f"{path}: byte {error.start} is not UTF-8, expected a text. Save it as UTF-8."
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, 1 when `--check` finds a stale page, or 2 after an error."""
    parser = argparse.ArgumentParser(prog="python -m leaderboard.render", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if a page is stale")
    parser.add_argument("--records", type=Path, default=HERE / "records", help="folder of records")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of the pages")
    given = parser.parse_args(arguments)
    try:
        changed = render(given.records, given.out, given.check, _front(given.out))
    except (LockedError, RecordError, RenderError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for path in changed:
        if given.check:
            print(f"{path}: stale; run python -m leaderboard.render", file=sys.stderr)
        else:
            print(f"wrote {path}")
    if given.check and not changed:
        print("the tables are up to date")
    return 1 if given.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
