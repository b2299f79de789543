"""What the files of a submission give, whatever its task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APART = 0.1  # F1; more than seeds of one model differ by

Files = Mapping[str, Mapping[int, Path]]  # of predictions, by split and seed


class SubmissionError(Exception):
    """A folder that is no submission; names it, what was found and what is expected."""


@dataclass(frozen=True)
class Entries:
    """The trainings of a submission, scored.

    Attributes:
      task: see `record_checks`; data: with the data set's name; version: of it.
      classes: names in label order.
      fields: by seed, what its scores say in its record: `test`, `intervals` and so on.
      doubts: what looks wrong, though nothing forbids it.
    """

    task: str
    data: str
    version: str
    classes: tuple[str, ...]
    fields: dict[int, dict[str, Any]]
    doubts: list[str]


def refuse_twins(contents: Iterable[tuple[Path, bytes]]) -> None:
    """Raise `SubmissionError` where two files of one split say the same.

    Args:
      contents: each file, and what it says, in whatever order its rows and columns stand.
    """
    seen: dict[bytes, Path] = {}
    for file, content in contents:
        twin = seen.setdefault(content, file)
        if twin != file:
            raise SubmissionError(
                f"{file}: the same predictions as {twin.name}, expected those of another training. "
                "A seed is a training of its own, from the first weight on."
            )


def far_apart(title: str, f1: Mapping[int, float]) -> list[str]:
    """Return a doubt where the seeds' F1, here called `title`, differ as one model's do not."""
    if max(f1.values()) - min(f1.values()) <= APART:
        return []
    listed = ", ".join(f"{seed}: {value:.3f}" for seed, value in f1.items())
    return [f"the seeds' {title} lie far apart ({listed}). Is one of them another model?"]
