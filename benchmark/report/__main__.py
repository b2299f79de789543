"""python -m benchmark.report: write a page for each run, and one over all runs, as static HTML."""

import argparse
import functools
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

import tqdm

from benchmark import tasks
from benchmark.data.address import address
from benchmark.data.options import add_data_dir
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs import finished
from leaderboard.files.arguments import Parser, command, output_folder, path
from leaderboard.files.names import BadNameError, check_name
from leaderboard.files.writable import try_folder
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.predictions.text import PredictionsError
from leaderboard.results.record import Record, RecordError
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import progress

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "leaderboard" / "records"
EXAMPLES = (
    "python -m benchmark.report --out runs/report",
    "python -m benchmark.report --out runs/report --config mirror_11class",
    "python -m benchmark.report --out ~/report --records runs/records --data folder:mine",
)


@command(
    "python -m benchmark.report",
    BenchmarkError,
    BadNameError,
    DatasetError,
    RecordError,
    GroundTruthError,
    OSError,
)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 0, or 1 if a file is damaged or missing."""
    args = _parser().parse_args(arguments)
    environment.start()
    for package in ("jinja2", "matplotlib", "sklearn", "scipy"):
        if not importlib.util.find_spec(package):
            raise BenchmarkError(
                f"{package} is not installed; expected it, for the pages. Install it with "
                'pip install -e ".[report]".'
            )
    try_folder(args.out, "--out")
    problems = _report(args)
    print(f"wrote {args.out / 'index.html'}")
    return 1 if problems else 0


def _report(args: argparse.Namespace) -> list[str]:
    """Write all pages; return the errors of single files, which have no page."""
    from benchmark.report import overview, page, record_files, sources
    from leaderboard.ranking import published

    configs = [check_name(_without_data_set(name), "data config") for name in args.config]
    records: list[Record] = []
    problems: list[str] = []
    with_page: set[str] = set()
    given = {tasks.describe(text, args.data_dir).dataset: text for text in args.data}
    load = functools.lru_cache(maxsize=1)(  # the data of one config at a time
        lambda config, task: sources.data_or_reason(config, task, given, args.data_dir)
    )
    files = record_files.files(args.records, configs)
    for file in progress.bar(files, "pages", unit="run"):
        try:
            record = record_files.read(args.records, file)
            records.append(record)
            if record.status == "finished":
                data = load(record.data, record.task)
                with_page.add(page.write(record, data, args.records, args.runs, args.out))
        except (RecordError, PredictionsError) as error:
            problems.append(str(error))
            tqdm.tqdm.write(f"error: {error}", file=sys.stderr)
    overview.write(args.out, records, published.read_all(), with_page, problems)
    return problems


def _without_data_set(config: str) -> str:
    """Return "mirror_11class" for `tem_virus/mirror_11class`, as the folders of records have it."""
    data_set, _, name = config.partition("/")
    return name if data_set.isidentifier() and name else config


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.report", description=__doc__, examples=EXAMPLES)
    parser.add_argument("--out", type=output_folder, required=True, help="folder of the pages")
    parser.add_argument(
        "--records", type=path, default=RECORDS,
        help="folder of the records (default: leaderboard/records)",
    )  # fmt: skip
    parser.add_argument(
        "--config", nargs="+", default=[], help="only these, such as mirror_11class"
    )
    add_data_dir(parser)
    parser.add_argument(
        "--data", type=address, nargs="+", default=[], metavar="FILE.npz",
        help="data from `python -m benchmark.export`, or folder:PATH, instead",
    )  # fmt: skip
    finished.add_runs(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
