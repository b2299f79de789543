"""Read the data of a run: a config prepared with TFDS, an exported file, or a user's folder."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmark import exported, folder
from benchmark.errors import BenchmarkError
from benchmark.patches import About, Data, Patches, pool
from tem_virus_dataset import content, facts

if TYPE_CHECKING:
    from tem_virus_dataset import Builder


def describe(data: str, data_dir: Path | None = None) -> About:
    """Say what `load` would read, without reading a picture.

    A config that needs no download is prepared if it is not; raises what `load` raises.
    """
    if data.startswith(folder.PREFIX):
        return folder.describe(folder.path(data))
    if data.endswith(".npz"):
        return exported.describe(Path(data))
    builder = _builder(data, data_dir)
    if not builder.builder_config.manual:
        builder.download_and_prepare()
    builder.check_prepared()
    return About(data, str(builder.version), builder.builder_config.classes)


def load(data: str, data_dir: Path | None = None) -> Data:
    """Read a config, prepared before, a file that `export` wrote, or a folder of pictures.

    Args:
      data: `tem_virus/CONFIG`, the path of an .npz file, or `folder:PATH`.
      data_dir: folder of the prepared data sets; default is TFDS's own.

    Raises:
      DatasetError: the config is not prepared. BenchmarkError: unknown config or broken file.
    """
    if data.startswith(folder.PREFIX):
        return folder.read(folder.path(data))
    if data.endswith(".npz"):
        return exported.read(Path(data))
    builder = _builder(data, data_dir)
    rows = sorted(builder.examples(), key=lambda example: example["id"])
    digests = {r["id"]: content.example_digest(r["label"], r["image"]) for r in rows}
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
    return Data(data, str(builder.version), classes, content.content_hash(digests), splits)


def prepared(data: str, data_dir: Path | None = None) -> Path:
    """Return where a config `tem_virus/CONFIG` is prepared; raises what `load` does."""
    return Path(_builder(data, data_dir).data_dir)


def check(data: str, sides: Iterable[int]) -> None:
    """Read a user's folder once, so that its faults are told before any run, and not by each.

    Args:
      sides: of the recipes that are to be trained with.

    Raises:
      BenchmarkError: a picture cannot be used, or its size with a recipe.
    """
    if data.startswith(folder.PREFIX):
        images = load(data).splits["train"].images
        for side in sides:
            pool(images, side)


def absolute(data: str) -> str:
    """Return the same data, named such that any working folder will do."""
    if data.startswith(folder.PREFIX):
        return f"{folder.PREFIX}{folder.path(data)}"
    return str(Path(data).resolve()) if data.endswith(".npz") else data


def _builder(data: str, data_dir: Path | None) -> Builder:
    for package in ("tensorflow_datasets", "tensorflow"):
        if not importlib.util.find_spec(package):
            raise BenchmarkError(
                f"--data {data}: {package} is not installed, which reads prepared data; expected "
                "an .npz file or folder:PATH here. Write the file with `python -m benchmark.export "
                f"{data} FILE.npz` on a machine that has it."
            )
    from tem_virus_dataset import Builder
    from tem_virus_dataset.config import PatchesConfig

    name, _, config = data.partition("/")
    if name != "tem_virus" or config not in Builder.builder_configs:
        known = ", ".join(f"tem_virus/{c}" for c in Builder.builder_configs)
        raise BenchmarkError(
            f"--data {data}: unknown; expected one of {known}, an .npz file, or folder:PATH."
        )
    builder = Builder(config=config, data_dir=data_dir)
    if not isinstance(builder.builder_config, PatchesConfig):
        raise BenchmarkError(
            f"--data {data}: whole micrographs; expected patches, for example "
            "tem_virus/mirror_11class."
        )
    return builder
