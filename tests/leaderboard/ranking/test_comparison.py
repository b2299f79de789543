"""Comparison of all rows of a table with the best: states, families of rows, seeds."""

import numpy as np
import pytest

from leaderboard.ranking.comparison import BEST, BETTER, OPEN, TIED, WORSE, Candidate, compare

MICROGRAPHS, SEED_SPREAD = 60, 0.004


def candidate(f1: float, seeds: int = 3, seed: int = 0, spread: float = SEED_SPREAD) -> Candidate:
    """Make a row: what is hard for it is mostly hard for all; standard deviation of F1 is 0.02."""
    hard = np.random.default_rng(99).normal(0, 1, MICROGRAPHS)
    rng = np.random.default_rng(seed)
    own = rng.normal(0, 1, MICROGRAPHS)
    residuals = 0.02 * (0.95 * hard + 0.31 * own) / np.sqrt(MICROGRAPHS)
    # scores of three seeds: their spread is `spread`
    scores = f1 + spread * np.linspace(-1, 1, seeds) if seeds > 1 else np.array([f1])
    return Candidate(scores, np.tile(residuals, (seeds, 1)))


def states(*rows: Candidate) -> list[str]:
    return [difference.state for difference in compare(rows)]


def test_a_clearly_worse_row_is_worse_and_an_equal_one_tied() -> None:
    rows = candidate(0.90), candidate(0.899, seed=1), candidate(0.7, seed=2)
    best, equal, worse = compare(rows)
    assert [found.state for found in (best, equal, worse)] == [BEST, TIED, WORSE]
    assert best.mean is None
    assert equal.mean == pytest.approx(-0.001)
    assert equal.interval[0] < -0.001 < 0 < equal.interval[1]
    assert worse.interval[1] < 0
    assert equal.tied
    assert not worse.tied


def test_what_is_hard_for_both_cancels_out() -> None:
    best, other = candidate(0.9, spread=0), candidate(0.865, seed=1, spread=0)
    alone = 1.96 * np.sqrt((best.residuals[0] ** 2).sum())
    assert alone > 0.035  # each interval alone contains the other's mean
    assert states(best, other) == [BEST, WORSE]


def test_a_difference_needs_more_where_more_rows_are_compared() -> None:
    few = [candidate(0.9), candidate(0.87, seed=1)]
    many = few + [candidate(0.9 - 0.0001 * n, seed=n) for n in range(2, 20)]
    width = [found[1].interval[1] - found[1].interval[0] for found in map(compare, (few, many))]
    assert width[1] > 1.3 * width[0]


def test_rows_that_are_far_off_do_not_count_among_many() -> None:
    few = [candidate(0.9), candidate(0.87, seed=1)]
    many = few + [candidate(0.3, seed=n) for n in range(2, 20)]
    width = [found[1].interval[1] - found[1].interval[0] for found in map(compare, (few, many))]
    assert width[1] < 1.1 * width[0]


def test_a_larger_spread_over_seeds_leaves_more_tied() -> None:
    assert states(candidate(0.9), candidate(0.86, seed=1)) == [BEST, WORSE]
    assert states(candidate(0.9, spread=0.03), candidate(0.86, seed=1)) == [BEST, TIED]


def test_more_seeds_decide_more() -> None:
    few, many = (
        compare([candidate(0.9, seeds), candidate(0.85, seeds, 1)])[1].interval for seeds in (3, 9)
    )
    assert few[1] - few[0] > many[1] - many[0]


def test_a_row_of_too_few_seeds_is_never_the_reference_but_may_be_better() -> None:
    rows = candidate(0.99, 2), candidate(0.8, 3, 1), candidate(0.801, 1, 2)
    assert states(*rows) == [BETTER, BEST, TIED]


def test_without_a_row_of_enough_seeds_all_is_open() -> None:
    found = compare([candidate(0.9, 2), candidate(0.5, 1, 1)])
    assert [one.state for one in found] == [OPEN, OPEN]
    assert not any(one.tied for one in found)
    assert {(one.mean, one.interval) for one in found} == {(None, None)}


@pytest.mark.filterwarnings("error")
def test_copies_are_tied_without_any_spread() -> None:
    row = candidate(0.9, spread=0)
    assert states(row, row, row) == [BEST, TIED, TIED]
    found = compare([row, row, candidate(0.7, seed=1, spread=0)])
    assert [one.state for one in found] == [BEST, TIED, WORSE]
    assert (found[1].mean, *found[1].interval) == pytest.approx((0.0, 0.0, 0.0))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("near", [0.0, 1e-6, 1e-4])
@pytest.mark.parametrize("seeds", [1, 3])
def test_a_copy_of_the_best_is_tied_and_leaves_the_intervals_of_others(near, seeds) -> None:
    """Its seeds differ by more than its micrographs tell, and by nothing from the original."""
    others = [candidate(0.9, spread=0.01), candidate(0.82, seed=1), candidate(0.899, seed=2)]
    change = near * np.random.default_rng(7).normal(size=(3, MICROGRAPHS))
    copy = Candidate(others[0].scores[:seeds] - near, (others[0].residuals + change)[:seeds])
    without, found = compare(others), compare([*others, copy])
    assert found[3].state == TIED
    assert found[3].interval is None or np.isfinite(found[3].interval).all()
    assert [one.state for one in found[:3]] == [one.state for one in without]
    widths = [
        [one.interval[1] - one.interval[0] for one in table[1:3]] for table in (without, found)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=0.3)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("micrographs", [1, MICROGRAPHS])
def test_without_any_spread_nothing_is_better_or_worse(micrographs: int) -> None:
    nothing = np.zeros((3, micrographs))
    same, other = Candidate(np.ones(3), nothing), Candidate(np.full(1, 0.8), nothing[:1])
    assert [one.state for one in compare([same])] == [BEST]
    best, equal, lower = compare([same, same, other])
    assert (best.state, equal.state, lower.state) == (BEST, TIED, TIED)
    assert (equal.interval, lower.interval) == ((0.0, 0.0), None)
    higher = Candidate(np.full(1, 1.0), nothing[:1])
    assert states(Candidate(np.full(3, 0.9), nothing), higher) == [BEST, TIED]


def test_seeds_that_differ_by_micrograph_only_add_no_spread_of_their_own() -> None:
    """Their residuals hold it already: it would count twice."""
    rng = np.random.default_rng(5)
    residuals = 0.01 * rng.normal(0, 1, (2, 3, MICROGRAPHS)) / np.sqrt(MICROGRAPHS)
    scores = 0.9 + residuals.sum(axis=2)
    rows = [Candidate(scores[n], residuals[n]) for n in range(2)]
    without = [Candidate(np.full(3, scores[n].mean()), residuals[n]) for n in range(2)]
    found, expected = (
        next(one for one in compare(table) if one.state != BEST) for table in (rows, without)
    )
    assert found.interval[1] - found.interval[0] == pytest.approx(
        expected.interval[1] - expected.interval[0], rel=0.3
    )


def test_the_same_rows_give_the_same_intervals() -> None:
    rows = [candidate(0.9 - 0.01 * n, seed=n) for n in range(5)]
    assert compare(rows) == compare(rows)
