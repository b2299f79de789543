"""Recipes of either task: telling the virus of a patch, finding the particles of a micrograph."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmark.training import recipe as recipes
from benchmark.detection.recipes import RECIPES, DetectionRecipe
from benchmark.errors import BenchmarkError
from benchmark.training.recipe import Recipe
from benchmark.models.registry import DETECTION, Model


def recipe(name: str, start: str, changes: Sequence[str], model: Model) -> tuple[str, Recipe]:
    """Look up a recipe of a model's task; returns and raises what `recipes.recipe` does."""
    if model.task != DETECTION:
        return recipes.recipe(name, start, changes, model.name)
    if name not in RECIPES:
        raise BenchmarkError(
            f"recipe {name!r} of detectors: unknown; expected one of {', '.join(RECIPES)}."
        )
    return recipes.altered(name, RECIPES[name], changes)


def recipe_of(settings: Mapping[str, Any]) -> Recipe:
    """Return the recipe that has these settings, of whichever task has such."""
    return kind_of(settings)(**settings)


def kind_of(settings: Mapping[str, Any]) -> type[Recipe]:
    """Return the class of the recipes that have such settings."""
    return DetectionRecipe if "mosaic" in settings else Recipe
