"""python -m benchmark.report: a page for each run, and one over all of them, as static HTML."""

import argparse
import functools
import importlib.util
import os
import sys
from pathlib import Path

import tqdm

from benchmark import tasks
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from leaderboard.files.names import BadNameError, check_name
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.predictions.text import PredictionsError
from leaderboard.results.store import Record, RecordError
from tem_virus_dataset.errors import DatasetError

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "leaderboard" / "records"


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0, or 1 where something is wrong with a file."""
    args = _parser().parse_args(argv)
    os.environ.update(environment.child_environment())
    try:
        for package in ("jinja2", "matplotlib", "sklearn", "scipy"):
            if not importlib.util.find_spec(package):
                raise BenchmarkError(
                    f"{package} is not installed; expected it, for the pages. Install it with "
                    'pip install -e ".[report]".'
                )
        problems = _report(args)
    except (
        BenchmarkError, BadNameError, DatasetError, RecordError, GroundTruthError, OSError,
    ) as error:  # fmt: skip
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"wrote {args.out / 'index.html'}")
    return 1 if problems else 0


def _report(args: argparse.Namespace) -> list[str]:
    """Write all pages; return what was wrong with single files, which have no page."""
    from benchmark.report import overview, page, runs, sources
    from leaderboard.ranking import published

    for config in args.config:
        check_name(config, "data config")
    found: list[Record] = []
    problems: list[str] = []
    with_page: set[str] = set()
    given = {tasks.describe(text, args.data_dir).dataset: text for text in args.data}
    last = functools.lru_cache(maxsize=1)(  # of one config at a time
        lambda config, task: sources.data_or_reason(config, task, given, args.data_dir)
    )
    for file in tqdm.tqdm(runs.files(args.records, args.config), "pages", unit="run", disable=None):
        try:
            found.append(runs.read_record(args.records, file))
            if found[-1].status == "finished":
                data = last(found[-1].data, found[-1].task)
                with_page.add(page.write(found[-1], data, args.records, args.runs, args.out))
        except (RecordError, PredictionsError) as error:
            problems.append(str(error))
            tqdm.tqdm.write(f"error: {error}", file=sys.stderr)
    others = published.read_all()
    overview.write(args.out, found, others, with_page, problems)
    return problems


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark.report", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the pages")
    parser.add_argument("--records", type=Path, default=RECORDS, help="folder of the records")
    parser.add_argument(
        "--config", nargs="+", default=[], help="only these, such as mirror_11class"
    )
    parser.add_argument(
        "--data-dir", type=Path, help="of the prepared data sets, for the pictures of errors"
    )
    parser.add_argument(
        "--data", nargs="+", default=[], metavar="FILE.npz",
        help="data that `python -m benchmark.export` wrote, or folder:PATH, instead",
    )  # fmt: skip
    parser.add_argument(
        "--runs", type=Path, default=ROOT / "runs", help="checkpoints, for the saliency maps"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
