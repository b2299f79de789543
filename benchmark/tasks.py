"""The tasks of the benchmark by name, by model and by data; `training.task` has their interface.

Importing this module imports neither Keras nor OpenCV; a task's modules are imported when it is
asked for the first time.
"""

import importlib
from pathlib import Path
from typing import Any

from benchmark.data import address
from benchmark.data.address import About
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.training.task import Task
from leaderboard.files.names import shown
from leaderboard.tasks import CLASSIFICATION, DETECTION, TASKS

# A folder of micrographs has folders of the splits, too, so it is asked about before patches.
_ORDER = (DETECTION, CLASSIFICATION)
DEFAULT = CLASSIFICATION  # of a quick run of models of several tasks


def by_name(name: str) -> Task:
    """Return a task of `leaderboard.tasks` by its name, as records have it."""
    task: Task = importlib.import_module(f"benchmark.{TASKS[name].name}.task").TASK
    return task


def of_model(model: str) -> Task:
    """Return the task of a registered model; raises `BenchmarkError` where it is unknown."""
    return by_name(registry.model(model).task)


def of_data(data: str) -> Task:
    """Return the task of data, without reading an image.

    Args:
      data: as `--data` takes it.

    Raises:
      BenchmarkError: unknown config, damaged file, or a folder that is laid out for no task.
    """
    tasks = [by_name(name) for name in _ORDER]
    for task in tasks:
        if task.recognizes(data):
            return task
    if address.is_folder(data):
        raise _unknown_folder(address.folder(data))
    expected = ", or ".join(f"{task.content}, for example {task.example}" for task in tasks)
    if address.is_file(data):
        raise BenchmarkError(
            f"{data}: found no images of a task in it; expected {expected}, as `python -m "
            "benchmark.export` writes them. Write it again."
        )
    raise BenchmarkError(
        f"--data {data}: whole micrographs with points, which no model is trained on; expected "
        f"{expected}."
    )


def check(data: str, wanted: Task, model: str = "") -> None:
    """Refuse data of another task.

    Args:
      model: the model that is to be trained on them, if any.

    Raises:
      BenchmarkError: the data are of another task; the message names both.
    """
    actual = of_data(data)
    if actual.name == wanted.name:
        return
    subject = f"{data}:"
    if model:
        subject = f"--models {model} --data {data}: {model} is {wanted.learner}, and the data are"
    raise BenchmarkError(
        f"{subject} {actual.content}, for {actual.learner}; expected {wanted.content}, such as "
        f"{wanted.example}. Name other data, or {actual.learner}."
    )


def describe(data: str, data_dir: Path | None = None) -> About:
    """Describe data of any task; raises what `load` raises."""
    return of_data(data).describe(data, data_dir)


def load(data: str, data_dir: Path | None = None, wanted: str | None = None) -> Any:
    """Read data into memory.

    Args:
      data: as `--data` takes it; data_dir: of the prepared data sets, None for TFDS's own.
      wanted: name of the task that they must be for; None takes any.

    Returns:
      `classification.data.Data` or `detection.data.Scenes`.

    Raises:
      DatasetError: the config is not prepared. BenchmarkError: unknown config, damaged file or
        folder, or data of another task.
    """
    if wanted:
        check(data, by_name(wanted))
    return of_data(data).load(data, data_dir)


def recipe_names() -> tuple[str, ...]:
    """Return the names of all recipes of all tasks, each once."""
    return tuple(dict.fromkeys(name for task in TASKS for name in by_name(task).recipe_names))


def _unknown_folder(root: Path) -> BenchmarkError:
    tasks = [by_name(name) for name in TASKS]
    if not root.is_dir():
        layouts = ", or ".join(task.folder_layout for task in tasks)
        return BenchmarkError(f"{root}: no such folder; expected {layouts}. Correct the path.")
    names = ", ".join(sorted(shown(path.name) for path in root.glob("*"))[:9])
    layouts = ", or ".join(f"{task.content}, {task.folder_layout}" for task in tasks)
    return BenchmarkError(
        f"{root}: found {names or 'nothing'} in it; expected {layouts}. Correct the path, or "
        "lay it out so."
    )
