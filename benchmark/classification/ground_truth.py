"""The ground truth of patches, as the table that predictions are scored against."""

from pathlib import Path

import numpy as np

from benchmark.classification.data import Data
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth.classification import PatchTruth
from tem_virus_dataset import facts
from tem_virus_dataset.audit.clean import clean

TRAINED_ON = {"validation": ("train",), "test": ("train", "validation")}


def tables(data: Data) -> list[PatchTruth]:
    """Return the tables of a config's validation and test split, in the order of the ids.

    Patches of a field that was photographed twice are not clean: the other micrograph is in a split
    that a model may be trained on. The excluded classes of `patches_22class` are unknown ones to
    models of the fourteen.
    """
    classes = tuple(name for name in data.classes if name not in facts.EXCLUDED)
    labels = np.array(
        [classes.index(n) if n in classes else patch_truth.UNKNOWN for n in data.classes]
    )
    tables = []
    for split, others in TRAINED_ON.items():
        patches = data.splits[split]
        trained_on = np.concatenate([data.splits[other].micrographs for other in others])
        tables.append(
            PatchTruth(
                data.config,
                data.version,
                split,
                classes,
                patches.ids,
                labels[patches.labels],
                patches.micrographs,
                clean(patches.micrographs.tolist(), trained_on.tolist()),
            )
        )
    return tables


def write(data: Data, folder: Path) -> Path:
    """Write the tables of a config into a folder; return the file."""
    return patch_truth.write(folder, tables(data))
