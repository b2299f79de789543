"""From the features of finished rounds to the choice of a score."""

from collections.abc import Callable, Sequence

import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.machine import cpu_time
from benchmark.novelty import choice, compare, features, rounds, scores
from benchmark.novelty.choice import Choice
from benchmark.novelty.compare import Separation
from benchmark.novelty.round_job import RoundJob
from benchmark.novelty.rounds import CLASSES, SESSIONS
from benchmark.runs.job import now


def chosen(
    jobs: Sequence[RoundJob],
    classes: tuple[str, ...],
    content_hash: str,
    report: Callable[[str], None],
) -> Choice:
    """Compare all scores in all rounds, and choose by the rule.

    Args:
      jobs: of the rounds; those of classes must be finished, those of sessions may be missing.
      classes: all of them.

    Raises:
      BenchmarkError: a round of classes is not finished, or its features are damaged.
    """
    for job in jobs:
        if job.kind == CLASSES and not job.record.exists():
            raise BenchmarkError(
                f"{job.record}: no such file; expected the features of {job.round.name}. Train it: "
                "python -m benchmark.novelty run, with the same options."
            )
    found: dict[str, dict[str, Separation]] = {}
    for job in jobs:
        if not job.record.exists():
            report(f"{job.round.name}: not finished, left out")
            continue
        result = features.read(job.record)
        names = np.array([name.split("/")[1] for name in result.left_out.ids.tolist()])
        found[job.round.name] = {
            score: compare.separation(*compare.distances(result, score), names)
            for score in scores.SCORES
        }
        report(f"{job.round.name}: compared {len(scores.SCORES)} scores")
    auroc = choice.mean_auroc(found)
    score = choice.best_score(auroc)
    first = jobs[0]
    return Choice(
        data=first.dataset,
        content_hash=content_hash,
        model=first.model,
        recipe=first.label,
        seed=first.seed,
        identity=first.identity,
        left_out={
            job.round.name: list(rounds.left_out_classes(classes, job.round))
            for job in jobs
            if job.kind == CLASSES
        },
        cpu_seconds=round(sum(cpu_time.spent(job.folder) for job in jobs), 1),
        rounds=found,
        auroc=auroc,
        sessions=_of_sessions(found),
        rule=choice.RULE,
        score=score,
        accepted=choice.best_accepted(found, score),
        created=now(),
        initialization=first.initialization,
    )


def _of_sessions(found: dict[str, dict[str, Separation]]) -> dict[str, float]:
    """Return the mean AUROC of unseen sessions over their rounds, by score."""
    of_kind = [by_score for name, by_score in found.items() if name.startswith(SESSIONS)]
    if not of_kind:
        return {}
    return {
        score: float(np.mean([by_score[score].auroc for by_score in of_kind]))
        for score in of_kind[0]
    }


def table(result: Choice) -> str:
    """Return mean AUROC of each score, and what the chosen one does for each class left out."""
    lines = ["score                 left-out classes  unseen sessions"]
    for name, value in sorted(result.auroc.items(), key=lambda item: -item[1]):
        session = result.sessions.get(name)
        lines.append(f"{name:22}{value:16.3f}{'' if session is None else f'{session:17.3f}'}")
    lines.append(f"chosen: {result.score}, {result.accepted:.0%} of the known accepted")
    for name, by_score in result.rounds.items():
        if name.startswith(CLASSES):
            one = by_score[result.score]
            for class_name, value in one.auroc_of.items():
                flagged = one.flagged_of[class_name][f"{result.accepted:.2f}"]
                lines.append(f"  {class_name:20} AUROC {value:.3f}, flagged {flagged:.0%}")
    return "\n".join(lines)
