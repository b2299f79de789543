"""From examples to records: models, training and the run command."""

from leaderboard import interruption

interruption.at_start()
