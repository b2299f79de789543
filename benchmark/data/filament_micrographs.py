"""The micrographs of a config of patches with the boxes of their particles, to cut windows from.

`tem_virus/mirror_11class` has its whole micrographs in `tem_virus/mirror_11class_boxes`: the same
images, cut in the same way, so that a window of theirs is a patch like the others.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmark.data import address, prepared
from benchmark.data.filament_windows import BoxedScene
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
    builder_class = BUILDERS.get(dataset)
    if builder_class is None or f"{name}{BOXES}" not in builder_class.builder_configs:
        raise _without_boxes(data, "it has no config of boxes around whole particles beside it")
    builder = prepared.builder(data + BOXES, data_dir)
    try:
        builder.check_prepared()
    except DatasetError as error:
        raise BenchmarkError(f"--set {SETTING}=...: windows are cut from it. {error}") from error


def read(
    data: str, data_dir: Path | None, allowed: frozenset[str], dtype: np.dtype
) -> list[BoxedScene]:
    """Read micrographs with their boxes.

    Args:
      data: a config of patches; allowed: `split/Class/stem` of the micrographs to read.
      dtype: of the images, that of the patches.

    Returns:
      All that are allowed, and no other, in the order of their names.

    Raises:
      UsageError, BenchmarkError: see `check`; or a micrograph is missing.
    """
    check(data, data_dir)
    scenes = sorted(_read(data, data_dir, allowed, dtype), key=lambda scene: scene.micrograph)
    if missing := sorted(allowed - {scene.micrograph for scene in scenes}):
        raise BenchmarkError(
            f"{prepared.folder(data + BOXES, data_dir)}: without {missing[0]} ({len(missing)} "
            f"such); expected every training micrograph of {data}. Prepare both from the same "
            "files."
        )
    return scenes


def _read(
    data: str, data_dir: Path | None, allowed: frozenset[str], dtype: np.dtype
) -> Iterator[BoxedScene]:
    """Read until the last split that is needed: splits come in their order."""
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
