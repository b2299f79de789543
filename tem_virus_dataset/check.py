"""Reading every file once before anything is built: a fault in the last one is met early."""

import hashlib
from collections.abc import Sequence

import tqdm

from tem_virus_dataset.job import Job, in_threads

Seen = dict[str, tuple[str, int]]  # by name of the file: its sha256 and its size in bytes


def sources(jobs: Sequence[Job]) -> Seen:
    """Read and decode what the jobs are made of, with a progress bar; keep no picture.

    Returns:
      Sums and sizes of the files that are not on record yet.

    Raises:
      DatasetError: a file cannot be read, or is not as it must be.
    """
    seen: Seen = {}
    checked = in_threads(_check, jobs)
    for of_job in tqdm.tqdm(checked, "checking micrographs", len(jobs), leave=False, disable=None):
        seen.update(of_job)
    return seen


def _check(job: Job) -> Seen:
    blobs = job.read()
    job.decode(blobs)
    return {
        file.name: (hashlib.sha256(blob.data).hexdigest(), len(blob.data))
        for file, blob in zip(job.files, blobs, strict=True)
        if not file.sha256
    }
