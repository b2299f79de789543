"""The models that come with the package, and models by name or by file.

Each lies in `released/` as NAME.onnx, which states its classes, scores and licence itself, with its
model card NAME.md beside it.
"""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import did_you_mean

if TYPE_CHECKING:
    from tem_virus_dataset.networks.classifier import Classifier
    from tem_virus_dataset.networks.detector import Detector
    from tem_virus_dataset.networks.metadata import Metadata

FOLDER = Path(__file__).parent / "released"
DEFAULT = "virus-detector"
CLASSIFIER = "virus-classifier"
SUFFIX = ".onnx"


@dataclasses.dataclass(frozen=True)
class Released:
    """A model of the package.

    Attributes:
      name: that commands know it by; file: of the network; card: text of its model card.
      megabytes: of the file; stated: what the file states.
    """

    name: str
    file: Path
    card: str
    megabytes: float
    stated: "Metadata"


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of the released models, sorted."""
    return sorted(file.stem for file in folder.glob(f"*{SUFFIX}"))


def released(folder: Path = FOLDER) -> list[Released]:
    """Return all released models.

    Raises:
      DatasetError: ONNX Runtime is not installed, or a file is damaged.
    """
    from tem_virus_dataset.networks import onnx_network

    models = []
    for name in names(folder):
        file = folder / f"{name}{SUFFIX}"
        stated = onnx_network.load(file).metadata
        card = file.with_suffix(".md").read_text("utf-8")
        models.append(Released(name, file, card, file.stat().st_size / 1e6, stated))
    return models


def load(name: str, folder: Path = FOLDER) -> "Detector | Classifier":
    """Return a model by its name, or from a file of a network (.onnx).

    Raises:
      DatasetError: there is no such model or file, or it is damaged. OSError: it cannot be read.
    """
    from tem_virus_dataset.networks import ready

    return ready.load(find(name, folder))


def find(name: str, folder: Path = FOLDER) -> Path:
    """Return the file of a model; `load` says more."""
    known = names(folder)
    if name in known:
        return folder / f"{name}{SUFFIX}"
    file = Path(name).expanduser()
    if file.suffix.lower() == SUFFIX:
        if file.is_file():
            return file
        problem = "no such file" if not file.exists() else "no file"
    elif file.suffix.lower() == ".json":
        problem = "the record of a run, not a network; python -m benchmark.predict takes records"
    else:
        problem = f"no model has this name{did_you_mean(name, known)}"
    raise DatasetError(
        f"{name}: {problem}; expected one of {', '.join(known)}, or a network's file ({SUFFIX}). "
        "Name one: tem-virus models lists them."
    )


def table(models: list[Released]) -> str:
    """Return the models as lines of text: classes, scores, size, and training data."""
    return "\n\n".join(_lines(model) for model in models)


def _lines(model: Released) -> str:
    stated = model.stated
    scores = ", ".join(
        f"{name} {stated.scores['test'][name]:.3f}"
        for name in ("accuracy", "f1", "precision", "recall", "ap50")
        if name in stated.scores["test"]
    )
    scale = f"{stated.nm_per_pixel:g} nm per pixel" if stated.nm_per_pixel else "pixels as they are"
    return "\n".join(
        (
            f"{model.name}{' (default)' if model.name == DEFAULT else ''}",
            f"  {stated.task} of {len(stated.classes)} classes: {', '.join(stated.classes)}",
            f"  {scores} on the test split of {stated.data}; {scale}; {model.megabytes:.1f} MB",
            f"  training data: {stated.training_data}",
            f"  licence of the training data: {stated.licence}",
            f"  limits: tem-virus models {model.name} shows its model card",
        )
    )
