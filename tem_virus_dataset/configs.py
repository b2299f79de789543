"""The configs of `tem_virus`; each names its source, classes and expected counts."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import tensorflow_datasets as tfds

from tem_virus_dataset import facts, mirror, phantom, ready_made
from tem_virus_dataset.patch import Job


@dataclasses.dataclass(eq=False, kw_only=True)
class PatchesConfig(tfds.core.BuilderConfig):
    """A config of labelled patches.

    Attributes:
      expected: patches per class and split; a build that differs stops.
      jobs: lists the patches found in a manual folder.
      how_to_get: what the user must bring, and where it goes; "" for nothing.
      megabytes: disk space that a build takes.
    """

    expected: facts.Counts
    jobs: Callable[[Path], list[Job]]
    how_to_get: str
    megabytes: int

    @property
    def manual(self) -> bool:
        """Whether the user must bring files."""
        return bool(self.how_to_get)

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in label order, which is alphabetical."""
        return tuple(self.expected)


CONFIGS = [
    PatchesConfig(
        name="patches_14class",
        description="The paper's benchmark: ready-made patches of 14 classes, official splits.",
        expected=facts.PATCHES_14CLASS,
        jobs=ready_made.jobs,
        how_to_get=ready_made.HOW_TO_GET,
        megabytes=1400,
    ),
    PatchesConfig(
        name="mirror_11class",
        description=(
            "Real patches of eleven classes, official splits, cut around the boxes of the public "
            "1 nm mirror. Scores on it do not compare with those of the 14-class benchmark."
        ),
        expected=mirror.EXPECTED,
        jobs=mirror.jobs,
        how_to_get=mirror.HOW_TO_GET,
        megabytes=700,
    ),
    PatchesConfig(
        name="phantom_14class",
        description=(
            "Phantoms: generated pictures of the 14 classes, for trying and testing without a "
            "download. Scores on them say nothing about viruses."
        ),
        expected=phantom.expected_counts(),
        jobs=phantom.jobs,
        how_to_get="",
        megabytes=100,
    ),
]
