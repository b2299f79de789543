"""The class folders and files of an archive: what is missing or unknown is told by its name."""

import logging
from collections.abc import Iterable, Sequence

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import listing, tree


def require(archive: tree.Tree, folders: Iterable[str], how_to_get: str) -> None:
    """Raise `DatasetError` where a class folder has no image, naming up to ten of them."""
    missing = [folder for folder in folders if not archive.names(folder, ".tif")]
    if missing:
        unknown = unknown_in(archive, missing[0].rpartition("/")[0])
        others = f" Unknown folders beside it: {listing.listed(unknown)}." if unknown else ""
        raise DatasetError(
            f"{archive.where(missing[0])}: no .tif found{listing.such(missing)}; expected this "
            f"class's folder, as published.{others} Complete the archive. {how_to_get}"
        )


def require_files(archive: tree.Tree, files: Sequence[tree.File], how_to_get: str) -> None:
    """Raise `DatasetError` where files are missing, naming up to ten of them."""
    missing = [file for file in files if not archive.has(file.name)]
    if missing:
        names = [file.name for file in missing]
        raise DatasetError(
            f"{missing[0].where}: missing{listing.such(names)}; expected it "
            f"beside the micrograph, as published. Complete the archive. {how_to_get}"
        )


def unknown_in(archive: tree.Tree, folder: str) -> list[str]:
    """Return the folders below one that holds class folders which are of no known class."""
    known = {name.lower() for name in facts.CLASSES_22}
    names = archive.folders(folder)
    return [name for name in names if name.lower() not in known and not name.startswith((".", "_"))]


def report_unknown(archive: tree.Tree, part: str) -> None:
    """Log the folders of a part that are of no known split or class: nothing of them is read."""
    unknown = [
        f"{split}/{name}"
        for split in facts.SPLITS
        for name in unknown_in(archive, f"{part}/{split}")
    ]
    splits = {*facts.SPLITS, "augmented_train"}
    unknown += [name for name in archive.folders(part) if name.lower() not in splits]
    if unknown:
        logging.getLogger(__name__).warning(
            "%s: %d folders of no known class or split, which are not read: %s. Expected the "
            "classes as published. Rename them where they are misspelled.",
            archive.where(part),
            len(unknown),
            listing.listed(unknown),
        )
