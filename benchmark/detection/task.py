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
from benchmark.errors import BenchmarkError, UsageError
from benchmark.models import checkpoint
from benchmark.models.registry import TRANSFER
from benchmark.training.recipe import Recipe
from benchmark.training.task import FinishedRun, Task
from leaderboard.files.names import is_own
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

    def preflight(
        self,
        data: str,
        used: Iterable[Recipe],
        data_dir: Path | None = None,
        weights: Iterable[Path] = (),
    ) -> None:
        """Read a user's folder once; check its sizes at the scales of recipes and weights."""
        read.preflight(data, [recipe for recipe in used if isinstance(recipe, DetectionRecipe)])
        kept = sorted(file for file in weights if self.is_kept_network(file))
        if kept:
            from benchmark.detection import kept_weights

            scenes = read.load(data, data_dir)
            for file in kept:
                kept_weights.check_data(file, scenes)

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
        label, recipe = recipes.recipe(name, changes)
        if recipe.fine_tune and initialization != TRANSFER:
            raise UsageError(
                f"recipe {label}: found {model} from {initialization}; expected a detector to go "
                "on from. Add --weights virus-detector, or train with another recipe."
            )
        return label, recipe

    def input_shape(self, recipe: Recipe) -> tuple[int | None, int | None, int]:
        """Return (None, None, 1): detectors take micrographs of any size."""
        return None, None, 1

    def check_network(self, model: str, network: Any, classes: int) -> None:
        """Refuse a network of another shape; objectness and classes need not sum to 1."""
        from benchmark.training.compiling import check_positions

        check_positions(model, network, classes)

    def check_weights(self, model: str, file: Path | None, recipe: Recipe) -> None:
        """Refuse a transfer run without weights of another detector that fit."""
        if file is None:
            raise BenchmarkError(
                f"--start transfer: {model} starts from the weights of another detector; expected "
                f"--weights virus-detector, or {model}=runs/.../best-<epoch>.npz. Name one."
            )
        assert isinstance(recipe, DetectionRecipe)
        if not self.is_kept_network(file):
            checkpoint.arrays(file)
            return
        if not recipe.fine_tune:
            raise UsageError(
                f"--weights {file}: found a recipe that does not go on from a detector; expected "
                "--recipe finetune, or --set fine_tune=true. Add it: from other settings the "
                "training would soon forget the detector."
            )
        from benchmark.detection import kept_weights

        kept_weights.detector(file, model, recipe)

    def is_kept_network(self, weights: Path | None) -> bool:
        """Return whether weights are an ONNX file."""
        return weights is not None and weights.suffix.lower() == ".onnx"

    def continue_from(
        self, network: Any, file: Path, model: str, classes: Sequence[str], recipe: Recipe
    ) -> None:
        """Give a network the weights of a kept detector."""
        from benchmark.detection import kept_weights

        assert isinstance(recipe, DetectionRecipe)
        kept_weights.begin(network, file, model, classes, recipe)

    def pretraining(self, model: str, initialization: str, weights: Path | None) -> str:
        """Return the run of the weights, and of a kept network its file and digest.

        Checkpoints lie in `runs/<config>/<run>/`.
        """
        if weights is None:
            return "none"
        if not self.is_kept_network(weights):
            return f"detector {'/'.join(weights.parent.parts[-2:])}"
        from benchmark.detection import kept_weights

        return kept_weights.described(weights)

    def run(
        self, network: Any, data: Scenes, recipe: Recipe, seed: int, folder: Path, origin: object
    ) -> FinishedRun:
        """Train and score a detector."""
        from benchmark.detection import run

        assert isinstance(recipe, DetectionRecipe)
        return run.run(network, data, recipe, seed, folder, origin)

    def compared(self, weights: Path | None, data: Scenes, recipe: Recipe, run: FinishedRun) -> str:
        """Return the scores of the starting detector beside those of the new one."""
        if weights is None or not is_own(data.config):
            return ""
        from benchmark.detection import starting

        if not self.is_kept_network(weights):
            return starting.skipped(
                f"since {weights.name} states neither its classes nor its confidence: start from "
                "the .onnx beside its record to have it"
            )
        assert isinstance(recipe, DetectionRecipe)
        confidence = run.fields["confidence"]
        try:
            return starting.compared(weights, data, recipe, run.predictions, confidence)
        except Exception as error:  # of ONNX Runtime, among others
            return starting.skipped(f"since {weights.name} could not be used again: {error}")

    def write_predictions(self, file: Path, data: Scenes, split: str, predictions: Any) -> None:
        """Write the detections of a split."""
        from benchmark.detection import run

        run.write_predictions(file, data, split, predictions)


TASK: Task = Detection()
