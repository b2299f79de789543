"""Read patches: a config prepared with TFDS, an exported file, or a user's folder."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmark.classification import npz_file, user_folder, user_folder_layout
from benchmark.classification.data import Data, Patches, pool
from benchmark.data import address, filament_micrographs, filament_windows, npz, prepared
from benchmark.data.address import About
from tem_virus_dataset import facts
from tem_virus_dataset.annotations.folders import entries
from tem_virus_dataset.building import content_hash


def recognizes(data: str) -> bool:
    """Return whether data are patches by class; raises what `tasks.of_data` raises."""
    if address.is_folder(data):
        root = address.folder(data)
        has_splits = any(entries.split_of(folder.name) for folder in entries.folders(root))
        return has_splits or user_folder_layout.is_undivided(root)
    if address.is_file(data):
        return npz.holds(Path(data), npz_file.IMAGES)
    config = prepared.config(data)  # reports that TFDS is missing, before it is imported
    from tem_virus_dataset.building.config import PatchesConfig

    return isinstance(config, PatchesConfig)


def describe(data: str, data_dir: Path | None = None) -> About:
    """Describe what `load` would read, without reading an image.

    A config that needs no download is prepared if it is not; raises what `load` raises.
    """
    if address.is_folder(data):
        return user_folder.describe(address.folder(data), address.nm_per_pixel(data))
    if address.is_file(data):
        return npz.describe(Path(data))
    return prepared.describe(data, data_dir)


def load(data: str, data_dir: Path | None = None) -> Data:
    """Read a prepared config, a file that `benchmark.export` wrote, or a folder of patches.

    Args:
      data: `tem_virus/CONFIG`, the path of an .npz file, or `folder:PATH`, of patches.
      data_dir: folder of the prepared data sets; default is TFDS's own.

    Raises:
      DatasetError: the config is not prepared. BenchmarkError: unknown config, damaged file or
        folder.
    """
    if address.is_folder(data):
        return user_folder.read(address.folder(data), address.nm_per_pixel(data))
    if address.is_file(data):
        return npz_file.read(Path(data))
    builder = prepared.builder(data, data_dir)
    rows = sorted(builder.examples(), key=lambda example: example["id"])
    digests = {r["id"]: content_hash.example_digest(r["label"], r["image"]) for r in rows}
    small = all(int(r["image"].max()) <= np.iinfo(np.uint8).max for r in rows)
    splits = {}
    for split in facts.SPLITS:
        chosen = [r for r in rows if r["id"].startswith(f"{split}/")]
        splits[split] = Patches(
            np.stack([r["image"] for r in chosen]).astype(np.uint8 if small else np.uint16),
            np.array([r["label"] for r in chosen], np.int32),
            np.array([r["id"] for r in chosen]),
            np.array([r["micrograph"] for r in chosen]),
        )
    classes = builder.builder_config.classes
    return Data(data, str(builder.version), classes, content_hash.content_hash(digests), splits)


def with_filament_windows(
    data: Data, per_box: int, seed: int, data_dir: Path | None = None
) -> tuple[Data, str]:
    """Append windows along filaments to the training patches; see `data.filament_windows`.

    Only micrographs of the given train split are used, so that one which is held out stays so.

    Args:
      data: of a prepared config; per_box: windows of each filament, 0 for none; seed: of places.

    Returns:
      The data, and a note for the record that states how many windows were added.

    Raises:
      UsageError: the data have no boxes beside them. BenchmarkError: the boxes are not prepared, or
        of other micrographs.
    """
    if not per_box:
        return data, ""
    train = data.splits["train"]
    allowed = frozenset(map(str, train.micrographs))
    scenes = filament_micrographs.read(data.config, data_dir, allowed, train.images.dtype)
    added = filament_windows.windows(scenes, per_box, seed)
    names = filament_windows.classes(scenes)
    labels = [data.classes.index(window.micrograph.split("/")[1]) for window in added]
    longer = Patches(
        np.concatenate([train.images, *(window.image[None, ..., None] for window in added)]),
        np.append(train.labels, labels).astype(train.labels.dtype),
        np.append(train.ids, [window.id for window in added]),
        np.append(train.micrographs, [window.micrograph for window in added]),
    )
    note = (
        f"{len(added)} more training windows along the filaments of {' and '.join(names)}, cut "
        "from the training micrographs."
    )
    return dataclasses.replace(data, splits={**data.splits, "train": longer}), note


def notice(data: str) -> str:
    """Return one line on what a user's folder holds; "" for other data."""
    if not address.is_folder(data):
        return ""
    return f"{data}: {user_folder.notice(address.folder(data), address.nm_per_pixel(data))}"


def preflight(data: str, image_sizes: Iterable[int]) -> None:
    """Read a user's folder once, so that its faults are reported before any run.

    Args:
      image_sizes: of the recipes that are to be trained with.

    Raises:
      BenchmarkError: an image cannot be used, or its size does not fit a recipe.
    """
    if address.is_folder(data):
        images = load(data).splits["train"].images
        for image_size in sorted(set(image_sizes)):
            pool(images, image_size)
