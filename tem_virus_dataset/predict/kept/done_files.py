"""`done/NAME.json`: what is kept of each finished micrograph, and whose labels have its name."""

import functools
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tem_virus_dataset.annotations.folders.entries import folded
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.compressed import kind

FOLDER, SUFFIX = "done", ".json"
BY_STEM = "labels_by_stem"  # whether a micrograph's labels were named without its suffix


def read(file: Path) -> dict[str, Any] | None:
    """Return what a file keeps, None where it is missing or damaged."""
    try:
        done = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return done if isinstance(done, dict) and isinstance(done.get("made_of"), dict) else None


def place(out: Path, image: Path) -> dict[str, str]:
    """Return where the file of an image is, also from the results: both may be moved together."""
    file = image.resolve()
    try:
        from_results = Path(os.path.relpath(file, out.resolve())).as_posix()
    except ValueError:  # on another drive of Windows
        from_results = ""
    return {"path": str(file), "path_from_results": from_results}


def is_of(out: Path, image: Path, done: Mapping[str, Any]) -> bool:
    """Return whether results are of the file at this place, be it moved together with them."""
    now = place(out, image)
    return any(done.get(key) == where != "" for key, where in now.items())


def check_own(out: Path, image: Path, done: Mapping[str, Any], digest: str) -> None:
    """Refuse to overwrite the results of another file that has the same name.

    Args:
      done: what is kept of these results; digest: of the contents of the file at `image`.

    Raises:
      DatasetError: they are of a file of other contents that is elsewhere, or that was.
    """
    other = Path(str(done.get("path", image)))
    same_contents = done.get("made_of", {}).get("sha256") == digest
    is_there = other.is_file()
    # A file that still is where it was did not move: then the results alone did, to another's.
    is_own = other.samefile(image) if is_there else is_of(out, image, done)
    if same_contents or is_own:
        return
    gone = "" if is_there else " and is no longer there"
    both = ", or give one command both folders" if is_there else ""
    raise DatasetError(
        f"{image}: {out} holds results of {other}, which has the same name{gone}; expected a "
        f"folder without them. Name another with --out{both}."
    )


def is_taken(out: Path, file: str, stem: str) -> bool:
    """Return whether an earlier call wrote labels of this name for another image.

    Args:
      file: name of the image below the folder of images; stem: the same without suffix.
    """
    folder = out / FOLDER / Path(stem).parent
    for name in _earlier(folder).get(folded(Path(stem).name), ()):
        done = read(folder / name) or {}
        other = str(done.get("made_of", {}).get("file", file))
        if done.get(BY_STEM, True) and folded(other) != folded(file):
            return True
    return False


def remember(out: Path, file: str, stem: str) -> None:
    """Add an image that was finished to those that `is_taken` knows; arguments as there."""
    names = _earlier(out / FOLDER / Path(stem).parent).setdefault(folded(Path(stem).name), [])
    if (name := f"{Path(file).name}{SUFFIX}") not in names:
        names.append(name)


def forget() -> None:
    """Let `is_taken` look at the folders anew: a call begins."""
    _earlier.cache_clear()


@functools.lru_cache(maxsize=1024)
def _earlier(folder: Path) -> dict[str, list[str]]:
    """Return what earlier calls left in a folder of `done`, by `folded` names without suffix.

    Of the images of one call, `InputImage.is_only` says the same. So a folder is listed once a
    call, however many images it has.
    """
    found: dict[str, list[str]] = {}
    if folder.is_dir():
        for entry in sorted(folder.iterdir()):
            file = entry.name.removesuffix(SUFFIX)
            if file != entry.name:
                stem = file[: len(file) - len(kind(Path(file)))]
                found.setdefault(folded(stem), []).append(entry.name)
    return found
