"""The files of a folder, none of them passed over without a word.

`pathlib.Path.glob` leaves out a folder that it may not read. Tables would then lose rows, and a
check of all records would pass.
"""

import os
from pathlib import Path


def files_in(folder: Path, ending: str) -> list[Path]:
    """Return what lies in a folder and ends so, ordered by path; [] where there is no folder.

    Raises:
      OSError: the folder cannot be read, or is a file.
    """
    if not folder.exists():
        return []
    return sorted(one for one in folder.iterdir() if one.name.endswith(ending))


def files_below(folder: Path, ending: str) -> list[Path]:
    """Return what `files_in` does, of the folder and all folders in it; no link is followed."""

    def refuse(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=refuse) if folder.exists() else ():
        found += [Path(place, name) for name in (*folders, *files) if name.endswith(ending)]
    return sorted(found)


def check_folder(folder: Path, may_be_empty: bool = True) -> None:
    """Refuse what is no folder of records: a mistyped name would make all tables empty.

    Args:
      may_be_empty: an empty folder is that of a new leaderboard.

    Raises:
      NotADirectoryError, FileNotFoundError: there is none, or none of what lies in it is a record;
        the message is whole.
    """
    if not folder.is_dir():
        raise NotADirectoryError(
            f"{folder}: no such folder, expected that of the records. Correct the path."
        )
    if may_be_empty and not any(folder.iterdir()):
        return
    if not files_below(folder, ".json"):
        raise FileNotFoundError(
            f"{folder}: found no record in it, expected CONFIG/RUN.json. Name the folder of the "
            "records (--records)."
        )
