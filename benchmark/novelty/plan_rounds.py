"""The rounds as they are asked for: which trainings, with what settings."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmark import tasks
from benchmark.data import address
from benchmark.models import registry
from benchmark.novelty import rounds
from benchmark.novelty.round_job import RoundJob
from benchmark.runs import plans, short_recipe
from benchmark.runs.job import Plan
from benchmark.search.source_hash import source_hash
from benchmark.training import recipe

# where no recipe is named: an eighth of its steps
SHORT = {**short_recipe.SETTINGS, "warmup_epochs": "1"}


@dataclasses.dataclass(frozen=True)
class Request:
    """What the command is asked for.

    Attributes:
      model: registered classifier; recipe, changes: as `benchmark.run` takes them.
      start: "scratch" or "transfer"; weights: file to start from, None for those that are loaded.
      kinds: of rounds; seeds: of the trainings, one training of each round with each.
      data: as `--data` takes it; data_dir: of the prepared data sets; runs: folder.
    """

    model: str
    recipe: str | None
    changes: Sequence[str]
    start: str
    weights: str | None
    kinds: tuple[str, ...]
    seeds: tuple[int, ...]
    data: str
    data_dir: Path | None
    runs: Path


def plan(request: Request) -> list[Plan]:
    """Return model and recipe of all rounds, by seed.

    Raises:
      BenchmarkError: model, recipe, weights or data do not fit together.
    """
    short_recipe.classifier(request.model, request.data)
    changes = short_recipe.settings(request.changes, {} if request.recipe else SHORT)
    choice = plans.Choice(
        request.seeds,
        request.recipe or short_recipe.NAME,
        changes,
        request.start,
        [request.weights] if request.weights else [],
    )
    return plans.of_models([request.data], [request.model], choice)


def jobs(request: Request, planned: Sequence[Plan], content_hash: str) -> list[RoundJob]:
    """Return the job of every round, of one seed after the other.

    Args:
      planned: one by seed, which differ in nothing else; content_hash: of the data.
    """
    first = planned[0]
    about = tasks.describe(request.data, request.data_dir)
    depends_on: dict[str, Any] = {
        "content_hash": content_hash,
        "model": first.model,
        "recipe": recipe.distinctive(first.recipe),
        "code": source_hash(registry.model(first.model)),
        "rounds": [rounds.COUNT, *sorted(about.classes)],
    }
    if first.initialization != registry.SCRATCH:
        depends_on["weights"] = _digest(first.weights)
    identity = hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
    return [
        RoundJob(
            **{**vars(of_seed), "data": address.absolute(of_seed.data)},
            data_dir=str(request.data_dir.resolve()) if request.data_dir else None,
            dataset=about.dataset,
            version=about.version,
            classes=rounds.known_classes(tuple(about.classes), one),
            note="",
            records="",
            runs=str(request.runs.resolve()),
            kind=one.kind,
            number=one.number,
            identity=identity,
        )
        for of_seed in planned
        for one in rounds.all_rounds(tuple(about.classes), request.kinds)
    ]


def _digest(file: str | None) -> str:
    """Return the sha256 of a file of weights; "" for those that Keras loads by their name."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""
