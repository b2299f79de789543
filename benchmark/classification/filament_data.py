"""Training patches with windows along filaments, read from the config of boxes beside the patches.

`tem_virus/mirror_11class` has its whole micrographs in `tem_virus/mirror_11class_boxes`: the same
images, cut in the same way, so that a window of theirs is a patch like the others.
"""

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmark.classification import filament_windows
from benchmark.classification.data import Data, Patches
from benchmark.classification.filament_windows import BoxedScene
from benchmark.data import address, prepared
from benchmark.errors import BenchmarkError, UsageError
from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError

SETTING = "filament_windows"
BOXES = "_boxes"  # ends the name of the config of whole micrographs


def check(data: str, data_dir: Path | None = None) -> None:
    """Refuse data without boxes of their micrographs, before any training.

    Args:
      data: as `--data` takes it; data_dir: folder of the prepared data sets.

    Raises:
      UsageError: no config of boxes belongs to the data. BenchmarkError: it is not prepared.
    """
    if address.is_folder(data) or address.is_file(data):
        raise _without_boxes(data, "it holds patches only, and windows are cut from micrographs")
    from tem_virus_dataset.builders import BUILDERS

    dataset, _, name = data.partition("/")
    if f"{name}{BOXES}" not in BUILDERS[dataset].builder_configs:
        raise _without_boxes(data, "it has no config of boxes around whole particles beside it")
    builder = prepared.builder(data + BOXES, data_dir)
    try:
        builder.check_prepared()
    except DatasetError as error:
        raise BenchmarkError(f"--set {SETTING}=...: windows are cut from it. {error}") from error


def with_windows(
    data: Data, per_box: int, seed: int, data_dir: Path | None = None
) -> tuple[Data, str]:
    """Append windows along filaments to the training patches.

    Only micrographs of the given train split are used, so that one which is held out stays so.

    Args:
      data: of a prepared config; per_box: windows of each filament; seed: of their places.

    Returns:
      The data, and a note for the record that states how many windows were added.

    Raises:
      UsageError, BenchmarkError: see `check`; or the boxes are of other micrographs.
    """
    if not per_box:
        return data, ""
    check(data.config, data_dir)
    train = data.splits["train"]
    allowed = frozenset(map(str, train.micrographs))
    scenes = sorted(  # prepared examples are shuffled
        _scenes(data.config, data_dir, allowed, train.images.dtype),
        key=lambda scene: scene.micrograph,
    )
    if missing := sorted(allowed - {scene.micrograph for scene in scenes}):
        raise BenchmarkError(
            f"{prepared.folder(data.config + BOXES, data_dir)}: without {missing[0]} "
            f"({len(missing)} such); expected every training micrograph of {data.config}. Prepare "
            "both from the same files."
        )
    added = filament_windows.windows(scenes, data.classes, per_box, seed)
    fields = (field.name for field in dataclasses.fields(Patches))
    longer = Patches(
        *(np.concatenate([getattr(train, name), getattr(added, name)]) for name in fields)
    )
    note = (
        f"{len(added)} more training windows along the filaments of "
        f"{' and '.join(filament_windows.classes(scenes)) or 'no class'}, from the same training "
        "micrographs."
    )
    return dataclasses.replace(data, splits={**data.splits, "train": longer}), note


def _scenes(
    data: str, data_dir: Path | None, allowed: frozenset[str], dtype: np.dtype
) -> Iterator[BoxedScene]:
    """Read the allowed micrographs; splits come in their order, so that later ones are not read."""
    from tem_virus_dataset.building.micrograph_configs import object_arrays

    wanted = {name.partition("/")[0] for name in allowed}
    last = max(facts.SPLITS.index(split) for split in wanted)
    examples = prepared.builder(data + BOXES, data_dir).examples()
    for example in itertools.takewhile(
        lambda example: facts.SPLITS.index(example["id"].partition("/")[0]) <= last, examples
    ):
        if example["micrograph"] not in allowed:
            continue
        image = example["image"][..., 0]
        height, width = image.shape
        y0, x0, y1, x1 = (
            object_arrays(example)[0].astype(np.float64) * [height, width, height, width]
        ).T
        boxes = np.stack([(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0], axis=1)
        yield BoxedScene(example["micrograph"], image.astype(dtype), boxes)


def _without_boxes(data: str, reason: str) -> UsageError:
    return UsageError(
        f"--set {SETTING}=...: {data}: {reason}; expected tem_virus/mirror_11class. Leave the "
        "setting out, or name that config."
    )
