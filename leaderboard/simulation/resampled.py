"""Micrographs of the committed runs of one row, drawn with replacement.

A row is named as its records are, without the seed: `plain_cnn-scratch-brief`. The model alone
would not do: another recipe of it is another row.
"""

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth import classification as ground_truth
from leaderboard.metrics.classification import scores_of_confusion
from leaderboard.predictions import classification as predictions
from leaderboard.results import store
from leaderboard.results.record import Record
from leaderboard.simulation import sample
from leaderboard.simulation.classifier_setting import Setting, sizes_of
from leaderboard.simulation.sample import Sample

RECORDS = Path(__file__).resolve().parents[1] / "records"

Array = NDArray[np.float64]


def draw(setting: Setting, rng: np.random.Generator) -> Sample:
    """Draw as many micrographs as the test split has, of as many seeds as a setting names."""
    pool = _pool(setting.data, setting.model.partition(" ")[2])
    numbers = [len(of) for of in sizes_of(setting.data)]
    chosen = rng.permutation(pool[0].shape[1])[: setting.seeds]
    drawn = np.concatenate(
        [of[rng.integers(len(of), size=n)][:, chosen] for of, n in zip(pool, numbers, strict=True)]
    )
    strata = np.repeat(np.arange(len(pool)), numbers)
    known = np.zeros(drawn.shape[::2])
    known[np.arange(len(strata)), strata] = drawn[:, 0].sum(axis=1)
    results = []
    for seed in range(drawn.shape[1]):
        correct = np.where(known > 0, drawn[:, seed], 0)
        results.append((correct, drawn[:, seed]))
    means = np.stack([n * of.mean(axis=0) for of, n in zip(pool, numbers, strict=True)], axis=1)
    truths = scores_of_confusion(np.concatenate([means[chosen], means]))
    return sample.of_counts(results, known, truths, setting.seeds)


@functools.cache
def _pool(data: str, row: str) -> tuple[Array, ...]:
    """Return the micrographs of validation and test that the seeds of a row predicted.

    Returns:
      For each class (micrographs, seeds, classes): patches by predicted class.
    """
    of_class: dict[int, list[Array]] = {}
    records = [record for record in _finished(data) if record.row == row]
    for split in ("test", "validation"):
        truth = ground_truth.read(f"tem_virus/{data}", split)
        guesses = [
            predictions.read(
                store.predictions_path(RECORDS, record, split), truth.ids.tolist(), truth.classes
            ).argmax(axis=1)
            for record in records
        ]
        names, index = np.unique(truth.micrographs, return_inverse=True)
        counts = np.zeros((len(names), len(guesses), len(truth.classes)))
        for seed, guess in enumerate(guesses):
            np.add.at(counts[:, seed], (index, guess), 1)
        for place in range(len(names)):
            label = int(truth.labels[index == place][0])
            of_class.setdefault(label, []).append(counts[place])
    return tuple(np.stack(of_class[label]) for label in range(len(of_class)))


def seeds_of(data: str, model: str) -> int:
    """Return how many seeds stand behind a model such as `resampled plain_cnn-scratch-brief`."""
    return _pool(data, model.partition(" ")[2])[0].shape[1]


def rows(data: str) -> list[str]:
    """Return the names of the rows of finished runs on a config."""
    return sorted({record.row for record in _finished(data)})


def _finished(data: str) -> list[Record]:
    """Return the records of finished runs of this project, those of submissions not among them."""
    found = store.read_all(RECORDS, data)
    return [one for one in found if one.status == "finished" and not one.submission]
