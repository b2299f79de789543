"""A source: one published archive, where to get it, and the checksums of its files."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import manifest
from tem_virus_dataset.micrographs.job import Job


class NotFoundError(DatasetError):
    """The archive is not in a folder; it may be downloaded."""


@dataclasses.dataclass(frozen=True)
class Source:
    """One published archive.

    Attributes:
      name: of its manifest of checksums.
      how_to_get: what the user must download or supply, and where it goes.
      addresses: URLs of its zip by file name, in the order in which they are tried.
      micrographs: lists its micrographs, each as one item that has a method `at_one_nm`.
      shipped: whether the manifest comes with the package; otherwise the checksums are recorded
        when the archive is first read.
    """

    name: str
    how_to_get: str
    addresses: Mapping[str, str]
    micrographs: Callable[[Path], list[Job]]
    shipped: bool = False

    def record_file(self, data_dir: Path) -> Path:
        """Return the path of the archive's manifest among the prepared data."""
        return data_dir / f"{self.name}.sha256"

    def recorded(self, data_dir: Path) -> tuple[manifest.Manifest, str]:
        """Return the checksums on record, which may be none, and where they are, for messages."""
        if self.shipped:
            return manifest.shipped(self.name), f"the {self.name} as published"
        record = self.record_file(data_dir)
        return manifest.read(record), f"{record} (if it is wrong, delete it)"

    def with_checksums(self, jobs: Iterable[Job], data_dir: Path) -> list[Job]:
        """Return the jobs with the checksums that their files must have.

        Raises:
          DatasetError: a file is not in the manifest, where that comes with the package.
        """
        record = self.record_file(data_dir)
        checksums, _ = self.recorded(data_dir)
        checked = []
        for job in jobs:
            files = []
            for file in job.files:
                known = checksums.get(file.name)
                if self.shipped and not known:
                    raise DatasetError(
                        f"{file.where}: not one of the {len(checksums)} files of {self.name}; "
                        f"expected these alone. Remove the file. {self.how_to_get}"
                    )
                record_path = "" if self.shipped else str(record)
                files.append(dataclasses.replace(file, known=known, record=record_path))
            checked.append(dataclasses.replace(job, files=tuple(files)))
        return checked
