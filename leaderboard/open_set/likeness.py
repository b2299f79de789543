"""Signatures of predictions of the open set, by which copies are known: of answers and of novelty.

A seed is a network of its own, so two seeds never give the same answers, whatever their novelty.
Rows are ranked by novelty, so a copy of that alone is a copy, too. One network may stand in two
rows with two kinds of novelty.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from leaderboard.open_set import boards
from leaderboard.open_set.predictions import Predicted
from leaderboard.open_set.truth import Truth
from leaderboard.predictions.signatures import Signature, of_order, of_probabilities

ANSWERS, NOVELTY = "answers", "novelty"
KINDS = (ANSWERS, NOVELTY)


def of_seed(rounds: Sequence[tuple[Truth, Predicted]]) -> dict[str, Signature]:
    """Return the signatures of a seed by kind.

    Of several rounds that is the signature of their mean, picture by picture: it stays where a copy
    changes a few answers of every round. Novelty has no scale, so the mean is that of its ranks.
    """
    answers, novelty = [], []
    for facts, predicted in rounds:
        places = [boards.CLASSES.index(name) for name in facts.classes]
        whole = np.zeros((len(facts), len(boards.CLASSES)))
        whole[:, places] = predicted.probabilities
        answers.append(whole)
        novelty.append(rankdata(predicted.novelty))
    return {
        ANSWERS: of_probabilities(np.mean(answers, axis=0)),
        NOVELTY: of_order(np.mean(novelty, axis=0)),
    }
