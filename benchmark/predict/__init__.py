"""Prediction with the record of a run, by weights or by the file beside it; and two steps."""
