"""The task of detecting particles in whole micrographs, as `training.task.Task` describes it.

Keras and OpenCV are imported only when a network is trained.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmark.data.address import About
from benchmark.detection import npz_file, read, recipes, user_folder_layout
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.training.recipe import Recipe
from benchmark.training.task import FinishedRun, Task
from leaderboard.tasks import DETECTION


class Detection:
    """The task of detecting particles in whole micrographs."""

    name = DETECTION
    content = "whole micrographs with a box for each particle"
    learner = "a detector"
    example = "tem_virus/mirror_11class_boxes"
    quick_data = "tem_exosome/phantom"
    folder_layout = user_folder_layout.LAYOUT
    recipe_class: type[Recipe] = DetectionRecipe
    recipe_names: Sequence[str] = recipes.NAMES
    every_model_transfers = True  # from another detector's weights, where they are given

    def recognizes(self, data: str) -> bool:
        """Return whether data are micrographs with boxes."""
        return read.recognizes(data)

    def describe(self, data: str, data_dir: Path | None = None) -> About:
        """Describe data without reading a micrograph."""
        return read.describe(data, data_dir)

    def load(self, data: str, data_dir: Path | None = None) -> Scenes:
        """Read all micrographs and boxes into memory."""
        return read.load(data, data_dir)

    def notice(self, data: str) -> str:
        """Return how many boxes a user's folder has, and how many of them were clipped."""
        return read.notice(data)

    def preflight(self, data: str, used: Iterable[Recipe], data_dir: Path | None = None) -> None:
        """Read a user's folder once, and check its sizes at the recipes' scales."""
        read.preflight(data, [recipe for recipe in used if isinstance(recipe, DetectionRecipe)])

    def training_data(
        self, data: Scenes, recipe: Recipe, seed: int, data_dir: Path | None = None
    ) -> tuple[Scenes, str]:
        """Return the data as they are, and a note on boxes that cannot be learned."""
        from benchmark.detection import coverage, evaluate

        assert isinstance(recipe, DetectionRecipe)
        scenes = [
            dataclasses.replace(scene, boxes=evaluate.rescaled_boxes(scene, recipe.nm_per_pixel))
            for scene in data.splits["train"]
        ]
        return data, coverage.coverage(scenes, recipe).note

    def export(self, data: str, data_dir: Path | None, file: Path) -> None:
        """Write data as one .npz file."""
        npz_file.write(self.load(data, data_dir), file)

    def write_ground_truth(self, config: str, data_dir: Path | None, folder: Path) -> Path:
        """Write the boxes of a config's micrographs as a table."""
        from benchmark.detection import ground_truth

        return ground_truth.write(self.load(config, data_dir), folder)

    def recipe(
        self, name: str, initialization: str, changes: Sequence[str], model: str
    ) -> tuple[str, Recipe]:
        """Return the label and the settings of a recipe."""
        return recipes.recipe(name, changes)

    def input_shape(self, recipe: Recipe) -> tuple[int | None, int | None, int]:
        """Return (None, None, 1): detectors take micrographs of any size."""
        return None, None, 1

    def check_network(self, model: str, network: Any) -> None:
        """Accept any network: objectness and class probabilities need not sum to 1."""

    def check_weights(self, model: str, file: Path | None) -> None:
        """Refuse a transfer run without the checkpoint of another detector."""
        if file is None:
            raise BenchmarkError(
                f"--start transfer: {model} starts from the weights of another detector; expected "
                f"--weights {model}=runs/.../best-<epoch>.npz. Name the file of such a run."
            )
        checkpoint.arrays(file)

    def pretraining(self, initialization: str, weights: Path | None) -> str:
        """Return the run of the weights: they lie in `runs/<config>/<run>/`."""
        return f"detector {'/'.join(weights.parent.parts[-2:])}" if weights else "none"

    def run(
        self, network: Any, data: Scenes, recipe: Recipe, seed: int, folder: Path, origin: object
    ) -> FinishedRun:
        """Train and score a detector."""
        from benchmark.detection import run

        assert isinstance(recipe, DetectionRecipe)
        return run.run(network, data, recipe, seed, folder, origin)

    def write_predictions(self, file: Path, data: Scenes, split: str, predictions: Any) -> None:
        """Write the detections of a split."""
        from benchmark.detection import run

        run.write_predictions(file, data, split, predictions)


TASK: Task = Detection()
