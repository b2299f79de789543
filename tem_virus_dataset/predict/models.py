"""The models that come with the package, and models by name or by file.

Each lies in `released/` as NAME.onnx, which states its classes, scores and licence itself, with its
model card NAME.md beside it. A pair of them lies there as NAME.json, see `pairs`.
"""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import did_you_mean
from tem_virus_dataset.predict import pairs

if TYPE_CHECKING:
    from tem_virus_dataset.networks.classifier import Classifier
    from tem_virus_dataset.networks.detector import Detector
    from tem_virus_dataset.networks.metadata import Metadata
    from tem_virus_dataset.networks.two_step import TwoStep

FOLDER = Path(__file__).parent / "released"
DEFAULT = "virus-two-step"
DETECTOR = "virus-detector"
CLASSIFIER = "virus-classifier"
SUFFIX = ".onnx"


@dataclasses.dataclass(frozen=True)
class Released:
    """A model of the package.

    Attributes:
      name: that commands know it by; file: of the network, or of the pair; card: text of its model
        card.
      megabytes: of the networks; stated: what the file states; that of a pair is what its detector
        states, with the scores of the pair.
      networks: names of the two networks of a pair; else none.
    """

    name: str
    file: Path
    card: str
    megabytes: float
    stated: "Metadata"
    networks: tuple[str, ...] = ()


def names(folder: Path = FOLDER) -> list[str]:
    """Return the names of the released models, sorted."""
    return sorted(f.stem for suffix in (SUFFIX, pairs.SUFFIX) for f in folder.glob(f"*{suffix}"))


def released(folder: Path = FOLDER) -> list[Released]:
    """Return all released models.

    Raises:
      DatasetError: ONNX Runtime is not installed, or a file is damaged.
    """
    from tem_virus_dataset.networks import onnx_network

    found = {
        file.stem: Released(
            file.stem,
            file,
            card(file),
            file.stat().st_size / 1e6,
            onnx_network.load(file).metadata,
        )
        for file in folder.glob(f"*{SUFFIX}")
    }
    for file in folder.glob(f"*{pairs.SUFFIX}"):
        pair = pairs.read(file)
        if missing := [name for name in (pair.detector, pair.classifier) if name not in found]:
            raise DatasetError(
                f"{file}: names {missing[0]}, which is not there; expected {missing[0]}{SUFFIX}. "
                "Install the package again."
            )
        of_pair = [found[pair.detector], found[pair.classifier]]
        stated = dataclasses.replace(
            of_pair[0].stated, run=pair.run, scores=pair.scores, confidence=pair.confidence,
            certain_confidence=pair.certain_confidence,
        )  # fmt: skip
        found[file.stem] = Released(
            file.stem, file, card(file), sum(model.megabytes for model in of_pair), stated,
            (pair.detector, pair.classifier),
        )  # fmt: skip
    return [found[name] for name in sorted(found)]


def card(file: Path) -> str:
    """Return the text of the model card beside a model's file, which people edit.

    Raises:
      DatasetError: it is missing, or no text in UTF-8. OSError: it cannot be read.
    """
    beside = file.with_suffix(".md")
    try:
        return beside.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise DatasetError(
            f"{beside}: is missing; expected the model card of {file.name}. Restore it from "
            "version control, or install the package again."
        ) from error
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{beside}: byte {error.start} is not UTF-8; expected the model card of {file.name} as "
            "a text in UTF-8. Save it so."
        ) from error


def load(name: str, folder: Path = FOLDER) -> "Detector | Classifier | TwoStep":
    """Return a model by its name, or from a file of a network (.onnx).

    Raises:
      DatasetError: there is no such model or file, or it is damaged. OSError: it cannot be read.
    """
    from tem_virus_dataset.networks import ready

    file = find(name, folder)
    return _pair(file, folder) if file.suffix == pairs.SUFFIX else ready.load(file)


def scored_pair(
    detector: "Detector | None", classifier: "Classifier", folder: Path = FOLDER
) -> "TwoStep | None":
    """Return the released pair of these networks, the default first; None where there is none.

    Args:
      detector: None for the one that the classifier was released with.
    """
    files = folder.glob(f"*{pairs.SUFFIX}")
    for file in sorted(files, key=lambda one: (one.stem != DEFAULT, one.stem)):
        pair = _pair(file, folder)
        same_detector = detector is None or detector.digest == pair.detector.digest
        if same_detector and classifier.digest == pair.classifier.digest:
            return pair
    return None


def as_pair(
    model: "Detector | Classifier | TwoStep", detector: "Detector | Classifier | TwoStep | None"
) -> tuple["Detector | Classifier | TwoStep", "Detector | Classifier | TwoStep | None"]:
    """Return the released pair in place of its two networks, so that its own threshold is used.

    Args:
      model, detector: as the options name them; None where a released classifier is
        used with the detector of its pair.
    """
    from tem_virus_dataset.networks.classifier import Classifier
    from tem_virus_dataset.networks.detector import Detector

    if isinstance(model, Classifier) and (detector is None or isinstance(detector, Detector)):
        pair = scored_pair(detector, model)
        if pair is not None:
            return pair, None
    return model, detector


def _pair(file: Path, folder: Path) -> "TwoStep":
    from tem_virus_dataset.networks import ready
    from tem_virus_dataset.networks.classifier import Classifier
    from tem_virus_dataset.networks.detector import Detector
    from tem_virus_dataset.networks.fusion import augmented
    from tem_virus_dataset.networks.two_step import TwoStep

    stated = pairs.read(file)
    detector, classifier = (
        ready.load(folder / f"{name}{SUFFIX}") for name in (stated.detector, stated.classifier)
    )
    if not (isinstance(detector, Detector) and isinstance(classifier, Classifier)):
        raise DatasetError(
            f"{file}: names {stated.detector} and {stated.classifier}; expected a detector and a "
            "classifier. Install the package again."
        )
    weight = stated.detector_weight
    pairs.check_weight(str(file), detector.classes, classifier.classes, weight)
    return TwoStep(
        augmented(detector, stated.tta), classifier, stated.confidence,
        stated.certain_confidence, stated.run, stated.detector_weight,
    )  # fmt: skip


def find(name: str, folder: Path = FOLDER) -> Path:
    """Return the file of a model; `load` says more."""
    known = names(folder)
    if name in known:
        pair = folder / f"{name}{pairs.SUFFIX}"
        return pair if pair.exists() else folder / f"{name}{SUFFIX}"
    file = Path(name).expanduser()
    if file.suffix.lower() == SUFFIX:
        if file.is_file():
            return file
        problem = "no such file" if not file.exists() else "no file"
    elif file.suffix.lower() == ".json":
        problem = "the record of a run, not a network; python -m benchmark.predict takes records"
    elif file.is_file():
        problem = "a file that is no network; a training writes one beside its record"
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
    number = f"{len(stated.classes)} class{'es' if len(stated.classes) > 1 else ''}"
    steps = f" ({' then '.join(model.networks)})" if model.networks else ""
    return "\n".join(
        (
            f"{model.name}{' (default)' if model.name == DEFAULT else ''}{steps}",
            f"  {stated.task} of {number}: {', '.join(stated.classes)}",
            f"  {scores} on the test split of {stated.data}; {scale}; {model.megabytes:.1f} MB",
            f"  training data: {stated.training_data}",
            f"  licence of the training data: {stated.licence}",
            f"  limits: tem-virus models {model.name} shows its model card",
        )
    )
