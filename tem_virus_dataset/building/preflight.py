"""Reading every file once before anything is built: a fault in the last one is met early."""

from collections.abc import Sequence

import tqdm

from tem_virus_dataset.files import manifest
from tem_virus_dataset.micrographs.job import Job, in_threads


def sources(jobs: Sequence[Job]) -> dict[str, manifest.Known]:
    """Read and decode what the jobs are made of, with a progress bar; keep no picture.

    Returns:
      What is to be recorded: the files that are not on record yet, by name.

    Raises:
      DatasetError: a file cannot be read, or is not as it must be.
    """
    seen: dict[str, manifest.Known] = {}
    checked = in_threads(_check, jobs)
    for of_job in tqdm.tqdm(checked, "checking micrographs", len(jobs), leave=False, disable=None):
        seen.update(of_job)
    return seen


def _check(job: Job) -> dict[str, manifest.Known]:
    blobs = job.read()
    job.decode(blobs)
    read = zip(job.files, blobs, strict=True)
    return {file.name: manifest.of(blob.data) for file, blob in read if not file.known}
