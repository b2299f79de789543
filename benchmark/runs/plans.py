"""Which runs a command asks for: every choice of data, model, initialization, recipe and seed."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmark import tasks
from benchmark.errors import UsageError
from benchmark.models import registry
from benchmark.models.registry import INITIALIZATIONS, SCRATCH, TRANSFER
from benchmark.runs import table2, weights
from benchmark.runs.job import Plan

PAPER, QUICK = "paper", "quick"


@dataclasses.dataclass(frozen=True)
class Choice:
    """How the runs of a command are trained.

    Attributes:
      recipe: name, None for the default; changes: of it, like "epochs=3".
      initialization: only runs with this one; None takes each model's own.
      weights: as `weights.by_model` takes them; quick: the quick recipe, from scratch.
    """

    seeds: Sequence[int]
    recipe: str | None = None
    changes: Sequence[str] = ()
    initialization: str | None = None
    weights: Sequence[str] = ()
    quick: bool = False

    def __post_init__(self) -> None:
        """Refuse options that would be ignored."""
        if self.quick and (self.recipe or self.initialization == TRANSFER or self.weights):
            raise UsageError(
                "--quick: found --recipe, --start transfer or --weights beside it; expected none: "
                "a quick run trains from scratch with the recipe of its own. Leave one of them out."
            )


def of_models(data: Sequence[str], names: Sequence[str], choice: Choice) -> list[Plan]:
    """Plan runs of the named models, or of all models of its task, on each data config.

    Every network can start from scratch; `Model.initializations` are those done by default.

    Raises:
      BenchmarkError: an unknown model or recipe, a missing file, or no run is left.
    """
    chosen = [registry.model(name) for name in names] or list(registry.models().values())
    files = weights.by_model(choice.weights, names)
    task_of = {} if names else {address: tasks.of_data(address).name for address in data}
    rows = [
        (address, seed, model.name, initialization)
        for address, seed in itertools.product(data, choice.seeds)
        for model in chosen
        if names or model.task == task_of[address]
        for initialization in _initializations(model, choice, model.name in files)
    ]
    if not rows:
        raise UsageError(
            f"no run to do: {', '.join(names)} cannot start from {choice.initialization}; expected "
            "an initialization that `python -m benchmark.run --list` shows. Leave out --start and "
            "--weights, or name another model."
        )
    return _checked(
        choice,
        [
            _plan(address, model, initialization, seed, choice, files)
            for address, seed, model, initialization in rows
        ],
        files,
    )


def of_table2(choice: Choice) -> list[Plan]:
    """Plan the fifteen rows of the paper's Table 2; raises what `of_models` raises."""
    rows = [row for row in table2.ROWS if choice.initialization in (None, row.initialization)]
    files = weights.by_model(choice.weights, list(dict.fromkeys(row.model for row in rows)))
    return _checked(
        choice,
        [
            _plan(row.data, row.model, row.initialization, seed, choice, files)
            for seed, row in itertools.product(choice.seeds, rows)
        ],
        files,
    )


def _initializations(model: registry.Model, choice: Choice, has_weights: bool) -> list[str]:
    """Return where a model starts from; weights that are named are started from."""
    possible = {*model.initializations, SCRATCH}
    if tasks.of_model(model.name).every_model_transfers:
        possible.add(TRANSFER)
    if choice.quick:
        wanted: Sequence[str] = [SCRATCH]
    else:
        wanted = [choice.initialization] if choice.initialization else model.initializations
        if has_weights and not choice.initialization and TRANSFER in possible - set(wanted):
            wanted = [TRANSFER]
    return [name for name in INITIALIZATIONS if name in possible and name in wanted]


def _checked(choice: Choice, plans: list[Plan], files: Mapping[str, str]) -> list[Plan]:
    """Return every plan once; refuse weights that are damaged, of others, or unused."""
    unused = files.keys() - {plan.model for plan in plans if plan.weights}
    if unused:
        raise UsageError(
            f"--weights {' '.join(choice.weights)}: no run starts from them; expected a model that "
            "is run with --start transfer. Leave them out."
        )
    used = {
        (plan.model, plan.weights, plan.recipe) for plan in plans if plan.initialization == TRANSFER
    }
    for model, file, recipe in sorted(used, key=str):
        tasks.of_model(model).check_weights(model, Path(file) if file else None, recipe)
    for file, data in sorted({(plan.weights, plan.data) for plan in plans if plan.weights}):
        weights.check_splits(Path(file), data)
    return list(dict.fromkeys(plans))


def _plan(
    data: str,
    model: str,
    initialization: str,
    seed: int,
    choice: Choice,
    files: Mapping[str, str],
) -> Plan:
    name = QUICK if choice.quick else choice.recipe or PAPER
    label, recipe = tasks.of_model(model).recipe(name, initialization, choice.changes, model)
    file = files.get(model) if initialization == TRANSFER else None
    return Plan(data, model, initialization, file, label, recipe, seed)
