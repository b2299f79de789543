"""Ways to do one thing, measured in turn: what else the machine does then falls on all alike."""

import dataclasses
import statistics
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tqdm
from tabulate import tabulate

from benchmark.machine import environment


@dataclasses.dataclass(frozen=True)
class Way:
    """One way to do the thing.

    `rate()` does it for a while and returns how much a second, with nothing in it that is done
    once and never again.
    """

    name: str
    rate: Callable[[], float]


def measure(ways: Sequence[Way], repeats: int, label: str) -> dict[str, list[float]]:
    """Measure A B C, A B C, ...; returns each way's rates, round by round.

    A first round, in which everything is compiled and every file read once, is thrown away.
    """
    rates: dict[str, list[float]] = {way.name: [] for way in ways}
    turns = [way for _ in range(1 + repeats) for way in ways]
    for way in tqdm.tqdm(turns, label, unit="measurement", leave=False, disable=None):
        rates[way.name].append(way.rate())
    return {name: measured[1:] for name, measured in rates.items()}


def ratios(rates: Sequence[float], others: Sequence[float]) -> tuple[float, float, float]:
    """Return median and quartiles of the rounds' ratios."""
    found = [rate / other for rate, other in zip(rates, others, strict=True)]
    lower, median, upper = np.quantile(found, (0.25, 0.5, 0.75))
    return float(median), float(lower), float(upper)


def compared(rates: dict[str, list[float]], ours: str, digits: int = 2) -> str:
    """Make a table of all ways: their rate, and how many times as fast ours is."""
    rows = []
    for name, measured in rates.items():
        median, *quartiles = (f"{r:.{digits}f}" for r in ratios(rates[ours], measured))
        rows.append([name, f"{statistics.median(measured):,.4g}", median, " - ".join(quartiles)])
    return table(rows, ["", "img/s", "ours is times as fast", "quartiles"])


def table(rows: list[list[str]], header: list[str]) -> str:
    """Print the first column to the left, the others to the right."""
    align = ["left", *["right"] * (len(header) - 1)]
    return tabulate(rows, header, disable_numparse=True, colalign=align)


def machine() -> str:
    """Return one line on what measured: device, backend, versions."""
    found = environment.versions()
    names = dict.fromkeys(("keras", keras.backend.backend(), "tensorflow", "python"))
    software = ", ".join(f"{name} {found[name]}" for name in names if name in found)
    return f"{environment.device()}; Keras on {keras.backend.backend()}; {software}"
