"""Sketches of predictions: short vectors by which copies with noise, and mixtures, are known.

Signatures (`predictions.signatures`) know a copy by equal answers. A little noise on every box, or
the mean of two models, leaves hardly an answer equal. What stays is where the predictions deviate
from the ground truth: a copy deviates as its original does, a mean of two models as the mean of
theirs. Two trainings of one model deviate in ways of their own.

The deviations of all examples are one long vector. Each number, with a random sign, is added to one
of `LENGTH` sums, chosen at random. That keeps all angles nearly, and sums exactly: the sketch of a
mean is the mean of the sketches (Charikar, Chen & Farach-Colton 2002, *Finding frequent items in
data streams*). So a row is compared with others by a few numbers alone.
"""

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.metrics.matching import OVERLAP, overlaps
from leaderboard.predictions.detection import Detections
from leaderboard.tasks import CLASSIFICATION, DETECTION

Sketch = NDArray[np.float64]

# From which shares on two rows, or two seeds of one row, are hardly two trainings, and from which
# on seeds are refused; chosen on the committed rows. There trainings of one recipe reach .93 as
# classifiers (.90 on the open set) and .4 as detectors, those of other recipes .84; soft
# probabilities reach .96. Small shifts take more away from boxes.
ROWS = {CLASSIFICATION: 0.95, DETECTION: 0.65}
SEEDS = {CLASSIFICATION: 0.97, DETECTION: 0.65}
SAME = {CLASSIFICATION: 0.985, DETECTION: 0.9}
# The same of the errors that two classifiers have in common: trainings of one recipe reach .82 (.85
# on the open set).
ERRORS_ALIKE, ERRORS_SAME = 0.9, 0.97

LENGTH = 128  # numbers of the deviations
ERRORS = 256  # numbers of the errors, which follow them
SIZE = LENGTH + ERRORS
FEWEST_ERRORS = 25  # fewer say nothing
MOST_WRONG = 0.5  # share of the examples; of a model that guesses, all errors are those of another
MEMBERS = 3  # of a mixture, at most
FEWEST = 32  # numbers of the long vector; shorter ones say nothing
CLIPPED = 0.25  # of a box's size: a neighbour that is matched by mistake deviates more
GAIN = 0.02  # of the share, that another member must give


def of_probabilities(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> Sketch:
    """Return the sketch of a classifier's probabilities, (n, classes).

    What all classifiers share is taken away: a confidence that is less than 1 everywhere. Which
    examples are wrong follows: noise on the probabilities of a copy changes hardly one of them.

    Args:
      labels: (n,) true classes.
    """
    count = probabilities.shape[1]
    truth = np.eye(count)[labels]
    deviations, common = (probabilities - truth).ravel(), (1 / count - truth).ravel()
    weight = (deviations * common).sum() / (common**2).sum()
    own = deviations - weight * common
    is_wrong = probabilities.argmax(axis=1) != labels
    if is_wrong.mean() > MOST_WRONG:
        is_wrong[:] = False
    return np.concatenate([_projected(own, LENGTH), _projected(is_wrong.astype(float), ERRORS)])


def of_detections(truth: BoxTruth, found: Detections) -> Sketch:
    """Return the sketch of a detector's boxes, whatever their confidence.

    To each box of the ground truth belongs the detection of its class that overlaps it most, by at
    least half. Its deviations are those of place and size, as shares of the box's size, without
    their median over all boxes: so a copy that is shifted or scaled deviates as its original does.
    """
    deviations = np.full((len(truth.boxes), 4), np.nan)
    groups = truth.micrographs * len(truth.classes) + truth.labels
    of_found = found.micrographs * len(truth.classes) + found.labels
    order = np.argsort(of_found, kind="stable")
    for group in np.intersect1d(groups, of_found):
        boxes = np.flatnonzero(groups == group)
        first, last = np.searchsorted(of_found[order], (group, group + 1))
        own = found.boxes[order[first:last]]
        shared = overlaps(truth.boxes[boxes], own)
        best = shared.argmax(axis=1)
        is_near = shared.max(axis=1) >= OVERLAP
        sizes = np.tile(truth.boxes[boxes][:, 2:], 2)
        difference = (own[best] - truth.boxes[boxes]) / sizes
        deviations[boxes[is_near]] = difference[is_near]
    is_known = ~np.isnan(deviations[:, 0])
    if not is_known.any():
        return np.zeros(SIZE)
    deviations -= np.median(deviations[is_known], axis=0)
    own = np.nan_to_num(deviations.clip(-CLIPPED, CLIPPED)).ravel()
    return np.concatenate([_projected(own, LENGTH), np.zeros(ERRORS)])


def share(own: Sketch, others: Sequence[Sketch] | NDArray[np.float64]) -> tuple[float, list[int]]:
    """Return how much of a sketch a mixture of others gives, 0 to 1, and which ones it takes.

    At most `MEMBERS` are taken, one after another, each with a weight above 0. A sketch of zeros is
    like none.
    """
    own = own[:LENGTH]
    pool = np.asarray(others, np.float64).reshape(-1, SIZE)[:, :LENGTH]
    whole = float(own @ own)
    lengths = np.sqrt((pool**2).sum(axis=1))
    if not whole or not lengths.any():
        return 0.0, []
    directions = pool / np.where(lengths > 0, lengths, 1)[:, None]
    taken: list[int] = []
    rest, best = own, 0.0
    while len(taken) < MEMBERS:
        likely = int((directions @ rest).argmax())
        if likely in taken:
            break
        chosen = directions[[*taken, likely]].T
        weights = np.linalg.lstsq(chosen, own, rcond=None)[0]
        left = own - chosen @ weights
        now = 1 - float(left @ left) / whole
        if (weights <= 0).any() or now < best + GAIN:
            break
        taken, rest, best = [*taken, likely], left, now
    return best, taken


def common_errors(own: Sketch, others: Sequence[Sketch] | NDArray[np.float64]) -> Sketch:
    """Return which share of the errors two classifiers have in common, 0 to 1, with each other.

    It is a share of the errors of the one that has more; 0 where one has fewer than
    `FEWEST_ERRORS`, and of detectors.
    """
    pool = np.asarray(others, np.float64).reshape(-1, SIZE)[:, LENGTH:]
    errors = own[LENGTH:]
    numbers, number = (pool**2).sum(axis=1), float(errors @ errors)
    is_enough = np.minimum(numbers, number) >= FEWEST_ERRORS
    share = (pool @ errors) / np.maximum(np.maximum(numbers, number), 1)
    result: Sketch = np.where(is_enough, share, 0.0).clip(0, 1)
    return result


def between_seeds(one: Sketch, other: Sketch, task: str) -> tuple[str, bool]:
    """Return what two seeds of a row have in common, "" where little, and whether it is too much.

    The text begins as "97% of the deviations from the ground truth".
    """
    deviations, errors = share(one, [other])[0], float(common_errors(one, [other])[0])
    is_same = deviations >= SAME[task] or errors >= ERRORS_SAME
    if deviations >= SEEDS[task]:
        return f"{deviations:.0%} of the deviations from the ground truth", is_same
    return (f"{errors:.0%} of the errors" if errors >= ERRORS_ALIKE else ""), is_same


def _projected(values: NDArray[np.float64], length: int) -> Sketch:
    """Return sums of the numbers with random signs; zeros where there is too little to compare."""
    if len(values) < FEWEST or not values.any():
        return np.zeros(length)
    places, signs = _drawn(len(values), length)
    return np.bincount(places, signs * values, minlength=length).astype(np.float64)


@functools.lru_cache(maxsize=8)
def _drawn(count: int, length: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the place and the sign of each number, always the same."""
    rng = np.random.default_rng(7)
    return rng.integers(0, length, count), rng.choice([-1.0, 1.0], count)
