"""Scores of novelty: those of scikit-learn, and cases that are worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from leaderboard.open_set import curves

RNG = np.random.default_rng(0)
NOVELTY = RNG.integers(0, 30, 300) / 8  # many ties
KNOWN = RNG.random(300) < 0.7
WEIGHTS = RNG.integers(0, 4, (5, 300)).astype(float)


def counted(novelty, known, correct=None, weights=None) -> curves.Counted:
    known = np.array(known, bool)
    correct = known if correct is None else np.array(correct, bool)
    ones = np.ones(len(known))
    return curves.counted(
        np.array(novelty, float), known, correct, ones if weights is None else weights
    )


def test_areas_are_those_of_scikit_learn_with_ties_and_weights() -> None:
    counts = counted(NOVELTY, KNOWN, weights=WEIGHTS)
    for row, weights in enumerate(WEIGHTS):
        for score, labels, values, by in (
            (curves.auroc, ~KNOWN, NOVELTY, roc_auc_score),
            (curves.aupr_unknown, ~KNOWN, NOVELTY, average_precision_score),
            (curves.aupr_known, KNOWN, -NOVELTY, average_precision_score),
        ):
            assert score(counts)[row] == pytest.approx(by(labels, values, sample_weight=weights))


def test_a_weight_counts_as_so_many_copies() -> None:
    repeated = np.repeat(np.arange(300), WEIGHTS[0].astype(int))
    correct = RNG.random(300) < 0.8
    weighted = curves.counted(NOVELTY, KNOWN, correct, WEIGHTS[0])
    copied = curves.counted(
        NOVELTY[repeated], KNOWN[repeated], correct[repeated], np.ones(len(repeated))
    )
    for name, score in curves.SCORES.items():
        assert score(weighted)[0] == pytest.approx(score(copied)[0]), name


def test_oscr_by_hand() -> None:
    # known: .1 correct, .2 wrong, .4 correct; unknown: .3, .5
    counts = counted([0.1, 0.2, 0.4, 0.3, 0.5], [1, 1, 1, 0, 0], [1, 0, 1, 0, 0])
    # pairs of a correct known patch below an unknown one: (.1, .3), (.1, .5), (.4, .5), of 3 x 2
    assert curves.oscr(counts)[0] == pytest.approx(3 / 6)
    assert curves.auroc(counts)[0] == pytest.approx(5 / 6)
    perfect = counted([0, 0, 1], [1, 1, 0])
    assert curves.oscr(perfect)[0] == 1
    # separated perfectly, one of two classified correctly: OSCR is the accuracy
    assert curves.oscr(counted([0, 0, 1], [1, 1, 0], [1, 0, 0]))[0] == 0.5
    assert curves.oscr(counted([1, 1], [1, 0]))[0] == 0.5  # a tie counts half


def test_false_positives_where_95_per_cent_are_accepted() -> None:
    known = np.arange(1, 101)  # the threshold is 95
    counts = counted([*known, 94, 95, 96, 200], [1] * 100 + [0] * 4)
    assert curves.fpr(counts)[0] == pytest.approx(2 / 4)
    assert curves.fpr(counts, 1.0)[0] == pytest.approx(3 / 4)


def test_risk_over_coverage_by_hand() -> None:
    # order of acceptance: correct, unknown, correct: risks 0, 1/2, 1/3
    counts = counted([1, 2, 3], [1, 0, 1])
    assert curves.aurc(counts)[0] == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert curves.aurc(counted([1, 1], [1, 0]))[0] == pytest.approx(0.5)
    assert curves.aurc(counted([1, 2], [1, 1]))[0] == 0


def test_what_separates_perfectly_and_not_at_all() -> None:
    counts = counted([0, 1, 2, 3], [1, 1, 0, 0])
    values = {name: float(score(counts)[0]) for name, score in curves.SCORES.items()}
    assert [values[n] for n in ("auroc", "aupr_unknown", "aupr_known", "fpr95", "oscr")] == [
        1, 1, 1, 0, 1
    ]  # fmt: skip
    assert curves.auroc(counted([1, 1, 1], [1, 0, 1]))[0] == 0.5
