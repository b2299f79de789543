"""Whether a folder can be written to, found out before the work whose result will lie there."""

import contextlib
import uuid
from pathlib import Path

from leaderboard.files.atomic import write_bytes

PROBE = 1 << 20  # bytes that must be free, more than any result without a network


def try_folder(folder: Path, option: str) -> None:
    """Write and delete a file of a megabyte in a folder, and leave nothing, not even the folder.

    Args:
      option: the argument that names the folder, such as `--out`.

    Raises:
      OSError: the folder cannot be made or written to; the message is whole.
    """
    probe = folder / f".{uuid.uuid4().hex}.probe"
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        write_bytes(probe, bytes(PROBE))
        probe.unlink()
    except OSError as error:
        raise OSError(
            f"{folder}: cannot be written to ({error.strerror or error}); expected a folder for "
            "results. Nothing was begun. Change its permissions, free space, or name another "
            f"({option})."
        ) from error
    finally:
        for place in made:
            with contextlib.suppress(OSError):
                place.rmdir()
