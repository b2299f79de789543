"""Values and texts as cells of a table."""

import re
from collections.abc import Callable

from leaderboard.ranking.paired_bootstrap import Difference
from leaderboard.ranking.rows import Row, Value


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


def minutes(seconds: float) -> str:
    """Return minutes, with two digits where they are few.

    >>> minutes(30), minutes(3000)
    ('0.5', '50')
    """
    return f"{seconds / 60:,.0f}" if seconds >= 570 else f"{seconds / 60:.2g}"


def count(value: int | None) -> str:
    """Return a count with commas, "" where it is not known."""
    return "" if value is None else f"{value:,}"


def against(found: Difference | None) -> str:
    """Return how a row compares with the best, "" where nothing can be said.

    >>> against(Difference(-0.02, (-0.05, 0.01)))
    'tied: -0.020 [-0.050, +0.010]'
    """
    if found is None:
        return ""
    if found.best:
        return "best"
    if found.interval is None:
        return f"open: {found.mean:+.3f}"
    numbers = f"{found.mean:+.3f} [{found.interval[0]:+.3f}, {found.interval[1]:+.3f}]"
    return f"tied: {numbers}" if found.tied else numbers


def runs(row: Row) -> str:
    """Return the number of trainings behind a row, "" where it is not known."""
    return str(len(row.records)) if row.records else row.seeds.removesuffix(" seeds")


def provenance(row: Row) -> str:
    """Return where a row comes from."""
    return escaped(f"{row.provenance}: {row.source}" if row.source else row.provenance)


def names(row: Row) -> dict[str, str]:
    """Return the first cells of a row, by column: which run it is."""
    told = {
        "model": row.model,
        "initialization": row.initialization,
        "recipe": row.recipe,
        "seeds": row.seeds,
    }
    return {column: escaped(text) for column, text in told.items()}


def effort(row: Row) -> dict[str, str]:
    """Return the last cells of a row, by column: what went into it, and whose it is."""
    return {
        "input px": count(row.image_size),
        "trainable parameters": count(row.parameters),
        "pretraining": escaped(row.pretraining),
        "extra data": escaped(row.extra_data),
        "epochs": number(row.epochs, lambda value: f"{value:.3g}"),
        "minutes": number(row.seconds, minutes),
        "device": escaped(row.device),
        "img/s": number(row.images_per_second, lambda value: f"{value:,.0f}"),
        "provenance": provenance(row),
    }
