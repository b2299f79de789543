"""What lies in a labelled folder and was not looked at, in one clause."""

from collections.abc import Iterable
from pathlib import Path

from tem_virus_dataset.annotations import entries, images
from tem_virus_dataset.annotations.faults import counted

_HARMLESS = (".cache", ".md", ".log")
_TABLES = ("pixel_sizes.csv", "predicted.csv", "splits.csv")  # others read these
_READ_ME = ("readme", "license", "licence", *_TABLES)


def not_looked_at(root: Path, used: Iterable[Path]) -> tuple[str, ...]:
    """Return a clause on the files of a folder that are not among the used ones, or nothing.

    Files that hold neither images nor labels by their name, such as README.txt, are not counted.
    """
    known = set(used)
    kinds: dict[str, list[Path]] = {}
    for file in entries.files_below(root):
        name = file.name.casefold()
        if file in known or file.suffix.casefold() in _HARMLESS or name.startswith(_READ_ME):
            continue
        kind = "image" if images.is_image(file) else file.suffix.casefold() or "without ending"
        kinds.setdefault(kind, []).append(file)
    if not kinds:
        return ()
    return (f"not looked at: {', '.join(_part(root, *item) for item in sorted(kinds.items()))}",)


def _part(root: Path, kind: str, several: list[Path]) -> str:
    number = (
        counted(len(several), "image")
        if kind == "image"
        else f"{counted(len(several), 'file')} {kind}"
    )
    first = several[0].relative_to(root).as_posix()
    return f"{number} ({first}{', ...' if len(several) > 1 else ''})"
