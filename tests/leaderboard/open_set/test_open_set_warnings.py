"""Rows of the open set that are copies, reversed or implausible: said beside them, and why."""

import dataclasses
import re

import numpy as np
import pytest

from leaderboard.metrics import sketches
from leaderboard.open_set import boards, likeness, page, rows, truth, warnings
from leaderboard.open_set.folder import Origin
from leaderboard.open_set.predictions import Predicted
from leaderboard.open_set.row_scores import Scores
from leaderboard.open_set.rows import Row
from leaderboard.predictions.signatures import ALIKE, SAME, as_text, shared
from leaderboard.submission.card import Card

FACTS = truth.read(boards.OFFICIAL)
ORIGIN = Origin(boards.OFFICIAL, "plain_cnn", "brief", [0], "m", "", "", {}, "2026-01-01T00:00")
THEIRS = Card(
    "my_cnn", boards.OFFICIAL, "adamw", ("Ada",), "https://example.org/x", 1, (0, 1, 2), "none",
    "none", "1 GPU", "on novelty_mirror", submitted="2026-02-01",
)  # fmt: skip


def network(seed: int, board: str = boards.OFFICIAL) -> list[tuple[truth.Truth, Predicted]]:
    """Return invented predictions of every round."""
    rng = np.random.default_rng(seed)
    rounds = []
    for name in boards.rounds_of(board):
        if not name.startswith("sessions-"):
            facts = truth.read(board, name)
            values = rng.dirichlet(np.full(len(facts.classes), 0.3), len(facts))
            rounds.append((facts, Predicted(values, rng.normal(size=len(facts)) - ~facts.known)))
    return rounds


NETWORKS = {seed: likeness.of_seed(network(seed)) for seed in range(6)}


def row(
    name: str, about: Card | Origin = THEIRS, seeds: tuple[int, ...] = (0, 1, 2),
    novelty: tuple[int, ...] = (), auroc: float = 0.8, accuracy: float = 0.9,
) -> Row:  # fmt: skip
    """Return a row of invented networks; novelty: those whose novelty it has, if of others."""
    kinds = [
        {"answers": NETWORKS[seed]["answers"], "novelty": NETWORKS[other]["novelty"]}
        for seed, other in zip(seeds, novelty or seeds, strict=True)
    ]
    texts = {
        str(n): {kind: as_text(one) for kind, one in found.items()} for n, found in enumerate(kinds)
    }
    residuals = 0.01 * np.random.default_rng(seeds).normal(size=(3, 50))
    scores = {str(n): {"auroc": auroc, "accuracy": accuracy} for n in range(len(seeds))}
    found = Scores(
        boards.OFFICIAL, {}, scores, {"auroc": (auroc - 0.05, auroc + 0.04)},
        {seed: residuals[n].tolist() for n, seed in enumerate(scores)}, {}, {}, texts,
    )  # fmt: skip
    return Row(name, about, found)


def changed(**fields: object) -> Card:
    return dataclasses.replace(THEIRS, **fields)


def said(*found: Row) -> list[str]:
    return ["; ".join(texts) for texts in warnings.of_rows(found)]


@pytest.mark.parametrize("board", boards.BOARDS)
def test_a_copy_keeps_both_signatures_and_another_network_shares_none(board: str) -> None:
    own, rng = network(0, board), np.random.default_rng(9)
    copies = []
    for facts, one in own:
        sharper = one.probabilities**2
        mixed = sharper[:] / sharper.sum(axis=1, keepdims=True)
        mixed[rng.choice(len(facts), 2, replace=False)] = 1 / len(facts.classes)
        copies.append((facts, Predicted(mixed, 3 * one.novelty + 7)))
    first, copy = likeness.of_seed(own), likeness.of_seed(copies)
    other = likeness.of_seed(network(1, board))
    for kind in likeness.KINDS:
        assert shared(first[kind], copy[kind]) >= SAME
        assert shared(first[kind], other[kind]) < ALIKE / 2


def test_an_honest_board_has_no_warning() -> None:
    assert said(row("ours", ORIGIN), row("my_cnn", seeds=(3, 4, 5))) == ["", ""]


def test_one_network_may_stand_in_two_rows_of_its_authors() -> None:
    other = dataclasses.replace(ORIGIN, method="other")
    assert said(row("a", ORIGIN), row("b", other, novelty=(3, 4, 5))) == ["", ""]
    assert said(row("my_cnn-a"), row("my_cnn-b", novelty=(3, 4, 5))) == ["", ""]


@pytest.mark.parametrize(
    ("other", "text"),
    [
        (row("my_cnn"), "100% of its answers are those of ours, an earlier row"),
        (row("my_cnn", novelty=(3, 4, 5)), "100% of its answers are those of ours"),
        (row("my_cnn", seeds=(3, 4, 5), novelty=(0, 1, 2)), "100% of its novelty values are those"),
        (row("p1ain", changed(model="p1ain_cnn"), (3, 4, 5)), "called like ours, a row of others"),
        (row("my_cnn", seeds=(3, 4, 5), auroc=0.3), "AUROC 0.300 is below chance"),
        (row("my_cnn", seeds=(3, 4, 5), auroc=0.9995), "AUROC of seed 0, 1, 2 is perfect"),
        (row("my_cnn", seeds=(3, 4, 5), accuracy=0.1), "hardly better than guessing"),
        (row("my_cnn", seeds=(3, 3, 4), novelty=(3, 4, 5)), "seeds 0 and 1 give nearly the same a"),
        (row("my_cnn", seeds=(3, 4, 5), novelty=(3, 3, 5)), "seeds 0 and 1 give nearly the same n"),
    ],
)
def test_what_is_implausible_or_like_another_is_said(other: Row, text: str) -> None:
    ours, theirs = said(row("ours", ORIGIN), other)
    assert not ours
    assert text in theirs


def test_of_two_submissions_with_the_same_answers_both_are_named() -> None:
    late = row("late", changed(model="late", authors=("Bob",), submitted="2026-03-01"))
    found = said(late, row("my_cnn"))
    assert "100% of its answers are those of my_cnn, an earlier row" in found[0]
    assert "a later row, late, gives 100% of its answers" in found[1]


@pytest.mark.filterwarnings("error")
def test_a_copy_stands_below_its_original_tied_and_named_on_the_page() -> None:
    ours = row("z_ours", ORIGIN)
    found = rows.ordered([row("a_copy", changed(model="a_copy")), ours])
    assert [one.name for one in found] == ["z_ours", "a_copy"]
    assert [one.state for one in rows.verdicts(found)] == ["best", "tied"]
    assert rows.verdicts(found)[1].interval == pytest.approx((0, 0))
    text = "\n".join(page.warned(found))
    assert "Warning: a_copy: 100% of its answers are those of z_ours" in text


def test_rows_of_few_seeds_stand_below_those_that_may_be_the_best() -> None:
    few = row("few", ORIGIN, (5,), auroc=0.95)
    found = rows.ordered([few, row("ours", ORIGIN, auroc=0.7), row("better", ORIGIN, (3, 4, 5))])
    assert [one.name for one in found] == ["better", "ours", "few"]
    assert [one.state == "best" for one in rows.verdicts(found)] == [True, False, False]


def test_a_row_that_was_taken_back_is_last_and_not_compared() -> None:
    back = row("back", changed(withdrawn="a wrong split"), (3, 4, 5), auroc=0.95)
    found = rows.ordered([back, row("ours", ORIGIN)])
    assert [one.name for one in found] == ["ours", "back"]
    assert rows.verdicts(found)[1] is None
    assert page.warned(found) == ["Taken back: back: withdrawn: a wrong split"]


def with_sketches(found: Row, values: np.ndarray) -> Row:
    """Return a row with the sketch of the probabilities of the known patches, for every seed."""
    labels = FACTS.labels[FACTS.known]
    sketch = sketches.of_probabilities(values / values.sum(axis=1, keepdims=True), labels).tolist()
    scores = dataclasses.replace(found.scores, sketches=dict.fromkeys("012", sketch))
    return dataclasses.replace(found, scores=scores)


RNG = np.random.default_rng(0)
TRUE = np.eye(len(FACTS.classes))[FACTS.labels[FACTS.known]]
FIRST, SECOND, THIRD = (RNG.dirichlet(np.full(TRUE.shape[1], 0.3), len(TRUE)) for _ in range(3))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (FIRST + RNG.uniform(0, 0.02, FIRST.shape), "deviations .* are those of ours$"),
        (FIRST + SECOND, "are a mixture of those of (ours and others|others and ours)$"),
        (THIRD, "^$"),
    ],
    ids=["noise", "mean of two", "another network"],
)
def test_noise_and_mixtures_of_rows_are_named(values: np.ndarray, text: str) -> None:
    ours = with_sketches(row("ours", ORIGIN), FIRST)
    bob = changed(model="others", authors=("Bob",), submitted="2026-01-01")
    others = with_sketches(row("others", bob, (2, 1, 0)), SECOND)
    *_, theirs = said(ours, others, with_sketches(row("my_cnn", seeds=(3, 4, 5)), values))
    assert re.search(text, theirs)


def test_one_network_of_a_submission_may_have_two_kinds_of_novelty() -> None:
    two = [row("my_cnn-a", seeds=(3, 4, 5)), row("my_cnn-b", seeds=(3, 4, 5), novelty=(0, 1, 2))]
    assert said(*(with_sketches(one, THIRD) for one in two)) == ["", ""]


def test_scores_of_an_earlier_version_have_no_signature_and_no_warning() -> None:
    ours = row("ours", ORIGIN)
    old = dataclasses.replace(ours, scores=dataclasses.replace(ours.scores, signatures={}))
    assert said(old, row("my_cnn")) == ["", ""]
