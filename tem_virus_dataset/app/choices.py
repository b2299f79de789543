"""The models that a window offers: the released ones, and networks' files that a user adds."""

import dataclasses
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import onnx_network, ready
from tem_virus_dataset.networks.metadata import Metadata
from tem_virus_dataset.predict import models

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


def released() -> list[Choice]:
    """Return the released models, the default first.

    Raises:
      DatasetError: ONNX Runtime is not installed, or a file is damaged.
    """
    known = models.released()
    default = next(model for model in known if model.name == models.DEFAULT)
    choices = [_choice(m.name, m.name, m.card, m.stated, default.stated) for m in known]
    return sorted(choices, key=lambda choice: choice.model != models.DEFAULT)


def of_file(file: Path) -> Choice:
    """Return the model of a network's file.

    Raises:
      DatasetError: it is damaged, or of another kind. OSError: it cannot be read.
    """
    ready.load(file)  # says what is wrong with it
    stated = onnx_network.load(file).metadata
    default = onnx_network.load(models.find(models.DEFAULT)).metadata
    card = (
        f"# {file.name}\n\nA network's file of your own: {stated.task} of "
        f"{len(stated.classes)} classes ({', '.join(stated.classes)}). **Not for diagnosis.**"
        f"\n\nTraining data: {stated.training_data or 'not stated'}\n"
    )
    return _choice(file.name, str(file), card, stated, default)


def _choice(name: str, model: str, card: str, stated: Metadata, default: Metadata) -> Choice:
    if stated.task != CLASSIFICATION:
        return Choice(_label(name, stated), model, None, _threshold(stated), card)
    label = f"{_label(name, stated)}, after {models.DEFAULT}"
    return Choice(label, model, models.DEFAULT, _threshold(default), card)


def _label(name: str, stated: Metadata) -> str:
    count = len(stated.classes)
    return f"{name} ({stated.classes[0] if count == 1 else f'{count} classes'})"


def _threshold(stated: Metadata) -> float:
    return ready.CONFIDENCE if stated.confidence is None else stated.confidence


def file_of_model(error: DatasetError, file: Path) -> str:
    """Return an error's text with the file's name alone."""
    return str(error).replace(str(file), file.name)
