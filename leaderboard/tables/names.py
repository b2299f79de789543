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
    r"\+(?:image_size|nm_per_pixel|epochs|patience|samples_per_class|precision)=[^+_,]+"
)


def distinct_names(rows: Sequence[Row]) -> list[str]:
    """Return the model of each row, with its recipe where other rows differ only in theirs.

    Rows that would have equal names keep the whole name of their recipe.
    """
    forms = [(row.model, row.initialization, row.provenance) for row in rows]
    recipes: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row, form in zip(rows, forms, strict=True):
        recipes[form].add(row.recipe)
    short = {}
    for of_form, found in recipes.items():
        whole = sorted(found)
        short[of_form] = dict(zip(whole, shortened(whole), strict=True))
    return [
        f"{row.model}, {short[form][row.recipe]}"
        if len(recipes[form]) > 1 and row.recipe
        else row.model
        for row, form in zip(rows, forms, strict=True)
    ]


def shortened(names: Sequence[str]) -> list[str]:
    """Return names of recipes without such settings, or as they are where two would be equal.

    Args:
      names: all different; may hold more than the recipe, after a comma.
    """
    short = [_IN_COLUMNS.sub("", name) for name in names]
    counts = Counter(short)
    return [one if counts[one] == 1 else name for one, name in zip(short, names, strict=True)]
