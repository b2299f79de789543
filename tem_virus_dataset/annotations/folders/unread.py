"""What lies in a labelled folder and is not looked at: in one clause, or as faults."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tem_virus_dataset.annotations.folders import (
    data_yaml,
    entries,
    images,
    label_files,
    other_kinds,
)
from tem_virus_dataset.annotations.folders.faults import Fault, counted
from tem_virus_dataset.annotations.folders.layout import Place
from tem_virus_dataset.formats import refused, sidecar

_HARMLESS = (".cache", ".md", ".log")
_READ_ME = ("readme", "license", "licence", *entries.TABLES)
# images of kinds that are not read
_PICTURES = (
    ".jfif", ".webp", ".gif", ".heic", ".jp2", ".jxl", ".avif", ".psd", ".npy", ".czi", ".lif",
)  # fmt: skip
_LINKED = (*label_files.SUFFIXES, *data_yaml.ENDINGS, ".names", ".csv")
LONGEST_POINTER = 1024  # bytes
_OF_INSTRUMENTS = (".txt", ".xml")  # beside images


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
        if file.suffix.casefold() in _OF_INSTRUMENTS and sidecar.is_of_instrument(file):
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


def names_of_others(
    labelled: Iterable[tuple[Path, Path | None, Sequence[str]]],
) -> Iterator[str]:
    """Yield a clause on label files that name another image, where that one is there, too.

    Files that were renamed keep the name that they were annotated under, and a copied file that of
    another image: nothing tells which it is.

    Args:
      labelled: each image with its label file, if any, and the names of images that this states.
    """
    labelled = list(labelled)
    there = {entries.folded(images.stem(image)) for image, _, _ in labelled}
    found = []
    for image, file, names in labelled:
        for name in (Path(entries.normal_path(name)) for name in names if name.strip()):
            stem = entries.folded(images.stem(name))
            if stem != entries.folded(images.stem(image)) and stem in there:
                found.append(f"{file}: {name.name}")
    if found:
        number = counted(len(found), "label file", "naming another image that is there, too")
        more = ", ..." if len(found) > 1 else ""
        yield f"{number} ({found[0]}{more}), each taken for the image of its own name"


def is_of_folder(path: Path, is_beside_images: bool) -> bool:
    """Return whether a file among labels speaks of the folder, where no image has its name."""
    name = path.name.casefold()
    if not is_beside_images:
        return path.stem.casefold() in ("readme", "license", "licence")
    return name.startswith(("readme", "_annotations", "license")) or name == "notes.json"


def orphan(place: Place, labels: Path, pictures: Iterable[Path]) -> Fault:
    """Return the fault of labels without an image, among which may be files of other kinds."""
    kind = other_kinds.of_file(labels)
    if kind and kind not in other_kinds.READ:
        found, expected = f"{labels}: found {kind.name}", "a label file for each image"
        remedy = f"Move it away if the other labels are correct. If not: {kind.remedy}"
        return Fault(kind.name, str(labels), found, expected, remedy, "file")
    found = f"{labels}: labels without an image"
    other = next(_of_other_kinds(place, labels), None)
    if other:
        found, remedy = f"{labels}: labels of {other.name}", "Save it as PNG, in the same size."
        return Fault("kind", str(labels), found, "an image that is read", remedy, "file")
    elsewhere = [path for path in pictures if images.stem(path) == labels.stem]
    expected = f"an image {labels.stem} in {place.images}"
    remedy = "Add the image, or remove the labels."
    if elsewhere:
        remedy = f"Lay the labels out as the images are: {elsewhere[0]} has this name."
    return Fault("orphan", str(labels), found, expected, remedy, "file")


def _of_other_kinds(place: Place, labels: Path) -> Iterator[Path]:
    """Yield files that have the place of a label file's image, but another kind."""
    folder = place.images / labels.relative_to(place.labels).parent
    for path in entries.files(folder):
        if path.suffix.casefold() in _PICTURES and path.stem == labels.stem:
            yield path


def of_other_kinds(pictures: Iterable[Path]) -> Iterator[Fault]:
    """Yield the boxes of other programs beside images without labels, which are not background."""
    for picture in pictures:
        for ending in other_kinds.OF_ONE_IMAGE:
            file = picture.with_name(f"{images.stem(picture)}{ending}")
            if file.is_file() and (kind := other_kinds.of_file(file)):
                found = f"{file}: {kind.name} in place of the labels of {picture.name}"
                remedy = f"Move it away if {picture.name} is background. If not: {kind.remedy}"
                yield Fault(kind.name, str(file), found, "labels of one kind", remedy, "file")


def undivided(root: Path) -> str:
    """Say what lies in a folder of images that are not divided: how many, and which labels."""
    found = list(filter(images.is_image, entries.files_below(root)))
    pictures = {entries.folded(images.stem(file)): file for file in found}
    other = other_kinds.within(root)
    labels = f" and {other[1].name} ({other[0].name})" if other else ""
    return f"found {counted(len(found), 'image')}{labels}{_elsewhere(root, pictures)}"


def _elsewhere(root: Path, pictures: Mapping[str, Path]) -> str:
    """Say that labels have the names of images, and lie in none of the folders of these.

    Files of a kind that is not read may lie beside their images; others would have been found.

    Args:
      pictures: by their folded names without suffix.
    """
    for file in filter(label_files.is_label, entries.files_below(root)):
        image = pictures.get(entries.folded(file.stem))
        if image and label_files.is_read(file):
            return (
                f"; {file.relative_to(root)} has the name of {image.relative_to(root)}, and needs "
                "the same sub-folders: move such labels, or put each beside its image"
            )
    return ""


def not_fetched(folder: Path) -> Iterator[Fault]:
    """Yield images, labels and lists that are links to nothing, or pointers.

    Without their labels, images would be taken as background.
    """
    expected = "the file, which is missing"
    for path in filter(_is_needed, entries.dead_links_below(folder)):
        found = f"{path}: a link to {path.readlink()}"
        remedy = "Fetch it (git annex get, dvc pull), or remove the link."
        yield Fault("link", str(path), found, expected, remedy, "link")
    for path in filter(_is_needed, entries.files_below(folder)):
        if path.stat().st_size < LONGEST_POINTER:
            with path.open("rb") as stream:
                begin = stream.read(LONGEST_POINTER)
            for start, name, remedy in refused.POINTERS:
                if begin.startswith(start):
                    found = f"{path}: {name}"
                    yield Fault("pointer", str(path), found, expected, f"{remedy}.", "file")


def _is_needed(path: Path) -> bool:
    return path.suffix.casefold() in _LINKED or images.is_image(path)
