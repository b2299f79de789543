"""Score the network of a record on the official test patches, once."""

import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Patches
from benchmark.errors import BenchmarkError
from benchmark.network_files import classification
from benchmark.runs import finished, trained
from benchmark.runs.job import now
from leaderboard.ground_truth import configs
from leaderboard.metrics import classification as metrics
from leaderboard.metrics import intervals
from leaderboard.predictions.classification import DIGITS
from leaderboard.results import network_file
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.tasks import CLASSIFICATION
from tem_virus_dataset import facts
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.sources import official_test

Classify = Callable[[Patches], NDArray[np.floating]]  # to (n, classes) probabilities


def check(file: Path, record: Record) -> None:
    """Refuse a record whose network cannot be scored on real patches of the 14 classes.

    Raises:
      BenchmarkError: no finished classifier of this repository, of other classes, or of a split
        whose training may have seen the micrographs.
    """
    other = sorted(set(record.classes) - set(facts.CLASSES_14))
    for fault in (
        record.status != "finished" and f"a run that {record.status}",
        record.provenance != "reproduced" and f"a row that was {record.provenance}",
        record.task != CLASSIFICATION and f"a run of {record.task}",
        configs.is_phantom(record.data) and "a network trained on synthetic images",
        configs.split_of(record.data)
        and f"trained on {record.data}, whose train split may hold micrographs of these patches",
        other and f"a network of the class {', '.join(other[:3])}",
    ):
        if fault:
            raise BenchmarkError(
                f"{file}: {fault}; expected a finished classifier of this repository, trained on "
                "some of the 14 classes in their official splits. Name another record."
            )
    finished.in_place(file, record)


def network(file: Path, record: Record, runs: Path) -> tuple[dict[str, str], Classify]:
    """Return name and sha256 of the file with a record's weights, and the network in use.

    The file beside the record is taken, where one is kept; else the checkpoint of the run.

    Raises:
      RecordError: the file beside the record is not the one that it states. BenchmarkError: there
        is none, and no checkpoint.
    """
    if record.network:
        weights = network_file.check_one(file, record)
        kept = onnx_network.load(weights)

        def classify(patches: Patches) -> NDArray[np.floating]:
            return classification.classify(kept, patches.images)

    else:
        weights = trained.weights(record, runs)
        if not weights.exists():
            raise BenchmarkError(
                f"{weights}: no such file, and {file} has no network beside it; expected the "
                "weights of the run. Name the folder of the runs with --runs."
            )
        keras_network, _ = trained.network(record, runs)

        def classify(patches: Patches) -> NDArray[np.floating]:
            from benchmark.classification import evaluate  # imports Keras

            recipe = trained.recipe(record)
            return evaluate.predictor(keras_network, patches, recipe)(recipe.tta)

    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    return {"file": weights.name, "sha256": digest}, classify


def scores(
    record: Record, weights: dict[str, str], classify: Classify, patches: Patches
) -> OfficialScores:
    """Predict the patches once, and score the predictions.

    Args:
      weights, classify: of `network`; patches: of the classes of the record, in their order.
    """
    predicted = np.round(classify(patches), DIGITS).argmax(axis=1)
    count, names = len(record.classes), list(map(str, patches.micrographs))
    bounds = intervals.of_predictions(patches.labels, predicted, names, count)
    return OfficialScores(
        data=record.data,
        run=record.run,
        trained=record.created,
        network=weights,
        images=official_test.DIGEST,
        classes=list(record.classes),
        patches=len(patches),
        micrographs=len(set(names)),
        scores=dataclasses.asdict(metrics.scores(patches.labels, predicted, count)),
        intervals={name: list(ends) for name, ends in bounds.items()},
        confusion=metrics.confusion(patches.labels, predicted, count).tolist(),
        created=now(),
    )
