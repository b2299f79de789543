"""From predictions to records, and from records to the table."""

from leaderboard import interruption

interruption.at_start()
