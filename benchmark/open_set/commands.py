"""What each sub-command of `python -m benchmark.open_set` does."""

import argparse
import functools
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from benchmark.classification import read as read_data
from benchmark.classification.data import Data, Patches
from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import environment
from benchmark.models import registry
from benchmark.novelty import features, options, plan_rounds, round_job
from benchmark.novelty.round_job import RoundJob
from benchmark.novelty.rounds import CLASSES, SESSIONS, SINGLE
from benchmark.open_set import (
    choose,
    kept_features,
    network_rows,
    pictures,
    row_folder,
    textures,
)
from benchmark.open_set.methods import BASELINE
from benchmark.open_set.options import DATA
from benchmark.runs import finished
from benchmark.runs.job import now
from leaderboard.files.atomic import write_bytes
from leaderboard.open_set import boards, page
from leaderboard.open_set.folder import Origin
from leaderboard.open_set.predictions import Predicted
from leaderboard.results import network_file
from leaderboard.results.record import Record
from leaderboard.tasks import CLASSIFICATION
from tem_virus_dataset.networks import onnx_network

OFFICIAL_LOG = "official_methods.json"  # scores of all methods, by network
BEFOREHAND = "beforehand, on classes left out of trainings"
NOT_CHOSEN = "named beforehand as the baseline"
NAMED = "named beforehand"
ENSEMBLE = "ensemble_max_probability"
STARTED = {registry.SCRATCH: "", registry.TRANSFER: "from pretrained weights"}

Seeds = dict[int, dict[str, Predicted]]  # by seed and round


def _jobs(args: argparse.Namespace, kinds: tuple[str, ...]) -> tuple[list[RoundJob], Data]:
    request = options.request(args, kinds, DATA)
    data = read_data.load(DATA, args.data_dir)
    jobs = plan_rounds.jobs(request, plan_rounds.plan(request), data.content_hash)
    return [round_job.finished_version(job, args.identity) for job in jobs], data


def _choose(args: argparse.Namespace) -> None:
    environment.start()
    jobs, data = _jobs(args, (CLASSES, SESSIONS))
    result = choose.chosen(jobs, data.content_hash, now(), _report)
    print(choose.table(result))
    print(choose.write(args.log, result))


def _official(args: argparse.Namespace) -> None:
    found = [(file, finished.record(file, CLASSIFICATION)) for file in args.records]
    methods = args.methods or [BASELINE, choose.read(args.log).method]
    for file, record in found:
        _check(file, record, found[0][1])
    named = ", ".join(str(record.seed) for _, record in found)
    _check_seeds([record.seed for _, record in found], named, args.ensemble)
    environment.start()

    @functools.cache
    def load() -> tuple[Data, Patches]:
        return read_data.load(DATA, args.data_dir), pictures.read(args.folder)

    log = _read_log(args.log / OFFICIAL_LOG)
    networks, by_method = {}, {name: Seeds() for name in methods}
    members = []
    for file, record in found:
        weights = network_file.check_one(file, record)
        stated = onnx_network.load(weights).metadata
        result = kept_features.of_network(weights, stated.image_size, load, args.runs)
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        networks[weights.name] = digest
        if digest not in log:
            log[digest] = {
                "run": record.run,
                "created": now(),
                "methods": network_rows.all_methods(result, record.temperature),
            }
            write_bytes(args.log / OFFICIAL_LOG, f"{json.dumps(log, indent=1)}\n".encode())
        predicted = network_rows.predicted(result, methods, record.temperature)
        for name, values in predicted.items():
            by_method[name][record.seed] = {"": values}
        members.append((result, record.temperature))
        _report(f"{record.run}: predicted")
    first = found[0][1]
    started = STARTED[first.initialization]

    def write(method: str, chosen: str, notes: str, seeds: Seeds) -> None:
        origin = Origin(
            boards.OFFICIAL, first.model, first.recipe, sorted(seeds), method, chosen, notes,
            networks, now(), first.initialization,
        )  # fmt: skip
        _report(f"wrote {row_folder.write(args.log, origin, seeds)}")

    for name, seeds in by_method.items():
        write(name, NOT_CHOSEN if name == BASELINE else BEFOREHAND, started, seeds)
    if args.ensemble:  # one model, and so one seed: that of its first member
        notes = f"mean probabilities of the networks of seeds {named}"
        joined = {first.seed: {"": network_rows.ensemble(members)}}
        write(ENSEMBLE, NAMED, "; ".join(filter(None, (started, notes))), joined)
    _render(args.log)


def _check(file: Path, record: Record, first: Record) -> None:
    if record.data != boards.DATA:
        raise BenchmarkError(
            f"{file}: was trained on {record.data}; expected a run on {boards.DATA}, as all "
            "networks of the board. Name another record."
        )
    row, expected = (f"{one.model}, {one.initialization}, {one.recipe}" for one in (record, first))
    if row != expected:
        raise BenchmarkError(
            f"{file}: {row}; expected {expected}, as of the first record: a row is of one model. "
            "Call the command for each model."
        )
    if not record.network:
        raise BenchmarkError(network_file.without(file, record))


def _check_seeds(seeds: Sequence[int], named: str, ensemble: bool) -> None:
    """Refuse a seed twice: it would count twice; and an ensemble of one network."""
    if len(set(seeds)) < len(seeds):
        raise UsageError(
            f"records of seeds {named}; expected each seed once. Name each record once."
        )
    if ensemble and len(seeds) < 2:
        raise UsageError(
            "--ensemble: found 1 record; expected at least two, whose probabilities are averaged. "
            "Name the records of more seeds."
        )


def _read_log(file: Path) -> dict[str, dict[str, object]]:
    if not file.exists():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, dict[str, object]])
    except msgspec.MsgspecError as error:
        raise BenchmarkError(
            f"{file}: cannot be read ({error}). Restore it from version control."
        ) from error


def _mirror(args: argparse.Namespace) -> None:
    environment.start()
    methods = args.methods or [BASELINE, choose.read(args.log).method]
    jobs, _ = _jobs(args, (SINGLE, SESSIONS))
    finished_jobs = network_rows.finished_rounds(jobs, options.typed(args))
    if len(finished_jobs) < len(jobs):
        _report("the rounds of sessions are not all finished: the row has no control by them")
    found = {name: Seeds() for name in methods}
    digests = {}
    for job in finished_jobs:
        name, result = network_rows.on_board(job), features.read(job.record)
        for method, values in network_rows.predicted(result, methods, None).items():
            found[method].setdefault(job.seed, {})[name] = values
        digests[f"seed{job.seed}.{name}"] = hashlib.sha256(job.record.read_bytes()).hexdigest()
        _report(f"{job.name}: predicted")
    for method, seeds in found.items():
        origin = Origin(
            boards.MIRROR, args.model, jobs[0].label, sorted(seeds), method,
            NOT_CHOSEN if method == BASELINE else BEFOREHAND, STARTED[jobs[0].initialization],
            digests, now(), jobs[0].initialization,
        )  # fmt: skip
        _report(f"wrote {row_folder.write(args.log, origin, seeds)}")
    _render(args.log)


def _textures(args: argparse.Namespace) -> None:
    environment.start()
    data = read_data.load(DATA, args.data_dir)
    parts = {split: textures.of_patches(patches) for split, patches in data.splits.items()}
    official = textures.of_patches(pictures.read(args.folder))
    methods = (BASELINE, "mahalanobis")
    found: dict[str, dict[str, dict[str, Predicted]]] = {}
    for board in boards.BOARDS:
        for name in boards.rounds_of(board):
            train, known, names = textures.learned(parts, name)
            test = official if board == boards.OFFICIAL else parts["test"]
            result = textures.fitted(names, train, known, test)
            for method, values in network_rows.predicted(result, methods, None).items():
                found.setdefault(board, {}).setdefault(method, {})[name] = values
            _report(f"{board} {name}: predicted")
    for board, by_method in found.items():
        for method, of_round in by_method.items():
            origin = Origin(
                board, textures.NAME, "logistic_regression", [0], method, NOT_CHOSEN,
                f"no network: {textures.NUMBERS} numbers of texture", {}, now(),
            )  # fmt: skip
            _report(f"wrote {row_folder.write(args.log, origin, {0: of_round})}")
    _render(args.log)


def _pictures(args: argparse.Namespace) -> None:
    found = pictures.read(args.folder)
    _report(f"writing {args.out}")
    pictures.write(args.out, found)
    print(f"wrote {args.out}: ids, and images {found.images.shape} of uint8")


def _render(log: Path) -> None:
    for changed, text in page.changed(log.parent).items():
        write_bytes(changed, text.encode())
        _report(f"wrote {changed}")


def _report(line: str) -> None:
    print(line, flush=True)


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "choose": _choose,
    "official": _official,
    "mirror": _mirror,
    "textures": _textures,
    "pictures": _pictures,
}
