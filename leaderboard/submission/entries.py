"""The scored predictions of a submission, whatever its task."""

import itertools
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leaderboard.metrics import sketches
from leaderboard.metrics.sketches import Sketch
from leaderboard.predictions.signatures import ALIKE, SAME, Signature, shared

MAX_SPREAD = 0.1  # F1; seeds of one model differ by less

Files = Mapping[str, Mapping[int, Path]]  # of predictions, by split and seed


class SubmissionError(Exception):
    """A folder that is no submission; names it, what was found and what is expected."""


@dataclass(frozen=True)
class Entries:
    """The trainings of a submission, scored.

    Attributes:
      task: see `tasks.TASKS`; data: with the data set's name; version: of it.
      classes: names in label order.
      fields: by seed, the fields of its record with scores: `test`, `intervals` and so on.
      warnings: what is probably wrong, though it breaks no rule.
    """

    task: str
    data: str
    version: str
    classes: tuple[str, ...]
    fields: dict[int, dict[str, Any]]
    warnings: list[str]


def refuse_copies(contents: Iterable[tuple[Path, bytes]]) -> None:
    """Raise `SubmissionError` where two files of one split hold the same predictions.

    Args:
      contents: each file with its predictions as bytes, in an order that its rows do not change.
    """
    seen: dict[bytes, Path] = {}
    for file, content in contents:
        original = seen.setdefault(content, file)
        if original != file:
            raise SubmissionError(
                f"{file}: the same predictions as {original.name}, expected those of another "
                "training. A seed is a training of its own, from the first weight on."
            )


def refuse_near_copies(files: Mapping[int, Path], signatures: Mapping[int, Signature]) -> list[str]:
    """Raise `SubmissionError` where two seeds give the same answers, up to a few of them.

    Args:
      files: predictions on one split by seed; signatures: of what they hold.

    Returns:
      A warning for each seed that gives most answers of another one.
    """
    found = []
    for (one, own), (other, earlier) in itertools.combinations(signatures.items(), 2):
        share = shared(own, earlier)
        if share >= SAME:
            raise SubmissionError(
                f"{files[other]}: nearly the same answers as {files[one].name}, in the same order "
                f"of confidence ({share:.0%} of the parts compared); expected those of another "
                "training. A seed is a training of its own; a deterministic method is trained on "
                "bootstrap samples of the training set (docs/rules.md, rule 2)."
            )
        if share >= ALIKE:
            found.append(
                f"{files[other].name} gives {share:.0%} of the answers of {files[one].name}. Are "
                "they two trainings?"
            )
    return found


def refuse_like_seeds(
    files: Mapping[int, Path],
    found: Mapping[int, Sketch],
    task: str,
    exchanged: Mapping[int, str] = types.MappingProxyType({}),
) -> list[str]:
    """Raise `SubmissionError` where two seeds deviate from the ground truth in the same way.

    Args:
      files: predictions on one split by seed; found: sketches of what they hold.
      exchanged: by seed, why the columns of a file are probably those of other classes: seeds
        whose columns are exchanged in the same way deviate in the same way.

    Returns:
      A warning for each seed that deviates nearly as another one does.
    """
    warnings = []
    for (one, own), (other, later) in itertools.combinations(found.items(), 2):
        text, is_same = sketches.between_seeds(later, own, task)
        if is_same and (reason := exchanged.get(other)):
            raise SubmissionError(
                f"{files[other]}: {text} are those of {files[one].name}, and {reason} Write each "
                "class's probabilities under its name, in all files."
            )
        if is_same:
            raise SubmissionError(
                f"{files[other]}: {text} are those of {files[one].name}; expected those of another "
                "training. Noise upon one training makes no second. A deterministic method is "
                "trained on bootstrap samples of the training set (docs/rules.md, rule 2)."
            )
        if text:
            warnings.append(
                f"{files[other].name}: {text} are those of {files[one].name}. Are they two "
                "trainings?"
            )
    return warnings


def far_apart(title: str, f1: Mapping[int, float]) -> list[str]:
    """Return a warning where the F1 of the seeds, called `title`, differ too much."""
    if max(f1.values()) - min(f1.values()) <= MAX_SPREAD:
        return []
    listed = ", ".join(f"{seed}: {value:.3f}" for seed, value in f1.items())
    return [f"the seeds' {title} lie far apart ({listed}). Is one of them another model?"]
