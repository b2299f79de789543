"""What rows are called in the first column of a table."""

import types
from typing import Any, cast

import pytest

from leaderboard.ranking.rows import Row
from leaderboard.tables.names import distinct_names, short_recipes


def named(*recipes: str, models: tuple[str, ...] = ()) -> list[str]:
    rows: list[Any] = [
        types.SimpleNamespace(
            model=model, initialization="scratch", provenance="reproduced", recipe=recipe
        )
        for model, recipe in zip(models or ("m",) * len(recipes), recipes, strict=True)
    ]
    return distinct_names(cast("list[Row]", rows))


@pytest.mark.parametrize(
    ("recipes", "expected"),
    [
        # alone, the model is enough
        (("brief+epochs=3",), ["m"]),
        # what the columns state is left out, what they do not is not
        (
            ("brief", "brief+image_size=128+precision=auto+samples_per_class=368+tta=1"),
            ["m, brief", "m, brief+tta=1"],
        ),
        (("modern+epochs=20", "steady+epochs=18+patience=18"), ["m, modern", "m, steady"]),
        # but not if two rows were then called alike
        (
            ("brief+epochs=3", "brief+epochs=4", "steady+epochs=5"),
            ["m, brief+epochs=3", "m, brief+epochs=4", "m, steady"],
        ),
        # of a pair, whose columns are empty
        (
            ("steady+tta=8_then_steady+detector_weight=0.5", "brief+epochs=40_then_steady"),
            ["m, steady+tta=8_then_steady+detector_weight=0.5", "m, brief+epochs=40_then_steady"],
        ),
        # what is measured in another precision is named so
        (("brief+precision=float32", "steady"), ["m, brief+precision=float32", "m, steady"]),
        # a published row without a recipe
        (("", "steady"), ["m", "m, steady"]),
    ],
)
def test_a_row_is_called_what_tells_it_from_others(
    recipes: tuple[str, ...], expected: list[str]
) -> None:
    assert named(*recipes) == expected


def test_recipes_are_told_apart_within_a_model() -> None:
    recipes = ["brief+epochs=3", "brief", "brief+epochs=3", "brief+epochs=3"]
    short = ["brief+epochs=3", "brief", "brief+epochs=3", "brief"]
    assert short_recipes(["a", "a", "a", "b"], recipes) == short


def test_recipes_of_different_models_do_not_matter() -> None:
    assert named("brief", "steady", models=("a", "b")) == ["a", "b"]
