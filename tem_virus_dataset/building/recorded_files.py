"""The names of an archive's files against its record: what is missing, and what is foreign.

Counts alone would say how many files differ, not which. And a file that is lost while another is
added leaves every count as it is.
"""

from collections.abc import Collection, Iterable

from tem_virus_dataset.building.config import Config
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import listing
from tem_virus_dataset.micrographs.job import Job


def check(config: Config, jobs: Iterable[Job], known: Collection[str], record: str) -> None:
    """Compare the files that a config is built from with those on record, folder by folder.

    Only folders of which something is on record are compared, for another config may have read
    other parts of the archive. Classes whose number is open (`Config.estimated`) may change.

    Args:
      known: names on record; record: the file that holds them, for the message.

    Raises:
      DatasetError: with the names of missing and of foreign files.
    """
    present = [file for job in jobs if job.class_name not in config.estimated for file in job.files]
    names = {file.name for file in present}
    kinds = {_kind(name) for name in names}
    wanted = {name for name in known if _kind(name) in kinds}
    recorded_kinds = {_kind(name) for name in wanted}
    missing = wanted - names
    foreign = {name for name in names - wanted if _kind(name) in recorded_kinds}
    if missing or foreign:
        parts = [
            f"{len(differing)} {what}: {listing.listed(differing)}"
            for what, differing in (("missing", missing), ("not on record", foreign))
            if differing
        ]
        raise DatasetError(
            f"{present[0].source}: {'; '.join(parts)}; expected the files on record, {record}. "
            f"Put back what is missing, and remove what is not on record. {config.how_to_get}"
        )


def _kind(name: str) -> tuple[str, str]:
    """Return folder and suffix of a file."""
    folder, _, file = name.rpartition("/")
    return folder, file.rpartition(".")[2].lower()
