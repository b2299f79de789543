"""JSON lines for other programs: one for each micrograph, or for what went wrong with it."""

import json
import math
from collections.abc import Mapping
from typing import Any

from tem_virus_dataset.predict.writers.result import MicrographResult
from tem_virus_dataset.predict.writers.tables import by_class


def micrograph(result: MicrographResult, done: Mapping[str, Any], is_new: bool) -> str:
    """Return the line of a micrograph.

    Args:
      done: what `outputs.write` kept of it; is_new: whether it was predicted by this call.
    """
    particles = [
        {
            "class": result.names[particle.label],
            "confidence": round(particle.confidence, 4),
            "x": round(particle.x, 2),
            "y": round(particle.y, 2),
            "width": _or_none(particle.width),
            "height": _or_none(particle.height),
            "diameter_nm": _or_none(particle.diameter * result.nm_per_pixel),
            "most_similar": result.classes[particle.most_similar],
            "novelty": _or_none(particle.novelty, 4),
            "uncertain": particle.is_uncertain,
        }
        for particle in result.particles
    ]
    return json.dumps(
        {
            "file": result.file,
            "path": done["path"],
            "width": result.width,
            "height": result.height,
            "nm_per_pixel": result.nm_per_pixel,
            "nm_per_pixel_from": result.nm_per_pixel_from,
            "info_strip": done["info_strip"],
            "inverted": done.get("made_of", {}).get("invert", False),
            "remarks": done["remarks"],
            "is_new": is_new,
            "counts": {name: len(group) for name, group in by_class([result]).items()},
            "particles": particles,
        }
    )


def fault(file: str, error: str) -> str:
    """Return the line of a file or folder that failed."""
    return json.dumps({"file": file, "error": error})


def _or_none(value: float, digits: int = 2) -> float | None:
    return None if math.isnan(value) else round(value, digits)
