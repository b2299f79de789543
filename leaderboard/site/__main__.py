"""python -m leaderboard.site: write all tables and rows of the leaderboard as a static site.

Pages of rows that have not changed since the site in the folder are kept.
"""

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from leaderboard.cached_rows.cache_options import add_options, cache_of
from leaderboard.cached_rows.processes import cores
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.atomic import replacing_folder
from leaderboard.files.listing import check_folder
from leaderboard.files.names import BadNameError
from leaderboard.files.writable import try_folder
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.open_set.folder import RowError
from leaderboard.results.record import RecordError
from leaderboard.submission.card import CardError

RECORDS = Path(__file__).resolve().parents[1] / "records"
NEEDED = ("jinja2", "matplotlib", "numpy", "sklearn", "tabulate")
EXAMPLES = (
    "python -m leaderboard.site --out site",
    "python -m leaderboard.site --out ~/site --records ~/runs/records",
    "python -m leaderboard.site --out site --repository https://example.org/tem-virus/blob/main",
)


@command(
    "python -m leaderboard.site", BadNameError, CardError, RecordError, RowError, GroundTruthError,
    OSError,
)  # fmt: skip
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, or 1 after an error, which leaves the folder as it was."""
    args = _parser().parse_args(arguments)
    missing = [package for package in NEEDED if not importlib.util.find_spec(package)]
    if missing:
        print(
            f"error: {missing[0]} is not installed; expected it, for the pages. Install it with "
            'pip install -e ".[leaderboard]".',
            file=sys.stderr,
        )
        return 1
    from leaderboard.site import pages, reuse

    check_folder(args.records)
    try_folder(args.out, "--out")
    out = args.out.resolve()
    with replacing_folder(out, reuse.top(out)) as folder:
        cache = cache_of(args)
        pages.write(folder, args.records.resolve(), args.repository, out, cache, cores())
    if cache and cache.problem:
        print(f"warning: {cache.problem}: the next build scores these rows again", file=sys.stderr)
    print(f"wrote {args.out / 'index.html'}")
    return 0


def _parser() -> Parser:
    parser = Parser(prog="python -m leaderboard.site", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "--out", type=path, required=True, help="folder of the site; a site in it is replaced"
    )
    parser.add_argument(
        "--records", type=path, default=RECORDS,
        help="folder of the records (default: leaderboard/records)",
    )  # fmt: skip
    parser.add_argument(
        "--repository", default="", metavar="URL",
        help="where the files of this repository are shown; the header then links the data card, "
        "how to submit and the rules (default: no links)",
    )  # fmt: skip
    add_options(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
