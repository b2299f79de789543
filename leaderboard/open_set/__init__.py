"""Boards of the open set: predictions on known and unknown classes, scored, compared, rendered."""
