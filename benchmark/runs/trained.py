"""The network of a finished run, as its record and the folder of the runs have it."""

from pathlib import Path
from typing import Any

from benchmark.models import checkpoint
from benchmark.runs import task_recipes
from benchmark.errors import BenchmarkError
from benchmark.runs.job import run_folder
from benchmark.training.recipe import Recipe
from leaderboard.results.store import Record


def weights(record: Record, runs: Path) -> Path:
    """Return where the weights of the best epoch are, if they are kept here."""
    return checkpoint.best(run_folder(runs, record.data, record.run), record.best_epoch or 0)


def recipe(record: Record) -> Recipe:
    """Return the settings of a run; those it does not name have their default.

    Raises:
      BenchmarkError: they are not such as this version knows.
    """
    kind = task_recipes.kind_of(record.recipe_settings)
    known = set(kind.__dataclass_fields__)
    settings = {name: v for name, v in record.recipe_settings.items() if name in known}
    try:
        return kind(**settings)
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
    from benchmark.models import registry  # builds with Keras, which takes seconds to import

    settings, model = recipe(record), registry.model(record.model)
    options = registry.Options(freeze_batch_norm=settings.freeze_batch_norm, global_pooling=settings.global_pooling)
    side = None if model.task == registry.DETECTION else settings.image_size
    built = model.build((side, side, 1), len(record.classes), options)
    return built, checkpoint.load(file, built.variables) or {}
