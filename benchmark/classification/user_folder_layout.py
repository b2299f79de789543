"""The layout of a user's folder of patches: PATH/{train,validation,test}/<Class>/<image>.

`benchmark.data.patch_micrographs` says which micrograph an image is of.

Splits may have other names (`Train`, `valid`, `test2017`). Hidden files are ignored, and what lies
beside the three splits is counted. No image is opened here.

PATH/<Class>/<image>, without folders of the splits, is divided by PATH/splits.csv, micrograph by
micrograph; those of one name in two classes count as one there. See `tem_virus_dataset.splits`.
"""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmark.data import class_names, patch_micrographs, user_image
from benchmark.data.patch_micrographs import Picture
from benchmark.errors import BenchmarkError
from leaderboard.files.names import shown
from tem_virus_dataset import facts
from tem_virus_dataset.annotations import class_names as annotated_classes
from tem_virus_dataset.annotations.folders import entries, images, unread
from tem_virus_dataset.annotations.folders.faults import Fault, counted, message
from tem_virus_dataset.formats import sidecar
from tem_virus_dataset.splits import stated, table
from tem_virus_dataset.splits.deal import Item

LAYOUT = "PATH/{train,validation,test}/<Class>/<image>"
LAYOUTS = f"{LAYOUT}, or PATH/<Class>/<image> of two classes or more, not divided"
_TEXTS = (".txt", ".xml")  # that microscopes write beside images


def pictures(root: Path) -> list[Picture]:
    """Return all images in the order of their ids; raises what `divided` raises."""
    return divided(root)[0]


def is_undivided(root: Path) -> bool:
    """Return whether a folder holds images by class, without folders of the splits.

    An empty folder beside two classes is a class, too: reading it says that it is empty.
    """
    folders = entries.folders(root)
    files = [entries.files_below(folder) for folder in folders if any(entries.entries(folder))]
    return (
        len(files) > 1
        and not any(entries.split_of(folder.name) for folder in folders)
        and not any(below for folder in folders for below in _split_folders(folder))
        and all(any(map(images.is_image, of_class)) for of_class in files)
    )


def divided(root: Path) -> tuple[list[Picture], str]:
    """Return all images in the order of their ids, and a clause on how a table divides them.

    The clause is "" where folders do. A table that is there is extended by new files.

    Raises:
      BenchmarkError: the first path that does not fit the layout, and how many are like it.
      DatasetError: see `splits.table.divide`.
    """
    if not root.is_dir():
        raise BenchmarkError(f"{root}: no such folder; expected {LAYOUT}. Correct the path.")
    if is_undivided(root):
        return _by_table(root)
    splits = _splits(root)
    classes_in = {split: _classes(folder) for split, folder in splits.items()}
    classes = sorted(set().union(*classes_in.values()))
    class_names.check(str(root), classes)
    if len(classes) < 2:
        raise BenchmarkError(
            f"{root}: found {counted(len(classes), 'class')}; expected two or more, as the folders "
            f"{LAYOUT.removesuffix('/<image>')}. Add some, or correct the path."
        )
    _check_classes(splits, classes_in, classes)
    return _by_id(
        picture
        for split in facts.SPLITS
        for name in classes
        for picture in _of_class(classes_in[split][name], split, name)
    ), ""


def _by_id(found: Iterable[Picture]) -> list[Picture]:
    """Return images in the order of their ids; refuse two of one id."""
    listed: dict[str, Picture] = {}
    faults = []
    for picture in found:
        same = listed.setdefault(picture.id, picture)
        if same is not picture:
            what = f"{picture.file}: of the same name as {same.file.name} beside it"
            expected = "names that differ without their suffix"
            remedy = "Rename one, or take it out."
            faults.append(Fault("name", "", what, expected, remedy, "image"))
    _refuse(faults)
    return [listed[name] for name in sorted(listed)]


def _by_table(root: Path) -> tuple[list[Picture], str]:
    """Return the images of folders of the classes, divided by the table of splits."""
    folders = (path for path in _entries(root) if path.is_dir() and not entries.is_results(path))
    classes = {entries.spelling(path.name): path for path in folders}
    class_names.check(str(root), sorted(classes))
    found = _by_id(p for name in sorted(classes) for p in _of_class(classes[name], "", name))
    stated.check(root, [picture.file for picture in found])
    names = [table.name_of(root, picture.file) for picture in found]
    of_each = patch_micrographs.micrographs(found)
    items = [
        Item(name, _group(picture, micrograph), {picture.class_name: 1})
        for name, picture, micrograph in zip(names, found, of_each, strict=True)
    ]
    division = table.divide(root, items, in_every_split=True)
    placed = [
        dataclasses.replace(picture, split=division.splits[name])
        for name, picture in zip(names, found, strict=True)
    ]
    there = {(picture.class_name, picture.split) for picture in placed}
    missing = {n: [s for s in facts.SPLITS if (n, s) not in there] for n in sorted(classes)}
    _refuse(
        Fault(
            "class",
            "",
            f"{root}: no image of {name} in {' and '.join(splits)}",
            "images of every class in train, validation and test: of three micrographs at least",
            f"Add some, or correct {root / table.TABLE}.",
            "class",
        )
        for name, splits in missing.items()
        if splits
    )
    return _by_id(placed), f"classes {', '.join(sorted(classes))}, divided: {division.notice}"


def _group(picture: Picture, micrograph: str) -> str:
    """Return what images of one micrograph share, also those of several classes."""
    name = micrograph.removeprefix(f"{picture.folder}/")
    is_own = patch_micrographs.is_own(picture, name)
    return f"{picture.class_name}/{name}" if is_own else name


def notice(root: Path) -> str:
    """Return what the folder holds, and what in it was not looked at."""
    listed, division = divided(root)
    classes = sorted({picture.class_name for picture in listed})
    number = counted(len(classes), "class")
    of_each = set(patch_micrographs.micrographs(listed))
    parts = [
        f"{counted(len(listed), 'image')} of {counted(len(of_each), 'micrograph')}, {number}",
        *filter(None, [division]),
        *annotated_classes.kept_apart(classes),
        *patch_micrographs.ungrouped(listed),
        *([] if division else patch_micrographs.apart(listed)),  # the table has looked for these
    ]
    if not division and (unused := entries.child(root, table.TABLE)):
        parts.append(f"{unused.name} is not used: folders divide the images")
    return "; ".join([*parts, *unread.not_looked_at(root, [picture.file for picture in listed])])


def version(listed: Sequence[Picture], nm_per_pixel: Mapping[Path, float]) -> str:
    """Return a version that changes with names, contents and pixel sizes: `0.0.0-1f3a5c7e`.

    So a run on other images in a folder of the same name does not count as finished.
    """
    lines = (
        f"{picture.id}\t{picture.file.suffix}\t{user_image.fingerprint(picture.file)}\n"
        for picture in listed
    )
    sizes = (f"{nm_per_pixel[p.file]!r}\n" for p in listed if p.file in nm_per_pixel)
    return f"0.0.0-{hashlib.sha256(''.join([*lines, *sizes]).encode()).hexdigest()[:8]}"


def _splits(root: Path) -> dict[str, Path]:
    """Return the folder of each split."""
    splits: dict[str, Path] = {}
    for folder in entries.folders(root):
        if split := entries.split_of(folder.name):
            other = splits.setdefault(split, folder)
            if other != folder:
                raise BenchmarkError(
                    f"{folder}: a second folder of {split}, beside {other.name}; expected one. "
                    "Move one away, or join the two."
                )
    missing = [split for split in facts.SPLITS if split not in splits]
    if missing:
        names = ", ".join(shown(path.name) for path in _entries(root)[:9])
        deeper = [f for f in entries.folders(root) if any(_split_folders(f))]
        remedy = f"Name folder:{deeper[0]}." if len(deeper) == 1 else "Rename or add it."
        raise BenchmarkError(
            f"{root / missing[0]}: no such folder; {root} holds {names or 'nothing'}. Expected "
            f"{LAYOUT}. {remedy}"
        )
    return splits


def _split_folders(folder: Path) -> Iterator[Path]:
    return (below for below in entries.folders(folder) if entries.split_of(below.name))


def _classes(folder: Path) -> dict[str, Path]:
    """Return the folder of each class in that of a split, which holds nothing else."""
    expected, remedy = "a folder of each class", "Move it away."
    inside = _entries(folder)
    _refuse(
        Fault("file", "", f"{path}: a file", expected, remedy, "file")
        for path in inside
        if not path.is_dir()
    )
    return {entries.spelling(path.name): path for path in inside}


def _check_classes(
    splits: dict[str, Path], classes_in: dict[str, dict[str, Path]], classes: Sequence[str]
) -> None:
    """Refuse classes that a split lacks."""
    faults = []
    for split in facts.SPLITS:
        for name in classes:
            if name not in classes_in[split]:
                alike = {entries.folded(other): other for other in classes_in[split]}
                other = alike.get(entries.folded(name))
                remedy = f"Add some, or take {name} out of the others."
                if other:
                    remedy = f"Rename {splits[split] / other}, or {name} in the others."
                found = f"{splits[split] / name}: no such folder"
                expected = "images of every class in train, validation and test"
                faults.append(Fault("class", "", found, expected, remedy, "folder"))
    _refuse(faults)


def _of_class(folder: Path, split: str, name: str) -> Iterator[Picture]:
    waiting = [folder]
    faults = []
    while waiting:
        here = waiting.pop(0)
        if not _entries(here):
            remedy = "Add some, or remove it."
            faults.append(Fault("empty", "", f"{here}: empty", "images", remedy, "folder"))
        inside = here.relative_to(folder).as_posix() if here != folder else ""
        for path in _entries(here):
            if path.is_dir():
                waiting.append(path)
            elif images.is_image(path):
                yield Picture(path, split, name, inside)
            elif not (path.suffix.casefold() in _TEXTS and sidecar.is_of_instrument(path)):
                found = f"{path}: found {shown(path.suffix or path.name)}"
                expected = "an image, such as .tif, .png, .jpg, .mrc or .dm4"
                remedy = "Convert it, or move it away."
                faults.append(Fault("ending", "", found, expected, remedy, "file"))
    _refuse(faults)


def _refuse(faults: Iterable[Fault]) -> None:
    if faults := list(faults):
        raise BenchmarkError(message(faults))


def _entries(folder: Path) -> list[Path]:
    """Return the entries of a folder by name, without hidden ones."""
    inside = entries.entries(folder)
    for path in inside:
        if not path.name.isprintable():  # it could not be written into a record
            raise BenchmarkError(
                f"{folder}: found {shown(path.name)} in it; expected a name in UTF-8 without "
                "control characters. Rename it."
            )
    return inside
