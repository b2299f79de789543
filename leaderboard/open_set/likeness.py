"""What predictions of the open set are like: signatures, by which copies are known, and columns.

A seed is a network of its own, so two seeds never give the same answers, whatever their novelty.
Rows are ranked by novelty, so a copy of that alone is a copy, too. One network may stand in two
rows with two kinds of novelty.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from leaderboard.open_set import boards
from leaderboard.open_set.predictions import Predicted
from leaderboard.open_set.truth import Truth
from leaderboard.predictions.signatures import Signature, in_turn, of_order, of_probabilities
from leaderboard.scoring import column_order

ANSWERS, NOVELTY = "answers", "novelty"
KINDS = (ANSWERS, NOVELTY)


def of_seed(rounds: Sequence[tuple[Truth, Predicted]]) -> dict[str, Signature]:
    """Return the signatures of a seed by kind.

    That of several rounds is of a few pictures of each in turn.
    """
    answers, novelty = [], []
    for facts, predicted in rounds:
        places = [boards.CLASSES.index(name) for name in facts.classes]
        whole = np.zeros((len(facts), len(boards.CLASSES)))
        whole[:, places] = predicted.probabilities
        answers.append(whole)
        novelty.append(predicted.novelty)
    return {
        ANSWERS: of_probabilities(in_turn(answers)),
        NOVELTY: of_order(in_turn(novelty)),
    }


def exchanged(rounds: Mapping[str, tuple[Truth, Predicted]]) -> dict[str, str]:
    """Return for each round why its columns are probably those of other classes, "" mostly."""
    return {
        name: column_order.of_probabilities(facts.labels, predicted.probabilities, facts.classes)
        for name, (facts, predicted) in rounds.items()
    }
