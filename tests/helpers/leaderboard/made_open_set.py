"""Predictions of the open set as a good model gives them, and the card of a submission."""

import numpy as np

from leaderboard.open_set import truth
from leaderboard.open_set.predictions import Predicted

CARD = """model = "my_cnn"
data = "{board}"
recipe = "adamw"
authors = ["Ada Author"]
code = "https://example.org/my_cnn"
parameters = 10
seeds = {seeds}
pretraining = "none"
extra_data = "none"
hardware = "1 GPU"
chosen = "on novelty_mirror"
"""


def predicted(facts: truth.Truth, shift: float = 1.5, seed: int = 0) -> Predicted:
    """Probabilities that are mostly correct, and a novelty that is larger for the unknown."""
    rng = np.random.default_rng(seed)
    values = rng.dirichlet(np.full(len(facts.classes), 0.3), len(facts))
    values[np.arange(len(facts)), facts.labels] += facts.known
    values /= values.sum(axis=1, keepdims=True)
    return Predicted(np.round(values, 6), rng.normal(size=len(facts)) + shift * ~facts.known)


def changed(text: str, line: int, column: int, value: str) -> str:
    """The text of a file with another value in one cell."""
    lines = text.splitlines()
    cells = lines[line].split(",")
    cells[column] = value
    lines[line] = ",".join(cells)
    return "\n".join(lines)
