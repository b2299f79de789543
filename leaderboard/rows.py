"""The rows of a table: runs that differ only in their seed become one."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leaderboard.record import Record
from leaderboard.record_checks import SCORES


@dataclass(frozen=True)
class Value:
    """A number, or the mean of several.

    Attributes:
      mean: the number itself when there is one only.
      std: sample standard deviation over the seeds; None when there is one only.
      interval: 95 % interval of a single run; None where it is not known.
    """

    mean: float
    std: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Row:
    """One row of a table; None and "" stand for not known."""

    data: str
    model: str
    start: str
    recipe: str
    seeds: str
    test: Mapping[str, Value | None]  # by score, see record_checks.SCORES
    validation_f1: Value | None
    side: int | None  # pixels of the input, from patches of 256
    parameters: int | None  # trainable
    epochs: Value | None
    seconds: Value | None
    images_per_second: Value | None
    device: str
    provenance: str
    source: str


def rows_of(records: Iterable[Record]) -> list[Row]:
    """Make one row of all finished records that differ only in their seed.

    Records made on different data (version or content hash) are never averaged.
    """
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for one in records:
        if one.status == "finished":
            made_on = (one.data, one.data_version, one.content_hash)
            groups[(*made_on, one.model, one.start, one.recipe, one.provenance)].append(one)
    return [_row(sorted(group, key=lambda one: one.seed)) for group in groups.values()]


def ranked(rows: Iterable[Row]) -> list[Row]:
    """Return the rows by falling macro F1, those without one last, ties by name."""

    def place(row: Row) -> tuple[float, str, str, str, str]:
        f1 = row.test["f1"]
        return -f1.mean if f1 else 1.0, row.model.lower(), row.start, row.recipe, row.provenance

    return sorted(rows, key=place)


def _row(group: list[Record]) -> Row:
    first = group[0]
    test = {name: _value(one.test[name] if one.test else None for one in group) for name in SCORES}
    for name, ends in (first.intervals or {}).items():
        value = test[name]
        if len(group) == 1 and value:
            test[name] = Value(value.mean, interval=(ends[0], ends[1]))
    return Row(
        data=first.data,
        model=first.model,
        start=first.start,
        recipe=first.recipe,
        seeds=", ".join(str(one.seed) for one in group),
        test=test,
        validation_f1=_value(one.validation["f1"] if one.validation else None for one in group),
        side=_side(first),
        parameters=first.parameters_trainable,
        epochs=_value(one.epochs for one in group),
        seconds=_value(one.seconds for one in group),
        images_per_second=_value(one.images_per_second for one in group),
        device=", ".join(sorted({one.device for one in group if one.device})),
        provenance=first.provenance,
        source=first.source,
    )


def _side(record: Record) -> int | None:
    side = record.recipe_settings.get("side")
    return side if isinstance(side, int) else None


def _value(numbers: Iterable[float | None]) -> Value | None:
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    return Value(statistics.fmean(known), statistics.stdev(known) if len(known) > 1 else None)
