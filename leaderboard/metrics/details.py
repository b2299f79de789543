"""The details of a run's scores: its classes, its micrographs and its single errors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leaderboard.files.names import shown
from leaderboard.metrics.classification import confusion as confusion_matrix
from leaderboard.metrics.classification import of_classes
from leaderboard.metrics.micrograph_index import numbered

SMALLEST_PROBABILITY = 1e-7  # of a logarithm: predictions files have six digits


@dataclass(frozen=True)
class ClassScores:
    """Scores of one class, each from 0 to 1; 0 / 0 counts as 0. `support`: its examples."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class MicrographScores:
    """One micrograph: its number of patches, and of correctly classified patches."""

    name: str
    patches: int
    correct: int

    @property
    def accuracy(self) -> float:
        """Share of its patches that are correct, from 0 to 1."""
        return self.correct / self.patches


@dataclass(frozen=True)
class Confused:
    """Examples of the class `true` that were predicted as `predicted`; `share` is of `true`."""

    true: str
    predicted: str
    count: int
    share: float


def labels_of(ids: Sequence[str], classes: Sequence[str]) -> NDArray[np.int64]:
    """Return the true class of each example, from ids like `test/Ebola/6155_3`.

    Raises:
      ValueError: an id that names no class of the data config.
    """
    place = {name: index for index, name in enumerate(classes)}
    for name in ids:
        if name.count("/") < 2 or name.split("/")[1] not in place:
            raise ValueError(
                f"found the id {shown(name)}, expected split/Class/name with one of the classes "
                f"{', '.join(classes)}"
            )
    return np.array([place[name.split("/")[1]] for name in ids], dtype=np.int64)


def micrographs_of(ids: Sequence[str]) -> list[str] | None:
    """Return each example's micrograph, its id without the patch's number; None if ids have none.

    The configs of published patches number their micrographs: there it is that number. The name
    is in the data alone.

    >>> micrographs_of(["test/Ebola/6155_3"])
    ['test/Ebola/6155']
    """
    matches = [re.fullmatch(r"(.+)_\d+", name) for name in ids]
    names = [match[1] for match in matches if match]
    return names if len(names) == len(ids) else None


def per_class(labels: ArrayLike, predicted: ArrayLike, classes: Sequence[str]) -> list[ClassScores]:
    """Score every class, in the order of `classes`.

    Args and errors: those of `metrics.scores`.
    """
    counts = confusion_matrix(labels, predicted, len(classes))
    columns = [column.tolist() for column in of_classes(counts).values()]
    rows = zip(classes, *columns, counts.sum(axis=1).tolist(), strict=True)
    return [ClassScores(*row) for row in rows]


def per_micrograph(
    labels: ArrayLike, predicted: ArrayLike, micrographs: Sequence[str]
) -> list[MicrographScores]:
    """Score every micrograph; the lowest accuracy first, of equals the one with more patches.

    Args:
      labels, predicted: integers (n,); micrographs: name of each example's, n of them.
    """
    is_correct = np.asarray(labels) == np.asarray(predicted)
    names, index = numbered(micrographs)
    patches = np.bincount(index)
    correct = np.bincount(index, weights=is_correct).astype(int)
    rows = zip(names, patches.tolist(), correct.tolist(), strict=True)
    scores = [MicrographScores(*row) for row in rows]
    return sorted(scores, key=lambda one: (one.accuracy, -one.patches, one.name))


def accuracy_by_micrograph(
    labels: ArrayLike, probabilities: ArrayLike, micrographs: Sequence[str]
) -> float:
    """Return the accuracy if every patch is given the class of its whole micrograph.

    That class has the highest mean log probability over the patches of the micrograph, the first
    of equals. A probability below `SMALLEST_PROBABILITY` counts as that.

    Args:
      labels: integers (n,); probabilities: (n, c); micrographs: name of each example's, n of them.
    """
    _, index = numbered(micrographs)
    logarithms = np.log(np.maximum(np.asarray(probabilities, np.float64), SMALLEST_PROBABILITY))
    sums = np.zeros((index.max() + 1, logarithms.shape[1]))
    np.add.at(sums, index, logarithms)
    return float((sums.argmax(axis=1)[index] == np.asarray(labels)).mean())


def confused(confusion: ArrayLike, classes: Sequence[str], most: int = 10) -> list[Confused]:
    """Return the most frequent errors of a confusion matrix (rows are the true classes)."""
    counts = np.asarray(confusion)
    pairs = [
        Confused(classes[row], classes[column], count, count / int(counts[row].sum()))
        for (row, column), count in np.ndenumerate(counts)
        if row != column and count
    ]
    return sorted(pairs, key=lambda pair: (-pair.count, pair.true, pair.predicted))[:most]


def worst_errors(labels: ArrayLike, probabilities: ArrayLike, most: int) -> NDArray[np.int64]:
    """Return the positions of the incorrect predictions, by falling confidence, `most` at most.

    Args:
      labels: integers (n,); probabilities: (n, c).
    """
    values = np.asarray(probabilities)
    incorrect = np.flatnonzero(values.argmax(axis=1) != np.asarray(labels))
    return incorrect[np.argsort(-values[incorrect].max(axis=1), kind="stable")][:most]
