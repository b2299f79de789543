"""python -m benchmark.conditions: score networks under hard conditions, cell by cell.

The test split of a prepared config is corrupted by thirteen conditions at up to five levels each.
A run that is ended goes on after the last finished cell. Test is read here as a board: nothing may
be chosen by these scores.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmark import tasks
from benchmark.conditions import finished_cells, networks, options
from benchmark.conditions.networks import Named
from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import environment
from leaderboard import render
from leaderboard.files.arguments import command
from leaderboard.files.locking import LockedError
from leaderboard.files.writable import try_folder
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.results.record import RecordError
from leaderboard.tasks import CLASSIFICATION, DETECTION
from tem_virus_dataset.conditions import levels
from tem_virus_dataset.conditions.levels import Cell
from tem_virus_dataset.errors import DatasetError


@command(
    options.PROGRAM, BenchmarkError, DatasetError, RecordError, GroundTruthError, LockedError,
    render.RenderError, OSError,
    interrupted="interrupted; the same command continues after the last finished cell",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    args = options.parser(__doc__).parse_args(argv)
    environment.start()
    return {"run": _run, "table": _table}[args.command](args)


def _run(args: argparse.Namespace) -> int:
    chosen = [networks.named(text) for text in args.networks]
    found = sorted({network.task for network in chosen})
    if len(found) > 1:
        raise UsageError(
            f"{' '.join(args.networks)}: classifiers and detectors; expected networks of one task. "
            "Run the command once for each."
        )
    if args.predictions and (len(chosen) > 1 or found != [CLASSIFICATION]):
        raise UsageError(
            "--predictions: takes one classifier; found other networks. Name a single one."
        )
    try_folder(args.out, "--out")
    try_folder(args.runs, "--runs")
    if args.predictions:
        try_folder(args.predictions.parent, "--predictions")
    data = args.data or options.DATA[found[0]]
    about = tasks.describe(data, args.data_dir)
    cells = ground_truth.read(about.dataset, args.table)
    for network in chosen:
        networks.check(network, about.dataset, about.classes)
    loaded = tasks.load(data, args.data_dir, found[0])
    evaluate = _classifiers if found == [CLASSIFICATION] else _detectors
    for file in evaluate(args, chosen, loaded, cells):
        print(f"wrote {file}", flush=True)
    if args.out.resolve() == (render.HERE / options.FOLDER).resolve():
        for page in render.render_all(render.HERE):
            print(f"wrote {page}")
    return 0


def _classifiers(
    args: argparse.Namespace, chosen: Sequence[Named], data: Any, cells: Sequence[HardCell]
) -> list[Path]:
    from benchmark.conditions import patches, scores
    from leaderboard.predictions import conditions as predictions
    from leaderboard.ranking import conditions as ranking
    from leaderboard.results import conditions as results
    from leaderboard.tables import cells as cells_table

    hashes = {Cell(*cell.key): cell.pictures for cell in cells}
    truth = patches.truth_of(data)
    test = data.splits["test"]
    folder = args.runs / "conditions" / data.config.partition("/")[2]
    patches.evaluate(chosen, tuple(truth.classes), test, list(hashes), hashes, folder)
    ids, written = tuple(map(str, test.ids)), []
    for network in chosen:
        outputs = {}
        for cell, pictures in hashes.items():
            file = finished_cells.path(folder, network.digest, cell)
            found = finished_cells.read(file, ids, pictures)
            if found is None:
                raise BenchmarkError(f"{file}: is gone; expected the cell. Run the command again.")
            outputs[cell.condition, cell.level] = found
        scored = scores.of_patches(network, truth, cells, outputs)
        written.append(results.path(args.out, scored))
        results.write(written[-1], scored)
        row = ranking.ConditionRow((scored,))
        clean = cells_table.score(row.mean(ranking.accuracy, levels.CLEAN))
        print(
            f"{network.name}: accuracy {clean} clean, "
            f"{cells_table.score(row.total('accuracy'))} under conditions"
        )
        if args.predictions:
            of_cells = {cell: scores.rounded(outputs[cell.key].probabilities) for cell in cells}
            predictions.write(args.predictions, of_cells, ids, truth.classes)
            written.append(args.predictions)
    return written


def _detectors(
    args: argparse.Namespace, chosen: Sequence[Named], data: Any, cells: Sequence[HardCell]
) -> list[Path]:
    from benchmark.conditions import micrographs, scores
    from benchmark.detection import ground_truth as boxes
    from leaderboard.results import detection_conditions as results

    hashes = {Cell(*cell.key): cell.pictures for cell in cells}
    written = []
    for network in chosen:
        model = networks.detector(network)
        config = data.config.partition("/")[2]
        folder = args.runs / "conditions" / config / network.digest[:16]
        found = micrographs.evaluate(model, data, hashes, folder)
        by_key = {(cell.condition, cell.level): value for cell, value in found.items()}
        truth = boxes.table(data, "test")
        scored = scores.of_micrographs(network, model.confidence, truth, cells, by_key)
        written.append(results.path(args.out, scored))
        results.write(written[-1], scored)
        f1 = ", ".join(f"{cell.scores['f1']:.3f} {cell.condition}" for cell in scored.cells)
        print(f"{network.name}: F1 {f1}")
    return written


def _table(args: argparse.Namespace) -> int:
    try_folder(args.out, "--out")
    task = tasks.of_data(args.data).name
    loaded = tasks.load(args.data, args.data_dir)
    hashes: dict[Cell, str] = {}
    if task == DETECTION:
        from benchmark.conditions import micrographs

        for cell in micrographs.CELLS:
            hashes[cell] = micrographs.pictures_of(loaded.splits["test"], cell)
            print(f"{cell.name}: {hashes[cell]}", flush=True)
    else:
        from benchmark.conditions import patches

        for cell in levels.cells():
            hashes[cell] = patches.pictures_of(loaded.splits["test"], cell, None)[1]
            print(f"{cell.name}: {hashes[cell]}", flush=True)
    rows = [_hard_cell(cell, pictures) for cell, pictures in hashes.items()]
    print(f"wrote {ground_truth.write(args.out, loaded.config, loaded.version, rows)}")
    return 0


def _hard_cell(cell: Cell, pictures: str) -> HardCell:
    if cell.level == 0:
        return HardCell(cell.condition, 0, "", "", pictures)
    of = levels.condition(cell.condition)
    amount = f"{of.amount(cell.level):g}"
    return HardCell(cell.condition, cell.level, amount if of.unit else "", of.unit, pictures)


if __name__ == "__main__":
    sys.exit(main())
