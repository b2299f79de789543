"""The task of classifying patches, as `benchmark.training.task.Task` describes it.

Keras is imported only when a network is trained.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmark.classification import npz_file, read, recipes, user_folder_layout
from benchmark.classification.data import Data
from benchmark.data import filament_micrographs
from benchmark.data.address import About
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.models.registry import TRANSFER
from benchmark.training.recipe import Recipe
from benchmark.training.task import FinishedRun, Task
from leaderboard.tasks import CLASSIFICATION


class Classification:
    """The task of classifying patches."""

    name = CLASSIFICATION
    content = "patches, each of one class"
    learner = "a classifier"
    example = "tem_virus/mirror_11class"
    quick_data = "tem_virus/phantom_14class"
    folder_layout = user_folder_layout.LAYOUTS
    recipe_class = Recipe
    recipe_names: Sequence[str] = recipes.NAMES
    every_model_transfers = False

    def recognizes(self, data: str) -> bool:
        """Return whether data are patches by class."""
        return read.recognizes(data)

    def describe(self, data: str, data_dir: Path | None = None) -> About:
        """Describe data without reading a patch."""
        return read.describe(data, data_dir)

    def load(self, data: str, data_dir: Path | None = None) -> Data:
        """Read all patches into memory."""
        return read.load(data, data_dir)

    def notice(self, data: str) -> str:
        """Return what a user's folder holds, its pixel sizes, and what was not looked at."""
        return read.notice(data)

    def preflight(
        self,
        data: str,
        used: Iterable[Recipe],
        data_dir: Path | None = None,
        weights: Iterable[Path] = (),
    ) -> None:
        """Read a user's folder once, and check that each recipe fits the data."""
        used = list(used)
        if any(recipe.filament_windows for recipe in used):
            filament_micrographs.check(data, data_dir)
        read.preflight(data, [recipe.image_size for recipe in used])

    def training_data(
        self, data: Data, recipe: Recipe, seed: int, data_dir: Path | None = None
    ) -> tuple[Data, str]:
        """Add windows along filaments to the train split, where the recipe has them."""
        return read.with_filament_windows(data, recipe.filament_windows, seed, data_dir)

    def export(self, data: str, data_dir: Path | None, file: Path) -> None:
        """Write data as one .npz file."""
        npz_file.write(self.load(data, data_dir), file)

    def write_ground_truth(self, config: str, data_dir: Path | None, folder: Path) -> Path:
        """Write the classes of a config's patches as a table."""
        from benchmark.classification import ground_truth

        return ground_truth.write(self.load(config, data_dir), folder)

    def recipe(
        self, name: str, initialization: str, changes: Sequence[str], model: str
    ) -> tuple[str, Recipe]:
        """Return the label and the settings of a recipe."""
        return recipes.recipe(name, initialization, changes, model)

    def input_shape(self, recipe: Recipe) -> tuple[int | None, int | None, int]:
        """Return the shape of a patch."""
        return recipe.image_size, recipe.image_size, 1

    def check_network(self, model: str, network: Any, classes: int) -> None:
        """Refuse a network that does not give the probabilities of the classes."""
        from benchmark.training.compiling import check_output

        check_output(model, network, classes)

    def check_weights(self, model: str, file: Path | None, recipe: Recipe) -> None:
        """Refuse kept networks; without a file, ImageNet weights are downloaded."""
        if file is not None and file.suffix.lower() == ".onnx":
            raise BenchmarkError(
                f"--weights {file}: a kept network, and {model} is a classifier; expected ImageNet "
                "weights without top. Only detectors go on from a kept network."
            )

    def is_kept_network(self, weights: Path | None) -> bool:
        """Return False: no classifier goes on from one."""
        return False

    def continue_from(
        self, network: Any, file: Path, model: str, classes: Sequence[str], recipe: Recipe
    ) -> None:
        """Refuse it."""
        raise BenchmarkError(f"{file}: no classifier goes on from a kept network.")

    def pretraining(self, model: str, initialization: str, weights: Path | None) -> str:
        """Return what the model is registered with, such as "ImageNet", or "none"."""
        return registry.model(model).pretraining if initialization == TRANSFER else "none"

    def run(
        self, network: Any, data: Data, recipe: Recipe, seed: int, folder: Path, origin: object
    ) -> FinishedRun:
        """Train and score a classifier."""
        from benchmark.classification import run

        return run.run(network, data, recipe, seed, folder, origin)

    def compared(self, weights: Path | None, data: Data, recipe: Recipe, run: FinishedRun) -> str:
        """Return "": no classifier goes on from a kept network."""
        return ""

    def write_predictions(self, file: Path, data: Data, split: str, predictions: Any) -> None:
        """Write the probabilities of a split."""
        from benchmark.classification import run

        run.write_predictions(file, data, split, predictions)


TASK: Task = Classification()
