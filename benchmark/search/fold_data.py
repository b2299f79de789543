"""The data of one fold: its training part, and the held-out part in place of validation."""

import dataclasses
import hashlib

import numpy as np

from benchmark.classification.data import Data, Patches
from benchmark.errors import BenchmarkError
from benchmark.search import folds

LEARNED = ("train", "validation")  # the splits that the folds divide; test takes no part


def joined(data: Data) -> Patches:
    """Return the patches of train and validation as one split, in the order of the ids."""
    parts = [data.splits[split] for split in LEARNED]
    order = np.argsort(np.concatenate([part.ids for part in parts]), kind="stable")
    return Patches(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])[order]
            for field in dataclasses.fields(Patches)
        }
    )


def assigned(patches: Patches, data: Data, kind: str, count: int) -> np.ndarray:
    """Return the fold of each patch of `joined`, (n,) int64; raises what `folds.assigned` does."""
    micrographs = list(map(str, patches.micrographs))
    return folds.assigned(micrographs, patches.labels, data.classes, kind, count)


def of_fold(data: Data, kind: str, count: int, number: int, digest: str) -> Data:
    """Return the data that the network of a fold is trained and evaluated on.

    Args:
      kind: of the groups; count: of folds; number: of the fold, from 0.
      digest: of the assignment that the trial has.

    Returns:
      `train` without the fold, `validation` the fold, and no test split.

    Raises:
      BenchmarkError: the folds are not those of the trial.
    """
    patches = joined(data)
    fold = assigned(patches, data, kind, count)
    if folds.digest(map(str, patches.ids), fold) != digest:
        raise BenchmarkError(
            f"the {count} folds by {kind} are not those that the trial began with; expected the "
            "same micrographs, sessions and scikit-learn. Name another trial."
        )
    splits = {"train": _only(patches, fold != number), "validation": _only(patches, fold == number)}
    own_hash = hashlib.sha256(f"{data.content_hash}\t{digest}\t{number}".encode()).hexdigest()
    return dataclasses.replace(data, content_hash=own_hash, splits=splits)


def _only(patches: Patches, chosen: np.ndarray) -> Patches:
    """Return the patches for which `chosen`, bool (n,), is True."""
    return Patches(
        **{
            field.name: getattr(patches, field.name)[chosen]
            for field in dataclasses.fields(Patches)
        }
    )
