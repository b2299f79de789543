"""Timing as ratios measured side by side: feeding, training steps, models, detection, building."""
