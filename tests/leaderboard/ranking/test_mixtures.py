"""Rows that deviate from the ground truth as others do: submitted ones are shown, ours are not."""

import dataclasses

import made_submission
import numpy as np
import pytest
from sample_records import SUBMITTED, scored

from leaderboard.ground_truth import classification as patch_truth
from leaderboard.metrics import sketches
from leaderboard.ranking import warnings
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row

TABLE = patch_truth.read("tem_virus/mirror_11class", "test")
VALUES = [made_submission.probabilities(TABLE, seed, 0.9) for seed in range(3)]


def row(model: str, values: np.ndarray, f1: float = 0.75, **fields: object) -> Row:
    (found,) = rows_of([scored(f1, model=model, **fields)])
    return dataclasses.replace(found, sketches=(sketches.of_probabilities(values, TABLE.labels),))


def submitted(model: str, values: np.ndarray, month: int = 2, **fields: object) -> Row:
    created = f"2026-{month:02}-01T00:00:00+00:00"
    return row(model, values, created=created, submission=model, **SUBMITTED, **fields)


OURS = row("first", VALUES[0]), row("second", VALUES[1])
NOISE = np.random.default_rng(0).normal(0, 0.05, VALUES[0].shape)


@pytest.mark.parametrize(
    "values, text",
    [
        (VALUES[0], "100% of its deviations from the ground truth are those of first (reproduced)"),
        ((VALUES[0] + VALUES[1]) / 2, "are a mixture of those of"),
        (np.abs(VALUES[0] + NOISE) + 1e-9, "of its errors are those of first (reproduced)"),
        (VALUES[2], ""),
    ],
    ids=["copy", "mean of two", "noise", "another training"],
)
def test_a_submission_beside_ours(values: np.ndarray, text: str) -> None:
    values = values / values.sum(axis=1, keepdims=True)
    *ours, theirs = warnings.of_rows([*OURS, submitted("theirs", values, f1=0.76)])
    assert not any(ours)
    assert (text in "; ".join(theirs)) if text else not theirs


def test_of_two_submissions_the_later_one_is_said_to_be_like_the_other() -> None:
    early, late = submitted("early", VALUES[0], 1), submitted("late", VALUES[0], 3)
    of_late, of_early = warnings.of_rows([late, early])
    assert "those of early (early)" in of_late[0]
    assert not of_early


def test_our_own_rows_may_be_mixtures() -> None:
    assert not any(warnings.of_rows([*OURS, row("both", (VALUES[0] + VALUES[1]) / 2)]))


def test_a_table_of_many_submissions_is_searched_near_their_f1() -> None:
    many = [submitted(f"m{n}", VALUES[2], f1=0.3 + n / 10_000) for n in range(300)]
    found = warnings.of_rows([*many, submitted("copy", VALUES[2], 5, f1=0.3)])
    assert "those of m" in "; ".join(found[-1])
