"""Splits that a folder states in a way that is not followed.

Before a folder is divided by `table`, its own division must not be overlooked: what somebody set
apart as test would be trained on. Texts and CSV that list images of a split, JSON with a list for
each split, and folders such as `virus_train` are therefore refused, unless there is a table.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tem_virus_dataset.annotations.folders import entries, image_lists, images
from tem_virus_dataset.annotations.folders.entries import child, split_in, split_of
from tem_virus_dataset.annotations.folders.faults import Fault, refuse
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.splits import table

LARGEST = 2**24  # bytes of a list
_ENDINGS = (".txt", ".csv", ".tsv", ".lst", ".list")
_BETWEEN = re.compile(r"[,;\t]|\s+")
_EXPECTED = f"splits as docs/own-data.md describes them, or a {table.TABLE}"
_REMEDY = (
    f"Write {table.TABLE} with the columns {','.join(table.COLUMNS)}, or divide the images into "
    "folders train, validation and test. What does not count, move away."
)


def check(root: Path, pictures: Sequence[Path]) -> None:
    """Refuse a folder that is to be divided, and that states splits which are not followed.

    Args:
      pictures: all images that are to be divided.

    Raises:
      DatasetError: a file or folders state splits, and there is no table.
    """
    if child(root, table.TABLE):
        return
    refuse([*_lists(root, pictures), *_folders(root, pictures)])


def _lists(root: Path, pictures: Sequence[Path]) -> Iterator[Fault]:
    """Yield the lists of a folder, and of its folders of lists."""
    known = {entries.folded(name) for p in pictures for name in (p.name, images.stem(p))}
    stems = {entries.folded(images.stem(path)) for path in pictures}
    inside = [f for f in entries.folders(root) if f.name.casefold() in image_lists.FOLDERS]
    for file in (file for folder in (root, *inside) for file in entries.files(folder)):
        ending = file.suffix.casefold()
        if entries.folded(file.stem) in stems or file.stat().st_size > LARGEST:
            continue  # labels of an image
        found = (ending in _ENDINGS and _is_list(file, known)) or (
            ending == ".json" and _is_json_of_lists(file, known)
        )
        if found:
            what = f"{file}: states splits of images in a form that is not read"
            yield Fault("list", str(file), what, _EXPECTED, _REMEDY, "file")


def _is_list(file: Path, known: set[str]) -> bool:
    """Return whether half the lines name an image: of the split of the file, or beside a split."""
    is_of_split = split_of(file.stem) or split_in(file.stem)
    lines = [line for line in Blob(file.read_bytes(), str(file)).lines() if line.strip()]
    listed = 0
    for line in lines:
        fields = [field.strip(" \t\"'") for field in (line, *_BETWEEN.split(line))]
        if is_of_split or any(split_of(field) for field in fields[1:]):
            listed += any(_is_known(field, known) for field in fields)
    return bool(listed) and 2 * listed >= len(lines)


def _is_json_of_lists(file: Path, known: set[str]) -> bool:
    """Return whether a JSON holds a list of images for each of two splits or more."""
    try:
        content = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return False
    if not isinstance(content, dict):
        return False
    listed = [names for key, names in content.items() if split_of(key) and isinstance(names, list)]
    names = [name for several in listed for name in several]
    alike = sum(isinstance(name, str) and _is_known(name, known) for name in names)
    return len(listed) > 1 and bool(alike) and 2 * alike >= len(names)


def _is_known(text: str, known: set[str]) -> bool:
    """Return whether a text is the path or name of an image, with any suffix or without."""
    name = entries.folded(entries.normal_path(text).rpartition("/")[2]) if text else ""
    return name in known or name.rpartition(".")[0] in known


def _folders(root: Path, pictures: Sequence[Path]) -> Iterator[Fault]:
    """Yield a fault where names of folders speak of two splits or more."""
    named: dict[str, Path] = {}
    folders = {path.parent for path in pictures}
    for folder in sorted({f for one in folders for f in (one, *one.parents)}):
        if folder.is_relative_to(root) and folder != root and (split := split_in(folder.name)):
            named.setdefault(split, folder)
    if len(named) > 1:
        first, second, *_ = named.values()
        what = (
            f"{first}: its name speaks of {split_in(first.name)}, and that of {second} of "
            f"{split_in(second.name)}, in a form that is not read"
        )
        yield Fault("folders", str(first), what, _EXPECTED, _REMEDY, "folder")
