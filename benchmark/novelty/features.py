"""Features of patches: what the last layer of a classifier sees, for each D4 transform of a patch.

Scores of novelty are functions of them, so that scores are compared without another training.
"""

import dataclasses
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.classification.data import Patches
from benchmark.errors import BenchmarkError
from leaderboard.files.atomic import replacing
from leaderboard.files.names import reason
from tem_virus_dataset.files import progress
from tem_virus_dataset.networks import d4_transforms
from tem_virus_dataset.networks.classifier import standardized

BATCH_SIZE = 64  # patches that go through a network at once


@dataclasses.dataclass(frozen=True)
class Features:
    """The features of n patches.

    Attributes:
      values: (8, n, f) float32, for each D4 transform.
      labels: (n,) int64; ids: (n,) str, `split/Class/name`; micrographs: (n,) str.
    """

    values: NDArray[np.float32]
    labels: NDArray[np.int64]
    ids: NDArray[np.str_]
    micrographs: NDArray[np.str_]


@dataclasses.dataclass(frozen=True)
class Round:
    """What a round leaves: its last layer, and the features of its patches.

    Attributes:
      classes: those that are known, in label order.
      kernel: (f, classes) float32; bias: (classes,) float32; logits are features @ kernel + bias.
      train, known: patches of known classes; left_out: of what the training did not see, labels
        are those of the config.
      test: of the whole test split, labels as of `left_out`; None in rounds of older versions.
    """

    classes: tuple[str, ...]
    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]
    train: Features
    known: Features
    left_out: Features
    test: Features | None = None


def of_keras(network: Any, patches: Patches, image_size: int) -> Features:
    """Return the features of patches by a `keras.Model` whose last layer is dense."""
    import keras

    inner = keras.Model(network.inputs, network.layers[-1].input)

    def compute(images: NDArray[np.float32]) -> NDArray[np.float32]:
        values: NDArray[np.float32] = inner.predict(images, batch_size=BATCH_SIZE, verbose=0)
        return values

    return of_function(compute, patches, image_size)


def of_function(compute: Any, patches: Patches, image_size: int) -> Features:
    """Return the features of patches.

    Args:
      compute: from standardized images (n, image_size, image_size, 1) to features (n, f).
    """
    images = standardized(patches.images, image_size)
    values = [
        np.asarray(compute(np.ascontiguousarray(d4_transforms.applied(images, number))))
        for number in progress.bar(range(d4_transforms.COUNT), "features", unit="pass")
    ]
    return Features(
        np.stack(values).astype(np.float32),
        patches.labels.astype(np.int64),
        patches.ids,
        patches.micrographs,
    )


def write(file: Path, result: Round) -> None:
    """Write the features of a round, completely or not at all."""
    arrays = {
        f"{part}_{field.name}": getattr(getattr(result, part), field.name)
        for part in (*PARTS, TEST)
        if getattr(result, part) is not None
        for field in dataclasses.fields(Features)
    }
    with replacing(file) as stream:
        np.savez(
            stream, classes=np.array(result.classes), kernel=result.kernel, bias=result.bias,
            **arrays,
        )  # fmt: skip


def read(file: Path) -> Round:
    """Read what `write` wrote.

    Raises:
      BenchmarkError: the file is damaged.
    """
    try:
        with np.load(file, allow_pickle=False) as arrays:
            parts = {
                part: Features(
                    **{f.name: arrays[f"{part}_{f.name}"] for f in dataclasses.fields(Features)}
                )
                for part in (*PARTS, TEST)
                if f"{part}_values" in arrays
            }
            classes = tuple(map(str, arrays["classes"]))
            return Round(classes, arrays["kernel"], arrays["bias"], **parts)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BenchmarkError(
            f"{file}: cannot be read ({reason(error)}); expected the features of a round. Delete "
            "it: the round then trains again."
        ) from error


PARTS, TEST = ("train", "known", "left_out"), "test"
