"""A config that TFDS has prepared: its builder, its kind, and a description."""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmark.data.address import About
from benchmark.errors import BenchmarkError, UsageError

if TYPE_CHECKING:
    from tem_virus_dataset.building.archive_builder import ArchiveBuilder


def builder(data: str, data_dir: Path | None = None) -> ArchiveBuilder:
    """Return the builder of a config such as `tem_virus/mirror_11class`.

    Raises:
      BenchmarkError: TFDS or TensorFlow is not installed, or the config is unknown.
    """
    builder_class, name = _named(data)
    return builder_class(config=name, data_dir=data_dir)


def folder(data: str, data_dir: Path | None = None) -> Path:
    """Return the folder of a prepared config; raises what `builder` raises."""
    return Path(builder(data, data_dir).data_dir)


def config(data: str) -> Any:
    """Return the config itself, of the class of its content; raises what `builder` raises."""
    builder_class, name = _named(data)
    return builder_class.builder_configs[name]


def describe(data: str, data_dir: Path | None = None) -> About:
    """Describe a config; one that needs no download is prepared if it is not.

    Raises:
      DatasetError: it is not prepared. BenchmarkError: see `builder`.
    """
    of_config = builder(data, data_dir)
    if not of_config.builder_config.manual:
        of_config.download_and_prepare()
    of_config.check_prepared()
    return About(data, str(of_config.version), of_config.builder_config.classes)


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

    dataset, _, name = data.partition("/")
    if dataset not in BUILDERS or name not in BUILDERS[dataset].builder_configs:
        known = [
            f"{known_dataset}/{known_name}"
            for known_dataset, builder_class in BUILDERS.items()
            for known_name in builder_class.builder_configs
        ]
        raise UsageError(
            f"{data}: unknown{_suggestion(data, known)}; expected one of "
            f"{', '.join(known)}, an .npz file, or folder:PATH."
        )
    return BUILDERS[dataset], name


def _suggestion(data: str, known: Sequence[str]) -> str:
    """Return a known config of a similar name, of whichever data set, as text; else ""."""
    by_name = {full.partition("/")[2]: full for full in known}
    near = difflib.get_close_matches(data.rpartition("/")[2], by_name, n=1)
    return f", did you mean {by_name[near[0]]!r}?" if near else ""
