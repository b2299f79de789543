"""Where the data of a config come from: who publishes them, and what is known of their files."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tem_virus_dataset import sums
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.job import Job


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

    def manifest(self, data_dir: Path) -> Path:
        """Return the file in which the sums are recorded, among the prepared data."""
        return data_dir / f"{self.name}.sha256"

    def known(self, data_dir: Path) -> tuple[Mapping[str, str], Mapping[str, int]]:
        """Return sha256 and size of the files on record, by name."""
        if self.shipped:
            return sums.shipped(self.name)
        path = self.manifest(data_dir)
        return sums.read(path), sums.read_sizes(path)

    def enforced(self, jobs: Iterable[Job], data_dir: Path) -> list[Job]:
        """Return the jobs with what their files must be.

        Raises:
          DatasetError: a file is not on record, where the manifest comes with the package.
        """
        digests, sizes = self.known(data_dir)
        found = []
        for job in jobs:
            files = tuple(
                dataclasses.replace(file, sha256=digests.get(file.name), size=sizes.get(file.name))
                for file in job.files
            )
            for file in files:
                if self.shipped and not file.sha256:
                    raise DatasetError(
                        f"{file.where}: not one of the {len(digests)} files of {self.name}; "
                        f"expected these alone. Remove the file. {self.how_to_get}"
                    )
            found.append(dataclasses.replace(job, files=files))
        return found

    def record(self, seen: Mapping[str, tuple[str, int]], data_dir: Path) -> None:
        """Record files that were read for the first time; raises what `sums.record` does."""
        if seen:
            digests = {name: digest for name, (digest, _) in seen.items()}
            sums.record(
                self.manifest(data_dir), digests, {n: size for n, (_, size) in seen.items()}
            )
