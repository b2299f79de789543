"""The choice of a method, by the rounds of `benchmark.novelty` that leave out classes, alone.

Rule. The method with the highest AUROC on validation patches, as the mean over the eleven classes,
each of which one round leaves out. The official test patches choose nothing.
"""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.novelty import compare, features, log_files
from benchmark.novelty.choice import best_score
from benchmark.novelty.round_job import RoundJob
from benchmark.novelty.rounds import SESSIONS
from benchmark.open_set.methods import METHODS

FILE = "methods.json"  # in the log
RULE = " ".join((__doc__ or "").split("Rule. ")[1].split())


@dataclasses.dataclass(frozen=True)
class Chosen:
    """The comparison of all methods.

    Attributes:
      model, recipe, seed, content_hash: of the trainings; identity: hashes of their settings
        and code, as their folders are named.
      rounds: names of the rounds that were compared.
      auroc_of: by method and left-out class; auroc: mean over the classes, by method.
      sessions: mean AUROC of unseen sessions over their rounds, by method; {} without such rounds.
      rule, method: that was chosen; created: time in UTC.
      initialization: of the trainings, "scratch" or "transfer"; "" in older logs.
    """

    model: str
    recipe: str
    seed: int
    content_hash: str
    identity: str
    rounds: list[str]
    auroc_of: dict[str, dict[str, float]]
    auroc: dict[str, float]
    sessions: dict[str, float]
    rule: str
    method: str
    created: str
    initialization: str = ""


def chosen(
    jobs: Sequence[RoundJob], content_hash: str, created: str, report: Callable[[str], None]
) -> Chosen:
    """Compare all methods in all rounds, and choose by the rule.

    Args:
      jobs: those of classes or single classes must be finished, those of sessions may be missing.

    Raises:
      BenchmarkError: a round is not finished, or its features are damaged.
    """
    auroc_of: dict[str, dict[str, float]] = {name: {} for name in METHODS}
    sessions: dict[str, list[float]] = {}
    finished = []
    for job in jobs:
        if not job.record.exists():
            if job.kind == SESSIONS:
                continue
            raise BenchmarkError(
                f"{job.record}: no such file; expected the features of {job.round.name}. Train it: "
                "python -m benchmark.novelty run, with the same options."
            )
        result = features.read(job.record)
        classes = np.array([name.split("/")[1] for name in result.left_out.ids.tolist()])
        for name, fit in METHODS.items():
            novelty = fit(result)
            known, left_out = novelty(result.known), novelty(result.left_out)
            if job.kind == SESSIONS:
                sessions.setdefault(name, []).append(compare.auroc(known, left_out))
                continue
            for left in np.unique(classes):
                value = compare.auroc(known, left_out[classes == left])
                auroc_of[name][str(left)] = value
        finished.append(job)
        report(f"{job.round.name}: compared {len(METHODS)} methods")
    auroc = {name: float(np.mean(list(values.values()))) for name, values in auroc_of.items()}
    first = jobs[0]
    return Chosen(
        model=first.model,
        recipe=first.label,
        seed=first.seed,
        content_hash=content_hash,
        identity=", ".join(dict.fromkeys(job.identity for job in finished)),
        rounds=[job.round.name for job in finished],
        auroc_of=auroc_of,
        auroc=auroc,
        sessions={name: float(np.mean(values)) for name, values in sessions.items()},
        rule=RULE,
        method=best_score(auroc),
        created=created,
        initialization=first.initialization,
    )


def write(log: Path, result: Chosen) -> Path:
    """Write the log atomically; return its file."""
    return log_files.write(log / FILE, result)


def read(log: Path) -> Chosen:
    """Read the log.

    Raises:
      BenchmarkError: it is missing or damaged.
    """
    remedy = "Restore it from version control, or write it: python -m benchmark.open_set choose"
    return log_files.read(log / FILE, Chosen, "the comparison of methods", remedy)


def table(result: Chosen) -> str:
    """Return the mean AUROC of each method, the best first, and that of unseen sessions."""
    lines = [f"{'method':34}left-out classes  unseen sessions"]
    for name, value in sorted(result.auroc.items(), key=lambda item: -item[1]):
        session = result.sessions.get(name)
        lines.append(f"{name:34}{value:16.3f}{'' if session is None else f'{session:17.3f}'}")
    return "\n".join([*lines, f"chosen: {result.method}"])
