"""The interface of a task: what classification and detection provide to the rest of the benchmark.

The implementations are `benchmark/classification/task.py` and `benchmark/detection/task.py`;
`benchmark.tasks` returns one by name, by model or by data. Commands, runs, reports and predictions
call these methods and know no task by name. A third task is a third folder with such a module.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from benchmark.data.address import About
from benchmark.training.recipe import Recipe

COMPARED = "Compared with the starting detector"  # begins the last part of a record's notes


@dataclasses.dataclass(frozen=True)
class FinishedRun:
    """A trained network with its predictions and scores.

    Attributes:
      network: `keras.Model` with the weights of its kept epoch; history: one dict an epoch.
      predictions: by split, validation and test, as `Task.write_predictions` takes them.
      fields: the fields of a record that depend on the task: scores, intervals and the like.
    """

    network: Any
    history: list[dict[str, float]]
    predictions: Mapping[str, Any]
    fields: Mapping[str, Any]


class Task(Protocol):
    """One task: its words for messages, and its functions.

    Data are named as `--data` takes them, see `benchmark.data.address`.

    Attributes:
      name: as in `leaderboard.tasks`.
      content: of its data, in words; learner: a model of the task, in words.
      example: a config of the task; quick_data: the phantoms of a quick run.
      folder_layout: of a user's folder, in one line.
      recipe_class: class of its recipes; recipe_names: of those that `recipe` knows.
      every_model_transfers: whether each model can start from weights that the user names.
    """

    name: str
    content: str
    learner: str
    example: str
    quick_data: str
    folder_layout: str
    recipe_class: type[Recipe]
    recipe_names: Sequence[str]
    every_model_transfers: bool

    def recognizes(self, data: str) -> bool:
        """Return whether data are for this task, without reading an image.

        Raises:
          BenchmarkError: an unknown config, a damaged file, or a folder without splits.
        """

    def describe(self, data: str, data_dir: Path | None = None) -> About:
        """Describe data of this task without reading an image.

        A config that needs no download is prepared if it is not; raises what `load` raises.
        """

    def load(self, data: str, data_dir: Path | None = None) -> Any:
        """Read data of this task into memory, with `content_hash`, `classes` and `splits`.

        Raises:
          DatasetError: the config is not prepared. BenchmarkError: a file or folder is damaged.
        """

    def notice(self, data: str) -> str:
        """Return one line on how a user's folder is understood, or ""."""

    def preflight(
        self,
        data: str,
        recipes: Iterable[Recipe],
        data_dir: Path | None = None,
        weights: Iterable[Path] = (),
    ) -> None:
        """Read a user's folder once, so that its faults are reported before any run.

        Args:
          weights: that runs on these data start from.

        Raises:
          BenchmarkError: an image cannot be used, its size does not fit a recipe, or other data are
            missing that a recipe trains on.
        """

    def training_data(
        self, data: Any, recipe: Recipe, seed: int, data_dir: Path | None = None
    ) -> tuple[Any, str]:
        """Return data of `load` with what a recipe adds to the train split.

        Returns:
          The data, validation and test as they are, and a note for the record; "" where none.
        """

    def export(self, data: str, data_dir: Path | None, file: Path) -> None:
        """Write data as one .npz file; raises what `load` raises, or OSError."""

    def write_ground_truth(self, config: str, data_dir: Path | None, folder: Path) -> Path:
        """Write the ground-truth table of a prepared config into a folder; return its path."""

    def recipe(
        self, name: str, initialization: str, changes: Sequence[str], model: str
    ) -> tuple[str, Recipe]:
        """Return the label and the settings of a recipe, with changes such as "epochs=3".

        Raises:
          BenchmarkError: there is no such recipe or setting. BadNameError: the label is too long.
        """

    def input_shape(self, recipe: Recipe) -> tuple[int | None, int | None, int]:
        """Return height, width and channels of what a network of the task takes."""

    def check_network(self, model: str, network: Any, classes: int) -> None:
        """Refuse a network that cannot be trained for the task.

        Args:
          model: its name; network: as its function returned it; classes: their number.

        Raises:
          BenchmarkError: its output is of another shape, too low a precision, or gives no
            probabilities; the message names the model.
        """

    def check_weights(self, model: str, file: Path | None, recipe: Recipe) -> None:
        """Check the weights of a transfer run before it begins.

        Raises:
          BenchmarkError: the task needs a file and there is none, it is damaged, or it does not
            fit the model and the recipe.
        """

    def is_kept_network(self, weights: Path | None) -> bool:
        """Return whether weights are a kept network, for `continue_from`."""

    def continue_from(
        self, network: Any, file: Path, model: str, classes: Sequence[str], recipe: Recipe
    ) -> None:
        """Give an untrained network of a model the weights of a kept one.

        Raises:
          BenchmarkError: they do not fit.
        """

    def pretraining(self, model: str, initialization: str, weights: Path | None) -> str:
        """Return what a network was trained on before, for its record; "none" from scratch."""

    def run(
        self, network: Any, data: Any, recipe: Recipe, seed: int, folder: Path, origin: object
    ) -> FinishedRun:
        """Train a network, continuing what `folder` holds, and score validation and test once.

        Args:
          network: as built, `keras.Model`; data: of `load`; seed: of everything random.
          folder: of the checkpoints; origin: of the network: a hash of its code, its weights.

        Raises:
          BenchmarkError: the loss is no number, or `folder` holds another training.
        """

    def compared(self, weights: Path | None, data: Any, recipe: Recipe, run: FinishedRun) -> str:
        """Return what the network scores that a run on a user's images began from, and the new one.

        Returns:
          One line that begins with `COMPARED`, or says why there are no such scores; "" where
          nothing is compared. It never fails: the training is done.
        """

    def write_predictions(self, file: Path, data: Any, split: str, predictions: Any) -> None:
        """Write the predictions of a split, of `FinishedRun.predictions`, as a predictions file."""
