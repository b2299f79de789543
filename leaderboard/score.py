"""python -m leaderboard.score FILE --data CONFIG: check and score a file of predictions.

Whether it is validation or test, the ids say.
"""

import argparse
import dataclasses
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from leaderboard.ground_truth import classification as split_table
from leaderboard.ground_truth.classification import SplitTable, SplitTableError
from leaderboard.predictions import classification as predictions
from leaderboard.predictions.classification import PredictionsError
from leaderboard.scoring.classification import Scored, score
from leaderboard.tables import detection_report
from leaderboard.tables.classification import TITLES

MOST = 5  # micrographs listed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 where the file cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m leaderboard.score", description=__doc__)
    parser.add_argument(
        "file", type=Path, help="CSV, gzipped or not: id,<class>,<class>,... or, of boxes found in "
        "micrographs, id,class,confidence,x,y,width,height",
    )  # fmt: skip
    parser.add_argument("--data", required=True, help="config, such as tem_virus/mirror_11class")
    parser.add_argument(
        "--table", type=Path, help="of a config whose table is not shipped: see --help of "
        "python -m benchmark.ground_truth",
    )  # fmt: skip
    parser.add_argument(
        "--confidence", type=share, help="of boxes: from which on they count; by default, on "
        "validation, that of the best F1",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="everything, as JSON")
    args = parser.parse_args(arguments)
    try:
        if detection_report.is_meant(args):
            print(detection_report.said(args))
            return 0
        split = predictions.split_of(args.file)
        table = split_table.read(
            args.data, split if split in split_table.SPLITS else "test", args.table
        )
        found = score(table, predictions.read(args.file, table.ids.tolist(), table.classes))
    except (PredictionsError, SplitTableError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(as_json(table, found) if args.json else as_text(table, found))
    return 0


def share(text: str) -> float:
    """Read a number from 0 to 1, for argparse."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text}: expected a number from 0 to 1")
    return number


def as_text(table: SplitTable, found: Scored) -> str:
    """Return what the command prints: scores, and what they hide."""
    rows = [
        [
            title,
            f"{getattr(found.scores, name):.3f}",
            "[{:.3f}, {:.3f}]".format(*found.intervals[name]),
            f"{getattr(found.clean, name):.3f}" if found.clean else "",
        ]
        for name, title in TITLES.items()
    ]
    headers = ["", "score", "95 % interval", f"clean ({found.clean_examples} patches)"]
    patches, worst = sum(one.patches for one in found.micrographs), found.worst_class
    lines = [
        f"{table.data} {table.version}, {table.split}: {patches} patches of "
        f"{len(found.micrographs)} micrographs, {len(table.classes)} classes",
        "",
        tabulate(rows, headers, disable_numparse=True, colalign=("left", *["right"] * 3)),
        "",
        f"expected calibration error  {found.calibration_error:.3f}",
        f"worst class                 {worst.name}: F1 {worst.f1:.3f}, precision "
        f"{worst.precision:.3f}, recall {worst.recall:.3f} of {worst.support} patches",
        f"mean over micrographs       {found.micrograph_accuracy:.3f} accuracy",
    ]
    if found.unknown_auroc is not None:
        lines.append(
            f"unknown classes             {found.unknown_auroc:.3f} AUROC, of "
            f"{len(table) - patches} patches"
        )
    by_errors = sorted(found.micrographs, key=lambda one: one.right - one.patches)
    lines += [
        f"most errors                 {one.name}: {one.patches - one.right} of {one.patches}"
        for one in by_errors[:MOST]
        if one.right < one.patches
    ]
    return "\n".join(lines)


def as_json(table: SplitTable, found: Scored) -> str:
    """Return everything as JSON, under the names of `scoring.Scored`."""
    about = {"data": table.data, "version": table.version, "split": table.split}
    whole = {**about, **dataclasses.asdict(found), "confusion": found.confusion.tolist()}
    for name in ("draws", "clean_draws", "reliability"):
        del whole[name]
    more = {"intervals": found.intervals, "calibration_error": found.calibration_error}
    return json.dumps({**whole, **more}, indent=1, allow_nan=False)


if __name__ == "__main__":
    sys.exit(main())
