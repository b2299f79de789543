"""Reading every file once before anything is built: a fault in the last one is met early."""

from collections.abc import Sequence

import tqdm

from tem_virus_dataset.job import Job, in_threads


def sources(jobs: Sequence[Job]) -> None:
    """Read and decode what the jobs are made of, with a progress bar; keep nothing.

    Raises:
      DatasetError: a file cannot be read, or is not as it must be.
    """
    checked = in_threads(_check, jobs)
    for _ in tqdm.tqdm(checked, "checking micrographs", len(jobs), leave=False, disable=None):
        pass


def _check(job: Job) -> None:
    job.decode(job.read())
