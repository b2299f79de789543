"""Metrics of both tasks from arrays alone: scores, calibration, matching, average precision."""
