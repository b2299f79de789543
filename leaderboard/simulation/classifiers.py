"""Invented classifiers on the micrographs of a shipped ground truth, by three error models.

* `beta`: the error rate of a micrograph is a beta variate; errors go to any class.
* `logistic`: its logit is a normal variate, and most errors of a micrograph go to one class.
* `resampled`: micrographs of the committed runs of one row, drawn with replacement.
"""

from collections.abc import Iterator

import numpy as np

from leaderboard.simulation import resampled
from leaderboard.simulation.classifier_setting import Setting
from leaderboard.simulation.methods import Method, Micrographs
from leaderboard.simulation.sample import Sample


def samples(setting: Setting, repeats: int, rng: np.random.Generator) -> Iterator[Sample]:
    """Yield invented test sets, each of a method of its own."""
    if setting.model.startswith("resampled"):
        for _ in range(repeats):
            yield resampled.draw(setting, rng)
        return
    for _ in range(repeats):
        method = Method.invented(setting, rng)
        yield method.row(Micrographs.drawn(setting, method.wrong, rng), setting.seeds, rng)


def models(data: str) -> list[str]:
    """Return the models for classifiers on a config, with the rows of its committed runs."""
    return ["beta", "logistic", *(f"resampled {name}" for name in resampled.rows(data))]
