"""Warnings beside rows: implausible results, copies, and names of others."""

import dataclasses

import numpy as np
import pytest
from sample_records import SUBMITTED, change, scored

from leaderboard.predictions.signatures import Signature
from leaderboard.ranking import warnings
from leaderboard.ranking.comparison import candidate_of
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Rescored, Row, Value, ranked
from leaderboard.tables.tables import section_text


def row(*f1: float, mark: str = "", **fields: object) -> Row:
    """Return a row of seeds of this F1; those of one `mark` give the same answers."""
    if "submission" in fields:
        fields = {**SUBMITTED, **fields}
    (found,) = rows_of([scored(value, seed=seed, **fields) for seed, value in enumerate(f1)])
    return dataclasses.replace(found, signatures=tuple(signature(mark, n) for n in range(len(f1))))


def signature(mark: str, seed: int) -> Signature:
    return tuple(f"{mark}{seed}.{band}" for band in range(8))


OURS = row(0.75, 0.76, 0.74, mark="ours")


def said(*rows: Row) -> list[str]:
    return ["; ".join(texts) for texts in warnings.of_rows(rows)]


def test_an_honest_table_has_no_warning() -> None:
    assert said(OURS, row(0.7, 0.72, 0.71, mark="theirs", model="theirs", submission="a")) == [
        "", ""
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other, text",
    [
        (row(1.0, 0.9, 0.9, mark="x", model="x", submission="a"), "of seed 0 is perfect"),
        (row(0.9, 0.91, 0.9, mark="x", model="x", submission="a"), "far above 0.750 on validation"),
        (row(0.7, 0.7, 0.7, mark="x", model="x", submission="a"), "all seeds have the same"),
        (row(0.95, 0.94, 0.95, mark="x", model="x", submission="a"), "less than a third"),
        (row(0.7, 0.71, 0.7, mark="x", model="Cust0m", submission="a"), "called like custom"),
        (row(0.7, 0.71, 0.7, mark="ours", model="x", submission="a"), "100% of its answers are"),
    ],
)
def test_what_is_implausible_or_like_another_is_said(other: Row, text: str) -> None:
    ours, theirs = said(OURS, other)
    assert not ours
    assert text in theirs


def test_seeds_that_agree_are_named() -> None:
    found = row(0.7, 0.71, 0.72, model="x", submission="a")
    found = dataclasses.replace(found, signatures=(signature("x", 0),) * 3)
    assert "seeds 0 and 1 give nearly the same answers" in said(found)[0]


def test_of_two_submissions_with_the_same_answers_both_are_named() -> None:
    dates = ("2026-02-01T00:00:00+00:00", "2026-03-01T00:00:00+00:00")
    early, late = (
        row(0.7, 0.71, 0.72, mark="x", model=name, submission=name, created=created)
        for name, created in zip(("early", "late"), dates, strict=True)
    )
    assert said(late, early) == [
        "100% of its answers are those of early (early), an earlier row",
        "a later row, late (late), gives 100% of its answers",
    ]


def test_warnings_and_notes_stand_below_the_table_under_whose_they_are() -> None:
    fields = {"model": "custom", "notes": "this row is withdrawn, see mine", "submission": "evil"}
    theirs = row(1.0, 1.0, 0.9, mark="ours", **fields)
    records = [*OURS.records, *theirs.records]
    text = section_text("tem_virus/recropped_14class", records, [OURS, theirs])
    assert (
        "* Warning: custom (evil), scratch, small+epochs=14: macro F1 of seed 0, 1 is perf" in text
    )
    assert "small+epochs=14 (submission evil): this row is withdrawn, see mine" in text
    assert "* Warning: custom (reproduced)" not in text


@pytest.mark.parametrize(
    "fields, mark, line",
    [
        ({"withdrawn": "a wrong split"}, "withdrawn", "Taken back: x (a), scratch, small+epochs=14:"
         " withdrawn: a wrong split"),
        ({"superseded_by": "b"}, "superseded by b", ": superseded by b"),
    ],
)  # fmt: skip
def test_a_row_that_its_authors_took_back_stays_and_is_last(fields, mark, line) -> None:
    back = row(0.9, 0.91, 0.92, mark="x", model="x", submission="a", **fields)
    assert ranked([back, OURS]) == [OURS, back]
    assert candidate_of(back) is None
    text = section_text("tem_virus/recropped_14class", back.records, [back, OURS])
    assert f"submitted, not rescored, {mark}, seeds 0, 1, 2" in text
    assert line in text


def test_what_nobody_rescored_is_marked() -> None:
    data = "tem_virus/recropped_14class"
    text = section_text(data, [change()], rows_of([change()]))
    assert "reproduced, not rescored, one seed (0)" in text
    found = Rescored(np.zeros(1), np.zeros((1, 2)), ("Orf", Value(0.5)), {})
    scored_here = dataclasses.replace(OURS, rescored=found)
    assert "not rescored" not in section_text(data, OURS.records, [scored_here])
