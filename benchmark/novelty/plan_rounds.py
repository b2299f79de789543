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
      kinds: of rounds; seed: of the trainings.
      data: as `--data` takes it; data_dir: of the prepared data sets; runs: folder.
    """

    model: str
    recipe: str | None
    changes: Sequence[str]
    start: str
    weights: str | None
    kinds: tuple[str, ...]
    seed: int
    data: str
    data_dir: Path | None
    runs: Path


def plan(request: Request) -> Plan:
    """Return model and recipe of all rounds.

    Raises:
      BenchmarkError: model, recipe, weights or data do not fit together.
    """
    short_recipe.classifier(request.model, request.data)
    changes = short_recipe.settings(request.changes, {} if request.recipe else SHORT)
    choice = plans.Choice(
        (request.seed,),
        request.recipe or short_recipe.NAME,
        changes,
        request.start,
        [request.weights] if request.weights else [],
    )
    (planned,) = plans.of_models([request.data], [request.model], choice)
    return planned


def jobs(request: Request, planned: Plan, content_hash: str) -> list[RoundJob]:
    """Return the job of every round.

    Args:
      content_hash: of the data.
    """
    about = tasks.describe(request.data, request.data_dir)
    depends_on: dict[str, Any] = {
        "content_hash": content_hash,
        "model": planned.model,
        "recipe": recipe.distinctive(planned.recipe),
        "code": source_hash(registry.model(planned.model)),
        "rounds": [rounds.COUNT, *sorted(about.classes)],
    }
    if planned.initialization != registry.SCRATCH:
        depends_on["weights"] = _digest(planned.weights)
    identity = hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
    return [
        RoundJob(
            **{**vars(planned), "data": address.absolute(planned.data)},
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
        for one in rounds.all_rounds(tuple(about.classes), request.kinds)
    ]


def _digest(file: str | None) -> str:
    """Return the sha256 of a file of weights; "" for those that Keras loads by their name."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""
