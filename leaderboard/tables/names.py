"""What a row of a table is called: its model, with as much of its recipe as tells it from others.

A recipe's name states every setting that was changed, such as `brief+epochs=3+image_size=128`. The
columns of a table state some of these, too: the input, and the patches of the whole training. They
are left out of the first column, which would be too wide to read otherwise; so are the patience and
a precision that the processor decides.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence

from leaderboard.ranking.rows import Row

_LEFT_OUT = re.compile(
    r"\+(?:(?:image_size|nm_per_pixel|epochs|patience|samples_per_class)=[^+]+|precision=auto)"
)
_TWO_NETWORKS = "_then_"  # a row of these has neither an input nor patches of its own


def distinct_names(rows: Sequence[Row]) -> list[str]:
    """Return the model of each row, with its recipe where other rows differ only in theirs."""
    forms = [(row.model, row.initialization, row.provenance) for row in rows]
    recipes = [row.recipe for row in rows]
    several: dict[Hashable, set[str]] = defaultdict(set)
    for form, recipe in zip(forms, recipes, strict=True):
        several[form].add(recipe)
    return [
        f"{row.model}, {short}" if len(several[form]) > 1 and short else row.model
        for row, form, short in zip(rows, forms, short_recipes(forms, recipes), strict=True)
    ]


def short_recipes(groups: Sequence[Hashable], recipes: Sequence[str]) -> list[str]:
    """Return the names of recipes without some settings; whole where two would be equal.

    Args:
      groups: of each recipe; only recipes of one group are told apart.
      recipes: their whole names, such as "brief+epochs=3+tta=1".
    """
    whole: dict[tuple[Hashable, str], set[str]] = defaultdict(set)
    for group, recipe in zip(groups, recipes, strict=True):
        whole[group, _short(recipe)].add(recipe)
    return [
        _short(recipe) if len(whole[group, _short(recipe)]) == 1 else recipe
        for group, recipe in zip(groups, recipes, strict=True)
    ]


def _short(recipe: str) -> str:
    return recipe if _TWO_NETWORKS in recipe else _LEFT_OUT.sub("", recipe)
