"""Read the data of a run: a config prepared with TFDS, an exported file, or a user's folder."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmark.classification import npz_file, user_folder
from benchmark.classification.data import About, Data, Patches, pool
from benchmark.data import prepared as prepared_config
from benchmark.detection import read as boxed
from benchmark.detection import user_folder as boxed_folder
from benchmark.runs import tasks
from benchmark.runs.tasks import task
from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash


def describe(data: str, data_dir: Path | None = None) -> About:
    """Say what `load` would read, or `detection.reading.load`, without reading a picture.

    A config that needs no download is prepared if it is not; raises what `load` raises.
    """
    if task(data) == tasks.DETECTION:
        return boxed.describe(data, data_dir)
    if data.startswith(user_folder.PREFIX):
        return user_folder.describe(user_folder.path(data))
    if data.endswith(".npz"):
        return npz_file.describe(Path(data))
    return prepared_config.describe(data, data_dir)


def load(data: str, data_dir: Path | None = None) -> Data:
    """Read a config, prepared before, a file that `export` wrote, or a folder of pictures.

    Args:
      data: `tem_virus/CONFIG`, the path of an .npz file, or `folder:PATH`.
      data_dir: folder of the prepared data sets; default is TFDS's own.

    Raises:
      DatasetError: the config is not prepared. BenchmarkError: unknown config, broken file, or
        data for a detector.
    """
    tasks.check(data, task(data), tasks.CLASSIFICATION)
    if data.startswith(user_folder.PREFIX):
        return user_folder.read(user_folder.path(data))
    if data.endswith(".npz"):
        return npz_file.read(Path(data))
    builder = prepared_config.builder(data, data_dir)
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


def prepared(data: str, data_dir: Path | None = None) -> Path:
    """Return where a config `tem_virus/CONFIG` is prepared; raises what `load` does."""
    return Path(prepared_config.builder(data, data_dir).data_dir)


def check(data: str, sides: Iterable[int]) -> None:
    """Read a user's folder once, so that its faults are told before any run, and not by each.

    Args:
      sides: of the recipes that are to be trained with; micrographs fit any.

    Raises:
      BenchmarkError: a picture cannot be used, or its size with a recipe.
    """
    if not data.startswith(user_folder.PREFIX):
        return
    if task(data) == tasks.DETECTION:
        boxed.load(data)
    else:
        images = load(data).splits["train"].images
        for side in sides:
            pool(images, side)


def said(data: str) -> str:
    """Say what was taken for what in a user's folder of boxes; "" for other data."""
    if data.startswith(user_folder.PREFIX) and task(data) == tasks.DETECTION:
        return f"{data}: {boxed_folder.listed(user_folder.path(data)).said}"
    return ""


def absolute(data: str) -> str:
    """Return the same data, named such that any working folder will do."""
    if data.startswith(user_folder.PREFIX):
        return f"{user_folder.PREFIX}{user_folder.path(data)}"
    return str(Path(data).resolve()) if data.endswith(".npz") else data
