"""The configs that are read from where TFDS has prepared them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from benchmark.classification.data import About
from benchmark.errors import BenchmarkError

if TYPE_CHECKING:
    from tem_virus_dataset.building.archive_builder import ArchiveBuilder


def builder(data: str, data_dir: Path | None = None) -> ArchiveBuilder:
    """Return the builder of a config such as `tem_virus/mirror_11class`.

    Raises:
      BenchmarkError: TFDS or TensorFlow is not installed, or the config is unknown.
    """
    made, config = _named(data)
    return made(config=config, data_dir=data_dir)


def holds_boxes(data: str) -> bool:
    """Say whether a config's examples are micrographs with boxes, and not patches.

    Raises:
      BenchmarkError: they are neither; or what `builder` raises.
    """
    made, name = _named(data)
    from tem_virus_dataset.building.config import PatchesConfig
    from tem_virus_dataset.building.micrograph_configs import BoxesConfig
    from tem_virus_dataset.tem_exosome.config import ExosomesConfig

    config = made.builder_configs[name]
    boxed = isinstance(config, BoxesConfig | ExosomesConfig)
    if not boxed and not isinstance(config, PatchesConfig):
        raise BenchmarkError(
            f"--data {data}: whole micrographs with points, which nothing here is trained on; "
            "expected patches, for example tem_virus/mirror_11class, or micrographs with boxes, "
            "for example tem_virus/mirror_11class_boxes."
        )
    return boxed


def describe(data: str, data_dir: Path | None = None) -> About:
    """Say what a config holds; one that needs no download is prepared if it is not.

    Raises:
      DatasetError: it is not prepared. BenchmarkError: see `builder`.
    """
    made = builder(data, data_dir)
    if not made.builder_config.manual:
        made.download_and_prepare()
    made.check_prepared()
    return About(data, str(made.version), made.builder_config.classes)


def _named(data: str) -> tuple[type[ArchiveBuilder], str]:
    """Return the builder's class and the config's name."""
    for package in ("tensorflow_datasets", "tensorflow"):
        if not importlib.util.find_spec(package):
            raise BenchmarkError(
                f"--data {data}: {package} is not installed, which reads prepared data; expected "
                "an .npz file or folder:PATH here. Write the file with `python -m benchmark.export "
                f"{data} FILE.npz` on a machine that has it."
            )
    from tem_virus_dataset.builders import BUILDERS

    dataset, _, config = data.partition("/")
    if dataset not in BUILDERS or config not in BUILDERS[dataset].builder_configs:
        known = [f"{name}/{one}" for name, made in BUILDERS.items() for one in made.builder_configs]
        raise BenchmarkError(
            f"--data {data}: unknown; expected one of {', '.join(known)}, an .npz file, or "
            "folder:PATH."
        )
    return BUILDERS[dataset], config
