"""The worst errors of a classifier's run as images: incorrect, of the highest confidence."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmark.classification.data import Data, Patches
from benchmark.errors import BenchmarkError
from benchmark.report import patch_images, sources
from benchmark.report.sources import NotHereError
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import is_own
from leaderboard.metrics.details import worst_errors
from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record

MOST = 12  # images on a page


@dataclasses.dataclass(frozen=True)
class PatchError:
    """One incorrect prediction.

    Attributes:
      confidence: probability of the predicted class; of_true: that of the true class.
      micrograph: its name, "" where it is not known; patch: its number there, else its name.
      picture, saliency: names of files, or "".
    """

    id: str
    patch: str
    true: str
    predicted: str
    confidence: float
    of_true: float
    micrograph: str
    picture: str = ""
    saliency: str = ""


@dataclasses.dataclass(frozen=True)
class Errors:
    """The worst errors, and one line for each thing that is missing."""

    patches: list[PatchError]
    missing: list[str]


def write(row: Row, data: Data | NotHereError, weights: Path, folder: Path) -> Errors:
    """Choose the worst errors of a run, and write their images and saliency maps.

    Args:
      row: of one seed; data: those of the run, or why there are none.
      weights: folder of the checkpoints; folder: of the images.
    """
    (record,) = row.records
    if row.evidence is None:
        return Errors([], [f"No errors: no ground truth of {row.data} is available. {data}"])
    labels, (probabilities,) = row.evidence.truth.labels, row.evidence.predictions
    worst = worst_errors(labels, probabilities, MOST)
    patches = _listed(row, worst)
    missing = [] if row.micrograph_mean else [
        "No scores by micrograph: the ids of the patches do not name them, and the data are not "
        "available."
    ]  # fmt: skip
    if not patches:
        return Errors([], missing)
    try:
        if isinstance(data, NotHereError):
            raise data
        images = sources.patches_of(data, tuple(patch.id for patch in patches))
    except NotHereError as reason:
        return Errors(patches, [*missing, str(reason)])
    bar = not is_own(record.data)  # the pixel size of a user's images is not known
    for number, image in enumerate(images.images):
        name = f"error-{number + 1}.png"
        write_bytes(folder / name, patch_images.patch_png(image, bar))
        patches[number] = dataclasses.replace(patches[number], picture=name)
    try:
        maps = _maps(record, images, weights, probabilities[worst], labels[worst])
    except NotHereError as reason:
        return Errors(patches, [*missing, str(reason)])
    for number, (image, found) in enumerate(zip(images.images, maps, strict=True)):
        name = f"error-{number + 1}-saliency.png"
        write_bytes(folder / name, patch_images.saliency_png(image, found, bar))
        patches[number] = dataclasses.replace(patches[number], saliency=name)
    return Errors(patches, missing)


def _maps(
    record: Record, patches: Patches, weights: Path, expected: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Return saliency maps; `expected`: the run's probabilities of the patches, (n, c)."""
    network, recipe = sources.network(record, weights), sources.recipe(record)
    from benchmark.report import saliency  # imports Keras

    try:
        found = saliency.probabilities(network, patches, recipe)
        sources.check_weights(record, found, expected)
        return saliency.maps(network, patches, recipe, expected.argmax(axis=1), labels)
    except BenchmarkError as error:
        raise NotHereError(f"No saliency maps: {error}") from error


def _listed(row: Row, worst: Sequence[int] | np.ndarray) -> list[PatchError]:
    truth, (probabilities,) = row.evidence.truth, row.evidence.predictions  # type: ignore[union-attr]
    errors = []
    for place in worst:
        name = str(truth.micrographs[place]).rpartition("/")[2] if row.micrograph_mean else ""
        predicted, label = int(probabilities[place].argmax()), int(truth.labels[place])
        patch = str(truth.ids[place])
        errors.append(
            PatchError(
                id=patch,
                patch=patch.rpartition("/")[2].removeprefix(f"{name}_"),
                true=truth.classes[label],
                predicted=truth.classes[predicted],
                confidence=float(probabilities[place, predicted]),
                of_true=float(probabilities[place, label]),
                micrograph=name,
            )
        )
    return errors
