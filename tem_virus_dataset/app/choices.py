"""The models that a window offers: the released ones, and networks' files that a user adds."""

import dataclasses
import functools
from pathlib import Path

from tem_virus_dataset.networks import onnx_network, ready
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.metadata import Metadata
from tem_virus_dataset.predict import models
from tem_virus_dataset.predict.pipeline import ALONE

CLASSIFICATION = "classification"


@dataclasses.dataclass(frozen=True)
class Choice:
    """A model, or a classifier with the detector before it.

    Attributes:
      label: for the user; model, detector: as the options of `tem-virus predict` name them.
      confidence: threshold that it has itself; card: its model card as Markdown.
    """

    label: str
    model: str
    detector: str | None
    confidence: float
    card: str


@functools.cache
def released() -> tuple[Choice, ...]:
    """Return the released models, the default first; their networks are loaded once.

    Raises:
      DatasetError: ONNX Runtime is not installed, or a file is damaged.
    """
    known = models.released()
    alone = {model.name: model.stated.confidence for model in known}
    # Two pairs can be of the same networks. Their parts are then the default: `models.scored_pair`.
    by_rank = sorted(known, key=lambda model: model.name == models.DEFAULT)
    pairs = {model.networks: model.stated.confidence for model in by_rank if model.networks}
    choices = [
        _choice(
            m.name, m.name, m.card, m.stated,
            pairs.get((models.DETECTOR, m.name), alone[models.DETECTOR]),
        )
        for m in known
    ]  # fmt: skip
    return tuple(sorted(choices, key=lambda choice: choice.model != models.DEFAULT))


def of_file(file: Path) -> Choice:
    """Return the model of a network's file.

    Raises:
      DatasetError: it is damaged, or of another kind. OSError: it cannot be read.
    """
    loaded = ready.load(file)  # says what is wrong with it
    stated = onnx_network.load(file).metadata
    with_detector, alone = None, ""
    if isinstance(loaded, Classifier):
        before = onnx_network.load(models.find(models.DETECTOR)).metadata
        pair = models.scored_pair(None, loaded)  # a released classifier, as a file
        with_detector = pair.confidence if pair else before.confidence
        if not pair:
            alone = f"\n{ALONE.format(models.DETECTOR, _threshold(with_detector))}\n"
    card = (
        f"# {file.name}\n\nA network's file of your own: {stated.task} of "
        f"{len(stated.classes)} classes ({', '.join(stated.classes)}). **Not for diagnosis.**"
        f"\n\nTraining data: {stated.training_data or 'not stated'}\n{alone}"
    )
    return _choice(file.name, str(file), card, stated, with_detector)


def _choice(
    name: str, model: str, card: str, stated: Metadata, with_detector: float | None
) -> Choice:
    """Return a model; with_detector: threshold of a classifier after `models.DETECTOR`."""
    if stated.task != CLASSIFICATION:
        return Choice(_label(name, stated), model, None, _threshold(stated.confidence), card)
    label = f"{_label(name, stated)}, after {models.DETECTOR}"
    return Choice(label, model, models.DETECTOR, _threshold(with_detector), card)


def _label(name: str, stated: Metadata) -> str:
    count = len(stated.classes)
    return f"{name} ({stated.classes[0] if count == 1 else f'{count} classes'})"


def _threshold(confidence: float | None) -> float:
    return ready.CONFIDENCE if confidence is None else confidence
