"""The folder of the results: what is finished, and what it was made of.

`particles.csv` of all micrographs; of each one `particles/NAME.csv`, `labels/NAME.txt` (with
`labels/classes.txt`), `overlays/NAME.png`, and `done/NAME.json`, which is written last.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leaderboard.files.atomic import write_bytes

OF_ONE = {"particles": ".csv", "labels": ".txt", "overlays": ".png"}


def place(out: Path, kind: str, name: str) -> Path:
    """Return where the result of a kind, such as "particles", of a micrograph belongs."""
    return out / kind / f"{name}{OF_ONE.get(kind, '.json')}"


def is_finished(out: Path, name: str, made_of: Mapping[str, Any]) -> bool:
    """Tell whether all results of a micrograph are there, made of the same."""
    try:
        about = json.loads(place(out, "done", name).read_bytes())
        return bool(about["made_of"] == made_of) and all(
            place(out, kind, name).is_file() for kind in about["results"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remove(out: Path, name: str) -> None:
    """Remove what an earlier call wrote of a micrograph: it was made of something else."""
    for kind in ("done", *OF_ONE):
        place(out, kind, name).unlink(missing_ok=True)


def write(
    out: Path, name: str, results: Mapping[str, bytes], made_of: Mapping[str, Any], about: Any
) -> None:
    """Write the results of a micrograph, by kind, then that it is finished.

    Args:
      made_of: whatever they depend on, as JSON has it; about: what else is worth to be kept.

    Raises:
      OSError: the folder cannot be written to, or the disk is full.
    """
    for kind, data in results.items():
        write_bytes(place(out, kind, name), data)
    done = {"made_of": made_of, "results": list(results), **about}
    write_bytes(place(out, "done", name), f"{json.dumps(done, indent=1)}\n".encode())


def write_changed(path: Path, data: bytes) -> None:
    """Write a file, unless it holds this already."""
    if not path.exists() or path.read_bytes() != data:
        write_bytes(path, data)
