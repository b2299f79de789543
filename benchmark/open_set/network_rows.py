"""From features of networks to rows of the boards: chosen method and baseline, one row each."""

from collections.abc import Sequence

import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.novelty.features import Features, Round
from benchmark.novelty.round_job import RoundJob
from benchmark.novelty.rounds import SESSIONS, SINGLE
from benchmark.open_set import kept_features
from benchmark.open_set.methods import METHODS
from leaderboard.open_set import boards, scoring, truth
from leaderboard.open_set.predictions import Predicted


def predicted(
    result: Round, methods: Sequence[str], temperature: float | None
) -> dict[str, Predicted]:
    """Return the predictions of the pictures in `result.test`, by method."""
    test = _test(result)
    rounded = np.round(kept_features.probabilities(result, test, temperature), 6)
    return {name: Predicted(rounded, METHODS[name](result)(test)) for name in methods}


def _test(result: Round) -> Features:
    if result.test is None:
        raise BenchmarkError(
            "the features are of an older version, without test; expected them. Train the round "
            "again: delete its features, then python -m benchmark.novelty run"
        )
    return result.test


def ensemble(members: Sequence[tuple[Round, float | None]]) -> Predicted:
    """Return several networks as one: their mean probabilities, and 1 minus the largest of these.

    Source: Lakshminarayanan et al. 2017, deep ensembles.

    Args:
      members: of each network its features, of the same pictures, and its temperature.
    """
    found = [kept_features.probabilities(one, _test(one), value) for one, value in members]
    mean = np.stack(found).mean(axis=0)
    return Predicted(mean.round(6), 1 - mean.max(axis=1))


def all_methods(result: Round, temperature: float | None) -> dict[str, dict[str, float]]:
    """Return the scores of every method on `open_set_14class`, those of novelty alone."""
    facts = truth.read(boards.OFFICIAL)
    return {
        name: {
            score: round(value, 6)
            for score, value in scoring.score(facts, found).values.items()
            if score in ("auroc", "fpr95", "oscr", "micrograph auroc") or score.startswith("auroc ")
        }
        for name, found in predicted(result, list(METHODS), temperature).items()
    }


def finished_rounds(jobs: Sequence[RoundJob], training: str) -> list[RoundJob]:
    """Return the jobs of the rounds of `novelty_mirror`.

    Without those of sessions where one of them, of any seed, is not finished: a row has all or
    none.

    Args:
      jobs: of all rounds that leave out one class, or sessions, of all seeds.
      training: options of `benchmark.novelty` that ask for them.

    Raises:
      BenchmarkError: a round that leaves out a class is not finished.
    """
    classes = [job for job in jobs if job.kind == SINGLE]
    if missing := [job.record for job in classes if not job.record.exists()]:
        raise BenchmarkError(
            f"{missing[0]}: no such file ({len(missing)} of {len(classes)} rounds are not "
            "finished). Name the version of the code that trained them with --identity, or train "
            f"them: python -m benchmark.novelty run {training} --kinds "
            f"{SINGLE} {SESSIONS}"
        )
    return list(jobs) if all(job.record.exists() for job in jobs) else classes


def on_board(job: RoundJob) -> str:
    """Return the name of a job's round on `novelty_mirror`."""
    if job.kind == SESSIONS:
        return boards.session_round(job.number)
    return boards.file_name(boards.CLASSES[job.number])
