"""Preflight: read every file once before anything is built, so that no fault comes late."""

from collections.abc import Sequence

from tem_virus_dataset.files import manifest, progress
from tem_virus_dataset.files.threads import in_threads
from tem_virus_dataset.micrographs.job import Job


def check_sources(jobs: Sequence[Job]) -> dict[str, manifest.Checksum]:
    """Read and decode the files of all jobs, with a progress bar; no image is kept.

    Returns:
      The checksums of the files that have none on record yet, by name.

    Raises:
      DatasetError: a file cannot be read, is faulty, or has another checksum.
    """
    unrecorded: dict[str, manifest.Checksum] = {}
    checked = in_threads(_check, jobs)
    for of_job in progress.bar(checked, "checking micrographs", len(jobs), leave=False):
        unrecorded.update(of_job)
    return unrecorded


def _check(job: Job) -> dict[str, manifest.Checksum]:
    blobs = job.read()
    job.decode(blobs)
    read = zip(job.files, blobs, strict=True)
    return {file.name: manifest.checksum_of(blob.data) for file, blob in read if not file.known}
