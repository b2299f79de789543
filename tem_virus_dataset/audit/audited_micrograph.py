"""A micrograph that the audit compares: its name, and a function that reads its pixels."""

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tem_virus_dataset.building.config import Config
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.sources.source import Source


@dataclasses.dataclass(frozen=True)
class AuditedMicrograph:
    """One micrograph.

    Attributes:
      split: train, validation or test.
      class_name: the virus, spelled as on disk.
      stem: name of the micrograph, without suffix.
      read: returns the whole visible micrograph, (height, width) uint8 or uint16 at 1 nm per
        pixel, with no black frame.
    """

    split: str
    class_name: str
    stem: str
    read: Callable[[], np.ndarray]

    @property
    def name(self) -> str:
        """`split/Class/stem`, as the examples' `micrograph` has it."""
        return f"{self.split}/{self.class_name}/{self.stem}"


def audited_micrographs(
    config: Config, manual_dir: Path
) -> tuple[list[AuditedMicrograph], dict[str, int]]:
    """List the whole micrographs of a config, in its own split.

    Returns:
      The micrographs, and the number of examples of each by its name.

    Raises:
      DatasetError: no such archive, or a list in it is faulty.
    """
    assert config.source is not None
    jobs = config.chosen(config.jobs(manual_dir))
    split = {(job.class_name, job.stem): job.split for job in jobs}
    listed = [
        AuditedMicrograph(split[key], *key, functools.partial(_read, job))
        for job in _published(config.source, manual_dir)
        if (key := (job.class_name, job.stem)) in split
    ]
    return listed, {job.micrograph: job.count for job in jobs}


def _published(source: Source, manual_dir: Path) -> list[Job]:
    """Return the source's micrographs, with checksums if those come with the package."""
    jobs = source.micrographs(manual_dir)
    return source.with_checksums(jobs, manual_dir) if source.shipped else jobs


def _read(job: Job) -> np.ndarray:
    (micrograph,) = job.items()
    return micrograph.at_one_nm()
