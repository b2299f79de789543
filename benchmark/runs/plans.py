"""Which runs a command asks for: every choice of data, model, start, recipe and seed."""

import dataclasses
import itertools
from collections.abc import Sequence
from pathlib import Path

from benchmark.models import checkpoint, registry
from benchmark.runs import table2, task_recipes, tasks
from benchmark.errors import BenchmarkError
from benchmark.runs.job import Plan
from benchmark.models.registry import SCRATCH, INITIALIZATIONS, TRANSFER

PAPER, QUICK = "paper", "quick"


@dataclasses.dataclass(frozen=True)
class Choice:
    """How the runs of a command are trained.

    Attributes:
      recipe: name, None for the default; changes: of it, like "epochs=3".
      initialization: only runs with this one; None takes each model's own.
      weights: "MODEL=FILE", ImageNet weights without top; quick: the quick recipe, from scratch.
    """

    seeds: Sequence[int]
    recipe: str | None = None
    changes: Sequence[str] = ()
    initialization: str | None = None
    weights: Sequence[str] = ()
    quick: bool = False

    def __post_init__(self) -> None:
        """Refuse what would be ignored."""
        if self.quick and (self.recipe or self.initialization == TRANSFER or self.weights):
            raise BenchmarkError(
                "--quick: found --recipe, --start transfer or --weights beside it; expected none: "
                "a quick run trains from scratch with the recipe of its own. Leave one of them out."
            )


def of_models(data: Sequence[str], names: Sequence[str], choice: Choice) -> list[Plan]:
    """Plan the models named, or where none is all of its task, on each data config.

    A network can always start from scratch; `Model.initializations` are those that are done unasked.

    Raises:
      BenchmarkError: an unknown model or recipe, a missing file, or nothing to do.
    """
    chosen = [registry.model(name) for name in names] or list(registry.models().values())
    task = {} if names else {one: tasks.task(one) for one in data}
    rows = [
        (one, seed, model.name, start)
        for one, seed in itertools.product(data, choice.seeds)
        for model in chosen
        if names or model.task == task[one]
        for start in _starts(model, choice)
    ]
    if not rows:
        raise BenchmarkError(
            f"no run to do: {', '.join(names)} cannot start from {choice.initialization}; expected a start "
            "that `python -m benchmark.run --list` shows."
        )
    return _used(
        choice, [_plan(one, model, start, seed, choice) for one, seed, model, start in rows]
    )


def of_table2(choice: Choice) -> list[Plan]:
    """Plan the fifteen rows of the paper's Table 2; raises what `of_models` raises."""
    rows = [row for row in table2.ROWS if choice.initialization in (None, row.initialization)]
    return _used(
        choice,
        [
            _plan(row.data, row.model, row.initialization, seed, choice)
            for seed, row in itertools.product(choice.seeds, rows)
        ],
    )


def _starts(model: registry.Model, choice: Choice) -> list[str]:
    able = set(model.initializations) | {SCRATCH}
    if _detects(model.name):
        able.add(TRANSFER)  # from another detector's weights, where they are given
    wanted = [SCRATCH] if choice.quick else [choice.initialization] if choice.initialization else model.initializations
    return [start for start in INITIALIZATIONS if start in able and start in wanted]


def _used(choice: Choice, plans: list[Plan]) -> list[Plan]:
    """Return the plans, each once; refuse weights that none of them starts from."""
    begun = {plan.model for plan in plans if plan.weights}
    for text in choice.weights:
        if text.partition("=")[0] not in begun:
            raise BenchmarkError(
                f"--weights {text}: no run starts from them; expected a model that is run with "
                "--start transfer. Leave them out."
            )
    for plan in plans:
        if plan.initialization == TRANSFER and not plan.weights and _detects(plan.model):
            raise BenchmarkError(
                f"--start transfer: {plan.model} starts from the weights of another detector; "
                f"expected --weights {plan.model}=runs/.../best-<epoch>.npz. Name the file of such "
                "a run."
            )
    return list(dict.fromkeys(plans))


def _detects(model: str) -> bool:
    return registry.model(model).task == registry.DETECTION


def _plan(data: str, model: str, start: str, seed: int, choice: Choice) -> Plan:
    name = QUICK if choice.quick else choice.recipe or PAPER
    label, recipe = task_recipes.recipe(name, start, choice.changes, registry.model(model))
    files = dict(_weights(text) for text in choice.weights)
    file = files.get(model) if start == TRANSFER else None
    return Plan(data, model, start, file, label, recipe, seed)


def _weights(text: str) -> tuple[str, str]:
    name, _, file = text.partition("=")
    registry.model(name)
    if not Path(file).is_file():
        raise BenchmarkError(f"--weights {text}: no file {file!r}; expected MODEL=FILE.")
    if _detects(name):
        checkpoint.arrays(Path(file))  # what is no checkpoint is known before anything begins
    return name, str(Path(file).resolve())
