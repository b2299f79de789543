"""The worst errors of a run as pictures: wrong, and sure of it."""

import dataclasses
from pathlib import Path

import numpy as np

from benchmark.classification.data import Data, Patches
from benchmark.errors import BenchmarkError
from benchmark.report import patch_images, sources
from benchmark.report.runs import Run
from benchmark.report.sources import NotHereError
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import is_own
from leaderboard.metrics.details import worst_errors

MOST = 12  # pictures on a page


@dataclasses.dataclass(frozen=True)
class Mistake:
    """One wrong prediction.

    Attributes:
      confidence: probability of the predicted class; given_true: that of the true one.
      micrograph: its name, "" where it is not known; patch: its number there, else its name.
      picture, saliency: names of files, or "".
    """

    id: str
    patch: str
    true: str
    predicted: str
    confidence: float
    given_true: float
    micrograph: str
    picture: str = ""
    saliency: str = ""


@dataclasses.dataclass(frozen=True)
class Mistakes:
    """What a page shows: the worst errors, and one line for each thing that is missing."""

    shown: list[Mistake]
    missing: list[str]


def show(
    run: Run,
    data: Data | NotHereError,
    micrographs: list[str] | None,
    weights: Path,
    folder: Path,
) -> Mistakes:
    """Find the worst errors and write their pictures and saliency maps into `folder`.

    Args:
      data: of the run's config, or why there are none.
      micrographs: of each example of the run; None where they are not known.
      weights: folder of the runs' checkpoints.
    """
    worst = worst_errors(run.labels, run.probabilities, MOST)
    ids = tuple(run.ids[place] for place in worst)
    if not ids:
        return Mistakes([], [])
    shown = _listed(run, worst, micrographs)
    try:
        if isinstance(data, NotHereError):
            raise data
        patches = sources.patches_of(data, run.record, ids)
    except NotHereError as reason:
        return Mistakes(shown, [str(reason)])
    bar = not is_own(run.record.data)  # of others' pictures no size is known
    for number, image in enumerate(patches.images):
        write_bytes(folder / f"error-{number + 1}.png", patch_images.patch_png(image, bar))
        shown[number] = dataclasses.replace(shown[number], picture=f"error-{number + 1}.png")
    try:
        maps = _maps(run, worst, patches, weights)
    except NotHereError as reason:
        return Mistakes(shown, [str(reason)])
    for number, (image, found) in enumerate(zip(patches.images, maps, strict=True)):
        name = f"error-{number + 1}-saliency.png"
        write_bytes(folder / name, patch_images.saliency_png(image, found, bar))
        shown[number] = dataclasses.replace(shown[number], saliency=name)
    return Mistakes(shown, [])


def _maps(run: Run, worst: np.ndarray, patches: Patches, weights: Path) -> np.ndarray:
    network, recipe = sources.network(run.record, weights), sources.recipe(run.record)
    from benchmark.report import saliency  # imports Keras

    try:
        found = saliency.probabilities(network, patches, recipe)
        sources.check_weights(run.record, found, run.probabilities[worst])
        return saliency.maps(network, patches, recipe, run.predicted[worst], run.labels[worst])
    except BenchmarkError as error:
        raise NotHereError(f"No saliency maps: {error}") from error


def _listed(run: Run, worst: np.ndarray, micrographs: list[str] | None) -> list[Mistake]:
    classes = run.record.classes
    names = [micrographs[place].rpartition("/")[2] if micrographs else "" for place in worst]
    return [
        Mistake(
            id=run.ids[place],
            patch=run.ids[place].rpartition("/")[2].removeprefix(f"{name}_"),
            true=classes[run.labels[place]],
            predicted=classes[run.predicted[place]],
            confidence=float(run.probabilities[place].max()),
            given_true=float(run.probabilities[place, run.labels[place]]),
            micrograph=name,
        )
        for place, name in zip(worst, names, strict=True)
    ]
