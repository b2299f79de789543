"""The scores of a row of a board: of all its predictions, by seed and round, with intervals."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from leaderboard.metrics import intervals, sketches
from leaderboard.metrics.intervals import Interval
from leaderboard.metrics.sketches import Sketch
from leaderboard.open_set import boards, likeness, predictions, scoring, truth
from leaderboard.open_set.predictions import Predicted
from leaderboard.open_set.scoring import Scored
from leaderboard.open_set.truth import Truth
from leaderboard.predictions import signatures
from leaderboard.submission.entries import (
    far_apart,
    refuse_copies,
    refuse_like_seeds,
    refuse_near_copies,
)
from leaderboard.tasks import CLASSIFICATION

MAIN = "auroc"  # what rows are ranked by
CHANCE = 0.5  # of it
_ROUNDED = 9  # digits of what is kept
Warn = Callable[[str], object]


@dataclasses.dataclass(frozen=True)
class Scores:
    """What `scores.json` holds.

    Attributes:
      board: its name; files: sha256 of each predictions file by name.
      seeds: score by name, of each seed; intervals: 95 % of their mean, by score.
      residuals: of `MAIN` by micrograph, of each seed.
      pairs, called: see `scoring.Scored`, means over the seeds.
      signatures: by seed and by `likeness.KINDS`, as `predictions.signatures.as_text` gives them;
        {} of scores that an earlier version wrote: no copy of such a row is known.
      sketches: by seed, of the known patches of the first round, see `metrics.sketches`; {} as
        well.
    """

    board: str
    files: dict[str, str]
    seeds: dict[str, dict[str, float]]
    intervals: dict[str, tuple[float, float]]
    residuals: dict[str, list[float]]
    pairs: dict[str, dict[str, float]]
    called: dict[str, dict[str, float]]
    signatures: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    sketches: dict[str, list[float]] = dataclasses.field(default_factory=dict)

    def mean(self, name: str) -> float | None:
        """Return the mean of a score over the seeds, None where the row does not have it."""
        values = [found[name] for found in self.seeds.values() if name in found]
        return float(np.mean(values)) if values else None

    def interval_of(self, seed: str) -> Interval:
        """Return the 95 % interval of `MAIN` of one seed."""
        return _interval(self.seeds[seed][MAIN], self.residuals[seed])


def score_files(
    board: str,
    files: Mapping[int, Mapping[str, Path]],
    warn: Warn = lambda text: None,
) -> Scores:
    """Score predictions by seed and round.

    Raises:
      PredictionsError: a file. SubmissionError: copies instead of seeds or rounds.
    """
    read = {seed: _read(board, rounds) for seed, rounds in files.items()}
    refuse_copies(
        (files[seed][name], np.ascontiguousarray(predicted.probabilities).tobytes())
        for seed, rounds in read.items()
        for name, (_, predicted) in rounds.items()
    )
    likenesses = {
        seed: likeness.of_seed(
            [(facts, predicted) for name, (facts, predicted) in rounds.items()
             if not _is_of_sessions(name)]
        )
        for seed, rounds in read.items()
    }  # fmt: skip
    first = {seed: next(iter(rounds.values())) for seed, rounds in files.items()}
    refuse_near_copies(first, {seed: one[likeness.ANSWERS] for seed, one in likenesses.items()})
    deviations = {seed: _sketch(next(iter(rounds.values()))) for seed, rounds in read.items()}
    orders = {seed: likeness.exchanged(rounds) for seed, rounds in read.items()}
    of_first = {seed: found[next(iter(found))] for seed, found in orders.items()}
    refuse_like_seeds(first, deviations, CLASSIFICATION, of_first)
    for seed, found in orders.items():
        for name in filter(found.get, found):
            warn(f"{files[seed][name].name}: {found[name]}")
    scored = {seed: _of_rounds(rounds) for seed, rounds in read.items()}
    for seed, by_round in scored.items() if board == boards.MIRROR else ():
        for name, one in by_round.items():
            if text := _reversed_round(one):
                warn(f"{files[seed][name].name}: {text}")
    by_seed = {
        str(seed): _mean(list(found.values())) if board == boards.MIRROR else found[""]
        for seed, found in scored.items()
    }
    for title, score in (("macro F1 of known classes", "f1"), ("AUROC", MAIN)):
        of_seeds = {int(seed): one.values[score] for seed, one in by_seed.items()}
        for text in far_apart(title, of_seeds):
            warn(text)
    paths = [path for rounds in files.values() for path in rounds.values()]
    digests = {file.name: predictions.digest(file) for file in sorted(paths)}
    texts = {
        str(seed): {kind: signatures.as_text(one) for kind, one in kinds.items()}
        for seed, kinds in likenesses.items()
    }
    return dataclasses.replace(
        joined(board, digests, by_seed),
        signatures=texts,
        sketches={
            str(seed): [round(number, _ROUNDED) for number in sketch.tolist()]
            for seed, sketch in deviations.items()
        },
    )


def _read(board: str, files: Mapping[str, Path]) -> dict[str, tuple[Truth, Predicted]]:
    """Return the ground truth and the predictions of each round."""
    truths = {name: truth.read(board, name) for name in files}
    return {name: (truths[name], predictions.read(p, truths[name])) for name, p in files.items()}


def _sketch(of_round: tuple[Truth, Predicted]) -> Sketch:
    """Return the sketch of the probabilities of the known patches."""
    facts, predicted = of_round
    return sketches.of_probabilities(
        predicted.probabilities[facts.known], facts.labels[facts.known]
    )  # fmt: skip


def _of_rounds(read: Mapping[str, tuple[Truth, Predicted]]) -> dict[str, Scored]:
    return {
        name: (scoring.unseen_sessions if _is_of_sessions(name) else scoring.score)(*of_round)
        for name, of_round in read.items()
    }


def _reversed_round(scored: Scored) -> str:
    """Return what to say of a round whose novelty is probably reversed, "" of any other."""
    if MAIN not in scored.values:
        return ""
    ends = _interval(scored.values[MAIN], scored.residuals[MAIN].tolist())
    return reversed_novelty(scored.values[MAIN], ends)


def _interval(value: float, residuals: Sequence[float]) -> Interval:
    return intervals.of_row([value], np.array([residuals]), intervals.FRACTION)


def reversed_novelty(auroc: float, ends: Interval | None) -> str:
    """Return what to say of an AUROC clearly below chance, "" of any other."""
    if ends is None or ends[1] >= CHANCE:
        return ""
    return (
        f"AUROC {auroc:.3f} is below chance ({CHANCE}): is the sign reversed? A larger novelty is "
        "newer"
    )


def _is_of_sessions(name: str) -> bool:
    return name.startswith("sessions-")


def _mean(rounds: Sequence[Scored]) -> Scored:
    """Return the mean of each score over the rounds that have it.

    Residuals of rounds of other micrographs are left out: these scores have no interval.
    """
    values: dict[str, list[float]] = {}
    residuals: dict[str, list[np.ndarray]] = {}
    for one in rounds:
        for name, value in one.values.items():
            values.setdefault(name, []).append(value)
        for name, parts in one.residuals.items():
            residuals.setdefault(name, []).append(parts)
    alike = {n: parts for n, parts in residuals.items() if len({len(p) for p in parts}) == 1}
    return Scored(
        {name: float(np.mean(found)) for name, found in values.items()},
        {name: np.mean(parts, axis=0) for name, parts in alike.items()},
        {key: row for one in rounds for key, row in one.pairs.items()},
        {key: row for one in rounds for key, row in one.called.items()},
    )


def joined(
    board: str, digests: dict[str, str], by_seed: Mapping[str, Scored], main: str = MAIN
) -> Scores:
    """Return the scores of all seeds, with the intervals of their means.

    Args:
      digests: sha256 of the files; main: score of which residuals are kept.
    """
    scored = list(by_seed.values())
    ends = {
        name: intervals.of_row(
            [one.values[name] for one in scored],
            np.stack([one.residuals[name] for one in scored]),
            intervals.FRACTION,
        )
        for name in scored[0].residuals
    }
    return Scores(
        board=board,
        files=digests,
        seeds={seed: _rounded(one.values) for seed, one in by_seed.items()},
        intervals={n: (round(a, _ROUNDED), round(b, _ROUNDED)) for n, (a, b) in ends.items()},
        residuals={
            seed: [round(v, _ROUNDED) for v in one.residuals[main].tolist()]
            for seed, one in by_seed.items()
        },
        pairs=_mean_table([one.pairs for one in scored]),
        called=_mean_table([one.called for one in scored]),
    )


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, _ROUNDED) for name, value in values.items()}


def _mean_table(tables: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    return {
        row: {n: round(float(np.mean([t[row][n] for t in tables])), _ROUNDED) for n in cells}
        for row, cells in tables[0].items()
    }
