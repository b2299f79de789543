"""YOLO labels: a line `class x y width height` for each box, in fractions of an image."""

from tem_virus_dataset.predict.writers.result import MicrographResult


def labels(result: MicrographResult) -> str:
    """Return the label file of a micrograph; points have no box, and no line."""
    size = (result.width, result.height) * 2
    lines = []
    for particle in result.particles:
        if not particle.is_point:
            box = (particle.x, particle.y, particle.width, particle.height)
            numbers = (f"{value / side:.8f}" for value, side in zip(box, size, strict=True))
            lines.append(f"{particle.label} {' '.join(numbers)}\n")
    return "".join(lines)
