"""The TFDS builder of `tem_virus`."""

import tensorflow_datasets as tfds

from tem_virus_dataset import facts
from tem_virus_dataset.building.archive_builder import ArchiveBuilder, instructions
from tem_virus_dataset.tem_virus import configs


class Builder(ArchiveBuilder):
    """Viruses in transmission electron micrographs (Matuszewski & Sintorn 2021).

    Most configs hold patches of 256x256 at 1 nm per pixel (`PatchesConfig`), some whole micrographs
    (`MicrographsConfig`, `BoxesConfig`).
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}  # noqa: RUF012 (read by TFDS as it stands)
    BUILDER_CONFIGS = configs.CONFIGS
    HOMEPAGE = facts.HOMEPAGE
    MANUAL_DOWNLOAD_INSTRUCTIONS = instructions(configs.CONFIGS)
