"""Timing as ratios, measured in turn in one process: feeding, training steps, models, detection, building."""
