"""Whether results can be written: found out before the work whose results they are."""

import uuid
from pathlib import Path

from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files.atomic import write_bytes


def try_folder(folder: Path, argument: str) -> None:
    """Write and delete a file in a folder, or in the one that it will be made in.

    The folder is not made: a command that is refused afterwards leaves nothing.

    Args:
      argument: what names the folder, such as `--out`.

    Raises:
      DatasetError: the folder cannot be made or written to.
    """
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        probe = there / f".{uuid.uuid4().hex}.tmp"
        write_bytes(probe, b"tried")
        probe.unlink()
    except OSError as error:
        raise DatasetError(
            f"{folder}: cannot be written to ({reason(error)}); expected a folder for results. "
            f"Nothing was begun. Change its permissions, make room, or name another ({argument})."
        ) from error
