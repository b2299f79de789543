"""Where a run's data and weights are, or one line on why they are missing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmark import tasks
from benchmark.classification import temperature
from benchmark.classification.data import Data, Patches
from benchmark.detection.data import Scenes
from benchmark.errors import BenchmarkError
from benchmark.runs import trained
from benchmark.training.recipe import Recipe
from leaderboard.results.store import Record
from tem_virus_dataset.errors import DatasetError

# How far probabilities of one network may differ between machines, and from those in float32.
CLOSE = {"float32": 0.02, "bfloat16": 0.1, "auto": 0.1}

AnyData = Data | Scenes  # of any task


class NotHereError(Exception):
    """Something is missing that a page can do without; the text is one line for the page."""


def data_or_reason(
    config: str, task: str, given: Mapping[str, str], data_dir: Path | None
) -> AnyData | NotHereError:
    """Read a config from where the user says, else as it was prepared; or return why not.

    Args:
      config: such as `tem_virus/mirror_11class`; task: of the run, for which the data must be.
      given: a file or a folder, by config, as `tasks.load` takes it.

    Returns:
      Patches for a classifier, scenes for a detector.
    """
    try:
        return tasks.load(given.get(config, config), data_dir, task)
    except (BenchmarkError, DatasetError, OSError) as error:
        return NotHereError(f"No images: {error}")


def of_run(data: AnyData | NotHereError, record: Record) -> AnyData | NotHereError:
    """Return the data if they are those of the run, else why there are none."""
    if not isinstance(data, NotHereError) and data.content_hash != record.content_hash:
        return NotHereError(
            f"No images: the data here have the content hash {data.content_hash[:8]}, the run "
            f"used {record.content_hash[:8]}."
        )
    return data


def patches_of(data: Data, ids: tuple[str, ...]) -> Patches:
    """Return these patches of the test split, in this order."""
    test = data.splits["test"]
    place = {str(name): index for index, name in enumerate(test.ids)}
    chosen = np.array([place[name] for name in ids], dtype=np.int64)
    return Patches(**{name: values[chosen] for name, values in vars(test).items()})


def network(record: Record, runs: Path) -> Any:
    """Build the run's network, in float32, with the weights of its kept epoch.

    Raises:
      NotHereError: they are not kept here, or do not fit.
    """
    try:
        return trained.network(record, runs)[0]
    except (BenchmarkError, ImportError) as error:
        raise NotHereError(f"No saliency maps: {error}") from error


def check_weights(record: Record, found: np.ndarray, expected: np.ndarray) -> None:
    """Raise `NotHereError` where these weights are not those of the run.

    Args:
      found: the network's probabilities of some patches, (n, c); expected: the run's.
    """
    if record.temperature is not None:
        found = temperature.applied(found, record.temperature)
    if not np.allclose(found, expected, atol=CLOSE[recipe(record).precision]):
        raise NotHereError(
            f"No saliency maps: the weights here, {record.run}, predict other probabilities than "
            f"the run (by up to {np.abs(found - expected).max():.2f}): they belong to another run."
        )


def recipe(record: Record) -> Recipe:
    """Return the settings of a run; those it does not name have their default.

    Raises:
      NotHereError: they are not such as this version knows.
    """
    try:
        return trained.recipe(record)
    except BenchmarkError as error:
        raise NotHereError(f"No saliency maps: {error}") from error
