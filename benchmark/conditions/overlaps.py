"""Which conditions a training has seen: what its recipe changes in training images resembles them.

A network that was trained on blurred patches has met something like defocus. A score under such a
condition measures less than one under a condition that it never saw, so the board marks it.
"""

from collections.abc import Mapping
from typing import Any

# Setting of a recipe, and the conditions that it resembles.
RESEMBLES: Mapping[str, tuple[str, ...]] = {
    "gamma": ("gamma",),
    "stain_gradient": ("stain",),
    "blur": ("defocus", "drift"),
    "noise": ("dose",),
    "scale_jitter": ("pixel_size_too_large", "pixel_size_too_small"),
    "mosaic": ("off_centre",),
    "filament_windows": ("off_centre",),
}


def trained_with(settings: Mapping[str, Any]) -> list[str] | None:
    """Return the conditions that a recipe's augmentation resembles, sorted; None: not known.

    Args:
      settings: of the recipe, as a record has them.
    """
    if not settings:
        return None
    return sorted({c for name, cs in RESEMBLES.items() if settings.get(name) for c in cs})
