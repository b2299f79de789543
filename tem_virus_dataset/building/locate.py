"""Locate a config's archive: in the named folder, or else by download."""

import time
from pathlib import Path

from tem_virus_dataset.building.config import Config
from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files import download
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.sources.source import NotFoundError

SECONDS = 8.0  # for the first bytes to come, over all addresses: an absent network shows soon


def jobs(config: Config, manual_dir: Path, may_download: bool) -> list[Job]:
    """List the micrographs of a config.

    Args:
      manual_dir: folder with the archive; an absent archive is downloaded into it.
      may_download: False where the user has named the folder.

    Raises:
      DatasetError: the archive is absent and cannot be downloaded, or is faulty.
    """
    try:
        return _listed(config, manual_dir)
    except NotFoundError as error:
        if not may_download or not config.source:
            raise
        missing = error
    failures = []
    deadline = time.monotonic() + SECONDS
    for name, url in config.source.addresses.items():
        left = max(1.0, deadline - time.monotonic())
        try:
            zip_path = download.fetch(url, manual_dir / name, deadline=left)
            return _listed(config, manual_dir)
        except download.DownloadError as failure:
            failures.append(str(failure))
        except NotFoundError:
            zip_path.unlink()
            failures.append(f"{url}: a zip, but without the data.")
    raise DatasetError(f"{missing} (A download was tried: {' '.join(failures)})")


def prepare_command(config: Config) -> str:
    """Return the sentence with the command that prepares a config."""
    manual = " --manual-dir FOLDER" if config.manual else ""
    return f"Then: tem-virus prepare {config.command_name}{manual}"


def _listed(config: Config, manual_dir: Path) -> list[Job]:
    try:
        empty = manual_dir.is_dir() and not any(manual_dir.iterdir())
        if config.manual and (empty or not manual_dir.exists()):
            raise NotFoundError(
                f"{manual_dir}: {'an empty folder' if empty else 'does not exist'}; expected the "
                f"folder that holds what {config.name} is made of. {config.how_to_get} "
                f"{prepare_command(config)}"
            )
        return config.jobs(manual_dir)
    except OSError as error:
        raise DatasetError(
            f"{manual_dir}: cannot be read ({reason(error)}); expected the folder that holds what "
            f"{config.name} is made of. Make it readable, or name another as --manual-dir."
        ) from error
