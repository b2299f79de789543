"""Which score is chosen, and which threshold: by the written rule, from known numbers."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from benchmark.errors import BenchmarkError
from benchmark.novelty import choice, compare


def test_the_area_under_the_curve_is_that_of_scikit_learn_with_ties() -> None:
    rng = np.random.default_rng(0)
    known, new = rng.integers(0, 20, 50) / 4, rng.integers(5, 25, 30) / 4
    expected = roc_auc_score(np.repeat([0, 1], [50, 30]), np.concatenate([known, new]))
    assert compare.auroc(known, new) == pytest.approx(expected)


def test_a_threshold_accepts_the_share_or_a_little_more() -> None:
    known = np.random.default_rng(0).normal(size=137)
    for share in compare.ACCEPTED:
        limit = compare.threshold(known, share)
        assert (known <= limit).mean() >= share
        assert (known < limit).mean() < share


def separations(**shifts: tuple[float, float]) -> dict:
    """Two rounds; of each score the distance of the classes that they leave out."""
    rng = np.random.default_rng(0)
    rounds: dict = {}
    for name, pair in shifts.items():
        for number, shift in enumerate(pair):
            known, left_out = rng.normal(size=400), rng.normal(size=40) + shift
            rounds.setdefault(f"classes-{number}", {})[name] = compare.separation(
                known, left_out, np.array([f"C{number}"] * 40)
            )
    return rounds


def test_each_class_counts_alike_and_sessions_choose_nothing() -> None:
    rounds = separations(first=(3.0, 0.0), second=(2.0, 2.0))
    rounds["sessions-0"] = separations(first=(9.0,), second=(0.0,))["classes-0"]
    means = choice.mean_auroc(rounds)
    of_second = [rounds[f"classes-{n}"]["second"].auroc_of[f"C{n}"] for n in range(2)]
    assert means["second"] == pytest.approx(np.mean(of_second))
    assert choice.best_score(means) == "second"
    assert choice.best_score({"b": 0.5, "a": 0.5}) == "a"


def test_more_known_are_accepted_where_it_costs_little() -> None:
    assert choice.best_accepted(separations(score=(9.0, 9.0)), "score") == 0.99
    assert choice.best_accepted(separations(score=(2.0, 2.0)), "score") == 0.95


def test_a_missing_log_is_one_clear_line(tmp_path) -> None:
    with pytest.raises(BenchmarkError, match="expected the log of the rounds") as caught:
        choice.read(tmp_path)
    assert "\n" not in str(caught.value)
    (tmp_path / choice.FILE).write_text("{")
    with pytest.raises(BenchmarkError, match="Restore it from version control"):
        choice.read(tmp_path)
