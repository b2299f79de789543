"""The TFDS builder of `tem_exosome`."""

import tensorflow_datasets as tfds

from tem_virus_dataset.building.archive_builder import ArchiveBuilder, instructions
from tem_virus_dataset.sources import cbia
from tem_virus_dataset.tem_exosome import configs


class Builder(ArchiveBuilder):
    """Exosomes in transmission electron micrographs, with masks and boxes; see `ExosomesConfig`."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}  # noqa: RUF012 (read by TFDS as it stands)
    BUILDER_CONFIGS = configs.CONFIGS
    HOMEPAGE = cbia.HOMEPAGE
    MANUAL_DOWNLOAD_INSTRUCTIONS = instructions(configs.CONFIGS)
