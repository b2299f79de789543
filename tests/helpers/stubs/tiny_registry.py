"""The models of few layers by their names, for processes in which a test registers them."""

import tiny_classifier
import tiny_detector

from benchmark.models import registry

MODELS = {part.MODEL.name: part.MODEL for part in (tiny_classifier, tiny_detector)}


def register() -> None:
    """Register them until the end of this process."""
    registry._MODELS.update(MODELS)
