"""Where the data of a config come from: who publishes them, and what is known of their files."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import manifest as sums
from tem_virus_dataset.micrographs.job import Job


class NotFoundError(DatasetError):
    """A folder does not hold the archive at all; it may be downloaded."""


@dataclasses.dataclass(frozen=True)
class Source:
    """One published archive.

    Attributes:
      name: of its manifest of checksums.
      how_to_get: what the user must bring, and where it goes.
      addresses: where its zip is published, by the name to keep it under, in the order to try.
      whole: lists its micrographs, each as one item that has a method `at_one_nm`.
      shipped: whether the manifest comes with the package; else the sums are recorded when the
        archive is first read.
    """

    name: str
    how_to_get: str
    addresses: Mapping[str, str]
    whole: Callable[[Path], list[Job]]
    shipped: bool = False

    def record_file(self, data_dir: Path) -> Path:
        """Return the file among the prepared data in which the archive is recorded."""
        return data_dir / f"{self.name}.sha256"

    def enforced(self, jobs: Iterable[Job], data_dir: Path) -> list[Job]:
        """Return the jobs with what is known of their files.

        Raises:
          DatasetError: a file is not on record, where the manifest comes with the package.
        """
        record = self.record_file(data_dir)
        manifest = sums.shipped(self.name) if self.shipped else sums.read(record)
        found = []
        for job in jobs:
            files = []
            for file in job.files:
                known = manifest.get(file.name)
                if self.shipped and not known:
                    raise DatasetError(
                        f"{file.where}: not one of the {len(manifest)} files of {self.name}; "
                        f"expected these alone. Remove the file. {self.how_to_get}"
                    )
                at = "" if self.shipped else str(record)
                files.append(dataclasses.replace(file, known=known, record=at))
            found.append(dataclasses.replace(job, files=tuple(files)))
        return found
