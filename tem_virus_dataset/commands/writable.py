"""Whether results can be written: found out before the work whose results they are."""

from pathlib import Path

from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files import atomic


def try_folder(folder: Path, argument: str) -> None:
    """Write and delete a file in a folder, or in the one that it will be made in.

    Args:
      argument: what names the folder, such as `--out`.

    Raises:
      DatasetError: the folder cannot be made or written to.
    """
    try:
        atomic.try_folder(folder)
    except OSError as error:
        raise DatasetError(
            f"{folder}: cannot be written to ({reason(error)}); expected a folder for results. "
            f"Nothing was begun. Change its permissions, make room, or name another ({argument})."
        ) from error
