"""python -m leaderboard.simulation: how often intervals hold the truth, and tables are right.

Test sets are invented on the micrographs of the shipped ground truth. Each setting is a line. All
settings with 400 repeats take some minutes; the Monte Carlo error of a share is then about a point.
"""

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from leaderboard.files.arguments import Parser, command, count, fraction, number, path, seed
from leaderboard.files.atomic import write_bytes
from leaderboard.files.writable import try_folder
from leaderboard.simulation import (
    classifiers,
    coverage,
    detectors,
    resampled,
    settings,
    tables,
)
from leaderboard.simulation.classifier_setting import Setting, configs
from leaderboard.simulation.methods import MOST_ERROR
from leaderboard.tasks import CLASSIFICATION, DETECTION, TASKS

PARTS = ("classification", "detection", "ap", "tables")
REPEATS = 400
DEFAULTS = {"data": "mirror_11class", "error": 0.05, "spread": 0.2, "seeds": 3}  # of one setting
EXAMPLES = (
    "python -m leaderboard.simulation",
    "python -m leaderboard.simulation --only tables --repeats 100",
    "python -m leaderboard.simulation --model logistic --error 0.04 --spread 2 --seeds 3",
    "python -m leaderboard.simulation --out simulation.md",
)
HEADS = {
    "classification": "Classifiers",
    "detection": "Detectors at a confidence threshold",
    "ap": "Average precision of detectors",
    "tables": "Tables of equal rows",
}


def lines(args: Any, chosen: Sequence[str]) -> Iterator[str]:
    """Run the settings, and yield the lines of their Markdown tables."""
    for place, part in enumerate(chosen):
        if place:
            yield ""
        yield f"### {HEADS[part]}"
        yield ""
        yield from _PARTS[part](args)


def _classification(args: Any) -> Iterator[str]:
    if args.model:
        is_real = args.model.startswith("resampled")
        error, spread = (0.0, 0.0) if is_real else (args.error, args.spread)
        own = Setting(args.data, args.model, error, spread, args.seeds)
        groups: Iterable[tuple[str, Sequence[Any]]] = [("own", [own])]
    else:
        groups = [("choice", settings.CHOICE), ("held back", settings.HELD_BACK)]
    names = TASKS[CLASSIFICATION].titles
    yield from _covered(args, groups, names, classifiers.samples)


def _detection(args: Any) -> Iterator[str]:
    groups = [
        ("choice", settings.DETECTION_CHOICE),
        ("held back", settings.DETECTION_HELD_BACK),
    ]
    titles = TASKS[DETECTION].titles
    names = {name: titles[name] for name in titles if not name.startswith("ap")}
    yield from _covered(args, groups, names, detectors.samples)


def _ap(args: Any) -> Iterator[str]:
    titles = TASKS[DETECTION].titles
    names = {name: titles[name] for name in titles if name.startswith("ap")}
    groups = [("held back", settings.AVERAGE_PRECISION)]
    yield from _covered(args, groups, names, detectors.samples)


def _covered(
    args: Any, groups: Iterable[tuple[str, Sequence[Any]]], names: Any, samples: Any
) -> Iterator[str]:
    yield f"| setting | group | {' | '.join(names.values())} |"
    yield f"|---|---|{'---|' * len(names)}"
    for group, chosen in groups:
        for setting in chosen:
            rng = np.random.default_rng(args.seed)
            measured = coverage.measure(samples(setting, args.repeats, rng))
            cells = [
                f"{one.covered:.1f} ({one.below:.1f}, {one.above:.1f})"
                for one in (measured[name] for name in names)
            ]
            yield f"| {setting.title} | {group} | {' | '.join(cells)} |"


def _tables(args: Any) -> Iterator[str]:
    yield "| setting | behind | tables with a wrong word, % | finds the row that is behind, % |"
    yield "|---|---|---|---|"
    for family in (*settings.EQUAL_ROWS, *settings.BEHIND):
        errors = tables.measure(family, args.repeats, np.random.default_rng(args.seed))
        detected = "" if errors.detected is None else f"{errors.detected:.1f}"
        behind = f"{family.behind:g}" if family.behind else ""
        yield f"| {family.title} | {behind} | {errors.wrong:.1f} | {detected} |"


_PARTS: dict[str, Callable[[Any], Iterator[str]]] = {
    "classification": _classification,
    "detection": _detection,
    "ap": _ap,
    "tables": _tables,
}


@command("python -m leaderboard.simulation", OSError, ValueError)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 1 after an error."""
    parser = Parser(prog="python -m leaderboard.simulation", description=__doc__, examples=EXAMPLES)
    parser.add_argument("--only", choices=PARTS, action="append", help="part to run; all without")
    parser.add_argument("--repeats", type=count, default=REPEATS, help="test sets or tables a line")
    parser.add_argument("--seed", type=seed, default=0, help="of all random numbers")
    parser.add_argument("--out", type=path, help="Markdown file for the tables")
    own = parser.add_argument_group("one setting of classifiers, instead of all settings")
    own.add_argument("--model", help="beta, logistic, or 'resampled ROW' of committed runs")
    own.add_argument(
        "--data", choices=configs(), help="config of the micrographs (default: mirror_11class)"
    )
    own.add_argument("--error", type=fraction, help="mean error rate (default: 0.05)")
    own.add_argument(
        "--spread", type=_spread, help="correlation of errors, below 1; of logistic, standard "
        "deviation of the logit (default: 0.2)",
    )  # fmt: skip
    own.add_argument("--seeds", type=count, help="of the row (default: 3)")
    args = parser.parse_args(arguments)
    _complete(parser, args)
    _check(parser, args)
    chosen = ("classification",) if args.model else tuple(args.only or PARTS)
    found: list[str] = []
    for line in lines(args, chosen):
        print(line, flush=True)
        found.append(line)
        if args.out:  # at once: what was measured stays where the rest is interrupted
            write_bytes(args.out, ("\n".join(found) + "\n").encode())
    return 0


_spread = number(float, "a number above 0", lambda value: 0 < value < math.inf)


def _complete(parser: Parser, args: Any) -> None:
    """Give the options of one setting their values where they are not named.

    Without a model nothing would be done with them, nor with a part beside a model.
    """
    named = [name for name in DEFAULTS if getattr(args, name) is not None]
    if named and not args.model:
        parser.error(f"--{named[0]} is of one setting; expected --model, too: name it")
    if args.model and set(args.only or ()) - {"classification"}:
        parser.error("--model is of classifiers; expected no other part: leave --only out")
    if (args.model or "").startswith("resampled") and {"error", "spread"} & {*named}:
        parser.error("--error and --spread: resampled runs have their own; leave both out")
    for name, value in DEFAULTS.items():
        if name not in named:
            setattr(args, name, value)


def _check(parser: Parser, args: Any) -> None:
    """End with a usage error where options do not fit together, or the file cannot be written."""
    if args.out and not args.out.parent.is_dir():
        parser.error(f"--out {args.out}: found no folder {args.out.parent}, expected one")
    if args.out and args.out.is_dir():
        parser.error(f"--out {args.out}: is a folder, expected a Markdown file. Name one in it")
    if args.out:  # before minutes of work whose result would lie there
        try_folder(args.out.parent, "--out")
    if not args.model:
        return
    known = classifiers.models(args.data)
    if args.model not in known:
        parser.error(f"--model {args.model}: expected {', '.join(known)}")
    if args.model == "beta" and args.spread >= 1:
        parser.error(f"--spread {args.spread:g}: expected a correlation below 1")
    if args.model.startswith("resampled"):
        number_of = resampled.seeds_of(args.data, args.model)
        if args.seeds > number_of:
            parser.error(f"--seeds {args.seeds}: expected {number_of} at most, as were trained")
    elif not 0 < args.error < MOST_ERROR:
        parser.error(f"--error {args.error:g}: expected a number above 0 and below {MOST_ERROR}")


if __name__ == "__main__":
    sys.exit(main())
