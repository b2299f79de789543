"""How far a patch lies from the classes of a training: the score, its threshold, their choice."""
