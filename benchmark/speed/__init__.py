"""Speed as ratios, measured in turn: feeding, training steps, models, detection, building."""
