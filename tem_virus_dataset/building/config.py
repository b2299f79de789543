"""A config of a builder: its source, classes, expected counts and features."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from tem_virus_dataset import facts
from tem_virus_dataset.building import content_hash
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.patch import Patch
from tem_virus_dataset.sources.source import Source


@dataclasses.dataclass(eq=False, kw_only=True)
class Config(tfds.core.BuilderConfig):
    """The base of all configs; a subclass defines the features of an example.

    A config can be pickled and copied, so that a build can run in another process.

    Attributes:
      expected: examples per class (or set of micrographs) and split; other counts stop the build.
      jobs: lists the micrographs found in a manual folder.
      source: where the data come from; None where they are generated.
      megabytes: disk space that a build takes.
      estimated: classes whose counts are not published; other counts only cause a warning.
      dataset: name of the builder.
      resplit: gives the micrographs other splits than the source has, or leaves some out; None
        keeps them as they are.
    """

    expected: facts.Counts
    jobs: Callable[[Path], list[Job]]
    source: Source | None
    megabytes: int
    estimated: tuple[str, ...] = ()
    dataset: str = "tem_virus"
    resplit: Callable[[Sequence[Job]], list[Job]] | None = None

    def __post_init__(self) -> None:
        """Take a copy of the counts: Python can neither pickle nor copy a read-only mapping."""
        self.expected = {name: dict(row) for name, row in self.expected.items()}

    def is_copy_of(self, other: "Config") -> bool:
        """Whether two configs say the same of their data, so that one is a copy of the other."""
        own, others = (
            (type(c), c.name, c.description, c.expected, c.estimated, c.dataset, c.how_to_get)
            for c in (self, other)
        )
        return own == others

    @property
    def command_name(self) -> str:
        """The config's name for `python -m tem_virus_dataset`."""
        return self.name if self.dataset == "tem_virus" else f"{self.dataset}/{self.name}"

    @property
    def manual(self) -> bool:
        """Whether the config needs an archive."""
        return self.source is not None

    @property
    def how_to_get(self) -> str:
        """What the user must download or supply, and where it goes; "" for nothing."""
        return self.source.how_to_get if self.source else ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names in label order, which is that of ASCII."""
        return tuple(self.expected)

    def chosen(self, jobs: Sequence[Job]) -> list[Job]:
        """Return those micrographs of the source that the config has, in its own splits."""
        return self.resplit(jobs) if self.resplit else list(jobs)

    def class_of(self, job: Job) -> str:
        """Return the class of a micrograph."""
        return job.class_name

    def size_of(self, row: str) -> str:
        """Return the size of the particles in a row of `expected`, as text."""
        return f"{facts.DIAMETER_NM[row]} nm"

    def tally(self, example: dict[str, Any]) -> Mapping[str, int]:
        """Return further counts of an example by their description, which `verify` prints."""
        return {}

    def label(self) -> tfds.features.ClassLabel:
        """Return the feature of a class."""
        return tfds.features.ClassLabel(names=list(self.classes))

    def features(self) -> dict[str, Any]:
        """Return the features beside `label`, `id` and `micrograph`, which all examples have."""
        raise NotImplementedError

    def encode(self, job: Job, item: Any) -> tuple[str, dict[str, Any]]:
        """Return the id of one item of a job, and its features."""
        raise NotImplementedError

    def digest(self, example: dict[str, Any]) -> str:
        """Return the digest of one example as `Builder.examples` gives it."""
        raise NotImplementedError


class PatchesConfig(Config):
    """Labelled patches: `image` (256, 256, 1) uint16 raw counts at 1 nm per pixel."""

    def features(self) -> dict[str, Any]:
        """See `Config`."""
        return {"image": image_feature(facts.PATCH, facts.PATCH)}

    def encode(self, job: Job, item: Patch) -> tuple[str, dict[str, Any]]:
        """See `Config`."""
        return f"{job.folder}/{item.name}", {"image": image_file.png16(item.image)}

    def digest(self, example: dict[str, Any]) -> str:
        """See `Config`; over label and pixels."""
        return content_hash.example_digest(example["label"], example["image"])


def image_feature(height: int | None, width: int | None) -> tfds.features.Image:
    """Return the feature of a 16-bit image of one channel."""
    return tfds.features.Image(shape=(height, width, 1), dtype=np.uint16, encoding_format="png")
