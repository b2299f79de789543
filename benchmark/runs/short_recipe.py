"""Short trainings of a classifier, by which recipes and scores of novelty are compared."""

from collections.abc import Mapping, Sequence

from benchmark import tasks
from benchmark.errors import UsageError
from benchmark.training.task import Task
from leaderboard.tasks import CLASSIFICATION

NAME = "steady"  # where no recipe is named
SETTINGS = {"epochs": "12", "samples_per_class": "368"}


def settings(given: Sequence[str], more: Mapping[str, str]) -> list[str]:
    """Return changes SETTING=VALUE of a recipe: those given, and others that they do not set."""
    own = {change.partition("=")[0] for change in given}
    return [*given, *(f"{name}={value}" for name, value in more.items() if name not in own)]


def shown(values: Mapping[str, str]) -> str:
    """Return settings as they are typed."""
    return " ".join(f"{name}={value}" for name, value in values.items())


def classifier(model: str, data: str) -> Task:
    """Return the task of a classifier.

    Raises:
      BenchmarkError: the model is unknown, no classifier, or does not fit the data.
    """
    task = tasks.of_model(model)
    if task.name != CLASSIFICATION:
        raise UsageError(
            f"--model {model}: found {task.learner}; expected a classifier, for rounds and folds "
            "are of patches. Name another model."
        )
    tasks.check(data, task, model)
    return task
