"""Values and texts as cells of a table."""

import re
from collections.abc import Callable

from leaderboard.ranking.comparison import WORSE, Difference
from leaderboard.ranking.rows import Row, Value

UNKNOWN = "\u2013"  # a dash, for a part of a cell
SOURCE_LENGTH = 60  # characters of a source in a cell


def escaped(text: str) -> str:
    r"""Return the text such that it can neither end a table's cell nor bring in markup of its own.

    What it can do is make words of itself slanted, or a link of an address.

    >>> print(escaped("a|b <!-- end -->"))
    a\|b &lt;!-- end --&gt;
    """
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    line = re.sub(r"&(?=[#\w])", "&amp;", line).replace("<", "&lt;").replace(">", "&gt;")
    line = line.replace("@", "&#64;")  # nobody is called
    return re.sub(r"([\\|`*~$\[\]])", r"\\\1", "".join(c for c in line if c.isprintable()))


def score(value: Value | None, with_interval: bool = True) -> str:
    """Return mean, standard deviation over seeds and 95 % interval, as far as they are known.

    >>> score(Value(0.9, 0.01, (0.85, 0.93)))
    '0.900 ± 0.010 [0.850, 0.930]'
    """
    if value is None:
        return ""
    parts = [f"{value.mean:.3f}"]
    if value.std is not None:
        parts.append(f"± {value.std:.3f}")
    if with_interval and value.interval:
        parts.append(f"[{value.interval[0]:.3f}, {value.interval[1]:.3f}]")
    return " ".join(parts)


def number(value: Value | None, form: Callable[[float], str]) -> str:
    """Return the mean in this form, "" where it is not known."""
    return form(value.mean) if value else ""


def count(value: int | None) -> str:
    """Return a count with commas, "" where it is not known."""
    return "" if value is None else f"{value:,}"


def verdict(found: Difference | None) -> str:
    """Return in one word how a row compares with the best: the state of `Difference`.

    "" where the row is worse than the best, or has no predictions.
    """
    return "" if found is None or found.state == WORSE else found.state


def difference(found: Difference | None) -> str:
    """Return the difference from the best row and its 95 % interval, "" for the best itself.

    >>> difference(Difference("tied", -0.02, (-0.05, 0.01)))
    '-0.020 [-0.050, +0.010]'
    """
    if found is None or found.mean is None:
        return ""
    ends = found.interval
    return f"{found.mean:+.3f}" + (f" [{ends[0]:+.3f}, {ends[1]:+.3f}]" if ends else "")


def against_best(found: Difference | None) -> str:
    """Return verdict and difference, "" where the row has no predictions.

    >>> against_best(Difference("tied", -0.02, (-0.05, 0.01)))
    'tied: -0.020 [-0.050, +0.010]'
    """
    return ": ".join(part for part in (verdict(found), difference(found)) if part)


def provenance(row: Row) -> str:
    """Return where a row comes from, and its seeds; what is not as it should be is marked.

    A long source is not in the table, but in `long_source`.
    """
    text = ", ".join(part for part in (row.provenance, *marks(row), seeds(row)) if part)
    in_cell = row.source and not long_source(row)
    return escaped(f"{text}: {row.source}" if in_cell else text)


def marks(row: Row) -> list[str]:
    """Return the marks of a row: whether nobody here scored it, or its authors took it back."""
    not_rescored = row.records and not row.is_rescored
    return [
        *(["not rescored"] if not_rescored else []),
        *([row.retired.partition(":")[0]] if row.retired else []),
    ]


def seeds(row: Row) -> str:
    """Return the seeds of a row: "seeds 0, 1, 2", "one seed (0)", or what a source states."""
    if not row.records:
        return row.seeds
    number = "" if row.is_complete else "one seed" if row.is_one_seed else "only two seeds"
    return f"{number} ({row.seeds})" if number else f"seeds {row.seeds}"


def input_size(row: Row) -> str:
    """Return side and pixel size of the input, such as "128 px, 2 nm"."""
    if row.image_size is None:
        return ""
    size = "" if row.nm_per_pixel is None else f", {row.nm_per_pixel:.3g} nm"
    return f"{row.image_size} px{size}"


def budget(row: Row) -> str:
    """Return what one training was shown and took: images and CPU hours, such as "113 k, 0.6".

    A part that is not known is a dash; "" where neither is.
    """
    if row.images_shown is None and row.cpu_hours is None:
        return ""
    images = UNKNOWN if row.images_shown is None else rounded(row.images_shown.mean)
    time = UNKNOWN if row.cpu_hours is None else hours(row.cpu_hours.mean)
    return f"{images}, {time}"


def rounded(value: float) -> str:
    """Return a count to three digits.

    >>> rounded(812), rounded(7_200), rounded(113_344), rounded(1_296_000)
    ('812', '7.2 k', '113 k', '1.3 M')
    """
    if value >= 999_500:
        return f"{value / 1e6:.3g} M"
    return f"{value / 1e3:.3g} k" if value >= 1000 else f"{value:.0f}"


def hours(value: float) -> str:
    """Return hours to two digits, or whole ones from ten on."""
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def long_source(row: Row) -> str:
    """Return a source that would make the table too wide to read, else ""."""
    return row.source if len(row.source) > SOURCE_LENGTH else ""


def identity(row: Row, name: str) -> dict[str, str]:
    """Return the first cell of a row, by column: its model, with the initialization in brackets.

    Args:
      name: of the model, with the recipe where another row has the same model.
    """
    start = f" ({row.initialization})" if row.initialization else ""
    return {"model": escaped(f"{name}{start}")}
