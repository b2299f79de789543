"""Micrographs of the committed runs of one row, drawn with replacement."""

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth import classification as ground_truth
from leaderboard.metrics.classification import scores_of_confusion
from leaderboard.predictions import classification as predictions
from leaderboard.results import store
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
def _pool(data: str, model: str) -> tuple[Array, ...]:
    """Return the micrographs of validation and test that the seeds of a model predicted.

    Returns:
      For each class (micrographs, seeds, classes): patches by predicted class.
    """
    of_class: dict[int, list[Array]] = {}
    records = [
        one for one in store.read_all(RECORDS, data)
        if one.model == model and one.status == "finished" and not one.submission
    ]  # fmt: skip
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
    """Return how many seeds were trained behind a model such as `resampled plain_cnn`."""
    return _pool(data, model.partition(" ")[2])[0].shape[1]


def networks(data: str) -> list[str]:
    """Return the names of the networks that have finished runs on a config."""
    records = store.read_all(RECORDS, data)
    return sorted({record.model for record in records if record.status == "finished"})
