"""The builders by name, and their configs as the commands take them."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tem_virus_dataset.building.archive_builder import ArchiveBuilder
from tem_virus_dataset.building.config import Config
from tem_virus_dataset.tem_exosome.tem_exosome_dataset_builder import Builder as ExosomeBuilder
from tem_virus_dataset.tem_virus.tem_virus_dataset_builder import Builder

BUILDERS: Mapping[str, type[ArchiveBuilder]] = MappingProxyType(
    {"tem_virus": Builder, "tem_exosome": ExosomeBuilder}
)


def names() -> list[str]:
    """Return every config: those of tem_virus by their own name, others as `dataset/config`."""
    classes = BUILDERS.values()
    return [config.command_name for c in classes for config in c.builder_configs.values()]


def full_name(text: str) -> str:
    """Return one of `names()` where a config is named with or without its data set.

    Returns:
      The text itself where no config has this name.
    """
    short = text.removeprefix("tem_virus/")
    if short in names():
        return short
    return next((name for name in names() if name.endswith(f"/{text}")), text)


def named(name: str, data_dir: Path | None = None) -> ArchiveBuilder:
    """Return the builder of a config.

    Args:
      name: one of `names()`.
    """
    dataset, _, config_name = name.rpartition("/")
    return BUILDERS[dataset or "tem_virus"](config=config_name, data_dir=data_dir)


def config(name: str) -> Config:
    """Return a config by its name, one of `names()`."""
    dataset, _, config_name = name.rpartition("/")
    return BUILDERS[dataset or "tem_virus"].builder_configs[config_name]
