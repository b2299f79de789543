"""The network of a record, built again: its recipe, and its layers in float32."""

from typing import Any

from benchmark import tasks
from benchmark.errors import BenchmarkError, UsageError
from benchmark.models import registry
from benchmark.training.recipe import Recipe
from leaderboard.results.record import NETWORK_OF
from leaderboard.results.store import Record


def recipe(record: Record) -> Recipe:
    """Return the settings of a run; missing ones have their default.

    Raises:
      BenchmarkError: this version does not know them.
    """
    try:
        settings = {n: value for n, value in record.recipe_settings.items() if n != NETWORK_OF}
        return tasks.by_name(record.task).recipe_class(**settings)
    except (TypeError, UsageError) as error:
        raise BenchmarkError(
            f"{record.run}: the settings of this run are not known here ({error}); expected those "
            "of this version. Use the version that trained it."
        ) from error


def untrained(record: Record) -> Any:
    """Return the run's `keras.Model` in float32, with first weights.

    Raises:
      BenchmarkError: the model or its recipe is unknown.
    """
    settings = recipe(record)
    options = registry.Options(
        freeze_batch_norm=settings.freeze_batch_norm,
        global_pooling=settings.global_pooling,
        contrast_sigma=settings.contrast_sigma,
    )
    shape = tasks.by_name(record.task).input_shape(settings)
    return registry.model(record.model).build(shape, len(record.classes), options)
