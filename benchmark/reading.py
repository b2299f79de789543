"""Read the data of a run: a config prepared with TFDS, or a file exported from one."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmark import exported
from benchmark.errors import BenchmarkError
from benchmark.patches import About, Data, Patches
from tem_virus_dataset import content, facts

if TYPE_CHECKING:
    from tem_virus_dataset import Builder


def describe(data: str, data_dir: Path | None = None) -> About:
    """Say what `load` would read, without reading a picture.

    A config that needs no download is prepared if it is not; raises what `load` raises.
    """
    if data.endswith(".npz"):
        return exported.describe(Path(data))
    builder = _builder(data, data_dir)
    if not builder.builder_config.manual:
        builder.download_and_prepare()
    builder.check_prepared()
    return About(data, str(builder.version), builder.builder_config.classes)


def load(data: str, data_dir: Path | None = None) -> Data:
    """Read a config, prepared before, or a file that `export` wrote.

    Args:
      data: `tem_virus/CONFIG`, or the path of an .npz file.
      data_dir: folder of the prepared data sets; default is TFDS's own.

    Raises:
      DatasetError: the config is not prepared. BenchmarkError: unknown config or broken file.
    """
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


def folder(data: str, data_dir: Path | None = None) -> Path:
    """Return where a config `tem_virus/CONFIG` is prepared; raises what `load` does."""
    return Path(_builder(data, data_dir).data_dir)


def _builder(data: str, data_dir: Path | None) -> Builder:
    for package in ("tensorflow_datasets", "tensorflow"):
        if not importlib.util.find_spec(package):
            raise BenchmarkError(
                f"--data {data}: {package} is not installed, which reads prepared data; expected "
                f"an .npz file here. Write it with `python -m benchmark.export {data} FILE.npz` "
                "on a machine that has it."
            )
    from tem_virus_dataset import Builder
    from tem_virus_dataset.config import PatchesConfig

    name, _, config = data.partition("/")
    if name != "tem_virus" or config not in Builder.builder_configs:
        known = ", ".join(f"tem_virus/{c}" for c in Builder.builder_configs)
        raise BenchmarkError(f"--data {data}: unknown; expected one of {known}, or an .npz file.")
    builder = Builder(config=config, data_dir=data_dir)
    if not isinstance(builder.builder_config, PatchesConfig):
        raise BenchmarkError(
            f"--data {data}: whole micrographs; expected patches, for example "
            "tem_virus/mirror_11class."
        )
    return builder
