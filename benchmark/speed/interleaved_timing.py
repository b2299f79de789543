"""Interleaved timing: variants of one computation, measured in turn, compared as ratios.

Seconds measured on one machine say little about another, and those of one variant measured after
the other depend on what else the machine did meanwhile. Here all variants are measured in turn,
round after round, and compared within each round: whatever slows the machine down slows all of them
alike. The median over the rounds is reported with its quartiles, which show how much it can be
trusted.
"""

import dataclasses
import statistics
from collections.abc import Callable, Sequence

import keras
import numpy as np
from tabulate import tabulate

from benchmark.machine import devices, environment
from tem_virus_dataset.files import progress


@dataclasses.dataclass(frozen=True)
class Variant:
    """One way to do the computation.

    `rate()` does it for a while and returns how much a second. It leaves out what is done only
    once, such as compiling.
    """

    name: str
    rate: Callable[[], float]


def measure(variants: Sequence[Variant], repeats: int, label: str) -> dict[str, list[float]]:
    """Measure A B C, A B C, ...; returns the rates of each variant, round by round.

    The first round, in which everything is compiled and every file read once, is not kept.
    """
    rates: dict[str, list[float]] = {variant.name: [] for variant in variants}
    turns = [variant for _ in range(1 + repeats) for variant in variants]
    for variant in progress.bar(turns, label, unit="measurement", leave=False):
        rates[variant.name].append(variant.rate())
    return {name: measured[1:] for name, measured in rates.items()}


def ratios(rates: Sequence[float], others: Sequence[float]) -> tuple[float, float, float]:
    """Return median and quartiles of the rounds' ratios."""
    per_round = [rate / other for rate, other in zip(rates, others, strict=True)]
    lower, median, upper = np.quantile(per_round, (0.25, 0.5, 0.75))
    return float(median), float(lower), float(upper)


def compared(rates: dict[str, list[float]], ours: str, digits: int = 2) -> str:
    """Return a table of all variants: their rate, and how many times as fast ours is."""
    rows = []
    for name, measured in rates.items():
        median, *quartiles = (f"{r:.{digits}f}" for r in ratios(rates[ours], measured))
        rows.append([name, f"{statistics.median(measured):,.4g}", median, " - ".join(quartiles)])
    return table(rows, ["", "img/s", "ours is times as fast", "quartiles"])


def table(rows: list[list[str]], header: list[str]) -> str:
    """Return a table with the first column aligned to the left, the others to the right."""
    align = ["left", *["right"] * (len(header) - 1)]
    return tabulate(rows, header, disable_numparse=True, colalign=align)


def machine() -> str:
    """Return one line on the machine: device, backend, versions."""
    versions = environment.versions()
    names = dict.fromkeys(("keras", keras.backend.backend(), "tensorflow", "python"))
    software = ", ".join(f"{name} {versions[name]}" for name in names if name in versions)
    return f"{devices.device()}; Keras on {keras.backend.backend()}; {software}"
