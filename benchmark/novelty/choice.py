"""The choice of a score and of its threshold, by a rule that was written before any result.

Rule. The score: the highest AUROC, as the mean over the classes that were left out, so that each
counts alike, whatever its number of patches. The threshold: of those that accept 95 or 99 % of the
known validation patches, the one with the higher mean of that share and of the share of left-out
patches that it flags, again as a mean over the classes. Rounds of sessions choose nothing.
"""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmark.novelty import log_files
from benchmark.novelty.compare import ACCEPTED, Separation
from benchmark.novelty.rounds import CLASSES

FILE = "novelty_mirror.json"  # in the log
RULE = " ".join((__doc__ or "").split("Rule. ")[1].split())


@dataclasses.dataclass(frozen=True)
class Choice:
    """The log of the rounds, and what was chosen.

    Attributes:
      data, content_hash, model, recipe, seed, identity: of the trainings.
      left_out: classes by round; cpu_seconds: of the trainings.
      rounds: what each score does, by round and score.
      auroc: mean over the left-out classes, by score; sessions: of known classes of unseen
        sessions, mean over these rounds, by score: at best .5.
      rule: of the choice; score: that was chosen; accepted: share of known patches.
      created: time in UTC.
      initialization: of the trainings, "scratch" or "transfer"; "" in older logs.
    """

    data: str
    content_hash: str
    model: str
    recipe: str
    seed: int
    identity: str
    left_out: dict[str, list[str]]
    cpu_seconds: float
    rounds: dict[str, dict[str, Separation]]
    auroc: dict[str, float]
    sessions: dict[str, float]
    rule: str
    score: str
    accepted: float
    created: str
    initialization: str = ""


def mean_auroc(rounds: Mapping[str, Mapping[str, Separation]]) -> dict[str, float]:
    """Return the mean AUROC over the left-out classes of the rounds of classes, by score."""
    found: dict[str, list[float]] = {}
    for name, by_score in rounds.items():
        if name.startswith(CLASSES):
            for score, of_score in by_score.items():
                found.setdefault(score, []).extend(of_score.auroc_of.values())
    return {score: float(np.mean(values)) for score, values in found.items()}


def best_score(auroc: Mapping[str, float]) -> str:
    """Return the score of the highest AUROC, the first by name of equals."""
    return min(auroc, key=lambda name: (-auroc[name], name))


def best_accepted(rounds: Mapping[str, Mapping[str, Separation]], score: str) -> float:
    """Return the share of known patches that the threshold should accept."""

    def worth(accepted: float) -> float:
        shares = [
            flagged[f"{accepted:.2f}"]
            for name, by_score in rounds.items()
            if name.startswith(CLASSES)
            for flagged in by_score[score].flagged_of.values()
        ]
        return (accepted + float(np.mean(shares))) / 2

    return max(ACCEPTED, key=worth)


def write(log: Path, choice: Choice) -> Path:
    """Write the log atomically; return its file."""
    return log_files.write(log / FILE, choice)


def read(log: Path) -> Choice:
    """Read the log.

    Raises:
      BenchmarkError: it is missing or damaged.
    """
    remedy = (
        "Restore it from version control, or write it: python -m benchmark.novelty choose --model "
        "MODEL"
    )
    return log_files.read(log / FILE, Choice, "the log of the rounds", remedy)
