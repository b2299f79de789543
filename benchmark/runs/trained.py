"""The trained network of a finished run, from its record and the folder of the runs."""

from pathlib import Path
from typing import Any

from benchmark import tasks
from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint, registry
from benchmark.runs.job import run_folder
from benchmark.training.recipe import Recipe
from leaderboard.results.store import Record


def weights(record: Record, runs: Path) -> Path:
    """Return the checkpoint of the best epoch, whether or not it is kept here."""
    return checkpoint.best(run_folder(runs, record.data, record.run), record.best_epoch or 0)


def recipe(record: Record) -> Recipe:
    """Return the settings of a run; missing ones have their default.

    Raises:
      BenchmarkError: this version does not know them.
    """
    recipe_class = tasks.by_name(record.task).recipe_class
    known = set(recipe_class.__dataclass_fields__)
    settings = {name: v for name, v in record.recipe_settings.items() if name in known}
    try:
        return recipe_class(**settings)
    except TypeError as error:
        raise BenchmarkError(f"recipe: {error}") from error


def network(record: Record, runs: Path) -> tuple[Any, dict[str, Any]]:
    """Build the run's `keras.Model`, in float32, with the weights of its best epoch.

    Returns:
      It, and the note that was kept with the weights.

    Raises:
      BenchmarkError: they are not here, or do not fit, or the model is unknown.
    """
    file = weights(record, runs)
    if not file.exists():
        raise BenchmarkError(f"the weights of this run, {file.name}, are not here.")
    settings = recipe(record)
    options = registry.Options(
        freeze_batch_norm=settings.freeze_batch_norm,
        global_pooling=settings.global_pooling,
        contrast_sigma=settings.contrast_sigma,
    )
    shape = tasks.by_name(record.task).input_shape(settings)
    built = registry.model(record.model).build(shape, len(record.classes), options)
    return built, checkpoint.load(file, built.variables) or {}
