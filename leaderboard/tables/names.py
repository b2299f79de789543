"""What a row of a table is called: its model, with as much of its recipe as tells it from others.

A recipe's name states every setting that was changed, such as `brief+epochs=3+image_size=128`. The
columns of a table state some of these, too: the input, and the patches of the whole training. They
are left out of the first column, which would be too wide to read otherwise.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from leaderboard.ranking.rows import Row

# Of the columns "input" and "patches, CPU h"; the precision follows from the processor.
_IN_COLUMNS = re.compile(
    r"\+(?:image_size|nm_per_pixel|epochs|patience|samples_per_class|precision)=[^+_]+"
)


def distinct_names(rows: Sequence[Row]) -> list[str]:
    """Return the model of each row, with its recipe where other rows differ only in theirs.

    Rows that would have equal names keep the whole name of their recipe.
    """
    forms = [(row.model, row.initialization, row.provenance) for row in rows]
    recipes: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row, form in zip(rows, forms, strict=True):
        recipes[form].add(row.recipe)
    short = {form: Counter(map(_short, of_form)) for form, of_form in recipes.items()}
    names = []
    for row, form in zip(rows, forms, strict=True):
        recipe = _short(row.recipe)
        if short[form][recipe] > 1:
            recipe = row.recipe
        names.append(f"{row.model}, {recipe}" if len(recipes[form]) > 1 and recipe else row.model)
    return names


def _short(recipe: str) -> str:
    return _IN_COLUMNS.sub("", recipe)
