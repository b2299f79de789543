"""What `python -m leaderboard.score` prints of one scored file, as text and as JSON."""
