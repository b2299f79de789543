"""Whether a folder can be written to, found out before the work whose result will lie there."""

import uuid
from pathlib import Path

from leaderboard.files.atomic import write_bytes

PROBE = 1 << 20  # bytes that must be free, more than any result without a network


def try_folder(folder: Path, option: str) -> None:
    """Write and delete a file of a megabyte in a folder, or in the one that it will be made in.

    The folder is not made: a command that is refused afterwards leaves nothing, and one that runs
    beside it never misses a folder that this one takes away again.

    Args:
      option: the argument that names the folder, such as `--out`.

    Raises:
      OSError: the folder cannot be made or written to; the message is whole.
    """
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        probe = there / f".{uuid.uuid4().hex}.probe"
        write_bytes(probe, bytes(PROBE))
        probe.unlink()
    except OSError as error:
        raise OSError(
            f"{folder}: cannot be written to ({error.strerror or error}); expected a folder for "
            "results. Nothing was begun. Change its permissions, free space, or name another "
            f"({option})."
        ) from error
